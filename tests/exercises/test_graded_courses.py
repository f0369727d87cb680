"""The answers of other courses, graded: the right ones pass, the wrong ones fail what they say."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from click.testing import CliRunner

from tracer.cli import command_line
from tracer.course.authoring import first_line, graded
from tracer.exercises.discovery import discover
from tracer.exercises.exercise import Exercise
from tracer.grading.report import Kind, Verdict

pytestmark = pytest.mark.long

COURSES = Path(__file__).with_name("courses")
NAMES = ("rows", "columns", "stated")
MOST = None if "TRACER_EVERY" in os.environ else 1
ALL = [e for name in NAMES for e in discover(COURSES / name / "exercises").good]


@pytest.mark.parametrize("exercise", ALL, ids=lambda e: e.name)
def test_every_answer_gets_what_it_deserves(exercise: Exercise) -> None:
    """Behind the wall, from the student's own cache: all points, or the checks that it names.

    One of the wrong answers; all of them where TRACER_EVERY is set, as in ``make corpus``.
    """
    answers = COURSES / exercise.folder.parts[-3] / "solutions" / exercise.name

    report = graded(exercise, answers / exercise.file)
    assert (report.verdict, report.points) == (Verdict.PASSED, exercise.points)
    said = {
        path.name: path.read_text("utf-8").partition("\n")[0]
        for path in sorted((answers / "mistakes").glob("*.py"))[:MOST]
    }
    wrong = {name: graded(exercise, answers / "mistakes" / name) for name in said}
    assert {name: first_line(report) for name, report in wrong.items()} == said
    kinds = {
        remark.kind for report in wrong.values() for c in report.checks for remark in c.remarks
    }
    assert Kind.FAULT not in kinds


def test_a_course_with_a_reference_is_complete() -> None:
    """A GRU, its page, stub, hints, solution and mistakes: `tracer dev check` finds nothing."""
    folder = COURSES / "gru" / "exercises"

    found = CliRunner().invoke(command_line, ["dev", "check", "--exercises", str(folder)])

    assert (found.exit_code, found.stdout.strip()) == (0, "1 exercise, no problems found.")
