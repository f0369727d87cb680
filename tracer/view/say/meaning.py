"""What a quantity is, in the one line that the list has of it."""

from __future__ import annotations

from functools import cache

from tracer.equations import CELLS, OF_A_SENTENCE, OUTPUT, OUTPUT_BACKWARD
from tracer.equations.updates import UPDATES
from tracer.language import _


def meaning(equations: str, name: str) -> str:
    """The line of a quantity, in the reader's language; empty where the list has none.

    Parameters
    ----------
    equations : str
        The name of the program: a kind of cell, or an update.
    name : str
    """
    return _(_meanings(equations).get(name, ""))


@cache
def _meanings(equations: str) -> dict[str, str]:
    if equations in UPDATES:
        update = UPDATES[equations]
        return {q.name: q.meaning for q in (*update.given, *update.quantities)}
    cell = CELLS.get(equations)
    if cell is None:
        return {}
    listed = (*cell, *cell.backward, *OUTPUT, *OF_A_SENTENCE, *OUTPUT_BACKWARD)
    return {quantity.name: quantity.meaning for quantity in listed}
