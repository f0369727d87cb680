"""What restores an earlier answer of the student's that has no file."""

from __future__ import annotations

from pathlib import Path

from tracer.grading.report import Report
from tracer.language import _, quoted_file
from tracer.view.parts.said import Said
from tracer.view.say.earlier import not_there


def restoring(report: Report, folder: str | Path) -> list[Said]:
    """The command, where an answer ended at that; `folder` is the workbook, seen from here."""
    failing = report.first_failing
    gone = None if failing is None else not_there(report, failing.trouble)
    if gone is None:
        return []
    command = f"tracer init {quoted_file(folder)}"
    said = _("To restore {file}: {command}").format(file=gone.file, command=command)
    return [Said(said, typed=command)]
