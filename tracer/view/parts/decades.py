"""Numbers that shrink or grow by orders of magnitude: one logarithmic scale for all of them."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

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
