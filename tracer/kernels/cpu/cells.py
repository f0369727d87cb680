"""Each loop over time once for each kind of cell, with the cell's own steps in their place.

Numba does not keep a compiled loop for the next process if it takes the step as an argument. So
each kind of cell has a copy of every loop, in which the name `step` means the cell's own; under
its own name, it is kept in the cache like any other function.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any

import numpy as np

from tracer.cells import CELL_CLASSES, COMPILED
from tracer.equations import CELLS
from tracer.errors import InputError
from tracer.kernels.cpu import through_time
from tracer.kernels.cpu.arrays import Places
from tracer.kernels.cpu.jit import SOURCES, compiled


@dataclass(frozen=True, eq=False)
class CompiledCell:
    """What the loops need to know of a kind of cell.

    Attributes
    ----------
    module : module
        Its steps, such as `tracer.kernels.cpu.lstm`.
    forward, backward : tuple of str
        The quantities that a step computes, in the order of their places.
    states : int array
        1 for each quantity of `forward` that is a state.
    wholes : int array
        For each of `backward` that the step after hands back, such as d_h_from_next, the place of
        that to which it belongs, such as d_h; see `through_time.backward`. That of h is the first.
    meets : int array (·, 3)
        What W is multiplied with, as the list of equations has it: the first block, the one past
        the last, and the place of the quantity; -1 is h_prev.
    blocks, h_at : int
        The blocks of rows in W, and the place of h.
    record, record_back : function
        The loops for traces; `loop` makes others.
    """

    kind: str
    module: ModuleType
    forward: tuple[str, ...]
    backward: tuple[str, ...]
    states: Places
    wholes: Places
    meets: Places
    blocks: int
    h_at: int
    loops: Mapping[str, Callable[..., Any]]

    @property
    def record(self) -> Callable[..., Any]:
        """`through_time.record` of this cell."""
        return self.loops["record"]

    @property
    def record_back(self) -> Callable[..., Any]:
        """`through_time.record_back` of this cell."""
        return self.loops["record_back"]

    def loop(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """The function, compiled with the loops and the weights of this cell in their place."""
        weights = {
            name: getattr(self.module, name) for name in ("forward_weights", "backward_weights")
        }
        return _with(function, self.kind, self.module, {**self.loops, **weights})


def compiled_cell(kind: str) -> CompiledCell:
    """The compiled steps and loops of a kind of cell; see `tracer.cells.register`.

    Raises
    ------
    InputError
        If it has no compiled step.
    """
    if kind not in COMPILED:
        raise InputError(
            f"{CELLS[kind].title} has no compiled step, which this needs; write one and name its "
            f"module: tracer.cells.register({CELL_CLASSES[kind].__name__}, 'the.module')"
        )
    return _made(kind, COMPILED[kind])


@cache
def _made(kind: str, place: str) -> CompiledCell:
    module = import_module(place)
    state = CELL_CLASSES[kind].equations.state
    wholes = np.full(len(module.BACKWARD), through_time.NOT_OF_A_STATE)
    for name in state:
        whole = module.BACKWARD.index(f"d_{name}")
        wholes[whole] = through_time.WHOLE
        wholes[module.BACKWARD.index(f"d_{name}_from_next")] = whole
    gradient = CELL_CLASSES[kind].equations.parameter("W").gradient
    meets, blocks = [], 0
    for name, products in groupby(gradient, key=attrgetter("rows")):
        met = -1 if name == "h_prev" else module.FORWARD.index(name)
        first, blocks = blocks, blocks + len(list(products))
        meets.append((first, blocks, met))
    steps = {"step": module.step, "step_back": module.step_back}
    loops = {
        name: _with(getattr(through_time, name), kind, module, steps)
        for name in ("forward", "backward")
    }
    loops |= {
        name: _with(getattr(through_time, name), kind, module, loops)
        for name in ("record", "record_back")
    }
    return CompiledCell(
        kind, module, module.FORWARD, module.BACKWARD,
        np.array([name in state for name in module.FORWARD], np.int64),
        wholes, np.array(meets, np.int64), blocks, module.FORWARD.index("h"), loops,
    )  # fmt: skip


def _with(
    function: Callable[..., Any], kind: str, module: ModuleType, meanings: Mapping[str, Any]
) -> Callable[..., Any]:
    """A compiled copy of `function`, in which some global names mean something else.

    A copy whose steps lie outside tracer has a digest of their file in its name, as jit has one of
    tracer's own.
    """
    assert isinstance(function, FunctionType)
    copy = FunctionType(function.__code__, {**function.__globals__, **meanings}, function.__name__)
    copy.__qualname__ = f"{function.__qualname__}_{kind}"
    source = Path(str(module.__file__))
    if source not in SOURCES:
        copy.__qualname__ += f"_{hashlib.sha256(source.read_bytes()).hexdigest()[:12]}"
    return compiled(copy)
