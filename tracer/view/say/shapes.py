"""What a wrong shape or dtype usually comes from, as far as the shape itself shows it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from tracer.language import _, plural
from tracer.view.say.difference import listed
from tracer.view.say.words import clean


def rows_sentences(facts: Mapping[str, Any]) -> Iterator[str]:
    """How long each row of a list is, and how long those of the one result are."""
    if not facts.get("rows"):
        return
    text, lengths = facts["rows"]
    parts = []
    for length in dict.fromkeys(lengths):
        rows = [n for n, other in enumerate(lengths) if other == length]
        said = plural("row {rows} has length {n}", "rows {rows} have length {n}", len(rows))
        parts.append(said.format(n=length, rows=listed(rows)))
    said = _("In {name}, {rows}; rows count from 0.")
    yield said.format(name=clean(text), rows=listed(parts))
    results = facts.get("results", {})
    for name, shape in results.items() if len(results) == 1 else ():
        if len(shape) == 2 and shape[0] == len(lengths):
            said = _("Each row of {name} has length {n} in the right answer.")
            yield said.format(name=name, n=shape[1])


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
