"""Runs what failed once more, in a process in which nothing ran before it.

A call that is right alone and wrong after another one tells that the function remembers. Nothing
else does: so it is tried, and not guessed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from tracer.grading.answer import Answer
from tracer.grading.judge import Judged
from tracer.grading.report import Kind, Trouble, Verdict
from tracer.grading.request import Plan, alone, returned
from tracer.grading.task import Task

if TYPE_CHECKING:
    from tracer.grading.session import Session


def repeated(
    session: Session, tasks: Sequence[Task], judged: Sequence[Judged], failed: int | None = None
) -> list[Judged]:
    """The same, with what another run of the failing checks shows.

    A check that passes alone has passed. Where only a later call is wrong, and is right alone,
    a remark says so. `failed` is the check that failed alone before, if one was tried.
    """
    failing = [n for n, j in enumerate(judged) if _may_remember(j)]
    whole = [n for n in failing if not judged[n].first and n != failed]
    later = [n for n in failing if _called_before(judged[n])]
    plans = [tasks[n].plan for n in whole]
    plans += [alone(tasks[n].plan, judged[n].failed_at or 0, judged[n].came) for n in later]
    if not plans:
        return list(judged)
    answers = _alone(session, plans)
    if not answers:
        return list(judged)
    found = list(judged)
    for n, answer in zip(whole, answers, strict=False):
        again = session.judged(tasks[n], answer) if answer.finished else None
        if again is not None and again.report.verdict is Verdict.PASSED:
            remark = Trouble(Kind.REMEMBERS, facts={"between": "checks"})
            report = replace(again.report, printed=judged[n].report.printed)
            found[n] = replace(again, report=replace(report, remarks=(remark, *report.remarks)))
    for n, plan, answer in zip(later, plans[len(whole) :], answers[len(whole) :], strict=True):
        if found[n].report.verdict is Verdict.PASSED or not answer.finished or answer.trouble:
            continue
        if _right_alone(session, tasks[n], judged[n], len(plan) - 1, answer):
            call = tasks[n].plan[judged[n].failed_at or 0]
            facts = {"between": "calls", "function": call.function}
            remark = Trouble(Kind.REMEMBERS, call.round, call.step, facts)
            report = found[n].report
            found[n] = replace(found[n], report=replace(report, remarks=(remark, *report.remarks)))
    return found


def fails_alone(session: Session, task: Task) -> bool:
    """Whether a check that failed after others fails also where nothing ran before it.

    Where that cannot be had it is not said.
    """
    answers = _alone(session, [task.plan])
    if not answers:
        return False
    return (
        not answers[0].finished
        or session.judged(task, answers[0]).report.verdict is not Verdict.PASSED
    )


def _alone(session: Session, plans: Sequence[Plan]) -> list[Answer]:
    """What comes of each plan where nothing ran before it; nothing where that cannot be had.

    One process forks another for each. Where the system has no fork, each gets a fresh one; the
    functions of a session that goes on know what they know.
    """
    _run, transcript = session.asked(plans, session.limits, apart=True)
    if transcript.problem:
        return []
    if transcript.apart:
        return list(transcript.answers)
    answers: list[Answer] = []
    for plan in () if session.form.live else plans:
        _run, transcript = session.asked([plan], session.limits)
        if transcript.problem:
            return []
        answers += transcript.answers
    return answers


def _may_remember(judged: Judged) -> bool:
    return judged.report.verdict is Verdict.WRONG and judged.report.difference is not None


def _called_before(judged: Judged) -> bool:
    return bool(judged.failed_at) and judged.report.difference is not None


def _right_alone(session: Session, task: Task, judged: Judged, last: int, answer: Answer) -> bool:
    """Whether the numbers of the failing call are right where nothing was called before it."""
    number, d = judged.failed_at or 0, judged.report.difference
    assert d is not None
    again = {key: array for (n, key), array in answer.arrays.items() if n == last}
    came = {**judged.came, **{(number, key): array for key, array in again.items()}}
    right = task.right(session.wall, came)
    try:
        rounds = right.compared(came)
    except (ValueError, KeyError):  # another shape than before: something else is the matter
        return False
    here = [compared for compared in rounds if compared.round == d.call]
    call = task.plan[number]
    names = {name for key in returned(call) for name in right.names_in(call, key)}
    over = next(f.over for f in task.exercise.functions if f.name == call.function)
    return bool(here) and not any(
        over == "sequence" or other.step in (None, call.step)
        for other in here[0].differences(names & set(right.names))
    )
