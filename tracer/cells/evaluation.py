"""Reads a cell's parameters block by block, and runs an equation of the list on given numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import numpy as np

from tracer.cells.activations import ACTIVATIONS, SLOPES, Array
from tracer.cells.cell import Cell
from tracer.equations.expression import Expression


def block(cell: Cell, name: str) -> Array | None:
    """The parameter of that name: all of it (``"W"``), or one gate's rows (``"W_f"``), or None."""
    found = cell.equations.block(name)
    if found is None:
        return None
    whole: Array = getattr(cell, found.parameter)
    if not found.gate:
        return whole
    H = cell.W.shape[1]
    first = cell.equations.gates.index(found.gate) * H
    return whole[first : first + H]


def functions(cell: Cell) -> dict[str, Callable[[Array], Array]]:
    """Every function that the cell's equations call, and its slope: ``σ`` and ``dσ``.

    An equation that was rewritten may also call any other activation by its own name.
    """
    return {**ACTIVATIONS, **functions_named(cell.equations.activations(cell.options))}


def functions_named(names: Mapping[str, str]) -> dict[str, Callable[[Array], Array]]:
    """The same for activations by name: ``{"σ": "sigmoid"}`` gives ``σ`` and ``dσ``."""
    slopes = {f"d{symbol}": SLOPES[name] for symbol, name in names.items()}
    return {symbol: ACTIVATIONS[name] for symbol, name in names.items()} | slopes


def evaluate(cell: Cell, expression: Expression, values: Mapping[str, Array]) -> Array:
    """Run an equation of the cell's list.

    Parameters
    ----------
    cell : Cell
        Gives the parameters and the functions.
    expression : Expression
        Of a `Quantity`, for example ``f * c_prev + i * g``.
    values : mapping
        Gives the quantities; each (..., unit), any leading axes.

    Returns
    -------
    array
        In NumPy's arithmetic, so equal to what a kernel recorded up to a few ulp.
    """
    with np.errstate(all="ignore"):
        result: Array = expression.value(_Scope(cell, values), functions(cell))
    return result


def size(cell: Cell, expression: Expression, values: Mapping[str, Array]) -> Array:
    """How large the terms are that an equation adds up, see `Expression.size`."""
    with np.errstate(all="ignore"):
        terms: Array = expression.size(_Scope(cell, values), functions(cell))
    return terms


class _Scope(Mapping[str, object]):
    """What a name in an equation stands for: a parameter or a quantity."""

    def __init__(self, cell: Cell, values: Mapping[str, Array]) -> None:
        self._cell = cell
        self._values = values

    def __getitem__(self, name: str) -> object:
        parameter = block(self._cell, name)
        return self._values[name] if parameter is None else parameter

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)
