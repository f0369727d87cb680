"""``tracer replay``: one grade once more, from its record, on another machine."""

from __future__ import annotations

import json
import platform
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.gradebook.handing import SOLUTIONS, STEP
from tests.grading.typed import tracer
from tracer.exercises.discovery import home
from tracer.exercises.reading import read
from tracer.exercises.submission import Submission
from tracer.gradebook.behind import standing_as
from tracer.gradebook.handed import digest_of
from tracer.gradebook.identity import SameGrader, grader_of
from tracer.gradebook.records import SCHEMA
from tracer.gradebook.regrading import Change, CheckChange, Ended
from tracer.grading.session import grade
from tracer.sandbox import walls
from tracer.sandbox.walls import WALLS, Kind
from tracer.view.export.report_json import as_record
from tracer.view.parts.changes import why
from tracer.view.parts.replayed import replayed

SOURCE = (SOLUTIONS / STEP / "lstm_step.py").read_bytes()


@pytest.fixture(scope="module")
def record() -> dict[str, Any]:
    """The record of a right answer, as it is kept."""
    exercise = read(home() / STEP)
    report = grade(exercise, Submission("lstm_step.py", SOURCE), seed=7)
    return {
        "schema": SCHEMA, "student": {"key": "ada", "name": "", "email": ""}, "exercise": STEP,
        "attempt": "1", "file": "lstm_step.py", "where": "ada/lstm_step.py", "time": None,
        "late": None, "digest": digest_of(SOURCE), "seed": 7, "grader": grader_of(exercise),
        "wall": "landlock", "verdict": "passed", "points": report.points, "out_of": report.out_of,
        "report": as_record(report), "time_limit": 20.0, "python": platform.python_version(),
        "numpy": np.__version__,
    }  # fmt: skip


TRUST = ("--wall", "plain", "--trust-submissions")


def replay(
    folder: Path, record: Any, source: bytes = SOURCE, words: tuple[str, ...] = TRUST
) -> tuple[int, str, str]:
    """Write both files and type the command: its exit code, screen and errors."""
    (folder / "lstm_step.py").write_bytes(source)
    (folder / "ada.json").write_text(json.dumps(record), "utf-8")
    ended = tracer("replay", str(folder / "ada.json"), *words)
    return ended.exit_code, " ".join(ended.stdout.split()), ended.stderr


@pytest.mark.long
def test_the_same(tmp_path: Path, record: dict[str, Any]) -> None:
    """Behind another wall too: the same points in each check, the same report."""
    code, screen, _errors = replay(tmp_path, record)

    assert code == 0
    assert screen.endswith(
        "The same as in the record: 13 of 13 points, and the same in each check."
    )


@pytest.mark.long
def test_where_it_differs(tmp_path: Path, record: dict[str, Any]) -> None:
    """The checks that end in another way are named, and what is another thing on this machine."""
    checks = [dict(check) for check in record["report"]["checks"]]
    checks[1] |= {"verdict": "timed_out", "points": 0}
    other = record | {
        "points": 11, "verdict": "timed_out", "report": record["report"] | {"checks": checks},
    }  # fmt: skip

    code, screen, _errors = replay(tmp_path, other)
    other |= {"grader": "0.0.1+0123456789ab", "numpy": "1.0"}
    _code, elsewhere, _errors = replay(tmp_path, other, words=(*TRUST, "--time-limit", "10"))

    assert code == 1
    assert "Recorded: timed out, 11 of 13 points; here: passed, 13 of 13 points." in screen
    assert "state and bias: 0/2 (timed out) → 2/2" in screen
    assert "The file may draw numbers of its own, or come near the time limit" in screen
    assert "It ran behind the wall landlock when it was graded, and behind plain here" in screen
    assert "It was graded by tracer 0.0.1; this is tracer" in elsewhere
    assert "The exercise on this machine is not the one that it was graded with." in elsewhere
    assert "The file may draw numbers" not in elsewhere
    assert "Each call had 20 seconds when it was graded" not in screen
    assert "Each call had 20 seconds when it was graded, and has 10 here." in elsewhere
    assert "It was graded with NumPy 1.0; this is" in elsewhere


def test_the_wall(tmp_path: Path, record: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """That of the record, else the strongest that holds; plain is not enough that a record says."""
    monkeypatch.setattr(walls, "gaps", lambda _name: iter(()))
    for name in ("landlock", "namespaces"):
        monkeypatch.setitem(WALLS, name, Kind(WALLS[name].make))
    assert standing_as("landlock", None, trusted=False) == "landlock"
    assert standing_as("plain", None, trusted=False) == "namespaces"
    assert standing_as("plain", None, trusted=True) == "plain"
    assert standing_as("one of another tracer", None, trusted=False) == "namespaces"
    assert standing_as("namespaces", "landlock", trusted=False) == "landlock"

    for name in ("landlock", "namespaces"):
        monkeypatch.setitem(WALLS, name, Kind(WALLS[name].make, lambda: "not this time"))
    for wall in ("landlock", "plain"):
        code, _screen, errors = replay(tmp_path, record | {"wall": wall}, words=())

        assert code == 2
        assert "behind the wall plain a submission runs as you" in errors


def test_a_verdict_with_the_same_points() -> None:
    """Points that are the same do not say that it ends in another way; the verdicts do."""
    before, after = Ended("crashed", 0, 2), Ended("wrong", 0, 2)

    assert why(CheckChange("one word", before, after)) == "one word: 0/2 (crashed) → 0/2 (wrong)"


def test_words_alone_differ() -> None:
    """The code that grades does not hold the words of a report; nothing came near a limit then."""
    ended = Ended("passed", 2, 2)
    change = Change(1, "ada", STEP, "1", 1, 2, "g", "g", ended, ended, (), said_alike=False)

    same = SameGrader(version=True, exercise=True)
    said = " ".join(one.text for one in replayed(change, same, ("plain",) * 2))

    assert "The words or numbers of the report are not all the same." in said
    assert "or the words of reports have changed in tracer" in said
    assert "time limit" not in said


def test_another_file(tmp_path: Path, record: dict[str, Any]) -> None:
    """What was changed since is not what was graded; nothing runs."""
    code, _screen, errors = replay(tmp_path, record, SOURCE + b"\n")

    assert code == 2
    assert "lstm_step.py is not what was graded" in errors


def test_a_file_that_is_not_there(tmp_path: Path, record: dict[str, Any]) -> None:
    """The name in a record leads to no other folder."""
    (tmp_path / "secret.py").write_bytes(SOURCE)
    (tmp_path / "inner").mkdir()

    code, _screen, errors = replay(tmp_path / "inner", record | {"file": "../secret.py"})

    assert code == 2
    assert "there is no secret.py here or beside" in errors


@pytest.mark.parametrize(
    ("found", "said"),
    [
        ([], "is no record of a grade"),
        ({"schema": "tracer-report-3"}, "is of the schema tracer-report-3; this tracer reads"),
        ({"schema": SCHEMA}, "attempt is missing, or of another kind"),
        ({"seed": True}, "seed is missing, or of another kind"),
        ({"time_limit": 1e9}, "time_limit is missing, or of another kind"),
        ({"seed": -1}, "seed is missing, or of another kind"),
        ({"seed": 2**32}, "seed is missing, or of another kind"),
        ({"points": float("inf")}, "is no record of a grade"),
        ({"report": {}}, "checks is missing, or of another kind"),
        ({"report": {"checks": [{}]}}, "name is missing, or of another kind"),
    ],
)
def test_what_is_no_record(tmp_path: Path, record: dict[str, Any], found: Any, said: str) -> None:
    """It is said what is wrong with it."""
    whole = found if not isinstance(found, dict) or "schema" in found else record | found

    code, _screen, errors = replay(tmp_path, whole)

    assert code == 2
    assert said in errors
