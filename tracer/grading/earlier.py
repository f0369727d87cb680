"""Whether a failing answer is wrong because of an earlier one of the student's that it imports.

The earlier answer is graded by itself, with its own checks. If it fails there, and is called here,
that is said. It is also called with what it is given here, step by step: the first number that it
gets wrong, and whether all that came back is what the right program makes of its numbers. That
could be so by chance, where an answer has the same mistake and does not read what it gets; so it
has to hold as well where the earlier answer gives other numbers. Nothing right goes into any
process of the student's for that.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt

from tracer.exercises.cases import Case
from tracer.exercises.earlier import all_earlier
from tracer.exercises.exercise import Exercise
from tracer.exercises.form import Earlier
from tracer.exercises.handing import initial, taken
from tracer.exercises.plan import plan as planned
from tracer.exercises.plan import readings
from tracer.grading.answer import Answer
from tracer.grading.comparing import Compared, has_steps, near, tolerance_of
from tracer.grading.ending import timed_out
from tracer.grading.exchanging import asked as tried
from tracer.grading.exchanging import is_called, with_other_numbers
from tracer.grading.judge import Judged
from tracer.grading.report import Blame, CheckReport, Difference, Kind, Report, Trouble, Verdict
from tracer.grading.right import ByEquations
from tracer.grading.task import Task, tasks

if TYPE_CHECKING:
    from tracer.grading.session import Session
    from tracer.program import Edit

Array = npt.NDArray[Any]

SEED = 0
"""Draws the numbers with which an earlier answer is tried by itself."""

UNFINISHED = (Verdict.TIMED_OUT, Verdict.NOT_TRIED)


def with_fault(
    session: Session, asked: Sequence[Task], judged: list[Judged], blame: Blame | None,
    mistakes: Sequence[Sequence[Edit]],
) -> tuple[list[Judged], Blame | None]:  # fmt: skip
    """The same, and the line to look at; where an earlier answer is at fault, a line of that one.

    The first check that fails has a remark on it then. `mistakes` are the changes of which each
    gives all the numbers of all checks.
    """
    number = next(n for n, j in enumerate(judged) if j.report.verdict is not Verdict.PASSED)
    failing = judged[number].report
    facts = {} if failing.trouble is None else failing.trouble.facts
    if facts.get("inside") or not facts.get("loaded", True):
        return _raised_inside(session, judged, number), blame
    for module, one in all_earlier(session.form).items():
        own = _by_itself(session, one)
        first = _first_failing(session, own)
        slow = _too_slow(failing, asked[number], own, session.limits.seconds)
        if first is None and slow is None:
            continue
        wrong = _first_wrong(session, one, asked, judged, number)
        if wrong is None and not is_called(session, one, asked[number]):
            continue
        told: dict[str, Any] = {
            "number": one.exercise.number, "check": first and first.check.name, "seconds": slow,
            "names": ", ".join(one.exercise.called_names), "file": one.form.file,
            "difference": wrong,
        }  # fmt: skip
        remark = Trouble(Kind.EARLIER, facts=told)
        report = replace(failing, remarks=(remark, *failing.remarks))
        if first is None or timed_out(first):
            report = _stopped_in(report, module)
        judged[number] = replace(judged[number], report=report)
        if wrong is not None or _calls(session, one, blame):
            line = _line(session, one, own, mistakes)
            blame = None if line is None else replace(line, file=module)
        break
    return judged, blame


def at_fault(report: Report) -> Exercise | None:
    """The exercise whose answer, imported by this one, is to be corrected first."""
    earlier = {one.exercise.number: one.exercise for one in all_earlier(report.form).values()}
    failing = report.first_failing
    if failing is None or not earlier:
        return None
    for remark in failing.remarks:
        if remark.kind is Kind.EARLIER:
            return earlier[remark.facts["number"]]
    facts = {} if failing.trouble is None else failing.trouble.facts
    found = all_earlier(report.form).get(facts.get("inside", ""))
    return None if found is None or facts.get("inside_right") else found.exercise


def _raised_inside(session: Session, judged: list[Judged], number: int) -> list[Judged]:
    """The same, where the exception itself says whose line it was raised in.

    That may be a line of an earlier answer which is right, and was handed what it cannot take.
    """
    failing = judged[number].report
    trouble = failing.trouble
    if trouble is None or trouble.kind is not Kind.RAISED or not trouble.facts["loaded"]:
        return judged
    one = all_earlier(session.form).get(trouble.facts["inside"])
    if one is None or trouble.facts.get("stub"):
        return judged
    own = _by_itself(session, one)
    if len(own.judged) < max(1, len(own.tasks)) or any(
        one.report.verdict is not Verdict.PASSED for one in own.judged
    ):
        return judged
    facts = {**trouble.facts, "inside_right": True}
    report = replace(failing, trouble=replace(trouble, facts=facts))
    return [*judged[:number], replace(judged[number], report=report), *judged[number + 1 :]]


class _Own(NamedTuple):
    """The checks of an earlier answer, how it did in each, and the seconds that a call took."""

    tasks: Sequence[Task] = ()
    judged: Sequence[Judged] = ()
    seconds: float = 0.0


def _by_itself(session: Session, one: Earlier) -> _Own:
    """How an earlier answer does in its own checks; nothing where Python could not run it."""
    if one.form.problem is not None:
        return _Own()
    own, before = tasks(one.exercise, SEED, session.wall), session.spent.used
    judged = _alone(session, one).run(own, [])
    calls = sum(len(task.plan) for task in own[: len(judged)])
    return _Own(own, judged, (session.spent.used - before) / calls)


def _too_slow(failing: CheckReport, task: Task, own: _Own, limit: float) -> float | None:
    """The seconds of a call of it, if one at each step takes most of the time that is over."""
    steps = task.case.sizes.get("T", 1)
    return own.seconds if timed_out(failing) and own.seconds * steps > limit / 2 else None


def _stopped_in(report: CheckReport, module: str) -> CheckReport:
    """The same, stopped where it stood in an earlier answer that runs out of time by itself."""
    trouble = report.trouble
    if trouble is None or module not in trouble.facts.get("others", {}):
        return report
    line, loop = trouble.facts["others"][module]
    facts = {**trouble.facts, "inside": module, "inside_line": line, "in_loop": loop, "line": None}
    return replace(report, trouble=replace(trouble, facts=facts))


def _calls(session: Session, one: Earlier, blame: Blame | None) -> bool:
    """Whether the line to look at has the name of a function of an earlier answer."""
    if blame is None:
        return False
    code = b" ".join(session.form.program.splitlines()[blame.line - 1 : blame.last])
    names = one.exercise.called_names
    return any(re.search(rf"\b{re.escape(name)}\b".encode(), code) for name in names)


def _line(
    session: Session, one: Earlier, own: _Own, mistakes: Sequence[Sequence[Edit]]
) -> Blame | None:
    """The line to look at in an earlier answer, found by its own checks."""
    from tracer.grading.blame.looking import line_to_look_at

    alike = one.exercise.program is session.exercise.program
    return line_to_look_at(_alone(session, one), own.tasks, own.judged, mistakes if alike else ())


def _first_failing(session: Session, own: _Own) -> CheckReport | None:
    """The first check of its own that an earlier answer does not pass."""
    first = next((j.report for j in own.judged if j.report.verdict is not Verdict.PASSED), None)
    if first is None or first.verdict is Verdict.GRADER_FAULT:
        return None
    if first.verdict in UNFINISHED and session.spent.all_of(session.limits):
        return None  # it had only what the answer has left of its time
    return first


def _first_wrong(
    session: Session, one: Earlier, asked: Sequence[Task], judged: Sequence[Judged], failing: int
) -> Difference | None:
    """The first wrong number of the failing check, if it comes out of the earlier answer."""
    exercise, function = one.exercise, one.exercise.functions[0]
    alike = exercise.program is not None and exercise.program is session.exercise.program
    single = len(exercise.functions) == 1 and function.over == "step"
    if judged[failing].report.difference is None or not (alike and single):
        return None
    steps = _steps(session, one, asked, judged)
    if not _all_follows(steps, asked, judged):
        return None
    wrong = next(filter(None, (one_round.wrong(failing) for one_round in steps)), None)
    if wrong is None:
        return None
    other, changed = with_other_numbers(session, one)
    answers = tried(other, [task.plan for task in asked]).answers
    again = [other.judged(task, answer) for task, answer in zip(asked, answers, strict=True)]
    if _same(again[failing], judged[failing]):
        return None
    return wrong if _all_follows(_steps(other, changed, asked, again), asked, again) else None


class _Round(NamedTuple):
    """One round of a check, and what the earlier answer gives at each of its steps."""

    check: int
    compared: Compared
    case: Case
    one: Earlier
    answer: Answer

    def wrong(self, check: int) -> Difference | None:
        """The first number that it gets wrong, in a round of this check."""
        if self.check != check:
            return None
        steps = ByEquations(self.one.exercise, self.case).compared(self.answer.arrays)
        firsts = ((t, d) for t, s in enumerate(steps) for d in s.differences(tuple(s.came)))
        first = next(firsts, None)
        return first and replace(first[1], step=first[0], call=self.compared.round)


def _steps(
    session: Session, one: Earlier, asked: Sequence[Task], judged: Sequence[Judged]
) -> list[_Round]:
    """What the earlier answer gives in each round; nothing where it ends before the last step."""
    rounds = [
        (check, compared, _as_called(one, task.case, compared))
        for check, (task, of_check) in enumerate(zip(asked, judged, strict=True))
        for compared in of_check.rounds
    ]
    plans = [planned(one.exercise, case) for _check, _compared, case in rounds]
    transcript = tried(_alone(session, one), plans)
    if transcript.problem or not all(a.finished and not a.trouble for a in transcript.answers):
        return []
    return [
        _Round(*of_round, one, answer)
        for of_round, answer in zip(rounds, transcript.answers, strict=True)
    ]


def _all_follows(steps: Sequence[_Round], asked: Sequence[Task], judged: Sequence[Judged]) -> bool:
    """Whether all that came of all checks follows from what the earlier answer gives."""
    whole = all(len(j.rounds) == len(t.case.rounds) for t, j in zip(asked, judged, strict=True))
    return bool(steps) and whole and all(_follows(one, asked[one.check]) for one in steps)


def _same(these: Judged, those: Judged) -> bool:
    """Whether the same numbers came."""
    return these.came.keys() == those.came.keys() and all(
        np.array_equal(array, those.came[at], equal_nan=True) for at, array in these.came.items()
    )


def _alone(session: Session, one: Earlier) -> Session:
    """The same for an earlier answer, which is graded by itself; all share one budget of time."""
    return replace(session, exercise=one.exercise, form=one.form)


def _as_called(one: Earlier, case: Case, compared: Compared) -> Case:
    """The earlier exercise, called at each step with what the student's own numbers make of it."""
    exercise = one.exercise
    program = exercise.program
    assert program is not None
    values = {**compared.given, **compared.follows, **compared.came}
    goes_in = {
        name
        for layout in taken(exercise.functions[0]).values()
        if layout is not None
        for name in layout.names
    }
    names = (goes_in | program.given.keys()) & values.keys()
    rounds = []
    for t in range(case.sizes["T"]):
        now = {n: values[n][t : t + 1] if has_steps(program, n) else values[n] for n in names}
        now |= {at: values[into][t] for into, at in initial(exercise).items() if into in values}
        if "lengths" in now:
            now["lengths"] = np.ones_like(now["lengths"])
        rounds.append(now)
    check = replace(
        exercise.checks[-1], sizes=case.check.sizes, dtype=case.check.dtype, zero=(), large={},
        expect=tuple(exercise.functions[0].returns), tolerance=tolerance_of(case.check),
        functions=(exercise.functions[0].name,), calls=len(rounds), lengths="full",
    )  # fmt: skip
    return Case(check, {**case.sizes, "T": 1}, tuple(rounds))


def _follows(one: _Round, task: Task) -> bool:
    """Whether all that came is what the right program makes of what the earlier answer gave."""
    program, compared = task.exercise.program, one.compared
    assert program is not None
    read = readings(one.one.exercise, one.case, one.answer.arrays)
    gave = [back for back, _twice in read]
    names = [name for name in gave[0] if all(name in step for step in gave)]
    own = {
        name: np.concatenate([step[name] for step in gave]).astype(np.float64)
        for name in names
        if has_steps(program, name)
    }
    lengths = compared.given.get("lengths")
    for name, array in own.items():
        if lengths is None:
            break
        over = np.arange(len(array))[:, np.newaxis] >= lengths  # (T, N)
        array[over] = compared.follows[name][over]  # of a sentence that is over, nobody reads it
    tolerance = tolerance_of(task.case.check)
    with np.errstate(all="ignore"):
        follows = program.run(compared.given, own={**compared.came, **own})
    for name, array in compared.came.items():
        right = own.get(name, follows[name])
        if array.shape != right.shape or not near(array, right, tolerance).all():
            return False
    return True
