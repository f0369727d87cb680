"""The record for programs: all that the screen says, as the published schema says."""

from __future__ import annotations

import json
import os
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from jsonschema import Draft202012Validator

from tests.grading.recorded import errors, lacking, missing
from tracer.cli import command_line
from tracer.corpus.inside import InThisProcess
from tracer.exercises.discovery import discover
from tracer.exercises.exercise import Exercise
from tracer.exercises.submission import Submission
from tracer.grading.report import Kind, Report, Standing, Verdict, Why
from tracer.grading.session import grade
from tracer.sandbox.walls import WALLS
from tracer.view.export.report_json import as_record, schema
from tracer.view.terminal.console import Abilities
from tracer.view.terminal.report import screen

SOLUTIONS = Path(__file__).parents[2] / "solutions"
COURSES = Path(__file__).parents[1] / "exercises" / "courses"


def known() -> list[Any]:
    """Stubs, solutions and known mistakes of other courses; ours are in test_own_mistakes.py.

    Every fourth of them; all where TRACER_EVERY is set, as in ``make corpus``.
    """
    found = []
    for home in sorted(COURSES.iterdir()):
        for exercise in discover(home / "exercises").good:
            own = home / "solutions" / exercise.name
            paths = [exercise.stub, own / exercise.file, *sorted(own.glob("mistakes/*.py"))]
            found += [
                pytest.param(exercise, path, id=f"{exercise.name}-{path.parent.name}-{path.stem}")
                for path in paths if path.exists()
            ]  # fmt: skip
    return found if "TRACER_EVERY" in os.environ else found[::4]


@pytest.mark.parametrize(("exercise", "path"), known())
def test_all_that_the_screen_says_is_in_the_record(exercise: Exercise, path: Path) -> None:
    """Each sentence and each number; and nothing in the record that the schema does not know."""
    report = grade(exercise, Submission.read(path), seed=4, wall=InThisProcess())

    assert lacking(report) == []


@pytest.fixture(scope="module")
def wrong() -> Report:
    """A report with a table, equations and a second wrong quantity."""
    exercise = next(e for e in discover().good if e.number == "22")
    source = (SOLUTIONS / exercise.name / exercise.file).read_text("utf-8")
    source = source.replace("return h, c", "return h + 0.1, c - 0.1")
    return grade(exercise, Submission(exercise.file, source.encode()), seed=4)


@pytest.mark.parametrize(
    ("keys", "line"),
    [
        (["said"], "The first wrong number in"),
        (["equations"], "c_1["),
        (["row"], "expected"),
        (["row", "got_said"], "yours"),
    ],
)
def test_a_text_that_is_left_out_is_noticed(wrong: Report, keys: list[str], line: str) -> None:
    """The comparison of screen and record does find what a record lacks."""
    lines = screen(wrong, Abilities(width=10_000))
    record = deepcopy(as_record(wrong))
    assert missing(lines, record) == []

    for key in keys:
        del record["checks"][0]["first"][key]

    assert any(line in found for found in missing(lines, record))


def test_the_schema_is_one() -> None:
    """It is valid itself, names all there is, and lets nothing else in."""
    whole = schema()
    Draft202012Validator.check_schema(whole)
    objects = [whole, *(d for d in whole["$defs"].values() if d.get("type") == "object")]

    assert set(whole["$defs"]["verdict"]["enum"]) == set(Verdict)
    assert set(whole["$defs"]["trouble"]["properties"]["kind"]["enum"]) == set(Kind)
    assert set(whole["$defs"]["quantity"]["properties"]["standing"]["enum"]) == set(Standing)
    assert set(whole["$defs"]["line"]["properties"]["why"]["enum"]) == set(Why)
    assert whole["properties"]["wall"]["enum"] == ["none", *WALLS, None]
    assert len(objects) == 14
    for part in objects:
        assert part["additionalProperties"] is False
        assert part["required"] == list(part["properties"])
        assert all(
            of.get("description") or set(of) == {"$ref"} for of in part["properties"].values()
        )


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"schema": "tracer-report-1"}, "$.schema"),
        ({"more": 1}, "$"),
        ({"points": "12"}, "$.points"),
        ({"verdict": "right"}, "$.verdict"),
    ],
)
def test_what_is_no_record_is_refused(wrong: Report, change: dict[str, Any], where: str) -> None:
    """The schema says where."""
    found = errors({**as_record(wrong), **change})

    assert [error.partition(":")[0] for error in found] == [where]


def test_exit_codes(course: Path) -> None:
    """0, 1 and 2, and a record whenever something was checked."""
    stub = CliRunner().invoke(command_line, ["check", "10", "--format", "json"])
    answer = SOLUTIONS / "10_rnn_step" / "rnn_step.py"
    right = CliRunner().invoke(command_line, ["check", str(answer), "--format", "json"])
    none = CliRunner().invoke(command_line, ["check", "99", "--format", "json"])

    assert course.is_dir()
    assert [r.exit_code for r in (stub, right, none)] == [1, 0, 2]
    assert none.stdout == ""
    for result in (stub, right):
        record = json.loads(result.stdout)
        assert errors(record) == []
        assert record["schema"] == "tracer-report-4"
    assert json.loads(stub.stdout)["advice"] == ["For a hint: tracer hint 10"]


def test_nothing_to_check(course: Path) -> None:
    """The same schema, and the sentence that the screen would have."""
    for exercise in discover().good:
        source = SOLUTIONS / exercise.name / exercise.file
        (course / exercise.name / exercise.file).write_bytes(source.read_bytes())
        CliRunner().invoke(command_line, ["check", exercise.number])

    record = json.loads(CliRunner().invoke(command_line, ["check", "--format", "json"]).stdout)

    assert errors(record) == []
    assert record["exercise"] is None
    assert record["said"] == ["All exercises passed."]


def test_what_is_known_of_the_line_to_look_at() -> None:
    """A word for what the sentence says, and the variables before it that are right."""
    exercise = next(e for e in discover().good if e.number == "22")
    right = (SOLUTIONS / exercise.name / exercise.file).read_text("utf-8")
    odd = right.replace("h = o * np.tanh(c)", "h = o * np.tanh(c) * 1.37 + 0.11")

    record = as_record(grade(exercise, Submission(exercise.file, odd.encode()), seed=3))

    line = record["line"]
    assert (line["name"], line["why"], line["numbers_of"]) == ("h", "absent", None)
    said = "The value of h is the first that does not occur in the right computation."
    assert said in line["said"][1]
    assert {"name": "c", "number": 17} in line["right"]
    assert errors(json.loads(json.dumps(record))) == []


def test_a_command_is_no_part_of_what_is_said() -> None:
    """Of a right answer that gave a warning: what a class is shown has no command to type."""
    exercise = next(e for e in discover().good if e.number == "20")
    folder = Path(__file__).parent / "submissions" / "accepted_overflowing_sigmoid"
    source = (folder / "lstm_gates.py.txt").read_bytes()

    record = as_record(grade(exercise, Submission("lstm_gates.py", source), seed=7))

    assert record["said"] == ["You lose no points."]
    assert record["advice"][0].startswith("For a way without the warning: tracer hint 20 --check ")
