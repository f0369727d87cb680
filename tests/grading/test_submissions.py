"""Golden submissions: a file as a student might hand it in, and what has to be said about it.

What is said is in the record for programs too, and that is as its schema says.

Each folder in ``submissions/`` holds one. The files end in ``.txt`` so that no tool takes them for
code of ours.
"""

from __future__ import annotations

import json
import os
import tomllib
from pathlib import Path

import pytest

from tests.grading.recorded import errors, missing
from tracer.exercises.discovery import discover, find
from tracer.exercises.submission import Submission
from tracer.grading.session import grade
from tracer.sandbox.process import Limits
from tracer.view.export.report_json import as_record
from tracer.view.parts.said import Said
from tracer.view.terminal.console import Abilities
from tracer.view.terminal.report import screen

FOLDERS = sorted(path.parent for path in Path(__file__).parent.glob("submissions/*/expected.toml"))


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_submission(folder: Path) -> None:
    """Verdict, points, the first place where it goes wrong, and what the student reads."""
    expected = tomllib.loads((folder / "expected.toml").read_text("utf-8"))
    exercise = find(expected["exercise"], discover().good)
    file = expected.get("file", exercise.file)
    source = (folder / f"{file}.txt").read_bytes()
    limits = Limits(expected.get("time_limit", 20.0), expected.get("memory", Limits().memory))

    report = grade(exercise, Submission(file, source), seed=1, limits=limits)
    text = "\n".join(line.plain for line in screen(report, Abilities(width=200)))

    if os.name == "posix" or not expected.get("posix"):
        assert (report.verdict, report.points) == (expected["verdict"], expected["points"]), text
        if "first_at" in expected:
            assert report.first_failing is not None
            assert report.first_failing.first_at == expected["first_at"]
        assert expected.get("says", "") in text
    record = json.loads(json.dumps(as_record(report, [Said("Next.")]), allow_nan=False))
    assert errors(record) == []
    assert missing(screen(report, Abilities(width=10_000), [Said("Next.")]), record) == []
    assert "\x1b" not in text
    assert "runner.py" not in text
    assert len(report.printed) <= limits.printed
