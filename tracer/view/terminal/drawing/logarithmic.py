"""A logarithmic scale in columns: its bars, and the powers of ten over them."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from tracer.view.say.numbers import power
from tracer.view.terminal.palette import Palette

MOST_DECADES = 16
"""A scale that reached further down would make everything above it look alike."""


@dataclass(frozen=True, slots=True)
class Decades:
    """A logarithmic scale from ``10**low`` (an empty bar) to ``10**high`` (a full one)."""

    low: int
    high: int


def decades(values: Iterable[float], *, shares: bool = False) -> Decades:
    """The scale that holds all sizes above 0; for shares 1 is always on it."""
    sizes = np.asarray(list(values), dtype=float)
    sizes = sizes[np.isfinite(sizes) & (sizes > 0)]
    exponents = np.log10(sizes) if sizes.size else np.zeros(1)
    high = math.ceil(exponents.max() - 1e-9)
    low = min(math.floor(exponents.min() + 1e-9), high - 1)
    if shares:
        low, high = min(low, -1), max(high, 0)
    return Decades(max(low, high - MOST_DECADES), high)


def decades_bar(scale: Decades, value: float, width: int, colours: Palette) -> str:
    """A bar from the left for a size; a size of 0 has none, one that is no number a ``?``."""
    if value == 0:
        return colours.glyphs.empty * width
    if not math.isfinite(value):
        return colours.bar(value, width)
    share = (math.log10(value) - scale.low) / (scale.high - scale.low)
    drawn = colours.bar(share, width)
    if drawn.startswith(colours.glyphs.empty):  # not nothing, so it must not look like it
        drawn = colours.glyphs.line[0] + drawn[1:]
    return drawn


def decades_axis(scale: Decades, width: int) -> str:
    """The powers of ten under (or over) such bars, as many as there is room for."""
    count = scale.high - scale.low
    least = max(len(power(k)) for k in range(scale.low, scale.high + 1)) + 2
    every = next(n for n in range(1, count + 1) if n * width // count >= least or n == count)
    line = " " * width
    for exponent in range(scale.high, scale.low - 1, -every):
        place, label = round((exponent - scale.low) / count * width), power(exponent)
        start = min(max(place - len(label) // 2, 0), width - len(label))
        if not line[max(start - 1, 0) : start + len(label) + 1].strip():
            line = line[:start] + label + line[start + len(label) :]
    return line[:width]
