"""A class as CSV: a row a student, a column an exercise, then the sum and the comments.

A cell that a spreadsheet would take for a formula gets an apostrophe in front, whoever is called
so. An empty cell is an exercise for which nothing was handed in. Where the lowest results are
dropped, a column says which these are.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from typing import TextIO

from tracer.gradebook.counting import Result, Row
from tracer.gradebook.handed import Student
from tracer.language import _
from tracer.view.export.to_csv import safe_word
from tracer.view.say.words import clean


def write_class(rows: Sequence[Row], students: Mapping[str, Student], stream: TextIO) -> None:
    """Write what each student has earned.

    Parameters
    ----------
    rows : sequence of Row
    students : mapping of str to Student
        By their keys.
    stream : TextIO
    """
    table = csv.writer(stream, lineterminator="\n")
    exercises = [r.exercise for r in rows[0].results] if rows else []
    drops = any(r.dropped for row in rows for r in row.results)
    dropped = ["dropped"] if drops else []
    table.writerow(
        ["student", "name", "email", *exercises, "points", "out_of", *dropped, "comments"]
    )
    for row in rows:
        student = students[row.student]
        who = (student.key, student.name, student.email)
        comments = [
            f"{r.exercise}: {r.mark.comment}" for r in row.results if r.mark and r.mark.comment
        ]
        total = row.points if row.complete else _("grader error")
        table.writerow(
            [
                *(safe_word(clean(text)) for text in who),
                *map(_cell, row.results),
                total,
                row.out_of,
                *(["; ".join(r.exercise for r in row.results if r.dropped)] if drops else []),
                safe_word(clean("; ".join(comments))),
            ]
        )


def _cell(result: Result) -> float | str:
    if result.points is None:
        return _("grader error")
    return result.points if result.there else ""
