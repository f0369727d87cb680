"""Which line wrote into an array that it should have left alone; found in a run that is watched."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from tracer.grading.judge import Judged
from tracer.grading.report import Kind, Trouble, Verdict
from tracer.grading.request import alone
from tracer.grading.task import Task

if TYPE_CHECKING:
    from tracer.grading.session import Session


def with_line(session: Session, tasks: Sequence[Task], judged: list[Judged]) -> list[Judged]:
    """The same; the first check that fails knows the line, if that is what is wrong with it."""
    number = next(n for n, j in enumerate(judged) if j.report.verdict is not Verdict.PASSED)
    one, trouble = judged[number], judged[number].report.trouble
    if trouble is None or trouble.kind not in (Kind.CHANGED, Kind.SHARED):
        return judged
    line = _line(session, tasks[number], one, trouble)
    if line is None:
        return judged
    told = replace(trouble, facts={**trouble.facts, "line": line})
    found = replace(one, report=replace(one.report, trouble=told))
    return [*judged[:number], found, *judged[number + 1 :]]


def _line(session: Session, task: Task, one: Judged, trouble: Trouble) -> int | None:
    """The first line that wrote into it: in the call that got it, or in the one after it."""
    name, function = trouble.facts["name"], trouble.facts["function"]
    at = next(
        n for n, call in enumerate(task.plan)
        if (call.round, call.step, call.function) == (trouble.call, trouble.step, function)
    )  # fmt: skip
    if trouble.kind is Kind.CHANGED:
        plan = alone(task.plan, at, one.came)
        key = str(trouble.facts["place"])
    else:  # both calls in one process, for it is the same array
        plan, key = task.plan[: at + 2], f"{at}/{name}"
    _run, transcript = session.asked([plan], session.limits, watch=len(plan) - 1)
    return None if transcript.problem else transcript.answers[0].wrote.get(key)
