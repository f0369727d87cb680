"""Wrong numbers: the runs of one submission, and how much may be tried to explain them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from types import MappingProxyType

import numpy as np

from tracer.cells.activations import Array
from tracer.errors import TracerError
from tracer.mistakes.blocks import Blocks
from tracer.mistakes.candidates import Candidate
from tracer.mistakes.records import Run
from tracer.program import Edit, Program

MOST_RUNS = 1_500
"""How often a program is run for one task, and for the pairs of it as often again. It is a count
and no clock: a slow machine says what a fast one says."""


class Task:
    """The runs of one submission, cut into blocks.

    Parameters
    ----------
    program : Program
        What is right here, the known mistakes of the forward pass included where there are any.
    runs : sequence of Run
    candidates : sequence of Candidate

    Attributes
    ----------
    runs : list of Blocks
        Those with the most to tell come first.
    left : int
        How often a program may still be run.
    """

    def __init__(
        self, program: Program, runs: Sequence[Run], candidates: Sequence[Candidate]
    ) -> None:
        self.program = program
        self.candidates = candidates
        self.left = MOST_RUNS
        cut = [Blocks(program.names, run, computed(program, run)) for run in runs]
        self.runs = sorted(cut, key=_tells_little)
        self.came = frozenset(name for blocks in cut for name in blocks.names)

    def refill(self) -> None:
        """As many runs once more, for another kind of search."""
        self.left = MOST_RUNS

    @cached_property
    def everything(self) -> tuple[Mapping[str, Array], ...]:
        """What each run is given, and all that the program gives on it."""
        return tuple(
            {**blocks.run.given, **self.program.run(blocks.run.given)} for blocks in self.runs
        )

    @cached_property
    def zero(self) -> frozenset[str]:
        """The quantities that are 0 in all these runs."""
        names = frozenset[str]().union(*self.everything)
        return names.difference(*({n for n, a in e.items() if np.any(a)} for e in self.everything))

    @cached_property
    def one_step(self) -> bool:
        """Whether no run has a second step."""
        return not any(
            len(array) > 1
            for blocks in self.runs
            for name, array in blocks.run.given.items()
            if blocks.axes.get(name, ())[:1] == ("T",)
        )

    def is_given_by(self, edits: Sequence[Edit]) -> bool:
        """Whether the program with these edits, made and run anew, gives every number.

        Nothing that a search has kept is used: it is what is asked last, before anything is said.
        """
        try:
            edited = self.program.edited(edits)
            return all(blocks.all_equal(computed(edited, blocks.run)) for blocks in self.runs)
        except TracerError:
            return False

    @cached_property
    def backward(self) -> frozenset[str]:
        """The quantities of the backward pass."""
        return frozenset(name for name, line in self.program.lines.items() if line.backward)

    @property
    def wrong_runs(self) -> tuple[Blocks, ...]:
        """Those in which something is wrong."""
        return tuple(blocks for blocks in self.runs if blocks.wrong.any())


class InVain:
    """The runs of which no pair makes more right, so that none is tried on them again.

    A run of one step is also a step by itself, and comes back when the steps are searched.
    """

    def __init__(self) -> None:
        self._zero: dict[tuple[Program, bytes], frozenset[str]] = {}

    def add(self, task: Task, of: Blocks) -> None:
        """Remember a run."""
        self._zero[task.program, _bytes(of.run)] = task.zero

    def holds(self, task: Task, of: Blocks) -> bool:
        """Whether it is one of them; what brings in a quantity that is 0 was not tried."""
        zero = self._zero.get((task.program, _bytes(of.run)))
        return zero is not None and zero <= task.zero


def _bytes(run: Run) -> bytes:
    named = sorted((*run.given.items(), *run.came.items()), key=lambda pair: pair[0])
    parts = [(name, np.asarray(array)) for name, array in named]
    return b"".join(f"{name}{array.shape}".encode() + array.tobytes() for name, array in parts)


def computed(
    program: Program, run: Run, known: Mapping[str, Array] = MappingProxyType({}),
    go_on: Callable[[Mapping[str, Array]], bool] | None = None,
) -> Mapping[str, Array]:  # fmt: skip
    """What a program gives for what came."""
    return program.run(run.given, wanted=tuple(run.came), known=known, go_on=go_on)


def _tells_little(blocks: Blocks) -> tuple[bool, int, bool, int]:
    """A key by which the run that tells mistakes apart best, and quickly, comes first."""
    given = blocks.run.given
    zeros = sum(not array.any() for name, array in given.items() if not name.startswith("d_"))
    steps = {len(array) for name, array in given.items() if blocks.axes.get(name, "")[:1] == ("T",)}
    numbers = sum(array.size for array in blocks.run.came.values())
    return not blocks.wrong.any(), zeros, bool(steps) and max(steps) > 1, numbers
