"""The table that nbgrader writes: a row for each exercise and student.

Its columns, and that nothing handed in is 0 points without a time, are those of
nbgrader/plugins/export.py of jupyter/nbgrader.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TextIO

from tracer.exports.course import Course, Item
from tracer.exports.format import ClassFormat, Wish
from tracer.exports.table import remarks
from tracer.gradebook.counting import Result
from tracer.language import _
from tracer.view.export.to_csv import safe_word
from tracer.view.say.words import clean

COLUMNS = (
    "assignment", "duedate", "timestamp", "student_id", "last_name", "first_name", "email",
    "raw_score", "late_submission_penalty", "score", "max_score",
)  # fmt: skip


def _write(course: Course, _wish: Wish, stream: TextIO) -> Sequence[str]:
    table = csv.writer(stream, lineterminator="\n")
    table.writerow(COLUMNS)
    failed = 0
    for place, item in enumerate(course.items):
        for row in course.rows:
            result = row.results[place]
            if result.points is None:
                failed += 1
                continue
            student = course.students[row.student]
            name = ("", safe_word(clean(student.name)))  # which part is the family's, nothing says
            table.writerow(
                [
                    item.name, _moment(course.due.get(item.name)), _when(result),
                    safe_word(clean(student.key)), *name, safe_word(clean(student.email)),
                    *_scores(result, result.points), float(_most(item, result)),
                ]
            )  # fmt: skip
    return remarks(course, (), failed)


def _scores(result: Result, points: float) -> tuple[float, float, float]:
    """What was earned, what lateness took of it, and what is left; a mark is all of it."""
    counted = result.counted
    if (
        counted is None
        or counted.points is None
        or (result.mark and result.mark.points is not None)
    ):
        return float(points), 0.0, float(points)
    return float(counted.points), round(counted.points - points, 2), float(points)


def _most(item: Item, result: Result) -> int:
    return result.out_of or item.points


def _when(result: Result) -> str:
    return _moment(result.counted.time if result.counted else None)


def _moment(moment: datetime | None) -> str:
    """As nbgrader keeps it: in UTC, and without saying so."""
    return "" if moment is None else str(moment.astimezone(UTC).replace(tzinfo=None))


FORMAT = ClassFormat(_("the table that nbgrader exports, as CSV"), _write)
