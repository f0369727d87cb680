"""What a wrong shape or dtype usually comes from, as far as the shape itself shows it."""

from __future__ import annotations

from collections.abc import Sequence

from tracer.language import _, plural


def shape_advice(got: Sequence[int], wanted: Sequence[int], letters: str) -> str:
    """What such a shape is, beside the one that is wanted; `letters` are its axes, ``(N, H)``."""
    got, wanted = tuple(got), tuple(wanted)
    of_states = letters == "(N, H)"
    if len(got) == 2 and got == wanted[::-1]:
        return _("Its two axes are exchanged: check the order of your matrix products.")
    if len(got) == len(wanted) > 2 and got == (wanted[1], wanted[0], *wanted[2:]):
        return _("Its first two axes are exchanged.")
    if of_states and got == wanted[1:]:
        return _("The batch axis is missing: each of the N sentences has a row of H numbers.")
    if of_states and len(got) == 2 and got[0] == wanted[0] and got[1] in _times(wanted[1]):
        return _("Each row is {times} times too long: did you split z into its blocks?").format(
            times=got[1] // wanted[1]
        )
    if len(got) != len(wanted):
        return plural(
            "It has {n} axis instead of {wanted}.",
            "It has {n} axes instead of {wanted}.",
            len(got),
        ).format(n=len(got), wanted=len(wanted))
    return _("Print the shape after each line to see where it goes wrong.")


def _times(units: int) -> tuple[int, ...]:
    """How long a row of several blocks may be."""
    return tuple(units * blocks for blocks in (2, 3, 4))


def dtype_advice(got: str) -> str:
    """What to look for where numbers of type `got` came instead of floating-point ones."""
    if "complex" in got:
        return _("No equation here gives complex numbers. Do you take a root of a negative number?")
    if "int" in got or "bool" in got:
        return _("Integers lose the decimals; check dtype= where you make the array.")
    if got == "float16":
        return _("float16 keeps only three digits: compute in the dtype of the arguments.")
    if "float" in got or got == "longdouble":
        return _("float64 has digits enough: compute in the dtype of the arguments.")
    return _("Return NumPy arrays of floats.")
