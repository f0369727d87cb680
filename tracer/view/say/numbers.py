"""How a number is written for people: short, and never as less than it is.

A value that is small but not zero keeps two significant digits (``0.0041``, not ``0.00``), so that
the arithmetic on the screen can be checked by hand.
"""

from __future__ import annotations

import math

from tracer.language import _

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


def counted(value: float) -> str:
    """`value` where whole numbers are meant: ``7``, and not ``7.00``."""
    few = abs(value) < THOUSAND**3  # more digits are of no number that is counted
    return f"{value:.0f}" if few and float(value).is_integer() else number(value)


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


def apart(a: float, b: float, *, whole: bool = False) -> tuple[str, str]:
    """Two numbers in the fewest digits that tell them apart; two decimals, if none is `whole`."""
    if whole and (counted(a) != counted(b)):
        return counted(a), counted(b)
    for digits in range(2, 17):
        written = number(a, digits), number(b, digits)
        if written[0] != written[1]:
            return written
    return repr(float(a)), repr(float(b))


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


def column(value: float, width: int = 0, digits: int = 2) -> str:
    """`value` right-aligned, for numbers that stand under each other.

    In exactly `width` columns; where that is not said, in as many as `digits` decimals take.
    """
    value, width = float(value), width or 3 + digits
    if math.isfinite(value):
        text = f"{value:.{digits}f}"
        if float(text) == 0:
            text = f"{0:.{digits}f}"  # "-0.00" would say no more
        if len(text) > width:
            text = f"{value:.1f}"
        if len(text) > width:
            text = f"{value:.0f}"
        if len(text) > width:
            text = f"{value:.0e}".replace("e+0", "e").replace("e+", "e")
        if len(text) > width:
            text = "<<" if value < 0 else ">>"
    else:
        text = number(value)
    return text.rjust(width)
