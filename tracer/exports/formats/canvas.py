"""The gradebook of Canvas as CSV: its download with the points filled in, or a new one.

Canvas finds a student by ``ID``, then by ``SIS User ID`` and ``SIS Login ID``, and an assignment by
the number in ``Title (id)``; ``EX`` is who is excused, ``N/A`` whom it does not concern. Read in
lib/gradebook_importer.rb and lib/gradebook_exporter.rb of instructure/canvas-lms.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from itertools import product
from typing import TextIO

from tracer.errors import FileError, InputError
from tracer.exports.course import Course, Item
from tracer.exports.format import ClassFormat, Wish
from tracer.exports.table import Table, earned, number, possible, remarks, scaled
from tracer.language import _, quoted
from tracer.view.export.to_csv import safe_word
from tracer.view.say.words import clean

WHO = ("ID", "SIS User ID", "SIS Login ID")
"""The columns that say who it is, as Canvas looks at them."""

_KEPT = ("EX", "N/A")
_TITLE = re.compile(r"(?P<title>.*?)\s*\(\d+\)", re.DOTALL)
_POSSIBLE = "Points Possible"


def _write(course: Course, wish: Wish, stream: TextIO) -> Sequence[str]:
    if wish.into is None:
        return _new(course, stream)
    table = Table(wish.into, ("ID", "Section"))
    columns = _columns(table, course, wish)
    most = next((row for row in table.rows if _POSSIBLE in row[0]), [""] * len(table.header))
    sums = {item: possible(course, item) for _place, item in columns}
    who = _found(table, course)
    failed = left = 0
    for row in course.rows:
        for place, item in columns:
            known = earned(row, item)
            if known is None or row.student not in who:
                continue
            cells = who[row.student]
            points, out_of = known
            if points is None:
                failed += 1
            elif cells[place].strip().upper() in _KEPT:
                left += 1
            else:
                cells[place] = scaled(
                    points, sums[item], out_of, most[place], table.header[place], scale=wish.scale
                )
    names = ("Student", "LastName", "FirstName", "Section")
    table.write(stream, safe=[k for k, name in enumerate(table.header) if name in names])
    missing = [row.student for row in course.rows if row.student not in who]
    return remarks(course, missing, failed, left)


def _found(table: Table, course: Course) -> dict[str, list[str]]:
    """Of each student the row, by the first of the columns that has the key; or by the email."""
    found: dict[str, list[str]] = {}
    taken: dict[int, str] = {}
    places = [k for name in WHO for k, cell in enumerate(table.header) if cell == name]
    for key, student in course.students.items():
        for known, place in product(filter(None, (key, student.email)), places):
            rows = [k for k, row in enumerate(table.rows[1:], 1) if row[place].strip() == known]
            if len(rows) > 1:
                said = _("{key} is in {count} rows of {file}; which student is meant?")
                raise FileError(said.format(key=clean(known), count=len(rows), file=table.path))
            if rows:
                other = taken.setdefault(rows[0], key)
                if other != key:
                    said = _("{key} and {other} are the same row of {file}; which student is it?")
                    keys = {"key": clean(key), "other": clean(other)}
                    raise FileError(said.format(**keys, file=table.path))
                found[key] = table.rows[rows[0]]
                break
    return found


def _columns(table: Table, course: Course, wish: Wish) -> list[tuple[int, Item | None]]:
    """Which column gets what: one exercise, or with None the sum."""
    if wish.column is not None:
        one = course.items[0] if len(course.items) == 1 else None
        return [(table.column(wish.column), one)]
    found: list[tuple[int, Item | None]] = []
    for item in course.items:
        for place, header in enumerate(table.header):
            title = _TITLE.fullmatch(header)
            if title and title["title"].strip().casefold() in (
                item.title.casefold(), item.name.casefold(), item.name.partition("_")[0],
            ):  # fmt: skip
                found.append((place, item))
    if len({place for place, _item in found}) == len(found) == len(course.items):
        return found
    titles = [clean(h) for h in table.header if _TITLE.fullmatch(h)]
    said = _(
        "{file} does not say which column is which exercise ({exercises}); its assignments are "
        "{titles}. Give one exercise and its column, as in: {command}"
    )
    example = ("--exercise", course.items[0].name, "--column", *(titles[:1] or ["LSTM (1234)"]))
    raise InputError(
        said.format(
            file=table.path,
            exercises=", ".join(item.name for item in course.items),
            titles=", ".join(titles) or _("none"),
            command=quoted(*example),
        )
    )


def _new(course: Course, stream: TextIO) -> Sequence[str]:
    """A table with the columns that Canvas wants; each exercise is a new assignment there."""
    table = csv.writer(stream, lineterminator="\n")
    table.writerow(["Student", *WHO, "Section", *(safe_word(i.title) for i in course.items)])
    table.writerow([f"    {_POSSIBLE}", *[""] * 4, *(i.points for i in course.items)])
    failed = 0
    for row in course.rows:
        student = course.students[row.student]
        cells = []
        for item in course.items:
            known = earned(row, item)
            failed += known is not None and known[0] is None
            cells.append("" if known is None or known[0] is None else number(known[0]))
        name = safe_word(clean(student.name or student.key))
        table.writerow([name, safe_word(clean(student.key)), *[""] * 3, *cells])
    return remarks(course, (), failed)


FORMAT = ClassFormat(_("the gradebook of Canvas, as CSV"), _write, merges=True)
