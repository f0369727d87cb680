"""What a checker is told of the numbers it was given: which were wrong, and that one is right."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from tracer.exercises.cases import draw
from tracer.exercises.discovery import home
from tracer.exercises.planting import planted, slope
from tracer.exercises.reading import read


def test_which_gradients_are_wrong() -> None:
    """Those before d_h are right, and the equation that was changed stands beside the right one."""
    exercise = read(home() / "34_gradient_check")
    case = draw(exercise, exercise.checks[1], seed=1)
    found = planted(exercise, exercise.functions[0], case, 0)

    assert found is not None
    assert found.edits == ("d_h = d_h_from_loss",)
    assert found.instead == ("d_h = d_h_from_loss + d_h_from_next",)
    assert found.wrong == ('gradients["U"]', 'gradients["W"]', 'gradients["a"]')
    assert found.right == ('gradients["V"]', 'gradients["b"]')


def test_a_slope_beside_its_gradient() -> None:
    """The slope is measured; where the gradient is wrong, nothing is said to be right."""
    exercise = read(home() / "34_gradient_check")
    function = exercise.functions[0]
    right = draw(exercise, exercise.checks[0], seed=1)
    found = slope(exercise, function, right, 0)

    assert found is not None
    assert found.numeric == pytest.approx(found.right, rel=1e-6)
    assert found.numeric == (found.up - found.down) / 0.0002
    assert found.gradient.replace("gradients", "parameters") == found.parameter
    name, place = found.gradient.removeprefix('gradients["').split('"]')
    assert right.rounds[0][f"d_{name}"][tuple(json.loads(place))] == found.right
    assert found.array == f'gradients["{name}"]'
    errors = found.errors
    assert errors.both_ways < 1e-7
    assert min(errors.one_way, errors.tiny) > 1e-6
    assert (errors.by_eps, errors.times_eps) == pytest.approx((1 / 3, 1), rel=1e-6)
    twice = {k: 2 * v if k.startswith("d_") else v for k, v in right.rounds[0].items()}
    assert slope(exercise, function, replace(right, rounds=(twice,)), 0) is None


def test_gradients_that_are_zero_everywhere() -> None:
    """Without x and h_0 the loss does not hang on U and W, and numeric is 0 to the last bit."""
    exercise = read(home() / "34_gradient_check")
    check = next(check for check in exercise.checks if check.name == "no gradient")

    found = slope(exercise, exercise.functions[0], draw(exercise, check, seed=1), 0)

    assert found is not None
    assert found.zero == ('gradients["U"]', 'gradients["W"]')
