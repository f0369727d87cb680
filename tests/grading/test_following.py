"""A quantity that follows from the student's own numbers is no second mistake."""

from __future__ import annotations

import numpy as np
import pytest

from tests.grading.answering import EXERCISES, answered, judged, task_of
from tracer.exercises.exercise import Exercise
from tracer.exercises.submission import Submission
from tracer.grading.answer import Answer
from tracer.grading.judge import judge
from tracer.grading.report import QuantityReport, Standing, Verdict
from tracer.grading.right import ByEquations
from tracer.grading.session import grade
from tracer.view.terminal.console import Abilities
from tracer.view.terminal.report import screen


def test_a_consequence_is_no_mistake(lstm_step: Exercise) -> None:
    """A memory that is wrong at t = 2 makes all later numbers differ, but only c there is told."""
    task = task_of(lstm_step, "state carried")
    answer = answered(task, {(1, "c"): 0.5})

    report = judged(task, answer).report

    assert report.difference is not None
    assert (report.difference.step, report.difference.quantity) == (1, "c")
    assert report.difference.got_number - report.difference.expected_number == pytest.approx(0.5)
    assert report.also == ()
    assert [q.standing for q in report.quantities] == [Standing.FOLLOWS, Standing.WRONG]


def test_a_slip_in_c_does_not_take_the_points_of_h(lstm_step: Exercise) -> None:
    """Error carried forward: h follows from the student's own c."""
    task = task_of(lstm_step, "batch")

    report = judged(task, answered(task, {}, {"c": "f * c_prev + g"})).report

    assert (report.verdict, report.points) == (Verdict.WRONG, 1.0)


def test_a_step_is_right_if_it_is_so_for_what_it_was_called_with(lstm_step: Exercise) -> None:
    """Who computes the right c for h, and returns half of it, keeps the points of h at every step.

    From the second step on, h is neither what the equations give nor o * tanh of what came as c.
    """
    task = task_of(lstm_step, "state carried")
    right, (given_,) = ByEquations(lstm_step, task.case), task.case.rounds
    assert lstm_step.program is not None
    answer, own = Answer(loaded=True, finished=True), dict(given_)
    for t in range(task.case.sizes["T"]):
        now = {n: own[n] for n in ("h_0", "c_0", "U", "W", "a")} | {"x": given_["x"][t : t + 1]}
        found = lstm_step.program.run(now, wanted=["h", "c"])
        own |= {"h_0": found["h"][0], "c_0": found["c"][0] / 2}
        for name in ("h", "c"):
            answer.arrays[t, name] = answer.kept[t, name] = own[f"{name}_0"]

    report = judge(task, answer, right).report

    assert {q.name: str(q.standing) for q in report.quantities} == {"h": "follows", "c": "wrong"}
    assert report.points == task.case.check.points / 2


def test_what_is_right_by_itself_is_never_called_wrong(lstm_step: Exercise) -> None:
    """c = tanh(f * c_prev + i * g) and h = o * c: h is right, though it does not follow from c."""
    task = task_of(lstm_step, "batch")
    answer = answered(task, {})
    answer.arrays[0, "c"] = answer.kept[0, "c"] = np.tanh(answer.arrays[0, "c"])

    report = judged(task, answer).report

    assert {q.name: q.standing for q in report.quantities} == {
        "h": Standing.RIGHT,
        "c": Standing.WRONG,
    }
    assert report.also == ()
    assert report.points == 1.0


@pytest.mark.parametrize("value", [0.0, np.nan])
def test_nothing_is_earned_by_following_from_nothing(lstm_step: Exercise, value: float) -> None:
    """h = o * tanh(0) = 0 follows from a c of zeros, and NaN from NaN."""
    task = task_of(lstm_step, "batch")
    answer = answered(task, {})
    for name in ("h", "c"):
        answer.arrays[0, name] = answer.kept[0, name] = np.full_like(answer.arrays[0, name], value)

    report = judged(task, answer).report

    assert (report.verdict, report.points) == (Verdict.WRONG, 0.0)


def test_nothing_is_earned_or_said_by_following_from_zeros() -> None:
    """Adam without a step: w follows from an m of zeros, and stands there as it was given."""
    source = b"def adam(w, d, m, v, t, learning_rate, beta1, beta2, epsilon):\n    return w, m, v\n"

    report = grade(EXERCISES["43"], Submission("adam.py", source), seed=1)

    assert report.checks[0].quantities[0] == QuantityReport("w_new", Standing.FOLLOWS, hollow=True)
    assert report.points == 0
    assert not any("no mistake" in line.plain for line in screen(report, Abilities()))
