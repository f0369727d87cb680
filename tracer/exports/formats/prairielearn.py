"""A question's external grader for PrairieLearn: an image with tracer, and the question's tests.

The archive has what the image is built from, the part of ``info.json`` that names it, and
``tests/``, which PrairieLearn puts in /grade/tests. What the student hands in lies in
/grade/student; the result is /grade/results/results.json, with a score from 0 to 1. Facts:
docs/externalGrading.md of PrairieLearn/PrairieLearn.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from tracer.exports.format import JSON, BoxFormat, Environment
from tracer.exports.graded import Graded, Places
from tracer.exports.settings import FILE, Settings
from tracer.language import _

ROOT = "GRADE_ROOT"
"""The variable that says where all lies, if not in /grade."""

DOCKERFILE = """\
# docker build -t YOUR/tracer-grader . && docker push YOUR/tracer-grader
FROM python:3.13-slim
COPY rnn_tracer-*.whl /tmp/
RUN pip install --no-cache-dir /tmp/rnn_tracer-*.whl && rm /tmp/rnn_tracer-*.whl
"""

RUN = f"""\
#!/usr/bin/env bash
# Grades what lies in student/ and writes results/results.json.
root="${{GRADE_ROOT:-/grade}}"
exec "${{TRACER_PYTHON:-python3}}" -I -m tracer.exports.inside "$root/tests/{FILE}"
"""

INFO = {
    "gradingMethod": "External",
    "externalGradingOptions": {
        "enabled": True,
        "image": "YOUR/tracer-grader",
        "entrypoint": "/grade/tests/run.sh",
        "timeout": 300,
    },
}


def _places(environment: Environment) -> Places:
    root = Path(environment.get(ROOT, "/grade"))
    return Places(root / "student", root / "results" / "results.json")


def _written(
    graded: Sequence[Graded], _settings: Settings, _environment: Environment
) -> tuple[JSON, Mapping[str, str]]:
    out_of = sum(one.exercise.points for one in graded)
    points = round(sum(one.points for one in graded), 2)
    gradable = any(one.gradable for one in graded)
    said = "\n\n".join(one.said for one in graded)
    if not gradable:
        return {"gradable": False, "format_errors": [_why(one) for one in graded]}, {}
    tests = [
        {
            "name": f"{one.exercise.title}: {line.title}" if len(graded) > 1 else line.title,
            "points": line.points,
            "max_points": line.out_of,
            "message": line.said,
        }
        for one in graded
        for line in one.lines
    ]
    score = points / out_of if out_of else 1.0
    return {"gradable": True, "score": score, "message": said, "tests": tests}, {}


def _why(one: Graded) -> str:
    """Why there is nothing to grade; each check says the same of it, which is told once."""
    told = [line.said for line in one.lines if line.said]
    return "\n".join(dict.fromkeys([one.said, *told]))


FORMAT = BoxFormat(
    _("an external grader for a question of PrairieLearn, as a zip archive"),
    {
        "Dockerfile": DOCKERFILE,
        "info.json": json.dumps(INFO, indent=2) + "\n",
        "tests/run.sh": RUN,
    },
    _places,
    _written,
    folder="tests",
)
