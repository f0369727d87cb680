"""Why a check has no end, and whether any other one has; nobody has to wait for eight of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from tracer.grading.answer import Answer
from tracer.grading.judge import Judged
from tracer.grading.report import CheckReport, Kind, Trouble, Verdict
from tracer.grading.task import Task
from tracer.sandbox.frames import OUT_OF_MEMORY
from tracer.sandbox.process import How, Limits, Run

if TYPE_CHECKING:
    from tracer.grading.session import Session

ENOUGH = 3
"""How many checks may run out of time one after the other before it is asked whether all do."""

FULL = 0.75
"""Share of its address space that a process has had if it says that there was none left."""


def timed_out(report: CheckReport) -> bool:
    """Whether its time was over."""
    return report.trouble is not None and report.trouble.kind is Kind.TIME


def ending(task: Task, answer: Answer, run: Run, limits: Limits) -> tuple[Verdict, Trouble]:
    """Why a check has no end, and how far it had come."""
    last = answer.last_call
    call = task.plan[last or 0]
    came = [key for number, key in answer.arrays if number == last]
    facts: dict[str, Any] = {
        "loaded": answer.loaded, "returned": last is not None, "function": call.function,
        "came": tuple(came), "in_loop": answer.in_loop, "inside": answer.stopped_in,
        "line": None if answer.stopped_in else answer.stopped_at,
        "inside_line": answer.stopped_at if answer.stopped_in else None,
        "others": answer.stood_in,
    }  # fmt: skip
    where = {"call": call.round, "step": call.step}
    seconds = {
        How.TIME: limits.seconds,
        How.WAITED: limits.waiting,
        How.SPENT: limits.budget,
        How.LONG: limits.whole,
    }.get(run.how)
    if seconds is not None:
        facts |= {"seconds": seconds, "how": str(run.how), "limit": limits.seconds}
        return Verdict.TIMED_OUT, Trouble(Kind.TIME, **where, facts=facts)
    if run.how is How.DISK:
        return Verdict.FORBIDDEN, Trouble(Kind.DISK, **where, facts=facts | {"most": limits.disk})
    full = run.used.memory > FULL * limits.memory
    if run.how is How.MEMORY or ((run.how, run.status) == (How.EXITED, OUT_OF_MEMORY) and full):
        return Verdict.OUT_OF_MEMORY, Trouble(Kind.MEMORY, **where, facts=facts)
    facts |= {"signal": run.how is How.KILLED, "status": run.status}
    return Verdict.CRASHED, Trouble(Kind.DIED, **where, facts=facts)


def endless(
    session: Session, asked: Sequence[Task], judged: Sequence[Judged], hurry: float
) -> dict[int, Judged]:
    """Those of the checks left that were tried to see whether the loop is in all of them.

    Where the first check ran out of time: the last one, and one between. Where `ENOUGH` did so
    one after the other: one of those left. Nothing where one of these ends: then all are tried.
    Each call of theirs has `hurry` seconds.
    """
    late = 0
    while late < len(judged) and timed_out(judged[-1 - late].report):
        late += 1
    own = range(len(judged), len(asked))
    left = [n for n in own if asked[n].case.check.seconds is None]
    at_once = late == len(judged) == 1 and len(left) >= ENOUGH
    if not left or not (at_once or late == ENOUGH):
        return {}
    limits = replace(session.limits, seconds=min(session.limits.seconds, hurry))
    found: dict[int, Judged] = {}
    tried = [*range(len(judged) - late, len(judged)), *(left[-1:] if at_once else [])]
    for n in (*tried[late:], _unlike([n for n in left if n not in tried], asked, tried)):
        one = _without_end(session, asked[n], limits)
        if one is None:
            return {}
        found[n] = one
    return found


def _without_end(session: Session, task: Task, limits: Limits) -> Judged | None:
    """The report on a check whose first call runs out of time; None on any other."""
    run, transcript = session.asked([task.plan], limits)
    session.seconds += run.seconds
    (answer,) = transcript.answers
    without_end = run.how in (How.TIME, How.WAITED) and answer.last_call is None
    if transcript.problem or not transcript.ready or not without_end:
        return None
    (printed,) = session.printed_in(run, 1)
    session.printed += printed
    verdict, trouble = ending(task, answer, run, limits)
    return Judged(CheckReport(task.case.check, verdict, trouble=trouble, printed=printed))


def _unlike(left: Sequence[int], asked: Sequence[Task], tried: Sequence[int]) -> int:
    """One from the middle; if there is one, with steps or sentences as none that was tried has."""

    def other(n: int, size: str) -> bool:
        return asked[n].case.sizes.get(size) not in [asked[k].case.sizes.get(size) for k in tried]

    middle = left[len(left) // 2]
    return max(left, key=lambda n: (other(n, "T"), other(n, "N"), -abs(n - middle)))
