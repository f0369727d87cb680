"""The quantity that a variable is named after."""

from __future__ import annotations

from collections.abc import Collection

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
