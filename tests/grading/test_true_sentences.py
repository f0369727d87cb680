"""Every sentence of a report is true: its claim is computed again, in another way.

Wrong answers are made by changing an equation, or by adding something to one number. Whatever the
report then says is held against the textbook's cell, which the grader itself does not use.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
from hypothesis import Phase, assume, given, settings
from hypothesis import strategies as st

from tests.grading.answering import EXERCISES, answered, task_of
from tracer.cells import CELL_CLASSES
from tracer.exercises.cases import draw
from tracer.exercises.discovery import discover
from tracer.exercises.laying_out import laid_out, unscaled
from tracer.exercises.placing import place_returned
from tracer.exercises.submission import Submission
from tracer.grading.comparing import has_steps
from tracer.grading.diagnosing import diagnosed
from tracer.grading.judge import judge
from tracer.grading.report import CheckReport, Difference, Report, Standing, Verdict
from tracer.grading.right import ByEquations
from tracer.grading.session import grade
from tracer.grading.task import Task, tasks
from tracer.program import Program
from tracer.sandbox.process import PlainProcess
from tracer.view.parts.report import judged
from tracer.view.say.diagnosis import told as said_of
from tracer.view.say.difference import from_own, how_much, place
from tracer.view.say.products import product_sentence
from tracer.view.say.shapes import shape_advice

COURSES = Path(__file__).parents[1] / "exercises/courses"


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
        steps = re.search(r"right at t = (.*), and wrong at t = ([^.]*)\.", said)
        if steps is not None:
            assert {t - 1 for t in numbers(steps[2])} == wrong_steps
            assert {t - 1 for t in numbers(steps[1])} == set(range(d.steps)) - wrong_steps
        elif d.steps > 1:
            assert wrong_steps == set(range(d.steps))


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


ODD: Mapping[str, tuple[Mapping[str, str], ...]] = {
    "10": ({"h": "1.1 * tanh(z) + 0.3"},),
    "20": ({"g": "tanh(z_g) + 0.1 * i"}, {"i": "0.7 * σ(z_i) + 0.2 * σ(z_o)", "o": "σ(z_o) / 3"}),
    "22": (
        {"h": "1.37 * o * tanh_c + 0.1 * f"}, {"c": "f * c_prev + 1.3 * i * g - 0.2 * o"},
        {"c": "f * c_prev + 1.3 * i * g - 0.2 * o", "h": "1.37 * o * tanh_c + 0.1 * f"},
    ),
}  # fmt: skip
"""Mistakes that nobody has a name for."""


@settings(max_examples=10, deadline=None, phases=[Phase.generate])
@given(data=st.data(), number=st.sampled_from(sorted(ODD)), seed=st.integers(0, 99))
def test_each_equation_is_judged_from_the_students_own_numbers(
    data: st.DataObject, number: str, seed: int
) -> None:
    """That h is not what they give, and that c is, where no mistake has a name for it."""
    exercise, change = EXERCISES[number], data.draw(st.sampled_from(ODD[number]))
    asked = [task for task in tasks(exercise, seed, PlainProcess())
             if task.case.check.name in CHECKS]  # fmt: skip
    answers_ = [answered(task, {}, change) for task in asked]
    right = [ByEquations(exercise, task.case) for task in asked]
    judged_ = [judge(*one) for one in zip(asked, answers_, right, strict=True)]

    found, _told = diagnosed(exercise, judged_, lambda: None)

    assert found is not None
    assert {equation.verdict for equation in found.equations} >= {"wrong"}
    for equation in found.equations:
        near = [
            np.allclose(
                answer.arrays[t, equation.name], follows(task, came, t, equation.name), 0, 2e-5
            )
            for task, answer, one in zip(asked, answers_, judged_, strict=True)
            for came in (one.rounds[0].came,)
            for t in range(task.case.sizes["T"])
            if equation.name in came
        ]
        if equation.verdict == "right":
            assert all(near)
        if equation.verdict == "wrong":
            assert not all(near)


@given(
    st.lists(st.integers(0, 12), max_size=4), st.lists(st.integers(1, 6), min_size=2, max_size=2)
)
def test_what_is_said_of_a_shape_is_so(got: list[int], wanted: list[int]) -> None:
    """Exchanged axes are exchanged, a missing axis is missing, and too long is so many times."""
    said = shape_advice(got, wanted, "(N, H)")

    if "exchanged" in said:
        assert got == wanted[::-1]
    if "batch axis is missing" in said:
        assert got == wanted[1:]
    times = re.search(r"(\d+) times too long", said)
    if times is not None:
        assert got == [wanted[0], wanted[1] * int(times[1])]
    counted = re.search(r"It has (\d+) ax.s instead of (\d+)", said)
    if counted is not None:
        assert (int(counted[1]), int(counted[2])) == (len(got), len(wanted))


def test_a_number_that_is_right_is_never_the_first_wrong_one() -> None:
    """c = tanh(f * c_prev + i * g), then h = o * c: only c is wrong."""
    task = task_of(EXERCISES["22"], "batch", 3)
    change = {"c": "tanh(f * c_prev + i * g)", "h": "o * c"}
    right = ByEquations(task.exercise, task.case)

    report = judge(task, answered(task, {}, change), right).report

    found = [d for d in (report.difference, *report.also) if isinstance(d, Difference)]
    assert [d.quantity for d in found] == ["c"]


@settings(max_examples=8, deadline=None, phases=[Phase.generate])
@given(
    number=st.sampled_from(sorted(CHANGES)),
    seed=st.integers(0, 99),
    which=st.integers(0, 6),
    noise=st.sampled_from([0.0, 0.0, 0.0, 0.02]),
)
def test_a_named_mistake_gives_every_number(
    number: str, seed: int, which: int, noise: float
) -> None:
    """Each mistake named gives all that came, the right equations do not; noise has no name."""
    exercise = EXERCISES[number]
    program = exercise.program
    assert program is not None
    change = CHANGES[number][which % len(CHANGES[number])]
    of_checks = []
    for task in tasks(exercise, seed, PlainProcess()):
        if len(task.case.rounds) == 1 and not task.case.check.large:
            answer = answered(task, {(0, exercise.checks[0].expect[0]): noise}, change)
            of_checks.append(judge(task, answer, ByEquations(exercise, task.case)))

    found, _told = diagnosed(exercise, of_checks, lambda: None)

    rounds = [compared for one in of_checks for compared in one.rounds]
    if found is None:
        assert all(same(program, c.given, c.came) for c in rounds)
        return
    assert not all(same(program, c.given, c.came) for c in rounds)
    if found.zero:
        wrong = [c.came[name][c.inexact[name]] for c in rounds for name in c.came]
        assert not any(numbers.any() for numbers in wrong)
    for choice in product(*found.named) if found.named else ():
        edits = [edit for mistake in choice for edit in mistake.edits]
        assert all(gives(program.edited(edits), c.given, c.came) for c in rounds)
    for edit in found.generated:
        assert all(gives(program.edited([edit]), c.given, c.came) for c in rounds)
    if noise:
        assert not found.named


def gives(
    program: Program, given_: Mapping[str, np.ndarray], came: Mapping[str, np.ndarray]
) -> bool:
    """Whether it gives these numbers: in one go, or each step from the student's own state."""
    if same(program, given_, came):
        return True
    for step in range(len(given_["x"])):
        own = {f"{n}_0": came[n][step - 1] for n in came if step and f"{n}_0" in given_}
        one = {n: a[step : step + 1] if n in ("x", "mask") else a for n, a in given_.items()}
        one["lengths"] = np.ones_like(given_["lengths"])
        if not same(program, one | own, {n: a[step : step + 1] for n, a in came.items()}):
            return False
    return True


def same(
    program: Program, given_: Mapping[str, np.ndarray], came: Mapping[str, np.ndarray]
) -> bool:
    """Whether a program gives these numbers."""
    with np.errstate(all="ignore"):
        found = program.run(given_, wanted=tuple(came))
    return all(
        np.allclose(found[name], array, 0, 1e-4 * np.abs(found[name]).max())
        for name, array in came.items()
    )


def test_an_order_of_gates_is_told_as_the_exercise_has_it() -> None:
    """Wx is i, f, o, g here, and the answer takes it for i, f, g, o; not the other way round."""
    course = COURSES / "rows"
    exercise = discover(course / "exercises").good[1]
    wrong = course / "solutions/31_lstm_layers/mistakes/order_i_f_g_o.py"

    diagnosis = grade(exercise, Submission.read(wrong), seed=3).diagnosis

    assert diagnosis is not None
    said = " ".join(told.text for told in said_of(diagnosis))
    assert "in the order i f g o. Here the order is i f o g." in said


@settings(max_examples=60, deadline=None)
@given(data=st.data(), course=st.sampled_from(["rows", "columns"]), seed=st.integers(0, 99))
def test_the_place_in_what_was_returned_holds_that_number(
    data: st.DataObject, course: str, seed: int
) -> None:
    """``gradients["dWax"][0, 2]`` of what is right is the number that it is said to be."""
    exercise = data.draw(st.sampled_from(discover(COURSES / course / "exercises").good[:2]))
    check = data.draw(st.sampled_from(exercise.checks))
    function = data.draw(st.sampled_from(exercise.called(check)))
    alone, known = replace(check, functions=(function.name,)), exercise.axes(function.over)
    sizes = draw(exercise, check, seed).sizes
    returned = {k: of for k, of in function.returns.items() if k in check.expect and of}
    layouts = {leaf: of for k, layout in returned.items() for leaf, of in layout.leaves(k).items()}
    names = sorted({name for layout in layouts.values() for name in layout.names})
    assume(names)
    numbers = {
        name: np.random.default_rng(seed).normal(size=[a.length(sizes) for a in known[name]])
        for name in names
    }
    name = data.draw(st.sampled_from(names))
    at = tuple(data.draw(st.integers(0, n - 1)) for n in numbers[name].shape)
    program = exercise.program
    assert program is not None
    steps = int(function.over == "sequence" and has_steps(program, name))

    said = place_returned(exercise, alone, sizes, name, at[0] if steps else None, at[steps:])

    values: dict[str, Any] = {}
    for leaf, layout in layouts.items():
        array = laid_out(unscaled(layout), numbers, known, sizes)
        key, _dot, inner = leaf.partition(".")
        if inner:
            values.setdefault(key, {})[inner] = array
        else:
            values[key] = array
    place_ = said or f"{name}{list(at)}"
    assert eval(place_, {}, values) == numbers[name][at]  # noqa: S307 - the grader's own words


SHAPES = st.lists(st.integers(1, 4), min_size=1, max_size=2).map(tuple)


@given(left=SHAPES, right=SHAPES, other=st.sampled_from(["U", "U.T"]))
def test_what_is_said_of_a_matrix_product_is_so(
    left: tuple[int, ...], right: tuple[int, ...], other: str
) -> None:
    """The lengths that do not fit are those of the shapes, and the product that would fit does."""
    assume(left[-1] != right[0])
    u = np.ones(right if other == "U" else right[::-1])
    x = np.ones(left)

    said = product_sentence(("x", left), (other, right))

    lengths = re.search(r"of x \((\d+)\) must be as long as the first of \S+ \((\d+)\)", said)
    assert lengths is not None
    assert [int(n) for n in lengths.groups()] == [x.shape[-1], right[0]]
    product = re.search(r"(\S+) @ (\S+) would fit", said)
    if product is not None:
        sides = (eval(side, {"x": x, "U": u}) for side in product.groups())  # noqa: S307 - ours
        assert np.matmul(*sides).size
    elif len(right) > 1:
        assert left[-1] != right[1]
