"""What is wrong as lines that an editor finds: ``rnn_step.py:12:1: error: Your code raised …``."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tracer.exercises.form import Form
from tracer.exercises.notebook import Line
from tracer.grading.report import CheckReport, Report, Verdict
from tracer.language import _
from tracer.view.parts.judged import CheckRow, Judged
from tracer.view.parts.report import judged, mistake_told
from tracer.view.say.reported import also_where, in_check
from tracer.view.say.words import clean


def problems(report: Report, path: str) -> list[str]:
    """A line for each check that is to be looked at by itself; none where all is right.

    Parameters
    ----------
    report : Report
    path : str
        The file, as an editor finds it.
    """
    part = judged(report)
    told = [
        (row, c) for row, c in zip(part.checks, report.checks, strict=True)
        if not row.told_in and row.verdict not in (Verdict.PASSED, Verdict.NOT_TRIED)
    ]  # fmt: skip
    # A file that cannot be loaded, or is not begun, is so in all checks.
    whole = not part.checks[0].run or report.verdict is Verdict.NOT_STARTED
    first = report.first_failing
    return [
        _line(report, part, row, c, path, first=c is first)
        for row, c in (told[:1] if whole else told)
    ]


def _line(
    report: Report, part: Judged, row: CheckRow, c: CheckReport, path: str, *, first: bool
) -> str:
    at = _at(report, c, first=first) or _defined(report)
    said = _said(part, row)
    number = 1 if at is None else at.number
    if at is not None and at.cell is not None:  # a notebook's file has other lines than its cells
        said = _("code cell {cell}, line {number}: {said}").format(
            cell=at.cell, number=at.number, said=said
        )
        number = 1
    how = "info" if c.verdict is Verdict.NOT_STARTED else "error"
    return f"{path}:{number}:1: {how}: {clean(' '.join(said.split()))}"


def _at(report: Report, c: CheckReport, *, first: bool) -> Line | None:
    """The line that is told of a check."""
    if c.trouble is not None and c.trouble.facts.get("line") is not None:
        return report.form.line(c.trouble.facts["line"])
    blame = report.blame
    here = first and blame is not None and not blame.file  # an editor was given this file only
    return report.form.line(blame.line) if here and blame is not None else None


def _defined(report: Report) -> Line | None:
    """Where the function begins that was asked for."""
    return next(_definitions(report.form, report.exercise.called_names), None)


def _definitions(form: Form, names: tuple[str, ...]) -> Iterator[Line]:
    try:
        body = ast.parse(form.program).body
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        return
    for node in reversed(body):  # the last one counts
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)) and node.name in names:
            line = form.line(node.lineno)
            if line is not None:
                yield line


def _said(part: Judged, row: CheckRow) -> str:
    if row.wrong is None:
        assert row.stopped is not None
        return row.stopped.said[0].text
    wrong = row.wrong
    where = also_where(wrong.place, wrong.yours, wrong.wanted)
    mistake = mistake_told(part, row) if row.explained or part.explained else []
    return in_check(row.name, " ".join([f"{where}.", *(one.text for one in mistake[:1])]))
