"""How long an axis is, in the letters of the sizes: ``4H``, ``H + D``, ``1``."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from tracer.errors import InputError

LETTER = re.compile(r"[A-Z]")
"""What a size is called: ``N``, ``T``, ``D``, ``H``, ``K``."""

_COUNTED = re.compile(r"(?<![\w.'\"])(\d+)\s*([A-Z])(?!\w)")


@dataclass(frozen=True, slots=True)
class Axis:
    """One axis: how often each letter goes into its length; the letter of a plain number is ''."""

    counts: tuple[tuple[str, int], ...]

    @classmethod
    def of(cls, text: str) -> Axis:
        """The axis that a text like ``4H`` writes."""
        return _parsed(text)

    @classmethod
    def sum(cls, axes: Iterable[Axis]) -> Axis:
        """The axis that comes of several, one after the other."""
        total: dict[str, int] = {}
        for one in axes:
            for letter, count in one.counts:
                total[letter] = total.get(letter, 0) + count
        return cls(tuple(sorted(total.items(), key=lambda item: (item[0] == "", item[0]))))

    def __mul__(self, times: int) -> Axis:
        return Axis(tuple((letter, count * times) for letter, count in self.counts))

    def length(self, sizes: Mapping[str, int]) -> int:
        """How long it is with these sizes."""
        return sum(count * sizes.get(letter, 1) for letter, count in self.counts)

    @property
    def letters(self) -> tuple[str, ...]:
        """The sizes that it is made of."""
        return tuple(letter for letter, _count in self.counts if letter)

    def __str__(self) -> str:
        return " + ".join(
            (str(count) if count != 1 or not letter else "") + letter
            for letter, count in self.counts
        )


@cache
def _parsed(text: str) -> Axis:
    return axis(ast.parse(python(text), mode="eval").body)


ONE = Axis((("", 1),))
"""An axis that is only there for its place: the second of a bias (H, 1)."""

Axes = tuple[Axis, ...]


def axes_of(letters: Iterable[str]) -> Axes:
    """The axes that texts like ``("4H", "D")`` write."""
    return tuple(Axis.of(text) for text in letters)


def written(axes: Axes) -> str:
    """``(4H, D)``, and ``(H,)`` for a single one, as Python writes a shape."""
    return f"({', '.join(map(str, axes))}{',' if len(axes) == 1 else ''})"


def python(text: str) -> str:
    """The same with ``3H`` written as Python knows it, ``3*H``."""
    return _COUNTED.sub(r"\1*\2", text)


def axis(node: ast.expr) -> Axis:
    """An axis in an expression of Python's.

    Raises
    ------
    InputError
        If it is not made of letters, whole numbers, ``*`` and ``+``.
    """
    match node:
        case ast.Name(letter) if LETTER.fullmatch(letter):
            return Axis(((letter, 1),))
        case ast.Constant(int() as count) if type(count) is int and count > 0:
            return Axis((("", count),))
        case ast.BinOp(ast.Constant(int() as count), ast.Mult(), of) if type(count) is int:
            if count > 0:
                return axis(of) * count
        case ast.BinOp(left, ast.Add(), right):
            return Axis.sum((axis(left), axis(right)))
    raise InputError(f"'{ast.unparse(node)}' is no axis; an axis is written N, 4H, H + D or 1")
