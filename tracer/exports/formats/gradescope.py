"""A zip archive for Gradescope's programming assignments.

It has ``setup.sh`` and ``run_autograder`` at its root. Gradescope unpacks it in
/autograder/source, runs ``setup.sh`` once, copies ``run_autograder`` to /autograder, and runs that
for each submission, which lies in /autograder/submission; submission_metadata.json beside it says
when it is due and what was handed in before. The result is /autograder/results/results.json.
Facts: gradescope-autograders.readthedocs.io.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

import tracer
from tracer.exports.format import JSON, BoxFormat, Environment
from tracer.exports.graded import Graded, Places
from tracer.exports.settings import FILE, Settings
from tracer.language import _

ROOT = "AUTOGRADER_ROOT"
"""The variable that says where all lies, if not in /autograder."""

SETUP = """\
#!/usr/bin/env bash
# Run once, when the image is built: installs the tracer that is in this archive.
set -euo pipefail
root="${AUTOGRADER_ROOT:-/autograder}"
there() {
    for minor in 15 14 13 12 11; do
        if command -v "python3.$minor" > /dev/null; then echo "python3.$minor"; fi
    done
}
complete() { # the newest that can make an environment
    for one in $(there); do
        if "$one" -c "import ensurepip" 2> /dev/null; then echo "$one"; return; fi
    done
}
python="$(complete)"
if [ -z "$python" ]; then
    apt-get update
    for one in $(there); do
        if apt-get install -y "$one-venv"; then break; fi
    done
    python="$(complete)"
fi
if [ -z "$python" ]; then
    apt-get install -y python3.12 python3.12-venv \\
        || apt-get install -y python3.11 python3.11-venv || true
    python="$(complete)"
fi
if [ -z "$python" ]; then
    echo "There is no Python from 3.11 to 3.15 with its package venv, and none was installed." >&2
    exit 1
fi
"$python" -m venv "$root/venv"
"$root/venv/bin/python" -m pip install --no-cache-dir --disable-pip-version-check \\
    "$root"/source/rnn_tracer-*.whl
"""

RUN = f"""\
#!/usr/bin/env bash
# Run for each submission: grades it and writes results/results.json.
root="${{AUTOGRADER_ROOT:-/autograder}}"
python="${{TRACER_PYTHON:-$root/venv/bin/python}}"
exec "$python" -I -m tracer.exports.inside "$root/source/{FILE}"
"""


def _places(environment: Environment) -> Places:
    root = Path(environment.get(ROOT, "/autograder"))
    about = _about(root / "submission_metadata.json")
    before = about.get("previous_submissions")
    assignment = about.get("assignment")
    due = assignment.get("due_date") if isinstance(assignment, dict) else None
    return Places(
        root / "submission",
        root / "results" / "results.json",
        tries=1 + (len(before) if isinstance(before, list) else 0),
        due=_moment(due),
    )


def _about(path: Path) -> JSON:
    """What Gradescope says of a submission; nothing where that is not there."""
    try:
        found = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _moment(text: object) -> datetime | None:
    try:
        found = datetime.fromisoformat(str(text))
    except ValueError:
        return None
    return found if found.tzinfo is not None else None


def _written(
    graded: Sequence[Graded], settings: Settings, _environment: Environment
) -> tuple[JSON, Mapping[str, str]]:
    tests = [
        {
            "name": f"{one.exercise.title}: {line.title}" if len(graded) > 1 else line.title,
            "name_format": "text",
            "number": f"{one.exercise.number}.{place}",
            "score": line.points,
            "max_score": line.out_of,
            "status": "passed" if line.passed else "failed",
            "output": line.said,
            "output_format": "text",
            "visibility": settings.visible,
        }
        for one in graded
        for place, line in enumerate(one.lines, 1)
    ]
    result = {
        "score": round(sum(one.points for one in graded), 2),
        "output": "\n\n".join(one.said for one in graded),
        "output_format": "text",
        "visibility": settings.visible,
        "stdout_visibility": "hidden",
        "tests": tests,
        "extra_data": {
            "tracer": tracer.__version__,
            "wall": next((one.report["wall"] for one in graded if one.report), None),
            "seeds": {one.exercise.name: one.seed for one in graded if one.seed is not None},
        },
    }
    return result, {}


FORMAT = BoxFormat(
    _("an autograder for Gradescope, as a zip archive"),
    {"setup.sh": SETUP, "run_autograder": RUN},
    _places,
    _written,
)
