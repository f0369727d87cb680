"""The text of an equation, read once."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from tracer.equations.expression import (
    Binary,
    Call,
    Expression,
    Name,
    Negative,
    Number,
    Sign,
    Transposed,
)
from tracer.errors import InputError

_SIGNS: Mapping[type[ast.operator], Sign] = MappingProxyType(
    {
        ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.MatMult: "@", ast.Pow: "**",
    }
)  # fmt: skip


@cache
def parse(equation: str) -> Expression:
    """The expression that a `Quantity.equation` writes in Python.

    Raises
    ------
    InputError
        If it is no Python expression, or has more in it than names, numbers, ``+ - * / @ **``,
        ``.T`` and calls of a function.
    """
    try:
        return _read(ast.parse(equation, mode="eval").body)
    except SyntaxError:
        raise InputError(f"the equation '{equation}' is no Python expression") from None
    except _NotReadError as error:
        raise InputError(
            f"the equation '{equation}' has '{error}' in it; an equation is made of names, "
            "numbers, + - * / @ **, .T and calls of a function"
        ) from None


class _NotReadError(ValueError):
    """A part of Python that no equation uses; the text of that part."""


def _read(node: ast.expr) -> Expression:
    match node:
        case ast.Name(name):
            return Name(name)
        case ast.Constant(int() | float() as value) if not isinstance(value, bool):
            return Number(value)
        case ast.Attribute(of, "T"):
            return Transposed(_read(of))
        case ast.UnaryOp(ast.USub(), of):
            return Negative(_read(of))
        case ast.BinOp(left, sign, right) if type(sign) in _SIGNS:
            return Binary(_SIGNS[type(sign)], _read(left), _read(right))
        case ast.Call(ast.Name(function), arguments, []):
            return Call(function, tuple(_read(argument) for argument in arguments))
    raise _NotReadError(ast.unparse(node))
