"""Reads a cell's parameters block by block, and runs an equation of the list on given numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cache
from types import CodeType

import numpy as np

from tracer.cells.activations import ACTIVATIONS, SLOPES, Array
from tracer.cells.lstm import LSTMCell
from tracer.cells.rnn import RNNCell

Cell = RNNCell | LSTMCell


def block(cell: Cell, name: str) -> Array | None:
    """The parameter of that name: all of it (``"W"``), or one gate's rows (``"W_f"``), or None."""
    parameter, _, gate = name.partition("_")
    if parameter not in {p.name for p in cell.equations.parameters}:
        return None
    whole: Array = getattr(cell, parameter)
    if not gate:
        return whole
    if gate not in cell.equations.gates:
        return None
    H = cell.W.shape[1]
    first = cell.equations.gates.index(gate) * H
    return whole[first : first + H]


def function(cell: Cell, name: str) -> Callable[[Array], Array] | None:
    """The function that the cell's equations call by that name, or None."""
    table = ACTIVATIONS
    chosen = cell.equations.functions.get(name)
    if chosen is None:  # "dσ" is the slope of "σ"
        table = SLOPES
        chosen = cell.equations.functions.get(name.removeprefix("d")) if name[0] == "d" else None
    if chosen is None:
        return None
    return table[getattr(cell, chosen) if chosen in cell.equations.options else chosen]


def evaluate(cell: Cell, equation: str, values: Mapping[str, Array]) -> Array:
    """Run an equation of the cell's list.

    Parameters
    ----------
    cell : Cell
        Gives the parameters and the functions.
    equation : str
        A `Quantity.equation`, for example ``"f * c_prev + i * g"``.
    values : mapping
        Gives the quantities; each (..., unit), any leading axes.

    Returns
    -------
    array
        In NumPy's arithmetic, so equal to what a kernel recorded up to a few ulp.
    """
    with np.errstate(all="ignore"):
        # Only equations of the list come here, never a user's text; builtins are shut out.
        result: Array = eval(_compiled(equation), {"__builtins__": {}}, _Scope(cell, values))  # noqa: S307
    return result


@cache
def _compiled(equation: str) -> CodeType:
    return compile(equation, "<equation>", "eval")


class _Scope(Mapping[str, object]):
    """What a name in an equation stands for: a function, a parameter, or a quantity."""

    def __init__(self, cell: Cell, values: Mapping[str, Array]) -> None:
        self._cell = cell
        self._values = values

    def __getitem__(self, name: str) -> object:
        meaning = function(self._cell, name)
        if meaning is not None:
            return meaning
        parameter = block(self._cell, name)
        return self._values[name] if parameter is None else parameter

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)
