"""What is wrong in numbers that a check gives on purpose: a checker must refuse them."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from tracer.exercises.cases import Case, edit_of
from tracer.exercises.exercise import Exercise, Function
from tracer.exercises.layout import Grouped, Layout


class Planted(NamedTuple):
    """What was changed, and in which of the arguments it is seen.

    Attributes
    ----------
    edits : tuple of str
        What is computed otherwise, as one writes it: ``d_h = d_h_from_loss``.
    instead : tuple of str
        The right equations of these quantities; empty where no equation was changed.
    wrong, right : tuple of str
        The arguments that other numbers come of, ``gradients["U"]``, and those of the computed ones
        that are what they were.
    """

    edits: tuple[str, ...]
    instead: tuple[str, ...]
    wrong: tuple[str, ...]
    right: tuple[str, ...]


def planted(exercise: Exercise, function: Function, case: Case, round_: int) -> Planted | None:
    """What a function was given in a round of wrong numbers; None where they are right."""
    edit, program = edit_of(case.check, round_), exercise.program
    if not edit or program is None:
        return None
    from tracer.program.edit import Change, edits_in  # few checks have one

    edits = tuple(edits_in(edit))
    arrays = case.rounds[round_]
    given = {name: array for name, array in arrays.items() if name in program.given}
    computed = [name for name in arrays if name in program.order and name not in given]
    true = program.run(given, wanted=computed)
    differ = {name for name in computed if not np.array_equal(true[name], arrays[name])}
    places = {
        place: set(layout.names) & set(computed)
        for key, layout in function.taken.items()
        for place, layout in _places(key, layout).items()
    }
    changed = [e.name for e in edits if isinstance(e, Change) and e.name in program.lines]
    return Planted(
        tuple(map(str, edits)),
        tuple(f"{name} = {program.lines[name].expression}" for name in changed),
        tuple(place for place, names in places.items() if names & differ),
        tuple(place for place, names in places.items() if names and not names & differ),
    )


def _places(key: str, layout: Layout | None) -> dict[str, Layout]:
    """Each array of an argument, as one writes it."""
    if layout is None:
        return {}
    if isinstance(layout, Grouped) and layout.kind == "dict":
        return {f'{key}["{name}"]': inner for name, inner in layout.named}
    return {key: layout}
