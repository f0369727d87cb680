"""A plain table: a row a student, a column an exercise, then the sum and the comments."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TextIO

from tracer.exports.course import Course
from tracer.exports.format import ClassFormat, Wish
from tracer.language import _
from tracer.view.export.gradebook_csv import write_class


def _write(course: Course, _wish: Wish, stream: TextIO) -> Sequence[str]:
    write_class(course.rows, course.students, stream)
    return ()


FORMAT = ClassFormat(_("a plain table, for a spreadsheet"), _write)
