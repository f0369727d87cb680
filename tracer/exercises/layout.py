"""Layouts: how what a student's function takes and returns is made of the list's quantities.

A layout is a small tree of the records below, written as an expression of Python's:
``[U_i.T, U_f.T]``, ``x[N, T, D]``. `layout_text` reads one, `laying_out` evaluates it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal, TypeAlias

import numpy.typing as npt

from tracer.errors import InputError
from tracer.exercises.axes import ONE, Axes, Axis, written

Array: TypeAlias = npt.NDArray[Any]
Kind: TypeAlias = Literal["tuple", "list", "dict"]


class Layout:
    """What all the records below can do. ``str(layout)`` is the layout as it is written."""

    __slots__ = ()

    @property
    def parts(self) -> tuple[Layout, ...]:
        """The layouts that it is made of."""
        match self:
            case Transposed(of) | Ordered(of, _) | Scaled(_, of) | OneHot(of):
                return (of,)
            case Blocks(parts, _):
                return parts
            case Grouped(_, named):
                return tuple(part for _key, part in named)
        return ()

    def nodes(self) -> Iterator[Layout]:
        """Itself and everything in it, in the order of reading."""
        yield self
        for part in self.parts:
            yield from part.nodes()

    @property
    def names(self) -> tuple[str, ...]:
        """The quantities in it, each once."""
        return _names(self)

    def rewritten(self, change: Callable[[Layout], Layout | None]) -> Layout:
        """The same with parts changed: `change` gives what takes a part's place, None to go on."""
        changed = change(self)
        if changed is not None:
            return changed
        match self:
            case Transposed(of):
                return Transposed(of.rewritten(change))
            case Ordered(of, axes):
                return Ordered(of.rewritten(change), axes)
            case Scaled(factor, of):
                return Scaled(factor, of.rewritten(change))
            case OneHot(of):
                return OneHot(of.rewritten(change))
            case Blocks(parts, depth):
                return Blocks(tuple(part.rewritten(change) for part in parts), depth)
            case Grouped(kind, named):
                return Grouped(kind, tuple((key, part.rewritten(change)) for key, part in named))
        return self

    def renamed(self, names: Mapping[str, str]) -> Layout:
        """The same with other names of quantities."""
        return self.rewritten(
            lambda node: Name(names.get(node.name, node.name)) if isinstance(node, Name) else None
        )

    def leaves(self, key: str) -> dict[str, Layout]:
        """Its arrays, by a key of their own: ``parameters.Wf``; `key` alone where it is one."""
        if not isinstance(self, Grouped):
            return {key: self}
        found: dict[str, Layout] = {}
        for name, part in self.named:
            found |= part.leaves(f"{key}.{name}")
        return found

    def axes(self, known: Mapping[str, Axes]) -> Axes:
        """Its axes, of an array.

        Parameters
        ----------
        known : mapping
            The axes of each quantity.

        Raises
        ------
        InputError
            If the parts do not fit each other, with the axes of each.
        """
        match self:
            case Name(name):
                return known[name]
            case Fixed() | Stated():
                return ()
            case Learned(of):
                return of.axes(known)
            case Drawn(_, axes):
                return axes
            case Scaled(_, of):
                return of.axes(known)
            case OneHot(of):
                return (*of.axes(known), Axis.of("K"))
            case Transposed(of):
                axes = of.axes(known)
                if len(axes) != 2:
                    raise InputError(
                        f"{of} is {written(axes)}; .T needs two axes. For another order of "
                        f"axes write {of}[{', '.join(map(str, reversed(axes)))}]"
                    )
                return axes[::-1]
            case Ordered(of, wanted):
                axes = of.axes(known)
                if _sorted(axes) != _sorted(wanted):
                    raise InputError(
                        f"{self} does not fit: {of} is {written(axes)}; expected the same axes in "
                        "another order, and 1 wherever an axis is added"
                    )
                return wanted
            case Blocks(parts, depth):
                return self._joined([part.axes(known) for part in parts], parts, depth)
        raise AssertionError(self)

    def _joined(self, all_axes: list[Axes], parts: tuple[Layout, ...], depth: int) -> Axes:
        first = all_axes[0]
        for part, axes in zip(parts, all_axes, strict=True):
            rest = [other for n, other in enumerate(axes) if n != len(axes) - depth]
            same = [other for n, other in enumerate(first) if n != len(first) - depth]
            if len(axes) < depth or len(axes) != len(first) or rest != same:
                how = "side by side" if depth == 1 else "one below the other"
                raise InputError(
                    f"{parts[0]} is {written(first)} and {part} is {written(axes)}; "
                    f"{how}, all axes but the joined one must be the same"
                )
        at = len(first) - depth
        joined = Axis.sum(axes[at] for axes in all_axes)
        return (*first[:at], joined, *first[at + 1 :])

    def __str__(self) -> str:
        match self:
            case Name(name):
                return name
            case Fixed(value):
                return repr(value)
            case Stated(kind):
                return kind
            case Learned(of):
                return str(of)
            case Anything():
                return "..."
            case Gradient(argument):
                return f"d({argument})"
            case Scaled(factor, of):
                return f"{factor:g} * {of}"
            case OneHot(of):
                return f"one_hot({of})"
            case Transposed(of):
                return f"{of}.T"
            case Ordered(of, axes):
                return f"{of}[{', '.join(map(str, axes))}]"
            case Drawn(how, axes, options):
                words = (*map(str, axes), *(f"{key}={value}" for key, value in options))
                return f"{how}({', '.join(words)})"
            case Blocks(parts):
                return f"[{', '.join(map(str, parts))}]"
            case Grouped("dict", named):
                return "{" + ", ".join(f"{key}: {part}" for key, part in named) + "}"
            case Grouped(kind, named):
                inside = ", ".join(str(part) for _key, part in named)
                return f"list({inside})" if kind == "list" else f"({inside},)"
        raise AssertionError(self)


def _sorted(axes: Axes) -> list[str]:
    return sorted(str(axis) for axis in axes if axis != ONE)


@cache
def _names(layout: Layout) -> tuple[str, ...]:
    return tuple(dict.fromkeys(node.name for node in layout.nodes() if isinstance(node, Name)))


@dataclass(frozen=True, slots=True)
class Name(Layout):
    """A quantity, as it is in the list."""

    name: str


@dataclass(frozen=True, slots=True)
class Transposed(Layout):
    """``of.T``."""

    of: Layout


@dataclass(frozen=True, slots=True)
class Ordered(Layout):
    """``of[N, T, D]``: its axes in this order; ``1`` adds one."""

    of: Layout
    wanted: Axes


@dataclass(frozen=True, slots=True)
class Blocks(Layout):
    """``[A, B]`` side by side (depth 1: along the last axis), ``[[A], [B]]`` one below the other.

    The depth of the innermost list is 1, and of each list around it one more, as in `numpy.block`.
    """

    joined: tuple[Layout, ...]
    depth: int


@dataclass(frozen=True, slots=True)
class Scaled(Layout):
    """``0.25 * of``."""

    factor: float
    of: Layout


@dataclass(frozen=True, slots=True)
class OneHot(Layout):
    """``one_hot(of)``: a row of K numbers for each class, a 1 at the class."""

    of: Layout


@dataclass(frozen=True, slots=True)
class Gradient(Layout):
    """``d(Wx)``: the gradient of the argument Wx, laid out as Wx is."""

    argument: str


@dataclass(frozen=True, slots=True)
class Fixed(Layout):
    """A number, a text, True, False or None that is handed over as it stands."""

    constant: float | str | bool | None


@dataclass(frozen=True, slots=True)
class Anything(Layout):
    """``...``: whatever is returned there; nobody looks at it."""


@dataclass(frozen=True, slots=True)
class Stated(Layout):
    """``number`` or ``bool``: one value that is no quantity, held against what a check states."""

    kind: Literal["number", "bool"]


@dataclass(frozen=True, slots=True)
class Learned(Layout):
    """A weight that is taken and returned, ``U``: a check says how well what was learned does."""

    of: Layout


@dataclass(frozen=True, slots=True)
class Drawn(Layout):
    """``normal(N, 3H)``: numbers that are drawn, where a ``reference.py`` says what is right."""

    how: str
    drawn: Axes
    options: tuple[tuple[str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class Grouped(Layout):
    """A tuple, a list or a dict of layouts."""

    kind: Kind
    named: tuple[tuple[str, Layout], ...]
