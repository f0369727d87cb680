"""An equation with its numbers put in: ``f * c_prev + i * g`` → ``0.73·(-0.41) + 0.12·0.88``.

The equations come from `tracer.equations`; no formula is written a second time here, so the
arithmetic of a new cell needs no new code.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial, reduce
from typing import Any, TypeAlias

import numpy as np

from tracer.cells import Cell
from tracer.cells.evaluation import functions_named
from tracer.equations import CellEquations
from tracer.equations.expression import Binary, Call, Expression, Name, Number
from tracer.language import plural
from tracer.view.say.numbers import number

Value: TypeAlias = float | np.int64 | Sequence[float] | np.ndarray[Any, Any]

TERMS = 3
"""How many terms of a long sum are written before the dots."""


@dataclass(frozen=True, slots=True)
class Functions:
    """The functions in a cell's equations: what each is really called, and what it does."""

    names: Mapping[str, str] = field(default_factory=dict)
    meant: Mapping[str, Callable[[Any], Any]] = field(default_factory=dict)


def functions(cell: Cell | CellEquations) -> Functions:
    """Those of a cell, or of a kind of cell with its usual options.

    ``f`` of an RNN is called ``tanh``. σ stays σ where the gate is the usual sigmoid.
    """
    if isinstance(cell, CellEquations):
        names = cell.activations()
    else:
        names = cell.equations.activations(cell.options)
    usual = {"σ": "σ"} if names.get("σ") == "sigmoid" else {}
    return Functions({**names, **usual}, functions_named(names))


def in_numbers(
    expression: Expression, values: Mapping[str, Value], slopes: Mapping[str, Any] | None = None,
    *, products: bool = True,
) -> Expression:  # fmt: skip
    """The expression with numbers in the place of names.

    Parameters
    ----------
    expression : Expression
    values : mapping of str to float or array (n,)
        What each name stands for. In ``x @ U_f.T`` both are rows of the same length, and the
        product becomes a sum. A name that is not given stays as it is.
    slopes : mapping
        Slopes that are written as their value, not as a call: ``{"dσ": ...}``.
    products : bool
        Whether a product of rows is written as the sum that it is, and not as its value.
    """
    slopes = slopes or {}

    def put(node: Expression) -> Expression | None:
        match node:
            case Name(name) if isinstance(count := values.get(name), np.int64):  # so many times
                return Number(int(count))
            case Name(name) if name in values and np.ndim(values[name]) == 0:
                return _number(values[name])
            case Call(function, _) if function in slopes and node.slope_of is not None:
                return _number(node.value(values, slopes))
            case Call(function, [Name(name)]) if np.ndim(values.get(name, 0.0)) == 1:
                return Call(function, tuple(_number(value) for value in _row(values[name])))
            case Binary("@", left, right) if set(node.reads) <= values.keys():
                known = {name: _row(values[name]) for name in node.reads}
                rows = [_row(side.value(known, slopes)) for side in (left, right)]
                if not products and rows[0].shape == rows[1].shape:
                    return _number(rows[0] @ rows[1])
                return _sum_of_products(*rows) if rows[0].shape == rows[1].shape else None
        return None

    return expression.rewritten(put)


def arithmetic(
    expression: Expression, digits: int = 2, called: Mapping[str, str] | None = None
) -> str:
    """Numbers as one writes them by hand.

    Parameters
    ----------
    expression : Expression
    digits : int
        Decimals, see `tracer.view.say.numbers.number`.
    called : mapping
        What the functions are really called.

    Examples
    --------
    >>> values = {"f": 0.73, "c_prev": -0.41, "i": 0.12, "g": 0.88}
    >>> arithmetic(in_numbers(parse("f * c_prev + i * g"), values))
    '0.73·(-0.41) + 0.12·0.88'
    """
    return expression.written(called or {}, number=partial(_written, digits), times="·")


def comes_out(
    expression: Expression, result: str, meant: Mapping[str, Any], digits: int = 2
) -> bool:
    """Whether the numbers as they are written give the result as it is written.

    Each is rounded for itself, so that 0.26·0.89 may stand where 0.235 is the product. What names
    something that is not shown cannot be worked out, so nothing is said against it.
    """
    if expression.reads or not set(expression.functions) <= meant.keys():
        return True
    shown = expression.rewritten(
        lambda node: (
            _number(float(_written(digits, node.number))) if isinstance(node, Number) else None
        )
    )
    with np.errstate(all="ignore"):
        return number(float(shown.value({}, meant)), digits) == result


def _number(value: Any) -> Number:
    return Number(np.float64(value))


def _written(digits: int, value: float) -> str:
    """A number that was put in; one of the equation itself, like 1, as it stands there."""
    return number(value, digits) if isinstance(value, np.float64) else str(value)


def _row(value: Any) -> np.ndarray[Any, Any]:
    return np.asarray(value, dtype=float)


def _sum_of_products(first: np.ndarray[Any, Any], second: np.ndarray[Any, Any]) -> Expression:
    """Two rows as ``1.00·0.31 + 0.50·(-0.20) + 0.11·0.70 + … (8 terms)``."""
    products = [Binary("*", _number(a), _number(b)) for a, b in zip(first, second, strict=True)]
    return _shortened(products)


def sum_of(rows: Sequence[np.ndarray[Any, Any]]) -> Expression:
    """One row added up, or two rows multiplied place by place and added up, in numbers.

    Parameters
    ----------
    rows : sequence of array (n,)
        One or two.
    """
    if len(rows) == 1:
        return _shortened([_number(value) for value in rows[0]])
    return _sum_of_products(*rows)


def _shortened(terms: Sequence[Expression]) -> Expression:
    """Their sum; of many the first ones, and how many there are."""
    shown = list(terms)
    if len(terms) > TERMS + 1:
        said = plural("… ({count} term)", "… ({count} terms)", len(terms))
        shown = [*terms[:TERMS], Name(said.format(count=len(terms)))]
    return reduce(partial(Binary, "+"), shown)
