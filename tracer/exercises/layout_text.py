"""The text of a layout, read once: ``"[U_i.T, U_f.T]"`` and the like, as Python writes it."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from tracer.errors import InputError, UnknownNameError
from tracer.exercises.axes import Axis, axis, python
from tracer.exercises.layout import (
    Anything,
    Blocks,
    Drawn,
    Fixed,
    Gradient,
    Grouped,
    Layout,
    Name,
    OneHot,
    Ordered,
    Scaled,
    Stated,
    Transposed,
)

DRAWN: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "normal": ("scale",),
        "uniform": ("low", "high"),
        "labels": ("classes",),
        "lengths": ("most",),
        "mask": (),
        "words": ("of",),
        "codes": ("digits",),
    }
)
"""How numbers are drawn for a reference.py, and what each may be told."""

_NEEDED = frozenset({"classes", "most", "of", "digits"})
"""What has to be told: a number, or the letter of a size."""

FORMS = (
    "names, .T, name[N, T, D], [A, B], [[A], [B]], (a, b), list(a, b), {key: a}, 0.25 * a, "
    "one_hot(a), d(argument), numbers and texts"
)
_KEY = re.compile(r"[A-Za-z0-9_]+")


def parse(text: str) -> Layout:
    """The layout that a text writes.

    Raises
    ------
    InputError
        If it is no Python expression, or has something in it that no layout has.
    """
    try:
        return _read(ast.parse(python(text).strip(), mode="eval").body)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        if isinstance(error, InputError):
            raise
        raise InputError("it is no Python expression") from None


def _read(node: ast.expr) -> Layout:
    match node:
        case ast.Name("number" | "bool" as kind):
            return Stated("number" if kind == "number" else "bool")
        case ast.Name(name):
            return Name(name)
        case ast.Constant(value) if value is Ellipsis:
            return Anything()
        case ast.Constant(bool() | int() | float() | str() | None as value):
            return Fixed(value)
        case ast.UnaryOp(ast.USub(), ast.Constant(int() | float() as value)):
            return Fixed(-value)
        case ast.UnaryOp(ast.USub(), of):
            return Scaled(-1.0, _array(of))
        case ast.Attribute(of, "T"):
            return Transposed(_array(of))
        case ast.Subscript(of, ast.Tuple(axes)):
            return Ordered(_array(of), tuple(map(axis, axes)))
        case ast.Subscript(of, one):
            return Ordered(_array(of), (axis(one),))
        case ast.BinOp(left, ast.Mult(), right):
            first, second = _read(left), _read(right)
            factor, of = (first, right) if isinstance(first, Fixed) else (second, left)
            number = factor.constant if isinstance(factor, Fixed) else None
            if isinstance(number, (int, float)) and number and not isinstance(number, bool):
                return Scaled(float(number), _array(of))
        case ast.List(parts) if parts:
            return _blocks(node)
        case ast.Tuple(parts):
            return Grouped("tuple", tuple((str(n), _read(p)) for n, p in enumerate(parts)))
        case ast.Dict(keys, values) if None not in keys:
            named = [_key(key) for key in keys]
            if len(set(named)) < len(named):
                raise InputError(f"'{ast.unparse(node)}' has a key twice")
            return Grouped("dict", tuple(zip(named, map(_read, values), strict=True)))
        case ast.Call(ast.Name(function), arguments, options):
            return _call(node, function, arguments, options)
    raise InputError(f"'{ast.unparse(node)}' is no layout; a layout is made of {FORMS}")


def _array(node: ast.expr) -> Layout:
    """A part that must be a single array."""
    layout = _read(node)
    if isinstance(layout, (Grouped, Anything, Stated, Fixed, Gradient)):
        raise InputError(f"'{ast.unparse(node)}' is no array, so nothing can be done with it")
    return layout


def _blocks(node: ast.List) -> Blocks:
    parts = tuple(_blocks(p) if isinstance(p, ast.List) else _array(p) for p in node.elts)
    depths = {part.depth if isinstance(part, Blocks) else 0 for part in parts}
    if len(depths) > 1:
        raise InputError(
            f"'{ast.unparse(node)}' mixes [ ] and what stands in none; "
            "[A, B] is side by side, [[A], [B]] one below the other"
        )
    return Blocks(parts, depths.pop() + 1)


def _key(node: ast.expr | None) -> str:
    match node:
        case ast.Name(key):
            return key
        case ast.Constant(str() as key) if _KEY.fullmatch(key):
            return key
    text = "" if node is None else ast.unparse(node)
    raise InputError(f"'{text}' is no key; a key of a dict is letters, digits and _, as Wf or 'W1'")


def _call(
    node: ast.expr, function: str, arguments: list[ast.expr], options: list[ast.keyword]
) -> Layout:
    match function, arguments:
        case "d", [ast.Name(argument)] if not options:
            return Gradient(argument)
        case "one_hot", [of] if not options:
            return OneHot(_array(of))
        case "list", _ if not options:
            return Grouped("list", tuple((str(n), _read(p)) for n, p in enumerate(arguments)))
    if function not in DRAWN:
        known = ("d", "one_hot", "list", *DRAWN)
        raise InputError(f"'{ast.unparse(node)}': {UnknownNameError('function', function, known)}")
    told: list[tuple[str, Any]] = []
    for option in options:
        if option.arg not in DRAWN[function]:
            known = DRAWN[function]
            raise InputError(
                f"'{ast.unparse(node)}': there is no {option.arg} = ; "
                f"{function} knows {', '.join(known) or 'none'}"
            )
        told.append((option.arg, _option(function, option.arg, option.value)))
    for name in _NEEDED.intersection(DRAWN[function]).difference(dict(told)):
        raise InputError(f"'{ast.unparse(node)}' lacks {name} = ; expected a number or a size")
    return Drawn(function, tuple(map(axis, arguments)), tuple(told))


def _option(function: str, name: str, node: ast.expr) -> float | Axis:
    if name in _NEEDED:
        return axis(node)
    try:
        value = ast.literal_eval(node)
    except ValueError:
        value = None
    if not isinstance(value, (int, float)) or isinstance(value, bool):
        raise InputError(f"{function}: {name} = {ast.unparse(node)}; expected a number")
    return value
