"""Decides one check: everything that a grade depends on happens here, outside the wall.

The student's process may say anything. A check passes only if every number that the exercise asks
for came back, in the right shape, and agrees with the equations; all else is the reason why not.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from itertools import product

from tracer.cells.activations import Array
from tracer.equations.expression import Name
from tracer.exercises.cases import Case
from tracer.exercises.exercise import Exercise
from tracer.grading import blocks, causes, comparing
from tracer.grading.answer import Answer
from tracer.grading.report import CheckReport, Difference, Kind, Trouble, Verdict

ALSO = 3
"""Further mistakes that are told."""


def judge(exercise: Exercise, case: Case, answer: Answer) -> CheckReport:
    """Decide one check by what came back."""
    check = case.check
    shape = (check.sizes["N"], check.sizes["H"])
    shaped = {key: array for key, array in answer.arrays.items() if array.shape == shape}
    misshapen = next((key for key in answer.arrays if key not in shaped), None)
    order = _order(exercise, case, shaped)
    if order:
        alike = _alike(exercise, order)
        facts = {"got": order, "wanted": exercise.returns, "alike": alike}
        return CheckReport(check, Verdict.WRONG, trouble=Trouble(Kind.ORDER, facts=facts))
    found = list(comparing.differences(exercise, case, _before(shaped, misshapen)))
    if found:
        further: dict[str, Difference] = {}
        for d in found:
            further.setdefault(d.quantity, d)  # the first of each
        first, *also = further.values()
        read = blocks.read_as(exercise, case, shaped)
        if read:  # then all of it is one mistake
            through = _misread(exercise, first.quantity, read) or first.through
            first = replace(first, through=through)
            return CheckReport(check, Verdict.WRONG, first, blocks=read)
        first, *others = _explained(exercise, case, shaped, [first, *also[:ALSO]])
        return CheckReport(check, Verdict.WRONG, first, tuple(others))
    if misshapen is not None:
        call, step, name = misshapen
        told = {"name": name, "got": answer.arrays[misshapen].shape, "wanted": shape}
        return CheckReport(check, Verdict.WRONG, trouble=Trouble(Kind.SHAPE, call, step, told))
    for look in (_note, _missing, _precision, _shared, _changed):
        decided = look(exercise, case, answer)
        if decided is not None:
            return CheckReport(check, decided[0], trouble=decided[1])
    return CheckReport(check, Verdict.PASSED, trouble=_warned(answer))


def _explained(
    exercise: Exercise, case: Case, answers: comparing.Answers, found: Sequence[Difference]
) -> list[Difference]:
    """Each with its cause, as far as that is known; only the first, if all have the same.

    The causes that two may share are named only where nothing better is known, and not for a NaN:
    that begins where it is seen.
    """
    first, *also = found
    cause = causes.of_all(exercise, case, answers)
    if cause is not None:
        return [_shown_through(exercise, replace(first, cause=cause))]
    known = [
        _shown_through(exercise, replace(d, cause=causes.of_one(exercise, case, answers, d)))
        for d in found
    ]
    first, *also = known
    return [
        first,
        *(
            d
            if first.cause or d.cause or math.isnan(first.got) or math.isnan(d.got)
            else replace(d, shares=comparing.shared(exercise, first, d))
            for d in also
        ),
    ]


def _shown_through(exercise: Exercise, d: Difference) -> Difference:
    """The same, to be worked out down to the sum z that holds the mistake."""
    if d.cause is None:
        return d
    equations = exercise.equations
    wrong = [
        name
        for name in equations[d.quantity].reads
        if not equations.behind(name, exercise.returns).isdisjoint(d.cause.names)
    ]
    through = d.through if d.through in wrong or not wrong else wrong[0]
    return replace(d, through=through)


def _misread(exercise: Exercise, quantity: str, read: Sequence[str]) -> str:
    """The first gate in the equation of a quantity that was computed from another gate's block."""
    gates = exercise.equations.gates
    names = exercise.equations[quantity].reads
    moved = (gate for gate, taken in zip(gates, read, strict=True) if gate != taken)
    return next((gate for gate in moved if gate in names), "")


def _before(
    shaped: Mapping[tuple[int, int, str], Array], misshapen: tuple[int, int, str] | None
) -> Mapping[tuple[int, int, str], Array]:
    """The answers of the steps before the first one with a wrong shape."""
    if misshapen is None:
        return shaped
    return {key: array for key, array in shaped.items() if key[:2] < misshapen[:2]}


def _order(
    exercise: Exercise, case: Case, answers: Mapping[tuple[int, int, str], Array]
) -> tuple[str, ...]:
    """The order in which the values came, if it is the same other one at every step."""
    if len(exercise.returns) < 2:
        return ()
    orders = {tuple(came) for came in comparing.orders(exercise, case, answers)}
    order = orders.pop() if len(orders) == 1 else ()
    moved = set(order) == set(exercise.returns) and order != exercise.returns
    return order if moved else ()


def _alike(exercise: Exercise, order: Sequence[str]) -> bool:
    """Whether those that changed places are made by one function, each of a block of z.

    Then a block read in another order gives the same numbers as a value returned in that order.
    """
    return all(
        exercise.equations[name].expression.replaced({f"z_{name}": Name(f"z_{came}")})
        == exercise.equations[came].expression
        for name, came in zip(exercise.returns, order, strict=True)
    )


_Decided = tuple[Verdict, Trouble] | None
_Look = Callable[[Exercise, Case, Answer], _Decided]


def _note(exercise: Exercise, case: Case, answer: Answer) -> _Decided:  # noqa: ARG001
    """What the runner said of a call that gave no numbers."""
    trouble = answer.trouble
    if trouble is None:
        return None
    if trouble.kind is Kind.SHAPE:  # too large to be sent
        wanted = (case.check.sizes["N"], case.check.sizes["H"])
        told = {**trouble.facts, "wanted": wanted}
        return Verdict.WRONG, Trouble(Kind.SHAPE, trouble.call, trouble.step, told)
    if trouble.kind is Kind.EMPTY or trouble.facts.get("not_implemented"):
        return Verdict.NOT_STARTED, trouble
    if trouble.facts.get("memory"):
        return Verdict.OUT_OF_MEMORY, trouble
    if trouble.kind is Kind.GARBLED:
        return Verdict.FORBIDDEN, trouble
    return Verdict.CRASHED if trouble.kind is Kind.RAISED else Verdict.WRONG, trouble


def _missing(exercise: Exercise, case: Case, answer: Answer) -> _Decided:
    """Every number that is asked for must be there; a process that says "done" decides nothing."""
    steps = range(case.check.sizes.get("T", 1))
    wanted = set(product(range(len(case.calls)), steps, exercise.returns))
    for came in (answer.arrays.keys(), answer.kept.keys()):
        for call, step, name in sorted(wanted ^ came):
            what = f"{name} missing" if (call, step, name) in wanted else f"{name} not expected"
            return Verdict.FORBIDDEN, Trouble(Kind.GARBLED, call, step, {"what": what})
    return None


def _precision(exercise: Exercise, case: Case, answer: Answer) -> _Decided:  # noqa: ARG001
    """Whether single precision stays single, where that is what the check is about."""
    for (call, step, name), array in answer.arrays.items():
        if case.check.dtype == "float32" != array.dtype.name:
            return Verdict.WRONG, Trouble(Kind.PRECISION, call, step, {"name": name})
    return None


def _shared(exercise: Exercise, case: Case, answer: Answer) -> _Decided:  # noqa: ARG001
    """Whether what was returned is still what it was after the later calls."""
    for (call, step, name), array in answer.arrays.items():
        later = answer.kept[call, step, name]
        if later.shape != array.shape or later.tobytes() != array.tobytes():
            return Verdict.WRONG, Trouble(Kind.SHARED, call, step, {"name": name})
    return None


def _changed(exercise: Exercise, case: Case, answer: Answer) -> _Decided:
    """Whether the inputs are still what they were."""
    if not case.check.inputs_kept:
        return None
    for call, inputs in enumerate(case.calls):
        for name in exercise.inputs:
            after = answer.inputs_after.get((call, name))
            if after is None:
                return Verdict.FORBIDDEN, Trouble(Kind.GARBLED, call, 0, {"what": f"no {name}"})
            before = inputs[name][-1] if name == "x" and "T" in case.check.sizes else inputs[name]
            if after.tobytes() != before.tobytes():
                return Verdict.WRONG, Trouble(Kind.CHANGED, call, 0, {"name": name})
    return None


def _warned(answer: Answer) -> Trouble | None:
    """What NumPy warned of. Right numbers stay right, but whoever wrote them should know."""
    if not answer.warnings:
        return None
    message, line = answer.warnings[0]
    return Trouble(Kind.WARNED, facts={"message": message, "line": line})
