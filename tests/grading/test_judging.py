"""Only right numbers give points, and of the wrong ones the first is told."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from tests.grading.answering import EXERCISES, answered, judged, task_of
from tracer.exercises.exercise import Exercise
from tracer.exercises.submission import Submission
from tracer.grading.judge import tenths
from tracer.grading.report import Standing, Verdict
from tracer.grading.right import ByEquations
from tracer.grading.session import grade
from tracer.program import edits_in

RNN_STEP, LSTM_STEP = EXERCISES["10"], EXERCISES["22"]


def test_right_answers_differ_nowhere(lstm_step: Exercise) -> None:
    """What the equations give passes, and every quantity is right."""
    task = task_of(lstm_step, "state carried")

    report = judged(task, answered(task, {})).report

    assert (report.verdict, report.points) == (Verdict.PASSED, 3)
    assert {q.standing for q in report.quantities} == {Standing.RIGHT}


def test_the_first_wrong_number_is_the_first_to_be_computed(lstm_step: Exercise) -> None:
    """A small mistake at t = 1 comes before a large one at t = 3, and c before h in one step."""
    task = task_of(lstm_step, "state carried")
    answer = answered(task, {(2, "c"): 5.0, (0, "h"): 0.01})
    both = answered(task, {(0, "h"): 5.0, (0, "c"): 0.01})

    first, same_step = (judged(task, a).report.difference for a in (answer, both))

    assert first is not None
    assert same_step is not None
    assert (first.step, first.quantity) == (0, "h")
    assert (same_step.step, same_step.quantity) == (0, "c")


@pytest.mark.parametrize(
    ("number", "change", "first"),
    [
        ("14", {"d_logits": "probs - one_hot(label)"}, ("d_logits", 1)),
        ("31", {"d_z": "d_h"}, ("d_x", 5)),
    ],
)
def test_only_what_hangs_on_later_steps_begins_at_the_last_one(
    number: str, change: dict[str, str], first: tuple[str, int]
) -> None:
    """That of a word's scores hangs on that word alone, that of a state on the next words too."""
    task = task_of(EXERCISES[number], "batch")
    program = task.exercise.program
    assert program is not None
    right = ByEquations(task.exercise, task.case)
    found = program.edited(edits_in({"change": change})).run(task.case.rounds[0])

    (compared,) = right.compared({(0, name): found[name] for name in right.names})

    d = next(compared.differences(right.names))
    assert d.step is not None
    assert (d.quantity, d.step + 1) == first
    assert d.from_the_end == (first[1] == d.steps)


def test_a_wrong_shape_is_wrong_and_costs_its_own_points_only(lstm_step: Exercise) -> None:
    """c has its share where h alone has lost an axis."""
    task = task_of(lstm_step, "batch")
    answer = answered(task, {})
    answer.arrays[0, "h"] = answer.kept[0, "h"] = answer.arrays[0, "h"][0]

    report = judged(task, answer).report

    assert (report.verdict, report.points, report.first_at) == (Verdict.WRONG, 1.0, "shape")


def test_whole_numbers_are_told_as_what_they_are(lstm_step: Exercise) -> None:
    """A memory cast to int has lost its decimals; nothing is said of a term left out."""
    task = task_of(lstm_step, "batch")
    answer = answered(task, {})
    answer.arrays[0, "c"] = answer.kept[0, "c"] = answer.arrays[0, "c"].astype(np.int64)

    report = judged(task, answer).report

    assert (report.verdict, report.first_at) == (Verdict.WRONG, "dtype")
    assert report.difference is None


def test_the_tolerance_comes_from_the_check(rnn_step: Exercise) -> None:
    """Who computes in float32 is right within what float64 may be off, and no further."""
    task = task_of(rnn_step, "batch")
    answer = answered(task, {})
    single = answer.arrays[0, "h"].astype(np.float32)

    answer.arrays[0, "h"] = answer.kept[0, "h"] = single
    right = judged(task, answer).report
    answer.arrays[0, "h"] = answer.kept[0, "h"] = single * np.float32(1 + 5e-5)
    wrong = judged(task, answer).report

    assert (right.verdict, wrong.verdict) == (Verdict.PASSED, Verdict.WRONG)


@pytest.mark.parametrize(
    ("points", "out_of", "shown"),
    [(0.25, 1, 0.3), (2 / 3, 1, 0.7), (29 / 30, 1, 0.9), (1.5, 3, 1.5)],
)
def test_points_are_tenths_that_add_up(points: float, out_of: int, shown: float) -> None:
    """Half a tenth counts for the student, and a part is never shown as the whole."""
    assert tenths(points, out_of) == pytest.approx(shown)


def test_a_second_mistake_is_told_apart(lstm_step: Exercise) -> None:
    """Of each quantity the first place that is wrong by itself, in the order of computing."""
    task = task_of(lstm_step, "state carried")

    report = judged(task, answered(task, {(0, "h"): 0.1, (2, "c"): 0.1})).report

    assert report.difference is not None
    assert [(d.step, d.quantity) for d in (report.difference, *report.also)] == [(0, "h"), (2, "c")]


def test_the_equation_has_its_numbers(lstm_step: Exercise) -> None:
    """A difference carries what is needed to work it out by hand."""
    task = task_of(lstm_step, "state carried")

    found = judged(task, answered(task, {(2, "c"): 1.0})).report.difference
    assert found is not None
    v = {
        name: array[found.at]
        for name, array in found.values.items()
        if array.shape == found.got.shape
    }

    assert found.expected_number == pytest.approx(v["f"] * v["c_prev"] + v["i"] * v["g"])
    assert v["z_f"] == pytest.approx(v["z_f_from_x"] + v["z_f_from_h"] + v["z_f_from_a"])


@pytest.mark.parametrize("exercise", [RNN_STEP, LSTM_STEP], ids=lambda e: e.name)
@pytest.mark.parametrize("check", ["state and bias", "batch", "large values"])
def test_each_check_sees_each_mistake_whatever_the_seed(exercise: Exercise, check: str) -> None:
    """Bias forgotten, W turned round or left out: no drawing of the numbers lets it pass."""
    cells = {"rnn": ("z", ""), "lstm": ("z_f", "_f")}
    z, of = cells[exercise.equations]
    for seed in range(20):
        task = task_of(exercise, check, seed)
        verdicts = [
            judged(task, answered(task, {}, change)).report.verdict
            for change in (
                None,
                {z: f"{z}_from_x + {z}_from_h"},
                {z: f"{z}_from_x + {z}_from_a"},
                {f"{z}_from_h": f"h_prev @ W{of}"},
            )
        ]
        assert verdicts == [Verdict.PASSED] + [Verdict.WRONG] * 3, seed


def test_the_same_file_gives_the_same_sentences(lstm_step: Exercise, solutions: Path) -> None:
    """Under the same seed, whatever order Python gives to what has none."""
    path = solutions / lstm_step.name / "mistakes" / "i_and_f_exchanged.py"
    said = {
        subprocess.run(
            [sys.executable, "-m", "tracer", "check", str(path), "--seed=5", "--format=plain"],
            capture_output=True, check=False, cwd=Path(__file__).parents[2],
            env={**os.environ, "PYTHONHASHSEED": seed},
        ).stdout
        for seed in ("1", "2")
    }  # fmt: skip

    assert len(said) == 1
    assert b"The first wrong number in" in said.pop()


@pytest.mark.parametrize("returned", ["states", "tuple(states)", "[np.stack(states)]"])
def test_a_list_of_states_is_right_also_where_there_is_one_word(returned: str) -> None:
    """[h_1] is the only step of h, and not h in a list; [h] is h in a list."""
    source = f"""import numpy as np
def rnn_unroll(x, h_0, U, W, a):
    h, states = h_0, []
    for x_t in x:
        h = np.tanh(x_t @ U.T + h @ W.T + a)
        states.append(h)
    return {returned}
"""
    report = grade(EXERCISES["13"], Submission("rnn_unroll.py", source.encode()))

    assert (report.verdict, report.points) == (Verdict.PASSED, report.out_of)
