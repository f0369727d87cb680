"""Which line wrote into somebody else's array, or made it float64; seen in another run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from tracer.exercises.layout import Stated
from tracer.grading.judge import Judged
from tracer.grading.report import Kind, Trouble, Verdict
from tracer.grading.request import alone
from tracer.grading.task import Task
from tracer.sandbox.recording import WIDE

if TYPE_CHECKING:
    from tracer.grading.session import Session

TOLD = (Kind.CHANGED, Kind.SHARED, Kind.PRECISION)
"""What a line is looked for."""


def with_line(session: Session, tasks: Sequence[Task], judged: list[Judged]) -> list[Judged]:
    """The same; the first check that fails knows the line, if that is what is wrong with it."""
    failing = [n for n, j in enumerate(judged) if j.report.verdict is not Verdict.PASSED]
    if not failing:  # what fails only after other checks has passed
        return judged
    number = failing[0]
    one, trouble = judged[number], judged[number].report.trouble
    if trouble is None or trouble.kind not in TOLD or _puts_back(tasks[number], trouble):
        return judged
    line = _line(session, tasks[number], one, trouble)
    if line is None:
        return judged
    told = replace(trouble, facts={**trouble.facts, "line": line})
    found = replace(one, report=replace(one.report, trouble=told))
    return [*judged[:number], found, *judged[number + 1 :]]


def _puts_back(task: Task, trouble: Trouble) -> bool:
    """Whether it is a function that makes no array: what it changes first it may well put back."""
    asked = next(f for f in task.exercise.functions if f.name == trouble.facts["function"])
    return all(isinstance(layout, Stated) for layout in asked.returns.values())


def _line(session: Session, task: Task, one: Judged, trouble: Trouble) -> int | None:
    """The first line that wrote into it: in the call that got it, or in a later one.

    Of a wrong precision, the first line with a value in float64 from which the result follows.
    """
    name, function = trouble.facts["name"], trouble.facts["function"]
    at = next(
        n for n, call in enumerate(task.plan)
        if (call.round, call.step, call.function) == (trouble.call, trouble.step, function)
    )  # fmt: skip
    if trouble.kind is not Kind.SHARED:
        plan = alone(task.plan, at, one.came)
        key = str(trouble.facts["place"]) if trouble.kind is Kind.CHANGED else WIDE
    else:  # all calls in one process, for it is the same array
        plan, key = task.plan[: _overwriting(session, task, at, name)], f"{at}/{name}"
    _run, transcript = session.asked([plan], session.limits, watch=len(plan) - 1)
    return None if transcript.problem else transcript.answers[0].wrote.get(key)


def _overwriting(session: Session, task: Task, at: int, name: str) -> int:
    """How many calls it takes until what one of them returned is no longer what it was."""
    plans = [task.plan[:end] for end in range(at + 2, len(task.plan) + 1)]
    if len(plans) == 1:
        return at + 2
    _run, transcript = session.asked(plans, session.limits)
    for plan, answer in zip(plans, transcript.answers, strict=True):
        came, kept = answer.arrays.get((at, name)), answer.kept.get((at, name))
        if came is not None and kept is not None and came.tobytes() != kept.tobytes():
            return len(plan)
    return at + 2
