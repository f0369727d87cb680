"""How a number is written for people: short, and never as less than it is.

A value that is small but not zero keeps two significant digits (``0.0041``, not ``0.00``), so that
the arithmetic on the screen can be checked by hand.
"""

from __future__ import annotations

import math

THOUSAND = 1000
"""From here on two decimals less are written."""


def number(value: float, digits: int = 2) -> str:
    """`value` for a sentence or a formula: ``0.73``, ``-1.58``, ``0.0041``, ``3.2e-7``, ``NaN``.

    Parameters
    ----------
    value : float
    digits : int
        Decimals of ordinary numbers, and significant digits of small and of huge ones.
    """
    value = float(value)
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "Inf" if value > 0 else "-Inf"
    size = float(f"{abs(value):.{digits}g}")
    if value == 0 or 0.1 <= size < THOUSAND:
        return f"{value + 0.0:.{digits}f}"
    if THOUSAND <= size < THOUSAND**2:
        return f"{value:.{max(digits - 2, 0)}f}"
    if 1e-4 <= size < 0.1:
        places = digits - 1 - math.floor(math.log10(size))
        return f"{value:.{places}f}"
    mantissa, exponent = f"{value:.{digits - 1}e}".split("e")
    return f"{mantissa}e{int(exponent)}"


def signed(value: float, digits: int = 2) -> str:
    """`number` with its sign always written: ``+0.41``, ``-2.10``."""
    text = number(value, digits)
    return text if text.startswith("-") or text == "NaN" else f"+{text}"


def percent(share: float) -> str:
    """A share of 1 in per cent: ``83 %``; never ``100 %`` or ``0 %`` unless it is exactly that."""
    if not math.isfinite(share):
        return number(share)
    hundredths = share * 100
    if 99.5 <= hundredths < 100:
        return ">99 %"
    if 0 < hundredths < 0.5:
        return "<1 %"
    return f"{hundredths:.0f} %"


def apart(a: float, b: float) -> tuple[str, str]:
    """Two numbers in the fewest digits that tell them apart, two decimals at least."""
    for digits in range(2, 17):
        written = number(a, digits), number(b, digits)
        if written[0] != written[1]:
            return written
    return repr(float(a)), repr(float(b))
