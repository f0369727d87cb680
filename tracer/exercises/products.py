"""Which product of two matrices is meant where one does not fit, by the exercise's own axes.

Shapes alone do not tell it: of x (1, 4) and U (12, 4), both ``x @ U.T`` and ``U @ x.T`` fit. A
course has its sentences in rows or in columns, and every array of it has letters for its axes; what
sums over two axes of another name, or puts the sentences elsewhere, is not meant.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import product as every
from typing import NamedTuple

from tracer.equations.expression import Binary, Transposed
from tracer.equations.expression import Name as Quantity
from tracer.exercises.exercise import Exercise, Function
from tracer.exercises.layout import Layout, Name

BATCH = "N"

Shape = tuple[int, ...]
Side = tuple[str, Shape]
"""What stands on one side of ``@``, and its shape."""


class Fits(NamedTuple):
    """A product that fits: how it is written, its axes in letters (if known), and its shape."""

    text: str
    axes: tuple[str, ...]
    shape: Shape


class _Matrix(NamedTuple):
    """One side: how it is written, its shape, and which axes each length may be."""

    text: str
    shape: Shape
    axes: tuple[frozenset[str], ...]

    @property
    def flipped(self) -> _Matrix:
        """Transposed."""
        text = self.text.removesuffix(".T") if self.text.endswith(".T") else f"{self.text}.T"
        if not self.text.removesuffix(".T").replace(".", "_").isidentifier():
            text = f"({self.text}).T"
        return _Matrix(text, self.shape[::-1], self.axes[::-1])


def fitting(
    exercise: Exercise, function: Function, given: Mapping[str, Shape], left: Side, right: Side
) -> Fits | None:
    """The product of the two sides that the exercise's axes allow; None if it is not only one.

    Parameters
    ----------
    exercise : Exercise
    function : Function
        The one that was called.
    given : mapping of str to tuple of int
        The shape of each array that it was called with.
    left, right : (str, tuple of int)
        What stands there, in this order.
    """
    if exercise.program is None:
        return None
    known = _Known(exercise, function, given)
    sides = [_Matrix(text, shape, known.axes_of(text, shape)) for text, shape in (left, right)]
    found = [pair for pair in _pairs(*sides) if known.allows(*pair)]
    if len(found) > 1:
        found = [pair for pair in found if known.as_in_the_equations(*pair)]
    if len(found) > 1 and min(len(side.shape) for side in sides) == 1:
        found = [pair for pair in found if pair[0].text == left[0]]  # a row fits on either side
    if len(found) != 1:
        return None
    first, second = found[0]
    axes = [*first.axes[:-1], *second.axes[1:]]
    letters = tuple(next(iter(one)) for one in axes if len(one) == 1)
    return Fits(
        f"{first.text} @ {second.text}",
        letters if len(letters) == len(axes) else (),
        (*first.shape[:-1], *second.shape[1:]),
    )


def _pairs(left: _Matrix, right: _Matrix) -> Iterator[tuple[_Matrix, _Matrix]]:
    """Both orders, each side as it is and transposed, where the lengths fit."""
    ways = [(side, side.flipped) if len(side.shape) > 1 else (side,) for side in (left, right)]
    for one, other in every(*ways):
        for first, second in ((one, other), (other, one)):
            if first.shape[-1] == second.shape[0]:
                yield first, second


class _Known:
    """What is known of the axes of an exercise, with the sizes of one call."""

    def __init__(self, exercise: Exercise, function: Function, given: Mapping[str, Shape]) -> None:
        self.program = exercise.program
        axes = exercise.axes(function.over)
        self.layouts = _leaves(function.arguments)
        named = {**_leaves(function.returns), **self.layouts}
        self.letters = {
            key: tuple(map(str, layout.axes(axes))) for key, layout in named.items() if layout.names
        }
        self.given = given
        lengths = {
            (letter, length)
            for key, shape in given.items()
            if len(self.letters.get(key, ())) == len(shape)
            for letter, length in zip(self.letters[key], shape, strict=True)
        }
        self.lengths = lengths - {one for one in lengths if one[0] == "1"}
        self.backward = any(
            name.startswith("d_") for layout in _leaves(function.returns).values()
            for name in layout.names
        )  # fmt: skip

    def axes_of(self, text: str, shape: Shape) -> tuple[frozenset[str], ...]:
        """Which axes each length may be: of an argument its own, of all else those so long."""
        name, turned = text.removesuffix(".T"), text.endswith(".T")
        letters = self.letters.get(name, ())
        if self.given.get(name) == (shape[::-1] if turned else shape) and letters:
            own = tuple(frozenset({letter}) for letter in letters)
            return own[::-1] if turned else own
        return tuple(
            frozenset(letter for letter, so_long in self.lengths if so_long == length)
            for length in shape
        )

    def allows(self, first: _Matrix, second: _Matrix) -> bool:
        """Whether it sums over one axis, and gives an array such as the exercise has."""
        summed, other = first.axes[-1], second.axes[0]
        if summed and other and not summed & other:
            return False
        result = (*first.axes[:-1], *second.axes[1:])
        if any(BATCH in one for one in result) and len(result) > 1:
            place = [one == {BATCH} or BATCH in one for one in result]
            return any(place[at] for at in self._places_of_the_batch())
        return len(result) < 2 or any(
            len(letters) == len(result)
            and all(not one or letter in one for letter, one in zip(letters, result, strict=True))
            for letters in self.letters.values()
        )

    def _places_of_the_batch(self) -> set[int]:
        """On which axis of a matrix the sentences are."""
        matrices = [letters for letters in self.letters.values() if len(letters) == 2]
        return {letters.index(BATCH) for letters in matrices if BATCH in letters} or {0, 1}

    def as_in_the_equations(self, first: _Matrix, second: _Matrix) -> bool:
        """Whether a square matrix is transposed where the equations of the list have it so."""
        for at, side in enumerate((first, second)):
            name = side.text.removesuffix(".T")
            layout = self.layouts.get(name)
            if not isinstance(layout, Name) or len(side.shape) < 2:
                continue
            ways = self._ways(layout.name)
            transposed = side.text.endswith(".T")
            if ways and (transposed if at else not transposed) not in ways:
                return False
        return True

    def _ways(self, name: str) -> set[bool]:
        """Whether the matrix is transposed, where it stands on the right in an equation."""
        assert self.program is not None
        lines = {n: e for n, e in self.program.lines.items() if n.startswith("d_") == self.backward}
        rights = [
            node.right
            for line in lines.values()
            for node in line.expression.nodes()
            if isinstance(node, Binary) and node.sign == "@"
        ]
        return {
            right != matrix
            for right in rights
            for matrix in (right.of if isinstance(right, Transposed) else right,)
            if isinstance(matrix, Quantity) and self._whole(matrix.name) == name
        }

    def _whole(self, name: str) -> str:
        assert self.program is not None
        return self.program.blocks[name][0] if name in self.program.blocks else name


def _leaves(named: Mapping[str, Layout | None]) -> dict[str, Layout]:
    """Each array by its key."""
    return {
        key: leaf
        for name, layout in named.items()
        if layout is not None
        for key, leaf in layout.leaves(name).items()
    }
