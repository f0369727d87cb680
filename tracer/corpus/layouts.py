"""What a function takes, turned into the list's names, and back: layouts as lines of Python."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction

from tracer.errors import InputError
from tracer.exercises.axes import ONE, Axes, Axis
from tracer.exercises.laying_out import order
from tracer.exercises.layout import (
    Anything,
    Blocks,
    Fixed,
    Grouped,
    Layout,
    Name,
    OneHot,
    Ordered,
    Scaled,
    Transposed,
)


def length(axis: Axis) -> str:
    """How long an axis is, in the sizes: ``4 * H``."""
    parts = [
        letter if letter and count == 1 else f"{count} * {letter}" if letter else str(count)
        for letter, count in axis.counts
    ]
    return " + ".join(parts)


def taken_apart(
    layout: Layout, text: str, known: Mapping[str, Axes]
) -> list[tuple[str, str, Fraction]]:
    """Each name in a layout, how it is got out of `text`, and by what it was multiplied there."""
    match layout:
        case Name(name):
            return [(name, text, Fraction(1))]
        case Fixed():
            return []
        case Transposed(of):
            return taken_apart(of, f"{text}.T", known)
        case Scaled(factor, of):
            inside = taken_apart(of, text, known)
            return [(name, got, f * Fraction(factor)) for name, got, f in inside]
        case OneHot(of):
            return taken_apart(of, f"{text}.argmax(axis=-1)", known)
        case Ordered(of, wanted):
            return taken_apart(of, _ordered(wanted, of.axes(known), text), known)
        case Grouped(kind, named):
            found = []
            for key, part in named:
                at = repr(key) if kind == "dict" else key
                found += taken_apart(part, f"{text}[{at}]", known)
            return found
        case Blocks(parts, depth):
            found, start = [], ""
            for part in parts:
                axis = part.axes(known)[-depth]
                end = f"{start} + {length(axis)}" if start else length(axis)
                rest = ", :" * (depth - 1)
                found += taken_apart(part, f"{text}[..., {start}:{end}{rest}]", known)
                start = end
            return found
    raise InputError(f"the corpus has no Python for {layout}")


def arrays(layout: Layout, text: str) -> list[tuple[str, Layout]]:
    """Each array in an argument, and how it is got out of it."""
    match layout:
        case Grouped(kind, named):
            keys = [(repr(key) if kind == "dict" else key, part) for key, part in named]
            return [found for at, part in keys for found in arrays(part, f"{text}[{at}]")]
        case Fixed():
            return []
    return [(text, layout)]


def laid_out(layout: Layout, known: Mapping[str, Axes], called: Callable[[str], str]) -> str:
    """The Python that makes an array, a tuple or a dict of a layout."""

    def text(node: Layout) -> str:
        match node:
            case Name(name):
                return called(name)
            case Fixed(value):
                return repr(value)
            case Anything():
                return "None"
            case Transposed(of):
                return f"({text(of)}).T"
            case Scaled(factor, of):
                return f"{factor!r} * ({text(of)})"
            case OneHot(of):
                return f"np.eye(K)[{text(of)}]"
            case Ordered(of, wanted):
                return _ordered(of.axes(known), wanted, f"({text(of)})")
            case Blocks(parts, depth):
                return f"np.concatenate([{', '.join(map(text, parts))}], axis=-{depth})"
            case Grouped("dict", named):
                return "{" + ", ".join(f"{key!r}: {text(part)}" for key, part in named) + "}"
            case Grouped("list", named):
                return "[" + ", ".join(text(part) for _key, part in named) + "]"
            case Grouped("tuple", named):
                return "(" + ", ".join(text(part) for _key, part in named) + ",)"
        raise InputError(f"the corpus has no Python for {node}")

    return text(layout)


def _ordered(there: Axes, wanted: Axes, text: str) -> str:
    """An array in another order of axes: those of length 1 go, and come where they are wanted."""
    if ONE in there:
        text = f"{text}[{', '.join('0' if axis == ONE else ':' for axis in there)}]"
    places = order(there, wanted)
    if places != sorted(places):
        text = f"{text}.transpose({', '.join(map(str, places))})"
    if ONE in wanted:
        text = f"{text}[{', '.join('np.newaxis' if axis == ONE else ':' for axis in wanted)}]"
    return text
