"""Wrong answers, drawn, and what the textbook's cell, unused by the grader, says of them."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product

import numpy as np
from hypothesis import strategies as st

from tests.grading.answering import EXERCISES, answered, task_of
from tracer.cells import CELL_CLASSES
from tracer.grading.judge import judge
from tracer.grading.report import CheckReport
from tracer.grading.right import ByEquations
from tracer.grading.task import Task

CHANGES: Mapping[str, tuple[Mapping[str, str], ...]] = {
    "10": ({}, {"z": "z_from_x + z_from_h"}, {"z": "z_from_x - z_from_h + z_from_a"}, {"h": "z"}),
    "20": ({}, {"g": "σ(z_g)"}, {"i": "σ(z_f)", "f": "σ(z_i)"}, {"o": "1 - σ(z_o)"}),
    "22": (
        {}, {"c": "tanh(f * c_prev + i * g)"}, {"h": "o * c"}, {"c": "f * c_prev + g"},
        {"c": "f * h_prev + i * g", "h": "f * tanh_c"}, {"c": "0 * g"},
        {"c": "tanh(f * c_prev + i * g)", "h": "o * c"},
    ),
}  # fmt: skip

CHECKS = ("one word", "state and bias", "batch", "state carried")


@st.composite
def answers(draw: st.DrawFn) -> tuple[Task, CheckReport, Mapping[str, np.ndarray]]:
    """A check, the report on an answer to it, and the numbers that came, steps first."""
    number = draw(st.sampled_from(sorted(CHANGES)))
    exercise = EXERCISES[number]
    names = [check.name for check in exercise.checks]
    check = draw(st.sampled_from([name for name in CHECKS if name in names]))
    task = task_of(exercise, check, draw(st.integers(0, 99)))
    answer = answered(task, {}, draw(st.sampled_from(CHANGES[number])))
    right = ByEquations(exercise, task.case)
    if draw(st.booleans()):  # and one number is off
        step, name = draw(st.sampled_from(sorted(answer.arrays)))
        array = answer.arrays[step, name].copy()
        at = tuple(draw(st.integers(0, n - 1)) for n in array.shape)
        array[at] += draw(st.sampled_from([0.01, -0.3, 40.0]))
        answer.arrays[step, name] = answer.kept[step, name] = array
    steps = task.case.sizes["T"]
    came = {n: np.stack([answer.arrays[t, n] for t in range(steps)]) for n in right.names}
    return task, judge(task, answer, right).report, came


def textbook(
    task: Task, came: Mapping[str, np.ndarray], step: int, *, own: bool
) -> dict[str, np.ndarray]:
    """Every quantity of one step by the textbook; from the second on from the student's state."""
    (given_,) = task.case.rounds
    program = task.exercise.program
    assert program is not None
    cell = CELL_CLASSES[program.name](given_["U"], given_["W"], given_["a"])
    states = [name for name in ("h", "c") if f"{name}_0" in given_]
    now = {name: given_[f"{name}_0"] for name in states}
    for t in range(step + 1):
        found = dict(cell.step(given_["x"][t], *now.values()))
        now = {n: came[n][t] if own and n in came else found[n] for n in states}
    return found


def follows(task: Task, came: Mapping[str, np.ndarray], step: int, name: str) -> np.ndarray:
    """What one quantity should be, from the student's own numbers of this step and the last."""
    found = textbook(task, came, step, own=True)
    if name == "h" and "c" in came:  # h = o * tanh(c), from the student's own c
        return np.asarray(found["o"] * np.tanh(came["c"][step]))
    return found[name]


def wrong_places(task: Task, came: Mapping[str, np.ndarray]) -> list[tuple[int, str, int, int]]:
    """Every number that is wrong, in the order of computing: step, quantity, row, unit.

    Right are the textbook's, those that follow from the student's own numbers of this step, and
    those that a call should give for the state that was handed to it.
    """
    program = task.exercise.program
    assert program is not None
    steps = range(task.case.sizes["T"])
    both = {
        name: [
            np.stack([textbook(task, came, t, own=False)[name] for t in steps]),
            np.stack([follows(task, came, t, name) for t in steps]),
            np.stack([textbook(task, came, t, own=True)[name] for t in steps]),
        ]
        for name in came
    }
    return [
        (step, name, row, unit)
        for step, name in product(steps, sorted(came, key=program.order.index))
        for row, unit in np.ndindex(came[name][step].shape)
        if all(
            abs(came[name][step, row, unit] - a[step, row, unit]) > 1e-5 * np.abs(a).max()
            for a in both[name]
        )
    ]
