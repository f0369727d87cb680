"""An equation with its numbers put in: ``f * c_prev + i * g`` → ``0.73·(-0.41) + 0.12·0.88``.

The equations come from `tracer.equations`; no formula is written a second time here, so the
arithmetic of a new cell needs no new code.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np

from tracer.language import plural
from tracer.view.say.numbers import number

Value: TypeAlias = float | str | Sequence[float] | np.ndarray[Any, Any]

TERMS = 3
"""How many terms of a long sum or a long vector are written before the dots."""

_OPERATORS: Mapping[type[ast.operator], str] = {
    ast.Add: " + ", ast.Sub: " - ", ast.Mult: "·", ast.Div: " / ", ast.Pow: "^",
}  # fmt: skip


def arithmetic(equation: str, values: Mapping[str, Value], *, digits: int = 2) -> str:
    """`equation` with numbers in the place of names.

    Parameters
    ----------
    equation : str
        The right-hand side as `tracer.equations` has it, a Python expression.
    values : mapping of str to float, array (n,) or str
        What each name stands for. In ``x @ U_f.T`` both are rows of the same length and the
        product is written as a sum. A string replaces the name of a function (``{"f": "tanh"}``).
        A name that is not given stays as it is.
    digits : int
        Decimals, see `tracer.view.say.numbers.number`.

    Examples
    --------
    >>> arithmetic("f * c_prev + i * g", {"f": 0.73, "c_prev": -0.41, "i": 0.12, "g": 0.88})
    '0.73·(-0.41) + 0.12·0.88'
    >>> arithmetic("σ(z_f)", {"z_f": -1.58})
    'σ(-1.58)'
    """
    return _written(ast.parse(equation, mode="eval").body, values, digits)


def _written(node: ast.expr, values: Mapping[str, Value], digits: int) -> str:
    """One node of the expression in numbers."""
    match node:
        case ast.Name(name):
            return _value(values.get(name, name), digits)
        case ast.Attribute(value=ast.Name(name), attr="T"):
            return _value(values.get(name, f"{name}.T"), digits)
        case ast.Constant(value):
            return str(value)
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return f"-{_grouped(operand, values, digits)}"
        case ast.Call(func=function, args=arguments):
            written = [_written(argument, values, digits) for argument in arguments]
            return f"{_written(function, values, digits)}({', '.join(written)})"
        case ast.BinOp(left, ast.MatMult(), right):
            return _product_sum(left, right, values, digits)
        case ast.BinOp(left, (ast.Add() | ast.Sub()) as operator, right):
            second = _written(right, values, digits)
            if _is_negative(right, second) or (_is_sum(right) and isinstance(operator, ast.Sub)):
                second = f"({second})"
            return f"{_written(left, values, digits)}{_OPERATORS[type(operator)]}{second}"
        case ast.BinOp(left, operator, right) if type(operator) in _OPERATORS:
            first, second = (_grouped(side, values, digits) for side in (left, right))
            return f"{first}{_OPERATORS[type(operator)]}{second}"
    return ast.unparse(node)


def _grouped(node: ast.expr, values: Mapping[str, Value], digits: int) -> str:
    """A factor: in brackets when it is negative or a sum."""
    text = _written(node, values, digits)
    return f"({text})" if _is_sum(node) or _is_negative(node, text) else text


def _is_sum(node: ast.expr) -> bool:
    return isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Sub | ast.MatMult)


def _is_negative(node: ast.expr, text: str) -> bool:
    return text.startswith("-") and not isinstance(node, ast.BinOp)


def _value(value: Value, digits: int) -> str:
    if isinstance(value, str):
        return value
    array = np.asarray(value)
    if array.ndim == 0:
        return number(float(array), digits)
    return ", ".join(_shortened([number(float(entry), digits) for entry in array.ravel()]))


def _product_sum(left: ast.expr, right: ast.expr, values: Mapping[str, Value], digits: int) -> str:
    """``x @ U.T`` of two rows as ``1.00·0.31 + 0.50·(-0.20) + … (8 terms)``."""
    first, second = (_row(side, values) for side in (left, right))
    if first is None or second is None or first.shape != second.shape:
        return " @ ".join(_written(side, values, digits) for side in (left, right))
    factors = [[_factor(float(value), digits) for value in row] for row in (first, second)]
    terms = _shortened([f"{a}·{b}" for a, b in zip(*factors, strict=True)])
    written = " + ".join(terms)
    if terms[-1] != "…":
        return written
    said = plural("{sum} ({count} term)", "{sum} ({count} terms)", len(first))
    return said.format(sum=written, count=len(first))


def _factor(value: float, digits: int) -> str:
    text = number(value, digits)
    return f"({text})" if text.startswith("-") else text


def _row(node: ast.expr, values: Mapping[str, Value]) -> np.ndarray[Any, Any] | None:
    """The numbers that a side of ``@`` stands for, or None where they are not given."""
    name = node.value if isinstance(node, ast.Attribute) else node
    value = values.get(name.id) if isinstance(name, ast.Name) else None
    if value is None or isinstance(value, str):
        return None
    array = np.asarray(value, dtype=float)
    return array if array.ndim == 1 else None


def _shortened(parts: list[str]) -> list[str]:
    return parts if len(parts) <= TERMS + 1 else [*parts[:TERMS], "…"]
