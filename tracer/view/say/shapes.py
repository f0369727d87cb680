"""What a wrong shape or dtype usually comes from."""

from __future__ import annotations

from collections.abc import Sequence

from tracer.language import _, plural


def shape_advice(got: Sequence[int], wanted: Sequence[int]) -> str:
    """What such a shape usually comes from."""
    got, (rows, units) = tuple(got), wanted
    if got == (units, rows):
        return _("It is transposed: check the order of your matrix products.")
    if got == (units,):
        return _("The batch axis is missing: each of the N sentences has a row of H numbers.")
    if len(got) == 2 and got[1] % units == 0 and got[1] > units:
        return _("Each row is {times} times too long: did you split z into its blocks?").format(
            times=got[1] // units
        )
    if len(got) > 2:
        return plural(
            "One axis too many: did arrays broadcast, or is it a list of arrays?",
            "{n} axes too many: did arrays broadcast, or is it a list of arrays?",
            len(got) - 2,
        ).format(n=len(got) - 2)
    return _("Print the shape after each line to see where it goes wrong.")


def dtype_advice(got: str) -> str:
    """What to look for where numbers of type `got` came instead of floating-point ones."""
    if "complex" in got:
        return _("No equation here gives complex numbers. Do you take a root of a negative number?")
    if "int" in got or "bool" in got:
        return _("Integers lose the decimals; check dtype= where you make the array.")
    return _("Return NumPy arrays of floats.")
