"""What all the checks of a failing answer say together: the mistake, and what is remembered."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from tracer.grading.diagnosing import diagnosed
from tracer.grading.judge import Judged
from tracer.grading.like_reference import named
from tracer.grading.repeating import repeated
from tracer.grading.report import Kind, Trouble, Verdict
from tracer.grading.task import Task

if TYPE_CHECKING:
    from tracer.grading.session import Session
    from tracer.mistakes import Diagnosis


def concluded(
    session: Session, tasks: Sequence[Task], judged: list[Judged], searching: Callable[[], None],
    failed: int | None = None,
) -> tuple[Diagnosis | None, list[Judged]]:  # fmt: skip
    """What all checks together say: the mistake, what is remembered between calls, the points.

    `failed` is the check that failed alone before, if one was tried.
    """
    try:
        diagnosis, told = _diagnosed(session, tasks, judged, searching)
        if diagnosis is None or not diagnosis.explains:
            again = repeated(session, tasks, told, failed)
            if [j.report.verdict for j in again] != [j.report.verdict for j in told]:
                diagnosis, again = _diagnosed(session, tasks, again, searching)
            told = again
    except Exception as error:  # noqa: BLE001 - whatever broke here, it was not the student
        return None, _remarked(judged, error)
    return diagnosis, told


def _diagnosed(
    session: Session, tasks: Sequence[Task], judged: list[Judged], searching: Callable[[], None]
) -> tuple[Diagnosis | None, list[Judged]]:
    if session.exercise.reference is not None:
        return named(session.exercise, tasks, judged), judged
    return diagnosed(session.exercise, judged, searching, session.kept)


def _remarked(judged: Sequence[Judged], error: Exception) -> list[Judged]:
    """The same verdicts and points, which do not hang on it; the first that fails says why."""
    facts = {"what": f"{type(error).__name__}: {error}"}
    told = list(judged)
    for number, one in enumerate(told):
        if one.report.verdict is not Verdict.PASSED:
            remarks = (*one.report.remarks, Trouble(Kind.FAULT, facts=facts))
            told[number] = replace(one, report=replace(one.report, remarks=remarks))
            break
    return told
