"""By what a grade was given: tracer's version, its code that decides, and the exercise.

The version alone says too little: a clone that is installed to be edited changes with each pull,
and keeps its version.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import tracer
from tracer.exercises.exercise import Folder

DECIDING = (
    "storage", "equations", "cells", "program", "mistakes", "exercises", "sandbox", "grading",
)  # fmt: skip
"""The rooms of tracer that are at work when an answer is graded. The others show what came of it,
count it, or read nothing but what a right answer does in the end, which changes no verdict."""

GRADED_BY = ("exercise.toml", "reference.py", "mistakes.toml")
"""The files of an exercise on which a grade hangs."""


class SameGrader(NamedTuple):
    """Whether tracer and the exercise are those with which a record was made."""

    version: bool
    exercise: bool


def grader_of(exercise: Folder) -> str:
    """What a grade hangs on: tracer's version, its code, and what the exercise says.

    As ``0.1.0+5d1c…+9e0f…``; the two last are digests. In a record of before there is none of the
    code, so that another grader made it.
    """
    said = (exercise.folder / name for name in GRADED_BY)
    digest = _digest(_contents(path) if path.is_file() else b"" for path in said)
    return f"{tracer.__version__}+{code()}+{digest}"


def same_grader(record: Mapping[str, Any], here: str) -> SameGrader:
    """Hold the grader of a record against the one that is `here`."""
    version, _plus, exercise = record["grader"].rpartition("+")
    version_here, _plus, exercise_here = here.rpartition("+")
    return SameGrader(version == version_here, exercise == exercise_here)


@cache
def code() -> str:
    """The code with which this process grades, as a digest: read once, when it is first asked."""
    return code_in(Path(tracer.__file__).parent)


def code_in(package: Path) -> str:
    """A digest of the rooms that decide; the same on every machine and system."""
    files = {
        path.relative_to(package).as_posix(): path
        for room in DECIDING
        for ending in ("py", "toml")
        for path in (package / room).rglob(f"*.{ending}")
    }
    return _digest(
        part for name, path in sorted(files.items()) for part in (name.encode(), _contents(path))
    )


def _contents(path: Path) -> bytes:
    """The bytes of a text, whatever ends its lines: Git on Windows writes other ends."""
    return path.read_bytes().replace(b"\r\n", b"\n")


def _digest(parts: Iterable[bytes]) -> str:
    whole = hashlib.sha256()
    for part in parts:
        whole.update(hashlib.sha256(part).digest())
    return whole.hexdigest()[:12]
