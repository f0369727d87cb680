"""A matrix product or a sum whose shapes do not fit: which one, what came, and what would fit."""

from __future__ import annotations

from collections.abc import Sequence

from tracer.exercises.products import Fits, Side
from tracer.language import _
from tracer.view.say.difference import listed
from tracer.view.say.words import clean


def product_sentence(left: Side, right: Side, fits: Fits | None) -> str:
    """Both shapes, which lengths had to be the same, and the product that is meant."""
    (name, shape), (other, wanted) = left, right
    said = _(
        "{left} has shape {shape} and {right} has shape {wanted}: the last axis of {left} "
        "({columns}) must be as long as the first of {right} ({rows})."
    ).format(
        left=clean(name), right=clean(other), shape=shape, wanted=wanted,
        columns=shape[-1], rows=wanted[0],
    )  # fmt: skip
    if fits is None:
        return said
    told = _("{product} would fit, and be {shape}.")
    if fits.axes:
        told = _("{product} would fit, and be {axes} = {shape}.")
    axes = f"({', '.join(fits.axes)}{',' if len(fits.axes) == 1 else ''})"
    return f"{said} {told.format(product=clean(fits.text), axes=axes, shape=fits.shape)}"


def spread_sentence(left: Side, right: Side) -> str:
    """Both shapes, and the axes that keep one from spreading to the other."""
    (name, shape), (other, wanted) = left, right
    pairs = list(zip(shape[::-1], wanted[::-1], strict=False))
    at = next(n for n, pair in enumerate(pairs) if 1 not in pair and len({*pair}) > 1)
    said = _(
        "{left} has shape {shape} and {right} has shape {wanted}. NumPy compares the axes from the "
        "last one on; each two must be equal, or one of them 1. Here {one} meets {another}."
    )
    return said.format(
        left=clean(name), right=clean(other), shape=shape, wanted=wanted,
        one=pairs[at][0], another=pairs[at][1],
    )  # fmt: skip


def shapes_sentence(arrays: Sequence[Side]) -> str:
    """What shape each array has that is named in a line."""
    (name, shape), *others = arrays
    told = [_("{name} has shape {shape}").format(name=clean(name), shape=shape)]
    told += [
        _("{name} {shape}").format(name=clean(other), shape=extent) for other, extent in others
    ]
    return _("There {shapes}.").format(shapes=listed(told))
