"""What adds up over steps and sentences is worked out as a sum, which gives the expected number."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.grading.answering import EXERCISES
from tracer.corpus.inside import InThisProcess
from tracer.exercises.discovery import discover
from tracer.exercises.exercise import Exercise
from tracer.exercises.submission import Submission
from tracer.grading.report import CheckReport
from tracer.grading.session import grade
from tracer.view.parts.report import judged
from tracer.view.parts.step.worked import Worked

pytestmark = pytest.mark.usefixtures("here")

ROOT = Path(__file__).parents[2]
ROWS = ROOT / "tests/exercises/courses/rows"


def sums(exercise: Exercise, solution: Path, old: str, new: str) -> list[tuple[Worked, float]]:
    """The sums of all checks, each with the number that was expected."""
    right = solution.read_text("utf-8")
    assert old in right
    answer = Submission(exercise.file, right.replace(old, new).encode())
    report = grade(exercise, answer, seed=5, wall=InThisProcess())
    rows: list[tuple[CheckReport, Worked]] = []
    for check, row in zip(report.checks, judged(report).checks, strict=True):
        if row.wrong is not None and row.wrong.worked:
            rows.append((check, row.wrong.worked[0]))
    found = []
    for check, line in rows:
        assert check.difference is not None
        if line.letters.startswith("sum("):
            found.append((line, check.difference.expected_number))
    return found


BACK = "d_U, d_W, d_a\n"


@pytest.mark.parametrize(
    ("number", "old", "new", "letters"),
    [
        ("33", BACK, "d_U, d_W, -d_a\n", "sum(d_z_i)"),
        ("33", BACK, "-d_U, d_W, d_a\n", "sum(d_z_i * x)"),
        ("33", BACK, "d_U, -d_W, d_a\n", "sum(d_z_i * h_prev)"),
        ("14", "return total_loss", "return total_loss / len(logits)", "sum(loss) / N"),
    ],
)
def test_a_sum_is_worked_out(number: str, old: str, new: str, letters: str) -> None:
    """Its letters, and terms that give the number where all of them are shown."""
    exercise = EXERCISES[number]
    solution = ROOT / "solutions" / exercise.name / exercise.file

    found = sums(exercise, solution, old, new)

    assert letters in {line.letters for line, _expected in found}
    for line, expected in found:
        assert float(line.result) == pytest.approx(expected, rel=0.05, abs=0.01)
        if "…" not in line.numbers:
            told = line.numbers.replace("·", "*")
            assert eval(told) == pytest.approx(expected, rel=0.1, abs=0.05)  # noqa: S307


def test_a_probability_is_worked_out() -> None:
    """As a quotient that gives it; of large scores, the largest is taken from each."""
    exercise = EXERCISES["11"]
    solution = ROOT / "solutions" / exercise.name / exercise.file
    answer = solution.read_text("utf-8").replace("return logits, probs", "return logits, 2 * probs")

    report = grade(
        exercise, Submission(exercise.file, answer.encode()), seed=5, wall=InThisProcess()
    )

    wrong = {row.name: row.wrong for row in judged(report).checks}
    for name, begins in (("batch", "e^logits / (sum of"), ("large scores", "e^(logits - ")):
        there = wrong[name]
        assert there is not None
        first = there.worked[0]
        assert first.letters.startswith(begins)
        assert eval(first.numbers) == pytest.approx(there.expected, abs=0.01)  # noqa: S307


def test_a_sum_is_worked_out_in_the_names_of_a_course() -> None:
    """dWx is x.T @ dz there: each term is a d_z times an x."""
    (exercise,) = (e for e in discover(ROWS / "exercises").good if e.number == "30")
    solution = ROWS / "solutions/30_rnn_layers/rnn_layers.py"

    found = sums(
        exercise, solution, "return dx, dprev, dWx, dWh, db", "return dx, dprev, dWx, -dWh, db"
    )

    assert {(line.place, line.letters) for line, _expected in found} == {
        ("dWh[0, 0]", "sum(d_z * prev_h)")
    }
