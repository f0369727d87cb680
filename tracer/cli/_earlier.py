"""What to do about an earlier answer that an answer imports: restore it, or correct it first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracer.cli._exercises import same_exercises
from tracer.language import _

if TYPE_CHECKING:
    from tracer.course.workbook import Workbook
    from tracer.exercises.exercise import Folder
    from tracer.grading.report import Report
    from tracer.view.parts.said import Said


def restoring(report: Report, book: Workbook | None) -> list[Said]:
    """What restores one that has no file, where the answer ended at that."""
    from pathlib import Path

    from tracer.course.choosing import seen_from
    from tracer.view.parts import restoring as part

    if book is None:
        return []
    return part.restoring(report, seen_from(Path.cwd(), book.root))


def corrected_first(earlier: Folder, folder: str | None) -> list[Said]:
    """Instead of a hint, that the answer to another exercise is to be corrected first."""
    from tracer.view.parts.said import Said
    from tracer.view.say.earlier import first_of_all

    command = f"tracer hint {earlier.number}{same_exercises(folder)}"
    hint = _("For a hint to that: {command}").format(command=command)
    return [Said(first_of_all(earlier)), Said(hint, typed=command)]
