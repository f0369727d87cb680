"""Has the kernels compiled before they are needed: each kind of work once, on a short sentence."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from tracer.cells import COMPILED
from tracer.data.load import Data, built_in
from tracer.kernels.cpu.device import needs_compiling
from tracer.kernels.learning.batch import needs_compiling as learning_needs_compiling
from tracer.training.loop import Training
from tracer.training.recipe import Recipe

DTYPES = ("float32", "float64")


class Kernels(NamedTuple):
    """What is compiled together: one kind of work of one kind of cell, in one dtype.

    Attributes
    ----------
    cell, dtype : str
    training : bool
        Whether it is what learns from a batch; else the forward and the backward pass of a trace.
    """

    cell: str
    dtype: str
    training: bool

    @property
    def new(self) -> bool:
        """Whether no machine code of them is kept yet."""
        if self.training:
            return learning_needs_compiling(self.cell, self.dtype)
        model = self._smallest().model("untrained", {}, best=False)
        return needs_compiling(model.cell, backward=True)

    def compile(self) -> None:
        """Run them once; where their machine code is kept, that takes no time."""
        training = self._smallest()
        if self.training:
            for _batch in training.run():
                pass
        else:
            model = training.model("untrained", {}, best=False)
            model.trace("good", target=model.labels[0], backward=True, per_step=True)

    def _smallest(self) -> Training:
        """A run of one unit, which learns two sentences."""
        data = _sentences()
        recipe = Recipe(
            cell=self.cell, dtype=self.dtype, units=1, embedding=1, batch_size=2, epochs=1
        )
        return Training(recipe, data.learn[:2], data.held_out[:2], data.vocabulary, data.labels)


@cache
def _sentences() -> Data:
    return built_in("classify", ["en"], 0.1, 0)


def every_kind() -> Iterator[Kernels]:
    """All that is compiled for the processor, what is needed most often first."""
    for dtype in DTYPES:
        for training in (False, True):
            for cell in COMPILED:
                yield Kernels(cell, dtype, training)


if __name__ == "__main__":
    _cell, _dtype, _training = sys.argv[1:]
    Kernels(_cell, _dtype, training=_training == "True").compile()
