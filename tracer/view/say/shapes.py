"""What a wrong shape or a wrong type of number usually comes from."""

from __future__ import annotations

from collections.abc import Sequence

from tracer.language import _


def shape_advice(got: Sequence[int], wanted: Sequence[int]) -> str:
    """What such a shape usually comes from."""
    got, (rows, units) = tuple(got), wanted
    if got == (units, rows):
        return _("It lies on its side: which matrix product is the wrong way round?")
    if got == (units,):
        return _(
            "The rows of the batch are gone: each of the N sentences has H numbers of its own."
        )
    if len(got) == 2 and got[1] % units == 0 and got[1] > units:
        return _("Each row is {times} times as long: was z cut into its blocks?").format(
            times=got[1] // units
        )
    if len(got) > 2:
        return _("There is an axis too much: (H,) against (N, 1) spreads out when they are added.")
    return _("Print the shape after each line, and find the first that surprises you.")


def dtype_advice(got: str) -> str:
    """What to look for where numbers of type `got` came instead of floating-point ones."""
    if "complex" in got:
        return _(
            "No equation here gives complex numbers. Is there a root or a power of one below 0?"
        )
    if "int" in got or "bool" in got:
        return _("Whole numbers lose what stands behind the point; see dtype= where you make it.")
    return _("Return NumPy arrays of numbers.")
