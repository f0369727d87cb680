"""An autograder for Classroom 50: what lies in ``<classroom>/autograders/<assignment>/``.

``autograder.py`` runs in the student's checkout, and writes ``result.json`` there, and a text for
the release. Scores are whole numbers, so they are counted in tenths of a point. The bundle is
public. Facts: schemas/result-v1.schema.json and runner.py of foundation50/classroom50.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from tracer.exports.format import JSON, BoxFormat, Environment
from tracer.exports.graded import Graded, Places
from tracer.exports.settings import FILE, Settings
from tracer.language import _

SCHEMA = "classroom50/result/v1"
TENTHS = 10
RESULT, RELEASE = "result.json", "release-body.md"

_TAG = re.compile(r"submit/(\d{4}-\d\d-\d\d)T(\d\d)-(\d\d)-(\d\d)Z")

AUTOGRADER = f'''\
"""Grades a submission of Classroom 50 with the tracer that lies beside this file."""

import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

for name in ("{RESULT}", "{RELEASE}"):  # a student may have committed them
    path = Path(name)
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
here = Path(__file__).resolve().parent
python = os.environ.get("TRACER_PYTHON")
if python is None:
    room = Path(os.environ.get("RUNNER_TEMP") or here) / "tracer-venv"
    venv.create(room, with_pip=True, clear=True)
    python = str(room / "bin" / "python")
    wheel = next(here.glob("rnn_tracer-*.whl"))
    quietly = ["--quiet", "--disable-pip-version-check"]
    subprocess.run([python, "-I", "-m", "pip", "install", *quietly, str(wheel)], check=True)
ended = subprocess.run([python, "-I", "-m", "tracer.exports.inside", str(here / "{FILE}")])
sys.exit(ended.returncode)
'''


def _places(_environment: Environment) -> Places:
    return Places(Path.cwd(), Path.cwd() / RESULT)


def _written(
    graded: Sequence[Graded], _settings: Settings, environment: Environment
) -> tuple[JSON, Mapping[str, str]]:
    commit = environment.get("COMMIT_URL", "")
    tag = environment.get("SUBMISSION_TAG", "")
    tests = [
        {
            "test-name": f"{one.exercise.title}: {line.title}" if len(graded) > 1 else line.title,
            "passed": line.passed,
            "score": _tenths(line.points),
            "max-score": line.out_of * TENTHS,
            "output": line.said,
        }
        for one in graded
        for line in one.lines
    ]
    result: JSON = {
        "schema": SCHEMA,
        "classroom": environment.get("CLASSROOM", ""),
        "assignment": environment.get("ASSIGNMENT", ""),
        "assignment_type": environment.get("ASSIGNMENT_TYPE") or "individual",
        "owner": environment.get("OWNER") or environment.get("USERNAME", ""),
        "submission": tag,
        "commit": commit,
        "release": environment.get("RELEASE_URL", ""),
        "review": environment.get("REVIEW_URL") or commit,
        "datetime": _when(tag),
        "graded_at": f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}",
        "score": sum(_tenths(line.points) for one in graded for line in one.lines),
        "max-score": sum(line.out_of * TENTHS for one in graded for line in one.lines),
        "tests": tests,
    }
    return result, {RELEASE: _release(graded)}


def _tenths(points: float) -> int:
    return round(points * TENTHS)


def _when(tag: str) -> str:
    """The moment of the submission, from its tag: the same, however often it is graded."""
    found = _TAG.match(tag)
    if found is None:
        return f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"
    day, hour, minute, second = found.groups()
    return f"{day}T{hour}:{minute}:{second}Z"


def _release(graded: Sequence[Graded]) -> str:
    """A page for the student: points, and what is said, which no sign of it can turn into markup.

    A block that is indented is shown as it stands, whatever is in it.
    """
    page = [
        "| check | points |",
        "|---|---|",
        *(
            f"| {_plain(line.title)} | {line.points:g} / {line.out_of} |"
            for one in graded
            for line in one.lines
        ),
    ]
    for one in graded:
        page += ["", f"### {_plain(one.exercise.title)}", ""]
        texts = [one.said, *(f"{n.title}\n{n.said}" for n in one.lines if not n.passed and n.said)]
        for text in texts:
            page += [*(f"    {row}" for row in text.splitlines()), ""]
    return "\n".join(page) + "\n"


def _plain(text: str) -> str:
    r"""A title of the instructor's as Markdown: its signs are signs."""
    return re.sub(r"([\\`*_{}\[\]<>()#+\-.!|@~&$])", r"\\\1", text)


FORMAT = BoxFormat(
    _("an autograder for an assignment of Classroom 50, as a zip archive"),
    {"autograder.py": AUTOGRADER},
    _places,
    _written,
    public=True,
)
