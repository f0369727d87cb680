"""Numbers that shrink or grow by orders of magnitude, written so that each says its size."""

from __future__ import annotations

import math

from tracer.language import _
from tracer.view.say.numbers import number


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
