"""The earlier answers that a submission imports: as they are graded, and as a record keeps them."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping
from typing import Any

from tracer.exercises.earlier import all_earlier
from tracer.exercises.submission import Submission
from tracer.gradebook.handed import Before, digest_of
from tracer.gradebook.naming import as_text
from tracer.grading.report import Report


def as_handed(earlier: Iterable[Before]) -> dict[str, Submission]:
    """The files by their exercises, as `tracer.grading.session.grade` takes them."""
    return {one.exercise: Submission(one.file, one.source) for one in earlier}


def earlier_of(report: Report, earlier: Iterable[Before]) -> dict[str, Any]:
    """What a record says of those that were run; nothing where none was.

    A grade can be repeated from it: what was run of each file is in it, as text where it is UTF-8.
    """
    ran = {one.exercise.name for one in all_earlier(report.form).values()}
    kept = [_kept(one) for one in earlier if one.exercise in ran]
    return {"earlier": kept} if kept else {}


def _kept(one: Before) -> dict[str, str]:
    about = {"exercise": one.exercise, "file": one.file, "digest": one.digest}
    try:
        return {**about, "source": one.source.decode("utf-8")}
    except UnicodeDecodeError:
        return {**about, "base64": base64.b64encode(one.source).decode("ascii")}


def read_earlier(record: Mapping[str, Any]) -> tuple[Before, ...] | None:
    """The earlier answers in a record; None where it is not as `earlier_of` writes it."""
    found = []
    try:
        for one in record.get("earlier", []):
            text = one.get("source")
            source = base64.b64decode(one["base64"]) if text is None else text.encode("utf-8")
            if digest_of(source) != one["digest"]:
                return None
            found.append(Before(str(one["exercise"]), as_text(str(one["file"])), source))
    except (AttributeError, KeyError, TypeError, ValueError):
        return None
    return tuple(found)
