"""A line, and what is known of the numbers that it made."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum


class Why(StrEnum):
    """What is known of the numbers that a line made."""

    ABSENT = "absent"
    """They are the first that are not in the right computation."""
    MISTAKEN = "mistaken"
    """They are the first that the computation with the named mistake has, and the right one not."""
    LOOP = "loop"
    """They say how the loop over the steps runs, and are those of the named mistake."""
    OTHER = "other"
    """They are those of another quantity."""
    UNEQUAL = "unequal"
    """They are in the right computation, but not as what they are called or returned as."""


@dataclass(frozen=True, slots=True)
class Blame:
    """A line, and what is known of it.

    Attributes
    ----------
    line, last : int
        The lines of the statement, from 1.
    name : str
        The variable that it gave these numbers to; ``return`` for what came back; empty for a
        value on the way that has no name.
    why : Why
    quantity : str
        Where they are those of another quantity, that one; where they are unequal, the quantity
        that they should be, and empty for what comes back.
    right : tuple of (str, int)
        Variables that came before it and are right, each with its line.
    """

    line: int
    last: int
    name: str
    why: Why = Why.ABSENT
    quantity: str = ""
    right: tuple[tuple[str, int], ...] = ()


_WORDS = {
    "input_gate": "i", "forget_gate": "f", "output_gate": "o", "candidate": "g",
    "hidden": "h", "hidden_state": "h", "cell": "c", "cell_state": "c",
}  # fmt: skip
"""What people call a quantity in words."""


def meant_by(name: str, quantities: Collection[str]) -> str:
    """The quantity that a variable is named after; the name itself if there is none.

    ``q['z']`` is z, ``dz_f`` is d_z_f, ``ft`` and ``forget_gate`` are f.
    """
    _dictionary, inside, key = name.partition("['")
    name = key.removesuffix("']") if inside else name
    if name in quantities:
        return name
    word = _WORDS.get(name, "")
    if word in quantities:
        return word
    letters = name.replace("_", "")
    for written in (letters, letters.removesuffix("t")):
        found = [q for q in quantities if q.replace("_", "") == written]
        if len(found) == 1:
            return found[0]
    return name
