"""Runs what failed once more, watched line by line, and finds the line to look at.

It is another run, in a process of its own: what is found is said and never counted.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import numpy.typing as npt

from tracer.exercises.exercise import Exercise
from tracer.exercises.plan import read_back
from tracer.exercises.structure import Group, Leaf, Structure
from tracer.grading.answer import Answer
from tracer.grading.blame.around import Around
from tracer.grading.blame.coming import with_origin
from tracer.grading.blame.ended import ended_early, made_once, returns_nothing
from tracer.grading.blame.finding import blamed
from tracer.grading.blame.occurring import (
    Mistaken,
    Right,
    by_size,
    mistaken_numbers,
    right_numbers,
    sorted_with_ways,
)
from tracer.grading.blame.passed import wrongly_called
from tracer.grading.blame.recorded import Records
from tracer.grading.judge import Judged
from tracer.grading.report import Blame, CheckReport, Kind, Verdict, Why
from tracer.grading.request import alone
from tracer.grading.right import ByEquations
from tracer.grading.task import Task
from tracer.program import Edit

if TYPE_CHECKING:
    from tracer.grading.session import Session

Array: TypeAlias = npt.NDArray[Any]

MOST_WATCHED = 3
"""How many failing checks are run once more."""

MOST_SECONDS = 2.0
"""After so much time of the processor no further check is run once more."""


def line_to_look_at(
    session: Session,
    tasks: Sequence[Task],
    judged: Sequence[Judged],
    mistakes: Sequence[Sequence[Edit]] = (),
) -> Blame | None:
    """The line of the first check with a wrong number; None where nothing true is known.

    Where it tells no line, as where all numbers are 0 or 1, that of one after it. `mistakes` are
    the changes of which each gives all the numbers of all checks; where there are none, those of a
    check are read in its report.
    """
    before = session.spent.used
    failing = [n for n, j in enumerate(judged) if j.report.verdict is not Verdict.PASSED]
    for n in failing[:MOST_WATCHED]:
        if judged[n].report.difference is None:
            return _by_its_form(session, tasks[n], judged[n].report)
        if tasks[n].case.check.dtype == "float32":
            continue  # in single precision no number is known to be another one
        own = judged[n].report.diagnosis
        alike = mistakes or (() if own is None else own.alike)
        blame = _in_one(session, tasks[n], judged[n], alike)
        if blame is not None or session.spent.used - before > MOST_SECONDS:
            return blame
    return None


_NOT_EVEN_NUMBERS = (Kind.SHAPE, Kind.DTYPE, Kind.RAISED, Kind.NONE, Kind.STILL_NONE)

_OF_NONE = ("TypeError", "ValueError", "AttributeError")
"""What Python and NumPy raise where something is computed with None."""


def _by_its_form(session: Session, task: Task, report: CheckReport) -> Blame | None:
    """The line of a check in which no number can be held against another one."""
    trouble = report.trouble
    if trouble is None or trouble.kind not in _NOT_EVEN_NUMBERS:
        return None
    if session.form.live:  # in the same file may stand another function of that name
        return None
    around = Around(session.form.program)
    raised = trouble.kind is Kind.RAISED
    none = not raised or trouble.facts.get("type") in _OF_NONE
    nothing = returns_nothing(around) if none else None
    if raised or nothing is not None:
        return nothing
    function = task.plan[min(trouble.call, len(task.plan) - 1)].function
    if report.check.calls > 1 and (shared := made_once(around, function)) is not None:
        return shared
    return ended_early(around, function)


def _in_one(
    session: Session, task: Task, found: Judged, mistakes: Sequence[Sequence[Edit]]
) -> Blame | None:
    """The line of one check."""
    number = found.failed_at or 0
    plan = alone(task.plan, number, found.came)
    _run, transcript = session.asked([plan], session.limits, watch=len(plan) - 1)
    records = records_of(transcript.answers[0])
    if transcript.problem or records is None:
        return None
    source = session.form.program
    around = Around(source)
    try:
        right, mistaken = _numbers(session, task, found, number, mistakes)
        returned = _returned(task, number)
        blame = blamed(records, right, returned, mistaken, source)
        passed = wrongly_called(blame, records, right)
        blame = passed or with_origin(blame, records, right, around)
    except Exception:  # noqa: BLE001 - a line is feedback: whatever they wrote, there are points
        return None  # as where shapes of the student's own do not fit: nothing can be said
    # Of functions that are there already, Python says only which line runs.
    unsure = blame is not None and session.form.live and around.shares(blame.line)
    if blame is not None and blame.why is Why.ABSENT:  # what is made of it may be as it should
        unsure = unsure or _blanked(records, task.plan[number].arrays)
    return None if unsure else blame


def _blanked(records: Records, arrays: Mapping[str, Array]) -> bool:
    """Whether some numbers of an argument were made 0, as by a mask, under its own name."""
    for k in range(len(records.rows)):
        own, array = records.of(k), arrays.get(records.name(k))
        if array is not None and array.size == own.size > 1:
            others = own != np.ravel(array)
            if others.any() and not own[others].any():
                return True
    return False


def records_of(answer: Answer) -> Records | None:
    """What the child recorded, if it is what the recorder writes."""
    try:
        return Records(answer.seen_names, **answer.seen)
    except (TypeError, ValueError):  # a part is not there, or not what the recorder writes
        return None


def _numbers(
    session: Session, task: Task, found: Judged, number: int, mistakes: Sequence[Sequence[Edit]]
) -> tuple[Right, list[Mistaken]]:
    """Those of the right computation of one call, from the student's own before it.

    And beside them those of the computation with each mistake.
    """
    call, program = task.plan[number], task.exercise.program
    before = {at: array for at, array in found.came.items() if at[0] < number}
    others = [*call.arrays.values(), *before.values()]
    if program is not None:
        given = task.case.rounds[call.round]
        own = read_back(task.exercise, task.case, before)[call.round]
        of_list = {name: array for name, array in own.items() if name in program.lines}
        right = right_numbers(program, given, of_list, others)
        for name in _otherwise_called(task.exercise):
            right.quantities.pop(name, None)
        return right, [mistaken_numbers(program, m, given, of_list, right) for m in mistakes]
    plan = alone(task.plan, number, found.came)
    records = records_of(task.watched(session.wall, plan))
    numbers = [] if records is None else [records.of(k) for k in range(len(records.rows))]
    every = [np.asarray(array, np.float64) for array in (*numbers, *others)]
    return Right(sorted_with_ways(every or [np.zeros(0)]), wholes=by_size(every)), []


def _otherwise_called(exercise: Exercise) -> Iterator[str]:
    """Names of the list that are another quantity's here: ``loss``, where that is the mean."""
    for function in exercise.functions:
        for layouts in (function.arguments, function.returns):
            for name, layout in layouts.items():
                if layout is not None and layout.names and name not in layout.names:
                    yield name


def _returned(task: Task, number: int) -> Mapping[str, tuple[str, ...]]:
    """The quantities in each part of what a call hands back, as the recorder names the parts.

    A reference names none: nothing is known of its results but their numbers.
    """
    if task.exercise.program is None:
        return {}
    call, right = task.plan[number], ByEquations(task.exercise, task.case)
    parts = _parts(call.returns, "return")
    return {part: right.names_in(call, key) for part, key in parts}


def _parts(structure: Structure, name: str) -> Iterator[tuple[str, str]]:
    """Each array that comes back: as the recorder names it, and its key."""
    match structure:
        case Leaf(key):
            yield name, key
        case Group(kind, parts):
            for n, (inner, part) in enumerate(parts):
                yield from _parts(part, f"{name}[{inner if kind == 'dict' else n}]")
