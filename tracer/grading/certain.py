"""What is certain of a failing answer before its mistake is known, for whoever waits for it.

Verdicts and points may still change then: a check that fails after others may pass alone, and a
right answer in another convention has its share. What can change is left open here.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from tracer.exercises.exercise import Exercise
from tracer.grading.judge import Judged, tenths
from tracer.grading.repeating import fails_alone
from tracer.grading.report import Certain, CertainCheck, CheckReport, Kind, Verdict
from tracer.grading.undecided import settled

if TYPE_CHECKING:
    from tracer.grading.session import Session
    from tracer.grading.task import Task


def tell(
    session: Session, tasks: Sequence[Task], judged: Sequence[Judged],
    early: Callable[[Certain], None],
) -> int | None:  # fmt: skip
    """Tell the verdict of a failing answer, and what else is certain.

    Where not even the verdict is, the first check that fails runs again alone, which may settle it.
    Its number is returned if it failed so.
    """
    found, failed = certain(session.exercise, judged), None
    if found.verdict is None:
        number = next(n for n, one in enumerate(judged) if _may_pass(one))
        try:
            failed = number if fails_alone(session, tasks[number]) else None
        except Exception:  # noqa: BLE001 - whatever broke here is met again where all of them run
            return None
        found = certain(session.exercise, judged, failed)
    if found.verdict is not None:
        early(found)
    return failed


def certain(exercise: Exercise, judged: Sequence[Judged], failed: int | None = None) -> Certain:
    """What does not change any more; `failed` is the check that failed alone, if one was tried."""
    reports = [one.report for one in judged]
    open_ = {
        one.report.check.name for n, one in enumerate(judged) if n != failed and _may_pass(one)
    }
    checks = []
    for report, *both in zip(reports, settled(reports), settled(reports, one=True), strict=True):
        told = [one.told_in for one in both]
        if report.check.name in open_ or bool(told[0]) != bool(told[1]) or open_ & set(told):
            checks.append(CertainCheck(report.check, None, None))
            continue
        points = None if _may_gain(exercise, report) else report.points
        checks.append(CertainCheck(report.check, report.verdict, points, told=bool(told[0])))
    known = [one.points for one in checks if one.points is not None]
    least = round(sum(report.points for report in reports), 1)
    verdict = _of_all(reports, open_)
    return Certain(exercise, verdict, least if len(known) == len(checks) else None, least,
                   tuple(checks))  # fmt: skip


def _of_all(reports: Sequence[CheckReport], open_: set[str]) -> Verdict | None:
    """The verdict of the answer, if it is the same whatever those that are open turn out to be."""
    if any(report.verdict is Verdict.GRADER_FAULT for report in reports):
        return Verdict.GRADER_FAULT
    may_be = set()
    for report in reports:
        if report.verdict is not Verdict.PASSED:
            may_be.add(report.verdict)
            if report.check.name not in open_:
                return may_be.pop() if len(may_be) == 1 else None
    return None if may_be else Verdict.PASSED


def _may_pass(one: Judged) -> bool:
    """Whether a check that is wrong after others may pass where it runs alone."""
    report = one.report
    return report.verdict is Verdict.WRONG and report.difference is not None and not one.first


def _may_gain(exercise: Exercise, report: CheckReport) -> bool:
    """Whether it gets more points if it turns out to be right in another convention."""
    if exercise.program is None or exercise.reference is not None:
        return False
    share = tenths(exercise.convention_share * report.check.points, report.check.points)
    numbers_only = report.trouble is None or report.trouble.kind is Kind.DTYPE
    return report.verdict is Verdict.WRONG and numbers_only and share > report.points
