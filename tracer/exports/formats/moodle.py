"""The grading worksheet of a Moodle assignment, as CSV, with points and comments filled in.

Moodle finds the participant by the number in ``Identifier``, takes ``Grade`` and the columns of
feedback, and leaves out what is newer there than ``Last modified (grade)``, and what is more than
``Maximum grade``; some of its versions write the headers in other capital letters. Feedback is
HTML. Read in mod/assign/feedback/offline of moodle/moodle.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape
from typing import TextIO

from tracer.errors import InputError
from tracer.exports.course import Course, comments
from tracer.exports.format import ClassFormat, Wish
from tracer.exports.table import Table, earned, maximum, number, possible, remarks, scaled
from tracer.language import _, plural
from tracer.view.export.to_csv import safe_word

IDENTIFIER, GRADE, MODIFIED = "Identifier", "Grade", "Last modified (grade)"
MOST, FEEDBACK = "Maximum grade", "Feedback comments"

_NUMBER = re.compile(r"\D*(\d+)\s*")


def _write(course: Course, wish: Wish, stream: TextIO) -> Sequence[str]:
    if wish.into is None:
        said = _(
            "--into FILE: Moodle takes only its own worksheet; download it with the assignment's "
            "action 'Download grading worksheet'"
        )
        raise InputError(said)
    table = Table(wish.into, (IDENTIFIER, GRADE, MODIFIED))
    who, grade = table.column(IDENTIFIER), table.column(wish.column or GRADE)
    most = table.column(MOST) if table.places(MOST) else None
    told = table.column(FEEDBACK) if table.places(FEEDBACK) else None
    by_number = {found[1]: row for row in table.rows[1:] if (found := _NUMBER.fullmatch(row[who]))}
    item = course.items[0] if len(course.items) == 1 else None
    sums = possible(course, item)
    missing, failed = [], 0
    unchecked: list[float] = []
    for row in course.rows:
        known, cells = earned(row, item), by_number.get(row.student)
        if cells is None:
            missing.append(row.student)
            continue
        if known is None:
            continue
        points, out_of = known
        if points is None:
            failed += 1
            continue
        best = cells[most] if most is not None else ""
        if maximum(best) is None:
            unchecked.append(out_of)
        what = item.name if item else _("the sum")
        cells[grade] = scaled(points, sums, out_of, best, what, scale=wish.scale)
        comment = comments(row)
        if told is not None and comment:
            cells[told] = escape(safe_word(comment), quote=False)
    read_back = {who, grade, *range(table.column(MODIFIED), len(table.header))}
    table.write(stream, safe=set(range(len(table.header))) - read_back)
    return [*remarks(course, missing, failed), *_unnumbered(missing), *_unchecked(unchecked)]


def _unnumbered(missing: Sequence[str]) -> list[str]:
    """Why students are not in the worksheet who are called by something else than a number."""
    count = sum(not student.isdecimal() for student in missing)
    if not count:
        return []
    said = plural(
        "{count} of them has no participant's number, by which a worksheet of Moodle is filled in: "
        "it is known where what was graded is a download of Moodle",
        "{count} of them have no participant's number, by which a worksheet of Moodle is filled "
        "in: it is known where what was graded is a download of Moodle",
        count,
    )
    return [said.format(count=count)]


def _unchecked(out_of: Sequence[float]) -> list[str]:
    """That the worksheet does not tell how many points the assignment gives, of so many rows."""
    if not out_of:
        return []
    said = plural(
        "{count} row does not say how many points the assignment gives in Moodle: its column "
        "{column} is missing or has no number there. See in Moodle that it gives {points}; it "
        "leaves out what is more",
        "{count} rows do not say how many points the assignment gives in Moodle: their column "
        "{column} is missing or has no number there. See in Moodle that it gives {points}; it "
        "leaves out what is more",
        len(out_of),
    )
    return [said.format(count=len(out_of), column=MOST, points=number(max(out_of)))]


FORMAT = ClassFormat(_("the grading worksheet of Moodle, as CSV"), _write, merges=True)
