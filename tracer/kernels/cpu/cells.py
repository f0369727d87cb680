"""Each loop over time once for each kind of cell, with the cell's own steps in their place.

Numba does not keep a compiled loop for the next process if it takes the step as an argument. So
each kind of cell has a copy of every loop, in which the name `step` means the cell's own; under
its own name, it is kept in the cache like any other function.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any

import numpy as np

from tracer.cells import CELL_CLASSES, COMPILED, Cell
from tracer.equations import CELLS, CellEquations
from tracer.errors import InputError
from tracer.kernels.cpu import recording, through_time
from tracer.kernels.cpu.arrays import Places
from tracer.kernels.cpu.jit import SOURCES, compiled, inlined


@dataclass(frozen=True, eq=False)
class CompiledCell:
    """What the loops need to know of a kind of cell.

    Attributes
    ----------
    equations : CellEquations
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
    sums : tuple of str
        The gradients of the sums z, in the order of their blocks of rows in W.
    h_at : int
        The place of h.
    by_units : bool
        Whether several threads may compute one sentence, each some units; see `meeting`.
    record, record_back : function
        The loops for traces; `loop` makes others.
    """

    equations: CellEquations
    module: ModuleType
    forward: tuple[str, ...]
    backward: tuple[str, ...]
    states: Places
    wholes: Places
    meets: Places
    sums: tuple[str, ...]
    h_at: int
    by_units: bool
    loops: Mapping[str, Callable[..., Any]]

    @property
    def record(self) -> Callable[..., Any]:
        """`recording.record` of this cell."""
        return self.loops["record"]

    @property
    def record_back(self) -> Callable[..., Any]:
        """`recording.record_back` of this cell."""
        return self.loops["record_back"]

    def loop(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """The function, compiled with the loops and the weights of this cell in their place."""
        weights = {
            name: getattr(self.module, name) for name in ("forward_weights", "backward_weights")
        }
        return _with(function, self.equations.name, self.module, {**self.loops, **weights})


def compiled_cell(kind: str) -> CompiledCell:
    """The compiled steps and loops of a kind of cell; see `tracer.cells.register`.

    Raises
    ------
    InputError
        If it has no compiled step.
    """
    try:
        return _MADE[CELL_CLASSES[kind], COMPILED[kind]]
    except KeyError:
        pass  # not compiled yet, or never
    if kind not in COMPILED:
        raise InputError(
            f"{CELLS[kind].title} has no compiled step, which this needs; write one and name its "
            f"module: tracer.cells.register({CELL_CLASSES[kind].__name__}, 'the.module')"
        )
    cell, place = CELL_CLASSES[kind], COMPILED[kind]
    made = _MADE[cell, place] = _made(cell, place)
    return made


_MADE: dict[tuple[type[Cell], str], CompiledCell] = {}
# By the class: another one may come under the same name.


def _made(cell: type[Cell], place: str) -> CompiledCell:
    module, equations = import_module(place), cell.equations
    kind, state = equations.name, equations.state
    wholes = np.full(len(module.BACKWARD), through_time.NOT_OF_A_STATE)
    for name in state:
        whole = module.BACKWARD.index(f"d_{name}")
        wholes[whole] = through_time.WHOLE
        wholes[module.BACKWARD.index(f"d_{name}_from_next")] = whole
    gradient = equations.parameter("W").gradient
    meets, blocks = [], 0
    for name, products in groupby(gradient, key=attrgetter("rows")):
        met = -1 if name == "h_prev" else module.FORWARD.index(name)
        first, blocks = blocks, blocks + len(list(products))
        meets.append((first, blocks, met))
    steps = {name: inlined(_plain(getattr(module, name))) for name in ("step", "step_back")}
    loops = {
        name: _with(getattr(through_time, name), kind, module, steps)
        for name in ("forward", "backward")
    }
    loops |= {
        name: _with(getattr(recording, name), kind, module, {**loops, "Weights": module.Weights})
        for name in ("record", "record_back")
    }
    return CompiledCell(
        equations, module, module.FORWARD, module.BACKWARD,
        np.array([name in state for name in module.FORWARD], np.int64),
        wholes, np.array(meets, np.int64), tuple(product.d for product in gradient),
        module.FORWARD.index("h"), getattr(module, "BY_UNITS", False), loops,
    )  # fmt: skip


def _plain(function: Callable[..., Any]) -> Callable[..., Any]:
    """The Python function behind a compiled one."""
    return getattr(function, "py_func", function)


def _with(
    function: Callable[..., Any], kind: str, module: ModuleType, meanings: Mapping[str, Any]
) -> Callable[..., Any]:
    """A compiled copy of `function`, in which some global names mean something else.

    A copy whose steps lie outside tracer has a digest of their files in its name, as jit has one of
    tracer's own.
    """
    assert isinstance(function, FunctionType)
    copy = FunctionType(function.__code__, {**function.__globals__, **meanings}, function.__name__)
    copy.__qualname__ = f"{function.__qualname__}_{kind}"
    if Path(str(module.__file__)) not in SOURCES:
        content = b"".join(source.read_bytes() for source in sources_of(module))
        copy.__qualname__ += f"_{hashlib.sha256(content).hexdigest()[:12]}"
    return compiled(copy)


def sources_of(module: ModuleType) -> list[Path]:
    """The file of a module, and those of its package that it takes names from.

    Compiled code has in it what all of them said when it was compiled.
    """
    package, seen, new = module.__name__.partition(".")[0], {module.__name__}, [module]
    found = []
    while new:
        one = new.pop()
        if one.__file__:
            found.append(Path(one.__file__))
        for value in vars(one).values():
            name = value.__name__ if isinstance(value, ModuleType) else _home(value)
            if name.partition(".")[0] == package and name not in seen and name in sys.modules:
                seen.add(name)
                new.append(sys.modules[name])
    return sorted(found)


def _home(value: Any) -> str:
    """The module that a function or class was written in; empty for anything else."""
    home = getattr(value, "__module__", None)
    return home if isinstance(home, str) else ""
