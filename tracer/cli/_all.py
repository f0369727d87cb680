"""tracer check --all: every exercise of a folder, in a table."""

from __future__ import annotations

import json
from contextlib import closing
from typing import TYPE_CHECKING

from tracer.cli import BUG, NOT_PASSED, PASSED, warn
from tracer.cli._exercises import usable_here
from tracer.cli._output import for_file, write_screen, written
from tracer.cli._waiting import announced
from tracer.language import _

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tracer.course.workbook import Workbook
    from tracer.exercises.discovery import Found
    from tracer.sandbox.process import Limits, Wall
    from tracer.view.parts.ladder import CheckedRow


def check_all(
    wall: Callable[[], Wall], seed: int | None, limits: Limits, layout: str, folder: str | None,
    output: str | None, no_pager: bool,
) -> int:  # fmt: skip
    """Check them all in this one process, remember each, and show the table."""
    from tracer.grading.report import Verdict
    from tracer.view.parts.ladder import what_next

    found, book = usable_here(folder)
    rows = list(_rows(found, book, wall, seed, limits))
    if layout == "json":
        from tracer.view.export.ladder_json import checked_record

        with written(output) as stream:
            stream.write(json.dumps(checked_record(rows)) + "\n")
    else:
        from tracer.view.terminal.console import abilities
        from tracer.view.terminal.ladder import checked

        able = abilities(plain=layout == "plain")
        able = for_file(able) if output is not None else able
        lines = checked(rows, what_next(rows, found.left_out), able)
        write_screen(lines, able, output, no_pager=no_pager)
    if any(row.verdict is Verdict.GRADER_FAULT for row in rows):
        return BUG
    return PASSED if all(row.verdict is Verdict.PASSED for row in rows) else NOT_PASSED


def _rows(
    found: Found, book: Workbook, wall: Callable[[], Wall], seed: int | None, limits: Limits
) -> Iterator[CheckedRow]:
    from pathlib import Path

    from tracer.course.choosing import no_file, seen_from
    from tracer.course.earlier import read_answer
    from tracer.errors import FileError
    from tracer.grading.report import Verdict
    from tracer.grading.session import grade
    from tracer.view.parts.ladder import checked_row, missing, unwritten

    forgotten = ""
    for number, exercise in enumerate(found.good, 1):
        said = _("Checking {exercise} … ({number} of {count})").format(
            exercise=exercise.name, number=number, count=len(found.good)
        )
        with announced(said), closing(wall()) as behind:
            try:
                submission = read_answer(exercise, book.path(exercise))
            except FileError as error:
                path = book.path(exercise)
                why = str(error).replace(str(path), exercise.file)  # the table has no room for it
                if not path.exists():
                    why = no_file(exercise.file, seen_from(Path.cwd(), book.root))
                yield missing(exercise, why)
                continue
            if submission.source == exercise.stub.read_bytes():
                yield unwritten(exercise)
                continue
            report = grade(exercise, submission, seed=seed, limits=limits, wall=behind)
            row = checked_row(report)
            if report.verdict is not Verdict.GRADER_FAULT:
                try:
                    book.remember(report)
                except FileError as error:
                    forgotten = str(error)
        yield row
    if forgotten:
        warn(_("these results could not be remembered: {why}").format(why=forgotten))
