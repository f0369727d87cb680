"""Whether a failing answer is wrong because of an earlier one of the student's that it imports.

The earlier answer is graded by itself, with its own checks. If it fails there, it is also called
with what it is given here, step by step: the first number that it gets wrong, and whether all that
came back is what the right program makes of its numbers. Nothing right goes into any process of the
student's for that.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from tracer.exercises.cases import Case
from tracer.exercises.earlier import all_earlier, imported, reads
from tracer.exercises.form import Earlier
from tracer.exercises.handing import initial, taken
from tracer.exercises.plan import plan as planned
from tracer.exercises.plan import readings
from tracer.grading.comparing import Compared, has_steps, near, tolerance_of
from tracer.grading.judge import Judged
from tracer.grading.report import Difference, Kind, Trouble, Verdict
from tracer.grading.right import ByEquations
from tracer.grading.task import Task, tasks

if TYPE_CHECKING:
    from tracer.grading.session import Session

Array = npt.NDArray[Any]

SEED = 0
"""Draws the numbers with which an earlier answer is tried by itself."""

UNFINISHED = (Verdict.TIMED_OUT, Verdict.NOT_TRIED)


def with_fault(session: Session, asked: Sequence[Task], judged: list[Judged]) -> list[Judged]:
    """The same; on the first check that fails a remark, where an earlier answer is at fault."""
    number = next(n for n, j in enumerate(judged) if j.report.verdict is not Verdict.PASSED)
    failing = judged[number].report
    facts = {} if failing.trouble is None else failing.trouble.facts
    if facts.get("inside") or not facts.get("loaded", True):
        return judged  # the exception itself says it
    for one in all_earlier(session.form).values():
        check = _first_failing(session, one)
        if check is None:
            continue
        told: dict[str, Any] = {
            "number": one.exercise.number, "check": check,
            "names": ", ".join(one.exercise.called_names), "file": one.form.file,
            "difference": None, "rest": False,
        }  # fmt: skip
        if _is_called(session, one):
            told |= _numbers(session, one, asked, judged, number)
        remark = Trouble(Kind.EARLIER, facts=told)
        report = replace(failing, remarks=(remark, *failing.remarks))
        judged[number] = replace(judged[number], report=report)
        break
    return judged


def _first_failing(session: Session, one: Earlier) -> str | None:
    """The first check of its own that an earlier answer does not pass."""
    if one.form.problem is not None:
        return one.exercise.checks[0].name
    found = _alone(session, one).run(tasks(one.exercise, SEED, session.wall), [])
    first = next((j.report for j in found if j.report.verdict is not Verdict.PASSED), None)
    if first is None or first.verdict is Verdict.GRADER_FAULT:
        return None
    if first.verdict in UNFINISHED and session.spent.all_of(session.limits):
        return None  # it had only what the answer has left of its time
    return first.check.name


def _is_called(session: Session, one: Earlier) -> bool:
    """Whether the answer itself imports it, and reads what it imports."""
    names = imported(session.form.program, session.exercise).get(one.exercise.name, frozenset())
    return bool(names) and reads(session.form.program, names)


def _numbers(
    session: Session, one: Earlier, asked: Sequence[Task], judged: Sequence[Judged], failing: int
) -> dict[str, Any]:
    """The first number that it gets wrong here, and whether all that came follows from its own."""
    exercise, function = one.exercise, one.exercise.functions[0]
    alike = exercise.program is not None and exercise.program is session.exercise.program
    single = len(exercise.functions) == 1 and function.over == "step"
    if judged[failing].report.difference is None or not (alike and single):
        return {}
    rounds = [
        (number, _as_called(one, task.case, compared), compared)
        for number, (task, of_check) in enumerate(zip(asked, judged, strict=True))
        for compared in of_check.rounds
    ]
    plans = [planned(exercise, case) for _number, case, _compared in rounds]
    _run, transcript = _alone(session, one).asked(plans, session.limits)
    if transcript.problem or not all(a.finished and not a.trouble for a in transcript.answers):
        return {}
    first: Difference | None = None
    rest = all(len(j.rounds) == len(t.case.rounds) for t, j in zip(asked, judged, strict=True))
    for (number, case, compared), answer in zip(rounds, transcript.answers, strict=True):
        steps = ByEquations(exercise, case).compared(answer.arrays)
        wrong = (next(step.differences(tuple(step.came)), None) for step in steps)
        if number == failing and first is None:
            found = ((t, d) for t, d in enumerate(wrong) if d is not None)
            first = next((replace(d, step=t, call=compared.round) for t, d in found), None)
        gave = [back for back, _twice in readings(exercise, case, answer.arrays)]
        rest = rest and _follows(gave, asked[number], compared)
    return {} if first is None else {"difference": first, "rest": rest}


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


def _follows(gave: Sequence[Mapping[str, Array]], task: Task, compared: Compared) -> bool:
    """Whether all that came is what the right program makes of what the earlier answer gave."""
    program = task.exercise.program
    assert program is not None
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
