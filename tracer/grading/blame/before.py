"""What was right before a line to look at."""

from __future__ import annotations

import numpy as np

from tracer.cells.activations import Array
from tracer.grading.blame.among import Quantities, plain
from tracer.grading.blame.naming import meant_by
from tracer.grading.blame.recorded import Records
from tracer.grading.comparing import same


def right_before(
    records: Records, wrong: int, line: int, quantities: Quantities
) -> tuple[tuple[str, int], ...]:
    """Variables that are right, each once, with the line that made them so before it went wrong.

    They are called like a quantity, and in the whole call they never have other numbers than that
    one: what was right in one step only, or is right as something else, is not called right. Nor
    is what the line makes that is to be looked at.
    """
    places: dict[str, int] = {}
    doubtful = {records.name(wrong)}
    for k in range(len(records.rows)):
        name, at = records.name(k), int(records.rows[k, 0])
        if not name or name.startswith("return"):
            continue
        if at == line or not is_own(records.of(k), meant_by(name, quantities), quantities):
            doubtful.add(name)
        elif k < wrong and not plain(records.of(k)):
            places.pop(name, None)
            places[name] = at
    return tuple((name, at) for name, at in places.items() if name not in doubtful)


def is_own(numbers: Array, quantity: str, quantities: Quantities) -> bool:
    """Whether these are all numbers of a quantity, or of one step of it."""
    own = quantities.get(quantity)
    if own is None:
        return False
    if numbers.size == own.size:  # each as often
        return same(np.sort(numbers), quantities.numbers(quantity))
    step = own[0].size if own.ndim else 1
    return numbers.size == step and quantities.has(quantity, numbers)
