"""One mistake is told once: checks in which it only shows again are undecided."""

from __future__ import annotations

from itertools import permutations
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tracer.cells import LSTMCell
from tracer.exercises.cases import draw
from tracer.exercises.discovery import discover
from tracer.exercises.exercise import Exercise
from tracer.exercises.submission import Submission
from tracer.grading.blocks import read_as
from tracer.grading.session import grade

GATES = ("i", "f", "g", "o")


def verdicts(exercise: Exercise, path: Path) -> dict[str, str]:
    """How each check ended."""
    report = grade(exercise, Submission.read(path), seed=1)
    return {c.check.name: str(c.verdict) for c in report.checks}


def test_a_mistake_that_shows_everywhere(rnn_step: Exercise, solutions: Path) -> None:
    """The first check in which it shows is wrong, those before it pass, the others say nothing."""
    path = solutions / rnn_step.name / "mistakes" / "w_not_transposed.py"

    first, second, *others = verdicts(rnn_step, path).values()

    assert (first, second, set(others)) == ("passed", "wrong", {"undecided"})


def test_what_only_a_sequence_shows_is_told_by_itself(rnn_step: Exercise, solutions: Path) -> None:
    """A number that is right at first and wrong later is nothing that an earlier check has seen."""
    path = solutions / rnn_step.name / "mistakes" / "bias_only_at_first_step.py"

    wrong = [name for name, verdict in verdicts(rnn_step, path).items() if verdict == "wrong"]

    assert wrong == ["state carried", "called twice"]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("    return x[99]\n", ["crashed"] + ["undecided"] * 7),
        ("    return None, None\n", ["wrong"] + ["undecided"] * 7),
        ("    if len(x) > 1:\n        raise ValueError\n", ["wrong"] + ["undecided"] * 7),
    ],
)
def test_a_crash_is_told_once(rnn_step: Exercise, body: str, expected: list[str]) -> None:
    """Whatever else goes wrong in the first step of a later check, the first is mended first."""
    source = f"def rnn_step(x, h_prev, U, W, a):\n{body}".encode()

    report = grade(rnn_step, Submission("rnn_step.py", source), seed=1)

    assert [str(c.verdict) for c in report.checks] == expected
    assert report.points == 0


@pytest.mark.parametrize("exercise", discover().good[1:], ids=lambda e: e.name)
@pytest.mark.parametrize("check", ["state and bias", "batch", "float32", "called twice"])
def test_every_order_of_the_blocks_is_recognised(exercise: Exercise, check: str) -> None:
    """Whatever order was taken, the numbers tell which."""
    case = draw(exercise, next(c for c in exercise.checks if c.name == check), 2)
    for order in permutations(GATES):
        answers: dict[tuple[int, int, str], Any] = {}
        for call, inputs in enumerate(case.calls):
            U, W, a = (
                np.concatenate(
                    [np.split(inputs[name].astype(float), 4)[order.index(q)] for q in GATES]
                )
                for name in ("U", "W", "a")
            )
            c_prev = inputs.get("c_prev", np.zeros_like(inputs["h_prev"]))
            numbers = LSTMCell(U, W, a).step(inputs["x"], inputs["h_prev"], c_prev)
            answers |= {(call, 0, name): numbers[name] for name in exercise.returns}

        assert read_as(exercise, case, answers) == (order if order != GATES else ())


def test_numbers_that_no_order_explains(lstm_step: Exercise) -> None:
    """Then nothing is said of blocks."""
    case = draw(lstm_step, lstm_step.checks[1], 2)
    shape = (1, lstm_step.checks[1].sizes["H"])

    assert (
        read_as(lstm_step, case, {(0, 0, "h"): np.ones(shape), (0, 0, "c"): np.ones(shape)}) == ()
    )
    assert read_as(lstm_step, case, {}) == ()
