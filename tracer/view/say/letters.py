"""Mathematics as it is written by hand, where there are characters for it: ``h_(t-1)`` as hₜ₋₁.

What stands as code stays as it is typed: ``h_0`` is the name of a variable.
"""

from __future__ import annotations

import re

_BELOW = str.maketrans("0123456789+-t", "₀₁₂₃₄₅₆₇₈₉₊₋ₜ")
_ABOVE = str.maketrans("0123456789+-t", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻ᵗ")
_STEP = re.compile(r"(?<=\w)_(t|\(t ?[-+] ?\d\))(?!\w)")
_POWER = re.compile(r"(?<=[\w)\]])\^(t|-?\d+|\([-+t\d]+\))(?!\w)")
_CODE = re.compile(r"(`+[^`]*`+)")
_FENCE = re.compile(r" {0,3}(```|~~~)")
_OF_PYTHON = re.compile(r"->|>>>|\bdef |\breturn |\bimport |^ *#")


def in_letters(formula: str) -> str:
    """A formula with steps as subscripts and whole powers as superscripts.

    Examples
    --------
    >>> in_letters("z_t = U x_t + W h_(t-1) + a,  beta1^t,  d_h_from_next")
    'zₜ = U xₜ + W hₜ₋₁ + a,  beta1ᵗ,  d_h_from_next'
    """

    def small(table: dict[int, int]) -> object:
        return lambda found: found[1].strip("()").replace(" ", "").translate(table)

    below = _STEP.sub(small(_BELOW), formula)  # type: ignore[call-overload]
    above: str = _POWER.sub(small(_ABOVE), below)  # type: ignore[call-overload]
    return above


def page_in_letters(page: str) -> str:
    """A page in Markdown, with its formulas so; code is left as it is.

    An indented block is a formula, unless it looks like Python.
    """
    lines, fenced = [], False
    for line in page.split("\n"):
        if _FENCE.match(line):
            fenced = not fenced
        elif not fenced and line.startswith("    "):
            line = line if _OF_PYTHON.search(line) else in_letters(line)  # noqa: PLW2901
        elif not fenced:
            parts = _CODE.split(line)
            line = "".join(p if k % 2 else in_letters(p) for k, p in enumerate(parts))  # noqa: PLW2901
        lines.append(line)
    return "\n".join(lines)
