"""Decides one check: everything that a grade depends on happens here, outside the wall.

The student's process may say anything. A check passes only if every number that the exercise asks
for came back, in the right shape, and agrees with the equations; all else is the reason why not.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from tracer.exercises.cases import Case, Statement, stated
from tracer.exercises.layout import Stated
from tracer.exercises.placing import place_returned
from tracer.exercises.planting import planted, slope
from tracer.exercises.structure import Own
from tracer.grading.answer import Answer
from tracer.grading.comparing import Compared
from tracer.grading.learned import too_few
from tracer.grading.report import (
    CheckReport,
    Difference,
    Kind,
    QuantityReport,
    Standing,
    Trouble,
    Verdict,
)
from tracer.grading.request import Plan, entries, given, returned
from tracer.grading.right import Came, Right
from tracer.grading.task import Task
from tracer.grading.unrolled import unrolled

Array: TypeAlias = npt.NDArray[Any]

ALSO = 3
"""Further mistakes that are told."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A report on one check, and the numbers that it was made from.

    Attributes
    ----------
    report : CheckReport
    rounds : tuple of Compared
        Each round of which numbers came.
    came : mapping
        The arrays that were compared, by call of the plan and key.
    failed_at : int or None
        The call of the plan that gave the first wrong number.
    first : bool
        Whether nothing ran before it in its process.
    """

    report: CheckReport
    rounds: tuple[Compared, ...] = ()
    came: Came = field(default_factory=dict)
    failed_at: int | None = None
    first: bool = False


def judge(task: Task, answer: Answer, right: Right) -> Judged:
    """Decide one check by what came back.

    Parameters
    ----------
    task : Task
    answer : Answer
    right : Right
        What is right here: the equations, or what a reference gave.
    """
    case, plan, check = task.case, task.plan, task.case.check
    misshapen = _misshapen(plan, answer, right)
    usable = _usable(plan, answer, misshapen)
    rounds = right.compared(usable)
    found = [_placed_in(task, d) for d in _first_of_each(right.names, rounds)]
    trouble = _trouble(_Came(task, plan, answer, right), misshapen, found)
    quantities = tuple(
        QuantityReport(
            name,
            _standing(name, rounds, case, right),
            any(r.hollow(name) for r in rounds if name in r.came),
        )
        for name in right.names
    )
    spoiled = _spoiled(case, plan, answer, right)
    earned = [
        q.name
        for q in quantities
        if q.name not in spoiled
        and q.standing in (Standing.RIGHT, Standing.FOLLOWS)
        and not q.hollow
    ]
    lost = trouble is not None and trouble[1].kind in (Kind.CHANGED, Kind.GARBLED)
    share = 0.0 if lost else len(earned) / max(len(quantities), 1)
    warned = tuple(_placed(plan, warning) for warning in answer.warnings)
    if trouble is None and not found:
        report = CheckReport(check, Verdict.PASSED, points=float(check.points))
    elif trouble is None:
        # Where one's own numbers lead to NaN, nothing can be expected.
        known = [d for d in found[1:] if np.isfinite(d.expected_number)]
        also = tuple(known[:ALSO])
        states = unrolled(task, rounds, found[0])
        report = CheckReport(
            check, Verdict.WRONG, difference=found[0], also=also, unrolled=states
        )  # fmt: skip
    else:
        report = CheckReport(check, trouble[0], trouble=_placed(plan, trouble[1]))
    shown = 0 if trouble is None else trouble[1].call
    report = replace(
        report, quantities=quantities, remarks=warned, shapes=task.shapes(shown, answer)
    )
    if report.verdict is not Verdict.PASSED:
        report = replace(report, points=tenths(share * check.points, check.points))
    return Judged(report, rounds, usable, _failed_at(plan, right, report))


def tenths(points: float, out_of: int) -> float:
    """Points in tenths, so that what a screen shows adds up; not all of them, for a part."""
    return min(math.floor(10 * points + 0.5) / 10, out_of - 0.1)


def _misshapen(plan: Plan, answer: Answer, right: Right) -> dict[tuple[int, str], tuple[int, ...]]:
    """The shape that was wanted of each array that came in another one."""
    return {
        (number, key): wanted
        for number, call in enumerate(plan)
        for key, wanted in right.shapes(number, call).items()
        if (number, key) in answer.arrays and answer.arrays[number, key].shape != wanted
    }


def _usable(
    plan: Plan, answer: Answer, misshapen: Collection[tuple[int, str]]
) -> dict[tuple[int, str], Array]:
    """What came in the right shape, up to the first call of a round that gave another one.

    A later call of that round may have been given what was wrong.
    """
    last: dict[int, int] = {}
    for number, _key in misshapen:
        of_round = plan[number].round
        last[of_round] = min(number, last.get(of_round, number))
    return {
        (number, key): array
        for (number, key), array in answer.arrays.items()
        if (number, key) not in misshapen and number <= last.get(plan[number].round, number)
    }


def _first_of_each(names: Collection[str], rounds: Sequence[Compared]) -> list[Difference]:
    """The first wrong number of each quantity, in the order in which they are computed."""
    found: dict[str, Difference] = {}
    for compared in rounds:
        for d in compared.differences(names):
            found.setdefault(d.quantity, d)
    return list(found.values())


def _placed_in(task: Task, d: Difference) -> Difference:
    """The same, with its place in what the student's function returns."""
    case = task.case
    if task.exercise.program is None:
        return d
    place = place_returned(task.exercise, case.check, case.sizes, d.quantity, d.step, d.at)
    return replace(d, returned=place)


def _standing(name: str, rounds: Sequence[Compared], case: Case, right: Right) -> Standing:
    """The worst of all rounds; missing, where a round lacks it or a step of it."""
    steps = case.sizes["T"] if right.has_steps(name) else 1
    there = [compared for compared in rounds if name in compared.came]
    standings = {compared.standing(name) for compared in there}
    if Standing.WRONG in standings:
        return Standing.WRONG
    whole = [c for c in there if not right.has_steps(name) or len(c.came[name]) == steps]
    if len(whole) < len(case.rounds):
        return Standing.MISSING
    return Standing.FOLLOWS if Standing.FOLLOWS in standings else Standing.RIGHT


class _Came(NamedTuple):
    """What came of a check, and what was asked for."""

    task: Task
    plan: Plan
    answer: Answer
    right: Right


_Decided: TypeAlias = tuple[Verdict, Trouble] | None


def _trouble(
    came: _Came, misshapen: Mapping[tuple[int, str], tuple[int, ...]], found: Sequence[Difference]
) -> _Decided:
    """What is the matter, unless it is best said by the first wrong number."""
    first = _call_of(came.plan, came.right, found[0]) if found else None
    if misshapen:
        number, key = min(misshapen, key=lambda one: _place_in(came.plan, *one))
        wanted = misshapen[number, key]
        if first is None or number <= first:
            facts = {
                "name": key,
                "got": came.answer.arrays[number, key].shape,
                "wanted": wanted,
                "axes": came.right.letters(came.plan[number], key),
                "order": _fitting_order(came, number, misshapen),
            }
            return Verdict.WRONG, Trouble(Kind.SHAPE, number, facts=facts)
    if first is not None:
        return _whole_numbers(came, first, found[0].quantity)
    for look in (_note, _missing, _changed, _property, _precision, _shared):
        decided = look(came)
        if decided is not None:
            return decided
    return None


def _place_in(plan: Plan, number: int, key: str) -> tuple[int, int]:
    """Where an array stands among all that is returned, from the first call on."""
    return number, returned(plan[number]).index(key)


def _fitting_order(
    came: _Came, number: int, misshapen: Mapping[tuple[int, str], tuple[int, ...]]
) -> tuple[str, ...]:
    """The order of a call's results that all shapes fit, if it is another one; else none."""
    keys = returned(came.plan[number])
    if any("." in key or (number, key) not in came.answer.arrays for key in keys):
        return ()  # the entries of a dict have no order
    left = [key for key in keys if (number, key) in misshapen]
    order = []
    for key in keys:
        shape = came.answer.arrays[number, key].shape
        fits = [k for k in left if misshapen[number, k] == shape]
        if (number, key) in misshapen and not fits:
            return ()
        order.append(fits[0] if (number, key) in misshapen else key)
        left = [k for k in left if k != order[-1]]
    return tuple(order)


def _whole_numbers(came: _Came, number: int, quantity: str) -> _Decided:
    """Whether wrong numbers are whole ones, whose decimals are lost.

    Nothing is lost where a reference gives whole numbers too, as the numbers of words.
    """
    call = came.plan[number]
    for key in returned(call):
        array = came.answer.arrays.get((number, key))
        if array is None or quantity not in came.right.names_in(call, key):
            continue
        right = came.task.exact.get((number, key))
        whole = right is not None and bool((right == np.rint(right)).all())
        if array.dtype.kind in "ib" and not whole:
            facts = {"name": key, "got": "ndarray", "dtype": array.dtype.name}
            return Verdict.WRONG, Trouble(Kind.DTYPE, number, facts=facts)
    return None


def _call_of(plan: Plan, right: Right, d: Difference) -> int:
    """The call of the plan that gave a number."""
    calls = [
        number
        for number, call in enumerate(plan)
        if call.round == d.call
        and any(d.quantity in right.names_in(call, key) for key in returned(call))
    ]
    at_step = [number for number in calls if plan[number].step == d.step]
    return (at_step or calls or [0])[0]


def _failed_at(plan: Plan, right: Right, report: CheckReport) -> int | None:
    """The call of the plan that gave the first wrong number, if there is one."""
    if report.difference is None or report.verdict is not Verdict.WRONG:
        return None
    return _call_of(plan, right, report.difference)


def _placed(plan: Plan, trouble: Trouble) -> Trouble:
    """The same, with the round and step of its call in the place of the call's number."""
    if not plan:
        return trouble
    call = plan[trouble.call]
    facts = {"function": call.function, "nopython": call.nopython, **trouble.facts}
    return replace(trouble, call=call.round, step=call.step, facts=facts)


def _note(came: _Came) -> _Decided:
    """What the runner said of a call that gave no numbers."""
    trouble = came.answer.trouble
    if trouble is None:
        return None
    if trouble.kind is Kind.SHAPE:  # too large to be sent
        call = came.plan[trouble.call]
        name = trouble.facts["name"]
        known = came.right.shapes(trouble.call, call)
        letters = came.right.letters(call, name) if name in known else ""
        facts = {**trouble.facts, "wanted": known.get(name, ()), "axes": letters}
        return Verdict.WRONG, replace(trouble, facts=facts)
    if trouble.kind is Kind.LAUNCH:
        shapes = came.right.shapes(trouble.call, came.plan[trouble.call])
        wanted = math.prod(shapes.get(trouble.facts["name"], ()))
        return Verdict.WRONG, replace(trouble, facts={**trouble.facts, "wanted": wanted})
    if trouble.kind in (Kind.EMPTY, Kind.STILL_NONE) or trouble.facts.get("not_implemented"):
        return Verdict.NOT_STARTED, trouble
    if trouble.facts.get("memory"):
        return Verdict.OUT_OF_MEMORY, trouble
    if trouble.kind is Kind.GARBLED:
        return Verdict.FORBIDDEN, trouble
    if trouble.facts.get("rows"):
        results = came.right.shapes(trouble.call, came.plan[trouble.call])
        trouble = replace(trouble, facts={**trouble.facts, "results": dict(results)})
    return Verdict.CRASHED if trouble.kind is Kind.RAISED else Verdict.WRONG, trouble


def _missing(came: _Came) -> _Decided:
    """Every number that is asked for must be there; a process that says "done" decides nothing."""
    for number, call in enumerate(came.plan):
        for key in returned(call):
            for there in (came.answer.arrays, came.answer.kept):
                if (number, key) not in there:
                    what = {"what": f"{key} missing"}
                    return Verdict.FORBIDDEN, Trouble(Kind.GARBLED, number, facts=what)
    return None


def _property(came: _Came) -> _Decided:
    """Whether a value that is no quantity is what the check states of it."""
    if came.task.case.check.accuracy is not None:
        found = too_few(came.task, came.answer.arrays)
        if found is None:
            return None
        return Verdict.WRONG, Trouble(Kind.PROPERTY, found.pop("call"), facts=found)
    case = came.task.case
    for number, call in enumerate(came.plan):
        function = next(f for f in came.task.exercise.functions if f.name == call.function)
        for key, layout in function.returns.items():
            value = came.answer.arrays.get((number, key))
            if value is None or not isinstance(layout, Stated):
                continue
            for statement in stated(case.check, call.round):
                if not _holds(float(value), statement):
                    facts = {
                        "how": statement.how,
                        "got": bool(value) if layout.kind == "bool" else float(value),
                        "wanted": statement.value,
                        "planted": planted(came.task.exercise, function, case, call.round),
                        "slope": slope(came.task.exercise, function, case, call.round)
                        if statement.value is True
                        else None,
                    }
                    return Verdict.WRONG, Trouble(Kind.PROPERTY, number, facts=facts)
    return None


def _holds(value: float, statement: Statement) -> bool:
    match statement.how:
        case "at least":
            return value >= statement.value
        case "at most":
            return value <= statement.value
    return value == statement.value


def _precision(came: _Came) -> _Decided:
    """Whether single precision stays single, where that is what the check is about."""
    for (number, key), array in came.answer.arrays.items():
        if came.task.case.check.dtype == "float32" and array.dtype.name == "float64":
            return Verdict.WRONG, Trouble(Kind.PRECISION, number, facts={"name": key})
    return None


def _shared(came: _Came) -> _Decided:
    """Whether what was returned is still what it was after the later calls."""
    for (number, key), array in came.answer.arrays.items():
        if not _same(came.answer.kept[number, key], array):
            return Verdict.WRONG, Trouble(Kind.SHARED, number, facts={"name": key})
    return None


def _changed(came: _Came) -> _Decided:
    """Whether the inputs are still what they were, where that is what the check is about."""
    if not came.task.case.check.inputs_kept:
        return None
    for number, call in enumerate(came.plan):
        for place, (name, part) in enumerate(given(call)):
            after = came.answer.after.get((number, place))
            if after is None:
                what = {"what": f"no {name}"}
                return Verdict.FORBIDDEN, Trouble(Kind.GARBLED, number, facts=what)
            before = (
                came.answer.arrays[part.call, part.key]
                if isinstance(part, Own)
                else call.arrays[part.key]
            )
            gone = (number, place) in came.answer.gone
            if gone or not _same(after, before):
                facts = {
                    "name": name, "place": place, "entry": entries(call)[place], "gone": gone,
                    "rounded": not gone and _is_rounded(after, before),
                }  # fmt: skip
                return Verdict.WRONG, Trouble(Kind.CHANGED, number, facts=facts)
    return None


def _same(one: Array, other: Array) -> bool:
    return one.shape == other.shape and one.tobytes() == other.tobytes()


def _is_rounded(after: Array, before: Array) -> bool:
    """Whether two arrays differ by no more than rounding does."""
    if after.shape != before.shape or after.dtype.kind != "f" or before.dtype.kind != "f":
        return False
    return bool((np.abs(after - before) <= 1e-12 * np.maximum(1.0, np.abs(before))).all())


def _spoiled(case: Case, plan: Plan, answer: Answer, right: Right) -> set[str]:
    """Quantities whose numbers may be right, but came in another precision or changed later."""
    spoiled: set[str] = set()
    for (number, key), array in answer.arrays.items():
        kept = answer.kept.get((number, key))
        wide = case.check.dtype == "float32" and array.dtype.name == "float64"
        if wide or (kept is not None and not _same(kept, array)):
            spoiled |= set(right.names_in(plan[number], key))
    return spoiled
