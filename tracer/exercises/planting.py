"""What a checker was given: which of the numbers are wrong on purpose, and that one is right."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from tracer.exercises.cases import Case, edit_of
from tracer.exercises.exercise import Exercise, Function
from tracer.exercises.layout import Array, Grouped, Layout, Name
from tracer.program import Program

EPS, TINY, LOSS = 1e-4, 1e-12, "total_loss"
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


class Errors(NamedTuple):
    """How far numeric is from the gradient, in proportion, of a whole array: right, and mistaken.

    Attributes
    ----------
    both_ways : float
        (loss at p + eps - loss at p - eps) / (2 * eps).
    one_way : float
        (loss at p + eps - loss at p) / eps.
    by_eps : float
        The loss of both sides, divided by eps.
    times_eps : float
        The same without brackets, ``/ 2 * eps``.
    tiny : float
        From both sides with an eps of `TINY`.
    """

    both_ways: float
    one_way: float
    by_eps: float
    times_eps: float
    tiny: float


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
    array : str
        The gradients among which it is: ``gradients["U"]``.
    errors : Errors
        Of this array.
    zero : tuple of str
        Gradients that are 0 everywhere, where numeric is as well.
    """

    parameter: str
    gradient: str
    up: float
    down: float
    right: float
    array: str
    errors: Errors
    zero: tuple[str, ...]

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
    sides = {step: _losses(program, arrays, name, step) for step in (EPS, -EPS, TINY, -TINY)}
    number = f"[{', '.join(map(str, map(int, at)))}]"
    found = Slope(
        places[name] + number, places[f"d_{name}"] + number, float(sides[EPS][at]),
        float(sides[-EPS][at]), float(gradient[at]), places[f"d_{name}"],
        _errors(sides, _loss(program, arrays), gradient),
        tuple(places[f"d_{other}"] for other in named if _is_zero(program, arrays, other)),
    )  # fmt: skip
    return found if abs(found.numeric - found.right) <= ALIKE * abs(found.right) else None


def _loss(program: Program, arrays: Mapping[str, Array]) -> float:
    given = {key: array for key, array in arrays.items() if key in program.given}
    return float(program.run(given, wanted=[LOSS])[LOSS].sum())


def _losses(program: Program, arrays: Mapping[str, Array], name: str, step: float) -> Array:
    """The loss where each number of a parameter, by itself, is so much larger."""
    losses = np.zeros(arrays[name].shape)
    for at in np.ndindex(losses.shape):
        moved = arrays[name].copy()
        moved[at] += step
        losses[at] = _loss(program, {**arrays, name: moved})
    return losses


def _errors(sides: Mapping[float, Array], here: float, gradient: Array) -> Errors:
    both = sides[EPS] - sides[-EPS]
    return Errors(
        _apart(both / (2 * EPS), gradient),
        _apart((sides[EPS] - here) / EPS, gradient),
        _apart(both / EPS, gradient),
        _apart(both / 2 * EPS, gradient),
        _apart((sides[TINY] - sides[-TINY]) / (2 * TINY), gradient),
    )


def _apart(numeric: Array, gradient: Array) -> float:
    size = np.linalg.norm(numeric) + np.linalg.norm(gradient)
    return float(np.linalg.norm(numeric - gradient) / size)


def _is_zero(program: Program, arrays: Mapping[str, Array], name: str) -> bool:
    """Whether the gradient is 0 everywhere, and numeric as well."""
    if arrays[f"d_{name}"].any():
        return False
    up, down = (_losses(program, arrays, name, step) for step in (EPS, -EPS))
    return bool((up == down).all())


def _places(key: str, layout: Layout | None) -> dict[str, Layout]:
    """Each array of an argument, as one writes it."""
    if layout is None:
        return {}
    if isinstance(layout, Grouped) and layout.kind == "dict":
        return {f'{key}["{name}"]': inner for name, inner in layout.named}
    return {key: layout}
