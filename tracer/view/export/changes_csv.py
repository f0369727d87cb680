"""A class graded anew, as CSV: a row for each submission that changes, and why."""

from __future__ import annotations

import csv
from typing import TextIO

from tracer.view.export.to_csv import safe_word
from tracer.view.parts.changes import Changes, shown
from tracer.view.say.words import clean

COLUMNS = (
    "student", "name", "email", "exercise", "attempt", "points_before", "out_of_before",
    "points_after", "out_of_after", "change", "result_before", "result_after", "why",
    "grader_before", "grader_after",
)  # fmt: skip


def write_changes(part: Changes, stream: TextIO) -> None:
    """Write who changes; a cell that a spreadsheet would take for a formula is made safe."""
    table = csv.writer(stream, lineterminator="\n")
    table.writerow(COLUMNS)
    for row in part.rows:
        who = (row.student.key, row.student.name, row.student.email)
        table.writerow(
            [
                *(safe_word(clean(text)) for text in (*who, row.exercise, row.attempt)),
                row.before.points, row.before.out_of, row.after.points, row.after.out_of, row.by,
                shown(row.result_before), shown(row.result_after),
                safe_word(clean("; ".join(row.why))), row.grader_before, row.grader_after,
            ]
        )  # fmt: skip
