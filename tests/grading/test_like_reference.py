"""Where a reference says what is right, a mistake is a text in it and what a wrong answer has."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from tests.exercises.test_graded_courses import COURSES
from tracer.corpus.inside import InThisProcess
from tracer.errors import FileError
from tracer.exercises.discovery import discover, find
from tracer.exercises.submission import Submission
from tracer.grading.report import Report
from tracer.grading.session import grade
from tracer.mistakes.of_reference import wrong_references
from tracer.view.parts.report import judged

SOLUTIONS = Path(__file__).parents[2] / "solutions"
GRU = COURSES / "gru"


def graded(source: str) -> Report:
    """The report on an answer to the exercise with a GRU."""
    (exercise,) = discover(GRU / "exercises").good
    submission = Submission("gru_step.py", source.encode())
    return grade(exercise, submission, seed=0, wall=InThisProcess())


@pytest.mark.parametrize(
    ("answer", "mistake"),
    [
        ("no_reset", "no_reset"),
        ("reset_after_the_product", "reset_after_the_product"),
        ("u_and_one_minus_u_exchanged", "u_exchanged"),
    ],
)
def test_the_mistake_that_gives_every_number_is_named(answer: str, mistake: str) -> None:
    """The reference runs with each mistake in it, and is held against what came."""
    path = GRU / "solutions" / "60_gru_step" / "mistakes" / f"{answer}.py"

    diagnosis = graded(path.read_text("utf-8")).diagnosis

    assert diagnosis is not None
    assert [[m.id for m in alike] for alike in diagnosis.named] == [[mistake]]


@pytest.mark.parametrize(
    ("answer", "place"),
    [
        ("one_word_for_all", r"words at t = 1, row \d"),
        ("start_word_every_time", r"probs at t = 2, row 0, class \d"),
    ],
)
def test_a_place_is_named_by_the_axes_that_the_exercise_says(answer: str, place: str) -> None:
    """The words of exercise 16 have a t and are whole numbers; probs is computed before words."""
    exercise = find("16", discover().good)
    path = SOLUTIONS / exercise.name / "mistakes" / f"{answer}.py"
    report = grade(exercise, Submission.read(path), seed=0, wall=InThisProcess())

    failing = judged(report).checks[report.checks.index(report.first_failing)]

    wrong = failing.wrong
    assert wrong is not None
    assert re.fullmatch(place, wrong.place)
    numbers = {n for one in wrong.row for n in (one.yours, one.expected)}
    assert all(n.isdecimal() for n in numbers) == (wrong.quantity == "words")


def test_nothing_is_named_that_gives_other_numbers() -> None:
    """Two mistakes at once are none of the list; numbers that are all 0 are said to be that."""
    solution = (GRU / "solutions" / "60_gru_step" / "gru_step.py").read_text("utf-8")
    both = solution.replace("(r * h_prev)", "h_prev").replace("u * h_prev", "h_prev")
    zero = "def gru_step(x, h_prev, U, W, a):\n    return 0 * h_prev\n"

    found = [graded(source).diagnosis for source in (both, zero)]

    assert both != solution
    assert [(d.named, d.zero) for d in found if d is not None] == [((), False), ((), True)]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('"u * h_prev + (1', '"v * h_prev + (1', '"v * h_prev + (1 - u) * n" stands 0 times in'),
        ('"u * h_prev + (1 - u) * n" =', '"np" =', 'in_reference: "np" stands '),
        ('id = "no_reset"', 'id = "a"\nchange = { h = "z" }', "there are no equations where a"),
        ("in_reference = {", "in_reference = { h = 'h',", "in_reference = "),
        ("in_reference", "in_referense", "there is no key 'in_referense'"),
    ],
)
def test_what_cannot_stand_there_is_named(tmp_path: Path, old: str, new: str, said: str) -> None:
    """The error names the file, the entry, the text, and how often it is there."""
    folder = tmp_path / "60_gru_step"
    shutil.copytree(GRU / "exercises" / folder.name, folder)
    path = folder / "mistakes.toml"
    text = path.read_text("utf-8")
    path.write_text(text.replace(old, new, 1), "utf-8")

    with pytest.raises(FileError) as error:
        wrong_references(folder / "reference.py")

    assert text != path.read_text("utf-8")
    assert str(path) in str(error.value)
    assert said in str(error.value)
