"""The quantity that a variable is named after."""

from __future__ import annotations

from collections.abc import Collection

_WORDS = {
    "input_gate": "i", "forget_gate": "f", "output_gate": "o", "candidate": "g",
    "hidden": "h", "hidden_state": "h", "cell": "c", "cell_state": "c",
}  # fmt: skip
"""What people call a quantity in words."""


def meant_by(name: str, quantities: Collection[str], *, loosely: bool = False) -> str:
    """The quantity that a variable is named after; the name itself if there is none.

    ``q['z']`` is z, ``dz_f`` is d_z_f, ``forget_gate`` is f; and `loosely`, ``ft``, ``f_new`` and
    ``fs`` are f: but ``d_h_t`` may be d_h as well as what of it comes from the loss.
    """
    _dictionary, inside, key = name.partition("['")
    name = key.removesuffix("']") if inside else name
    if name in quantities:
        return name
    word = _WORDS.get(name, "")
    if word in quantities:
        return word
    letters = name.replace("_", "")
    for written in (letters, *(_without(letters) if loosely else ())):
        found = [q for q in quantities if q.replace("_", "") == written]
        if len(found) == 1:
            return found[0]
    return name


def _without(letters: str) -> list[str]:
    """A name without what is often put behind or before it: of a step, of several, new."""
    if letters.startswith("d"):  # d_h_next is another quantity than d_h
        return [letters.removesuffix("t")]
    ends = [letters.removesuffix(end) for end in ("t", "s", "new", "next", "seq", "list", "out")]
    starts = [letters.removeprefix(start) for start in ("new", "next", "all", "out")]
    return [*ends, *starts]
