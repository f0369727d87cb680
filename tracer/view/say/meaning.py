"""What a quantity is, in the one line that the list has of it."""

from __future__ import annotations

from functools import cache

from tracer.equations import CELLS, OF_A_SENTENCE, OUTPUT, OUTPUT_BACKWARD
from tracer.equations.updates import UPDATES
from tracer.exercises.exercise import Exercise
from tracer.language import _


def meaning(exercise: Exercise, name: str) -> str:
    """The line of a quantity, in the reader's language; empty where the list has none.

    Where an exercise has a single step, a gradient is not summed over steps.
    """
    steps = any(f.over == "sequence" for f in exercise.functions) or any(
        "T" in check.sizes for check in exercise.checks
    )
    cell = CELLS.get(exercise.equations)
    of = name.removeprefix("d_")
    if cell is not None and name != of and of in [p.name for p in cell.parameters] and not steps:
        return _("the gradient of {name}, summed over the sentences").format(name=of)
    return _(_meanings(exercise.equations).get(name, ""))


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
