"""A matrix product whose shapes do not fit: which one, what came, and what would fit."""

from __future__ import annotations

from tracer.exercises.products import Fits, Side
from tracer.language import _
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
