"""Numbers that shrink or grow by orders of magnitude: bars on one logarithmic scale."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from tracer.language import _
from tracer.view.say.numbers import number
from tracer.view.terminal.palette import Palette

MOST_DECADES = 16
"""A scale that reached further down would make everything above it look alike."""


@dataclass(frozen=True, slots=True)
class Decades:
    """A logarithmic scale from ``10**low`` (an empty bar) to ``10**high`` (a full one)."""

    low: int
    high: int

    def bar(self, value: float, width: int, colours: Palette) -> str:
        """A bar from the left for a size; a size of 0 has none, one that is no number a ``?``."""
        if value == 0:
            return colours.glyphs.empty * width
        if not math.isfinite(value):
            return colours.bar(value, width)
        share = (math.log10(value) - self.low) / (self.high - self.low)
        drawn = colours.bar(share, width)
        if drawn.startswith(colours.glyphs.empty):  # not nothing, so it must not look like it
            drawn = colours.glyphs.line[0] + drawn[1:]
        return drawn

    def axis(self, width: int) -> str:
        """The powers of ten under (or over) such bars, as many as there is room for."""
        count = self.high - self.low
        least = max(len(power(k)) for k in range(self.low, self.high + 1)) + 2
        every = next(n for n in range(1, count + 1) if n * width // count >= least or n == count)
        line = " " * width
        for exponent in range(self.high, self.low - 1, -every):
            place, label = round((exponent - self.low) / count * width), power(exponent)
            start = min(max(place - len(label) // 2, 0), width - len(label))
            if not line[max(start - 1, 0) : start + len(label) + 1].strip():
                line = line[:start] + label + line[start + len(label) :]
        return line[:width]


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


def power(exponent: int) -> str:
    """``1``, ``10``, ``0.1``, ``1e-4``."""
    return {-1: "0.1", 0: "1", 1: "10"}.get(exponent, f"1e{exponent}")


def times(factor: float) -> str:
    """How many times as large, in as many digits as a sentence needs: ``3.2``, ``41``, ``4,100``.

    From a million on only the nearest power of ten is said: ``about 10^13``.
    """
    if not math.isfinite(factor) or (0 < factor < 0.1):
        return number(factor)
    if factor >= 1e6:
        return _("about 10^{exponent}").format(exponent=round(math.log10(factor)))
    if factor < 10:
        return f"{factor:.1f}"
    return f"{float(f'{factor:.2g}'):,.0f}"


def size(value: float) -> str:
    """A size in at most 6 columns: ``0.33``, ``0.0041``, ``18.3``, ``2.4e-7``, ``0``, ``NaN``."""
    if value == 0 or not math.isfinite(value):
        return "0" if value == 0 else number(value)
    if 9.995 <= value < 9999.5:
        return f"{value:.1f}" if value < 99.95 else f"{value:.0f}"
    if 0.000995 <= value < 9.995:
        return number(value)
    mantissa, exponent = f"{value:.1e}".split("e")
    if len(str(int(exponent))) > 2:
        mantissa, exponent = f"{value:.0e}".split("e")
    return f"{mantissa}e{int(exponent)}"
