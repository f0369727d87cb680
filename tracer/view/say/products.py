"""A matrix product whose shapes do not fit: which one, what came, and what would fit."""

from __future__ import annotations

from tracer.language import _
from tracer.view.say.words import clean

Side = tuple[str, tuple[int, ...]]
"""What stands on one side of ``@``, and its shape."""


def product_sentence(left: Side, right: Side) -> str:
    """Both shapes, which lengths had to be the same, and the transpose that makes them so."""
    (name, shape), (other, wanted) = left, right
    said = _(
        "{left} has shape {shape} and {right} has shape {wanted}: the last axis of {left} "
        "({columns}) must be as long as the first of {right} ({rows})."
    ).format(
        left=clean(name), right=clean(other), shape=shape, wanted=wanted,
        columns=shape[-1], rows=wanted[0],
    )  # fmt: skip
    fits = _transposed(left, right)
    if fits:
        said += " " + _("{product} would fit.").format(product=clean(fits))
    return said


def _transposed(left: Side, right: Side) -> str:
    """The product with one side transposed, where its shapes fit; else nothing."""
    (name, shape), (other, wanted) = left, right
    if len(wanted) > 1 and shape[-1] == wanted[1]:
        return f"{name} @ {_flipped(other)}"
    if len(shape) > 1 and shape[0] == wanted[0]:
        return f"{_flipped(name)} @ {other}"
    return ""


def _flipped(name: str) -> str:
    """``U.T`` of ``U``, and ``U`` of ``U.T``."""
    if name.endswith(".T"):
        return name.removesuffix(".T")
    return f"{name}.T" if name.replace(".", "_").isidentifier() else f"({name}).T"
