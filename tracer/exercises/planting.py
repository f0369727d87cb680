"""What a checker was given: which of the numbers are wrong on purpose, and that one is right."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from tracer.exercises.cases import Case, edit_of
from tracer.exercises.exercise import Exercise, Function
from tracer.exercises.layout import Grouped, Layout, Name

EPS, LOSS = 1e-4, "total_loss"
ALIKE = 1e-6
"""How far a measured slope may be from the right gradient, in proportion."""


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


class Slope(NamedTuple):
    """The slope of the loss at one number of a parameter, and the gradient that was given.

    Attributes
    ----------
    parameter, gradient : str
        Both, as one writes them: ``parameters["U"][0, 2]``.
    up, down : float
        The loss where that number is `EPS` larger, and smaller.
    right : float
        The gradient.
    """

    parameter: str
    gradient: str
    up: float
    down: float
    right: float

    @property
    def numeric(self) -> float:
        """The slope, from both sides."""
        return (self.up - self.down) / (2 * EPS)


def slope(exercise: Exercise, function: Function, case: Case, round_: int) -> Slope | None:
    """That of the number with the largest gradient; None where no gradients are given."""
    program, arrays = exercise.program, case.rounds[round_]
    if program is None or LOSS not in program.order:
        return None
    places = {
        layout.name: place
        for key, whole in function.taken.items()
        for place, layout in _places(key, whole).items()
        if isinstance(layout, Name)
    }
    named = [name for name in places if f"d_{name}" in places and name in program.given]
    if not named:
        return None
    name = max(named, key=lambda name: float(np.abs(arrays[f"d_{name}"]).max()))
    gradient = arrays[f"d_{name}"]
    at = np.unravel_index(np.abs(gradient).argmax(), gradient.shape)
    losses = []
    for step in (EPS, -EPS):
        given = {key: array for key, array in arrays.items() if key in program.given}
        given[name] = given[name].copy()
        given[name][at] += step
        losses.append(float(program.run(given, wanted=[LOSS])[LOSS].sum()))
    number = f"[{', '.join(map(str, map(int, at)))}]"
    found = Slope(
        places[name] + number, places[f"d_{name}"] + number, losses[0], losses[1],
        float(gradient[at]),
    )  # fmt: skip
    return found if abs(found.numeric - found.right) <= ALIKE * abs(found.right) else None


def _places(key: str, layout: Layout | None) -> dict[str, Layout]:
    """Each array of an argument, as one writes it."""
    if layout is None:
        return {}
    if isinstance(layout, Grouped) and layout.kind == "dict":
        return {f'{key}["{name}"]': inner for name, inner in layout.named}
    return {key: layout}
