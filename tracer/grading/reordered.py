"""Results in another order than asked for, as mistakes like those of the catalogue.

Only what has the same axes can be taken for each other: a wrong order of other results shows in
their shapes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import permutations

from tracer.equations.expression import Name
from tracer.exercises.axes import Axes
from tracer.exercises.exercise import Exercise
from tracer.exercises.layout import Name as OneQuantity
from tracer.language import _
from tracer.mistakes import Mistake
from tracer.program.edit import Returned

MOST = 4
"""Of more results than these not every order is tried."""


def reordered(exercise: Exercise, catalogue: Sequence[Mistake]) -> Iterator[Mistake]:
    """Each other order of results that have the same axes, if the catalogue has it not."""
    known = {frozenset(mistake.edits) for mistake in catalogue}
    for function in exercise.functions if exercise.program is not None else ():
        order = list(function.returns)
        of = {k: v.name for k, v in function.returns.items() if isinstance(v, OneQuantity)}
        axes = exercise.axes(function.over)
        by_axes: dict[Axes, list[str]] = {}
        for key, name in of.items():
            by_axes.setdefault(axes[name], []).append(key)
        for alike in by_axes.values():
            for other in permutations(alike) if 1 < len(alike) <= MOST else ():
                moved = [(k, o) for k, o in zip(alike, other, strict=True) if k != o]
                edits = tuple(Returned(of[k], Name(of[o])) for k, o in moved)
                if not edits or frozenset(edits) in known:
                    continue
                came = dict(moved)
                yield Mistake(
                    "another_order",
                    edits,
                    _("returned in another order"),
                    _("You return {came}. Expected: {wanted}."),
                    {"came": ", ".join(came.get(k, k) for k in order), "wanted": ", ".join(order)},
                    over=function.over,
                    of_exercise=True,
                )
