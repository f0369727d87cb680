"""Every sentence of a report is true: its claim is computed again, in another way.

Wrong answers are made by changing an equation, or by adding something to one number. Whatever the
report then says is held against the textbook's cell, which the grader itself does not use.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

import numpy as np
from hypothesis import given, settings

from tests.grading.answering import EXERCISES, answered, task_of
from tests.grading.drawn_answers import answers, follows, textbook, wrong_places
from tracer.exercises.submission import Submission
from tracer.grading.judge import judge
from tracer.grading.report import CheckReport, Difference, Report, Standing, Verdict
from tracer.grading.right import ByEquations
from tracer.grading.session import grade
from tracer.grading.task import Task
from tracer.view.parts.report import judged
from tracer.view.say.difference import from_own, how_much, place


@settings(max_examples=60, deadline=None)
@given(answers())
def test_the_first_wrong_number_is_the_first(
    made: tuple[Task, CheckReport, Mapping[str, np.ndarray]],
) -> None:
    """In the order of computing, then by row and unit; both numbers are what is said of them."""
    task, report, came = made
    places = wrong_places(task, came)
    d = report.difference

    assert (d is None) == (not places)
    assert (report.verdict is Verdict.PASSED) == (not places)
    if d is None:
        return
    step, name, row, unit = places[0]
    assert (d.step, d.quantity, d.at) == (step, name, (row, unit))
    assert d.got_number == came[name][step][row, unit]
    np.testing.assert_allclose(d.expected_number, follows(task, came, step, name)[row, unit], 1e-9)
    assert place(d, 1) == f"{name} at t = {step + 1}, row {row}, unit {unit}"


@settings(max_examples=60, deadline=None)
@given(answers())
def test_how_much_is_right(made: tuple[Task, CheckReport, Mapping[str, np.ndarray]]) -> None:
    """The rows and steps that are called right are right, and those called wrong are wrong."""
    task, report, came = made
    places = wrong_places(task, came)
    for d in [report.difference, *report.also]:
        if d is None:
            continue
        wrong_steps = {step for step, name, _row, _unit in places if name == d.quantity}
        wrong_rows = {r for step, name, r, _u in places if (step, name) == (d.step, d.quantity)}
        said = " ".join(how_much(d))
        told = {
            verb: numbers(text)
            for text, verb in re.findall(r"([Rr]ows? [^;.]*?) (?:is|are) (right|wrong)", said)
        }
        if told:
            assert told["wrong"] == wrong_rows
            assert told["right"] == set(range(len(d.got))) - wrong_rows
        elif len(d.got) > 1:
            assert wrong_rows == set(range(len(d.got)))
        if d.steps == 1:
            continue
        steps = {
            "right": re.search(r"right at t = ([\d, andto]*)", said),
            "follows": re.search(r"[Aa]t t = ([\d, andto]*) (?:it|h|c|[ifgo]) follows", said),
            "wrong": re.search(r"(?:wrong|;) at t = ([\d, andto]*)(?: it is wrong)?\.", said),
        }
        parts = {
            verb: {t - 1 for t in numbers(found[1])} if found else set()
            for verb, found in steps.items()
        }
        if "wrong at every t" in said:
            parts = {"right": set(), "follows": set(), "wrong": set(range(d.steps))}
        exact = [textbook(task, came, t, own=False)[d.quantity] for t in range(d.steps)]
        near = {
            t for t in range(d.steps)
            if np.abs(came[d.quantity][t] - exact[t]).max() <= 1e-5 * np.abs(exact[t]).max()
        } - wrong_steps  # fmt: skip
        assert parts["wrong"] == wrong_steps
        assert parts["right"] == near
        assert parts["follows"] == set(range(d.steps)) - wrong_steps - near


def numbers(text: str) -> set[int]:
    """``1, 3 to 5`` as {1, 3, 4, 5}."""
    found: set[int] = set()
    for first, last in re.findall(r"(\d+)(?: to (\d+))?", text):
        found |= set(range(int(first), int(last or first) + 1))
    return found


@settings(max_examples=60, deadline=None)
@given(answers())
def test_what_the_expected_number_is_computed_from(
    made: tuple[Task, CheckReport, Mapping[str, np.ndarray]],
) -> None:
    """“Your own c” is said exactly where the student's c changes what is expected."""
    task, report, came = made
    for d in [report.difference, *report.also]:
        if d is None:
            continue
        right = textbook(task, came, d.step or 0, own=False)[d.quantity]
        assert bool(from_own(d)) == (not np.allclose(right, d.expected, 1e-8, 1e-10))
        for name in d.own:
            steps = [t for t in (d.step, (d.step or 0) - 1) if t is not None and t >= 0]
            exact = {t: textbook(task, came, t, own=False)[name] for t in steps}
            assert any(not np.allclose(exact[t], came[name][t], 1e-5) for t in steps)


@settings(max_examples=60, deadline=None)
@given(answers())
def test_what_is_called_right_is_right(
    made: tuple[Task, CheckReport, Mapping[str, np.ndarray]],
) -> None:
    """By the equations, from the student's own numbers, or for what the call was given.

    And the points are their share.
    """
    task, report, came = made
    steps = range(task.case.sizes["T"])
    earned = 0
    for q in report.quantities:
        exact = np.stack([textbook(task, came, t, own=False)[q.name] for t in steps])
        own = np.stack([follows(task, came, t, q.name) for t in steps])
        near_exact = np.allclose(came[q.name], exact, 0, 2e-5 * np.abs(exact).max())
        alone = np.stack([textbook(task, came, t, own=True)[q.name] for t in steps])
        near = [
            np.isclose(came[q.name], one, 0, 2e-5 * max(np.abs(one).max(), 1e-9))
            for one in (exact, own, alone)
        ]
        if q.standing is Standing.RIGHT:
            assert near_exact
        if q.standing is Standing.FOLLOWS:
            assert np.logical_or.reduce(near).all()
        empty = not came[q.name].any() and exact.any()
        earned += q.standing in (Standing.RIGHT, Standing.FOLLOWS) and not empty
    share = report.check.points * earned / len(report.quantities)
    assert abs(report.points - share) <= 0.05 + 1e-9
    assert (report.points == report.check.points) == (report.verdict is Verdict.PASSED)


@settings(max_examples=40, deadline=None)
@given(answers())
def test_the_worked_numbers_come_out(
    made: tuple[Task, CheckReport, Mapping[str, np.ndarray]],
) -> None:
    """The last number of each line is the value of its quantity, as far as it is written."""
    task, checked, came = made
    if checked.difference is None:
        return
    d = checked.difference
    report = Report(task.exercise, "x.py", 0, (checked,))
    (row,) = judged(report).checks
    assert row.wrong is not None
    values = {**textbook(task, came, d.step or 0, own=True), d.quantity: d.expected}
    for line in row.wrong.worked:
        name = line.place.partition("_1[")[0].partition(f"_{(d.step or 0) + 1}[")[0]
        value = float(values[name][d.at] if values[name].ndim == 2 else values[name][d.at[-1]])
        assert float(line.result) == np.float64(value).round(12) or abs(
            float(line.result) - value
        ) <= 0.006 * max(abs(value), 1)


@settings(max_examples=40, deadline=None)
@given(answers())
def test_the_row_is_what_came_and_what_follows(
    made: tuple[Task, CheckReport, Mapping[str, np.ndarray]],
) -> None:
    """Each number of the row, both as written; the wrong ones are marked, and the brackets said."""
    task, checked, came = made
    d = checked.difference
    if d is None:
        return
    (row,) = judged(Report(task.exercise, "x.py", 0, (checked,))).checks
    assert row.wrong is not None
    step, at = d.step or 0, d.at[0]
    got = came[d.quantity][step][at]
    expected = follows(task, came, step, d.quantity)[at]
    wrong = {unit for step, name, r, unit in wrong_places(task, came)
             if (step, name, r) == (d.step, d.quantity, at)}  # fmt: skip

    assert [one.place for one in row.wrong.row] == [f"unit {n}" for n in range(len(row.wrong.row))]
    assert {n for n, one in enumerate(row.wrong.row) if one.wrong} == wrong
    for n, one in enumerate(row.wrong.row):
        assert is_written(one.yours, got[n])
        assert is_written(one.expected, expected[n] if one.wrong else got[n])
    assert f"([{d.at[1]}] is unit {d.at[1]} of that row)" in row.wrong.working


def is_written(text: str, value: float) -> bool:
    """Whether a text is this number, as far as it has digits."""
    return abs(float(text) - value) <= 0.06 * abs(value) + 1e-9


def test_a_number_that_is_right_is_never_the_first_wrong_one() -> None:
    """c = tanh(f * c_prev + i * g), then h = o * c: only c is wrong."""
    task = task_of(EXERCISES["22"], "batch", 3)
    change = {"c": "tanh(f * c_prev + i * g)", "h": "o * c"}
    right = ByEquations(task.exercise, task.case)

    report = judge(task, answered(task, {}, change), right).report

    found = [d for d in (report.difference, *report.also) if isinstance(d, Difference)]
    assert [d.quantity for d in found] == ["c"]


def test_what_counts_from_1_is_said_where_it_stands() -> None:
    """A step has a t, an array of weights has none."""
    step = b"""
import numpy as np

def rnn_step(x, h_prev, U, W, a):
    return np.tanh(x @ U.T + h_prev @ W.T - a)
"""
    first = judged(grade(EXERCISES["10"], Submission("rnn_step.py", step), seed=1)).first_failing
    other = judged(grade(EXERCISES["43"], Submission("adam.py", ROOT_OF_A_SIGN), seed=1))

    assert first is not None
    assert first.wrong is not None
    assert "at t = 1, row 0, unit 0" in first.wrong.place
    assert first.reading.endswith("t counts from 1, all other places from 0.")
    assert other.first_failing is not None
    assert other.first_failing.reading.endswith("Places count from 0.")


ROOT_OF_A_SIGN = b"""
import numpy as np

def adam(w, d, m, v, t, learning_rate, beta1, beta2, epsilon):
    m = beta1 * m + (1 - beta1) * d
    v = beta2 * v + (1 - beta2) * d
    m_hat, v_hat = m / (1 - beta1**t), v / (1 - beta2**t)
    return w - learning_rate * m_hat / (np.sqrt(abs(v_hat)) + epsilon), m, v
"""


def test_nan_is_never_expected() -> None:
    """The root of the student's own v is NaN where v is below 0, and the step takes |v|."""
    report = grade(EXERCISES["43"], Submission("adam.py", ROOT_OF_A_SIGN), seed=1)

    shown = [d for c in report.checks for d in (c.difference, *c.also) if d is not None]
    assert {d.quantity for d in shown} == {"v_new"}
    assert all(np.isfinite(d.expected_number) for d in shown)
