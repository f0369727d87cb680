"""A logarithmic scale in columns: its bars, and the powers of ten over them."""

from __future__ import annotations

import math

from tracer.view.parts.decades import Decades
from tracer.view.say.magnitudes import power
from tracer.view.terminal.palette import Palette


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
