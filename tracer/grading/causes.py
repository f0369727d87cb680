"""Which well-known mistake gives a student's wrong numbers: a share left out, W, another function.

Each is tried: the equations are computed with that one mistake in them, from the student's own
numbers, and must give all that came back.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from tracer.cells import Cell
from tracer.cells.activations import Array
from tracer.cells.evaluation import evaluate
from tracer.equations import CellEquations, Kind
from tracer.equations.expression import Call, Expression, Name, Number, Transposed
from tracer.exercises.cases import Case
from tracer.exercises.exercise import Exercise
from tracer.grading.comparing import Answers, agree, situations
from tracer.grading.report import Cause, Difference

TRIED = ("tanh", "sigmoid", "identity", "relu", "hard-sigmoid", "hard")
"""Functions that may have been taken for one another, the likeliest first."""


class _Step(NamedTuple):
    """One step that was answered, by the right equations: what a mistake does not touch stays."""

    cell: Cell
    values: Mapping[str, Array]  # of each quantity; the student's own where it was returned
    came: Mapping[str, Array]
    wrong: Collection[str]  # of those that came


def of_all(exercise: Exercise, case: Case, answers: Answers) -> Cause | None:
    """The one mistake that gives every number that came back, if there is one."""
    steps = [
        _step(exercise, case, answers, *place) for place in situations(exercise, case, answers)
    ]
    return _likeliest(exercise, case, steps, exercise.returns)


def of_one(exercise: Exercise, case: Case, answers: Answers, d: Difference) -> Cause | None:
    """The one mistake that gives this quantity at this step."""
    steps = [
        _step(exercise, case, answers, *place)
        for place in situations(exercise, case, answers)
        if place[:2] == (d.call, d.step)
    ]
    return _likeliest(exercise, case, steps, (d.quantity,))


def function_of(cell: CellEquations, name: str) -> tuple[str, str] | None:
    """The function that makes a quantity, and of what: ``("sigmoid", "z_i")``, or None."""
    if not cell[name].equation:
        return None
    match cell[name].expression:
        case Call(function, [Name(argument)]) if function in cell.functions:
            return cell.activations()[function], argument
    return None


def _step(
    exercise: Exercise, case: Case, answers: Answers,
    call: int, step: int, cell: Cell, given: Mapping[str, Array],
) -> _Step:  # fmt: skip
    values, wrong = dict(given), set()
    came = {n: answers[call, step, n] for n in exercise.returns if (call, step, n) in answers}
    for quantity in exercise.equations:
        name = quantity.name
        if quantity.equation:
            values[name] = evaluate(cell, quantity.expression, values)
        if name in came:
            if not agree(came[name], values[name], case.check).all():
                wrong.add(name)
            values[name] = came[name].astype(np.float64)
    return _Step(cell, values, came, wrong)


def _likeliest(
    exercise: Exercise, case: Case, steps: Sequence[_Step], names: Collection[str]
) -> Cause | None:
    """The first that fits; None where mistakes of two sorts fit, for nobody knows which it was."""
    fitting = [
        cause
        for cause in _possible(exercise.equations)
        if all(_gives(exercise, case, step, cause, names) for step in steps)
    ]
    sorts = {(cause.kind, cause.share) for cause in fitting}
    return fitting[0] if len(sorts) == 1 else None


def _possible(cell: CellEquations) -> Iterator[Cause]:
    """Every mistake that is tried, of each sort the simplest first."""
    sums = [q.name for q in cell if q.kind is Kind.PRE_ACTIVATION and q.level is not None]
    for share in ("x", "h", "a"):
        missing = [f"{z}_from_{share}" for z in sums]
        for names in dict.fromkeys([tuple(missing), *((name,) for name in missing)]):
            yield Cause("without", names, share=share)
    yield Cause("untransposed", tuple(f"{z}_from_h" for z in sums))
    made = {q.name: used for q in cell if (used := function_of(cell, q.name))}
    for name, (right, argument) in made.items():
        for other in TRIED:
            if other != right:
                yield Cause("function", (name,), (other,), arguments=(argument,))
    switches = [name for name in made if cell[name].kind is Kind.SWITCH]
    if switches:
        arguments = tuple(made[name][1] for name in switches)
        yield Cause("function", tuple(switches), ("tanh",) * len(switches), arguments=arguments)
        swapped = {name: "tanh" if name in switches else "sigmoid" for name in cell.gates}
        arguments = tuple(made[name][1] for name in swapped)
        yield Cause("function", tuple(swapped), tuple(swapped.values()), arguments=arguments)


def _gives(
    exercise: Exercise, case: Case, step: _Step, cause: Cause, names: Collection[str]
) -> bool:
    """Whether the equations with this mistake give those quantities of one step."""
    values = dict(step.values)
    changed = _changed(exercise.equations, cause)
    touched = set(cause.names)
    for quantity in exercise.equations:
        name = quantity.name
        if name not in touched and touched.isdisjoint(quantity.reads):
            if name in names and name in step.wrong:
                return False
            continue
        touched.add(name)
        equation = changed.get(name, quantity.expression)
        values[name] = evaluate(step.cell, equation, values)
        if name in step.came:
            if name in names and not agree(step.came[name], values[name], case.check).all():
                return False
            values[name] = step.values[name]
    return bool(touched & set(names))


def _changed(cell: CellEquations, cause: Cause) -> Mapping[str, Expression]:
    """The equations with the mistake in them."""
    match cause.kind:
        case "without":
            return dict.fromkeys(cause.names, Number(0))
        case "untransposed":
            return {name: cell[name].expression.rewritten(_untransposed) for name in cause.names}
    return {
        name: Call(function, (Name(argument),))
        for name, function, argument in zip(
            cause.names, cause.functions, cause.arguments, strict=True
        )
    }


def _untransposed(part: Expression) -> Expression | None:
    return part.of if isinstance(part, Transposed) else None
