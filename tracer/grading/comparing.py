"""Where a submission's numbers first part from the equations, step by step.

Each quantity is expected to follow from the student's *own* state of the step before and from the
student's own values of the quantities computed before it. So a number counts as wrong only where
something goes wrong, not where an earlier mistake is carried on, and a second, independent mistake
is found behind the first.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from tracer.cells import CELL_CLASSES, Cell
from tracer.cells.activations import Array
from tracer.cells.evaluation import evaluate
from tracer.equations import CellEquations, Quantity
from tracer.exercises.cases import Case
from tracer.exercises.exercise import Check, Exercise
from tracer.grading.report import Difference

Answers: TypeAlias = Mapping[tuple[int, int, str], Array]
"""What the function returned, by call, step and quantity; each (N, H)."""

TOLERANCE = 1e-5
"""Relative and absolute: computing in float32 costs 3e-7, the smallest mistake changes 2e-2."""


def differences(exercise: Exercise, case: Case, answers: Answers) -> Iterator[Difference]:
    """The first wrong number of each quantity at each step, in computing order, row by row."""
    for call, step, cell, given in situations(exercise, case, answers):
        values = dict(given)
        for quantity in exercise.equations:
            if quantity.equation:
                values[quantity.name] = evaluate(cell, quantity.expression, values)
            answer = answers.get((call, step, quantity.name))
            if answer is None or quantity.name not in exercise.returns:
                continue
            expected, got = values[quantity.name], answer.astype(np.float64)
            wrong = ~agree(answer, expected, case.check)
            if wrong.any():
                batch, unit = (int(place) for place in np.argwhere(wrong)[0])
                yield Difference(
                    call, step, quantity.name, batch, unit,
                    float(got[batch, unit]), float(expected[batch, unit]),
                    _of_unit(exercise.equations, values, batch, unit),
                    _through(exercise, cell, quantity, values, (batch, unit)),
                )  # fmt: skip
            values[quantity.name] = got


def orders(exercise: Exercise, case: Case, answers: Answers) -> Iterator[tuple[str, ...]]:
    """For each step, which quantity each returned value really is; empty where none, or several."""
    names = exercise.returns
    for call, step, cell, given in situations(exercise, case, answers):
        came = [answers.get((call, step, name)) for name in names]
        right = textbook(exercise, cell, given)
        same = [
            [n for n in names if array is not None and agree(array, right[n], case.check).all()]
            for array in came
        ]
        yield tuple(found[0] if len(found) == 1 else "" for found in same)


def shared(exercise: Exercise, first: Difference, other: Difference) -> tuple[str, ...]:
    """The quantities that nobody has seen and that may have made both wrong; else nothing.

    Two quantities have such a cause if the ways to both, up to what was returned, read the same
    weights. What was right where `first` is wrong, and is wrong later, has a cause of its own.
    """
    if (other.call, other.step) != (first.call, first.step):
        return ()
    one, two = (_weights(exercise, d.quantity) for d in (first, other))
    if not one & two:
        return ()
    names = [n for d in (first, other) for n in exercise.equations[d.quantity].reads]
    hidden = [n for n in names if n not in exercise.returns and _weights(exercise, n)]
    return tuple(q.name for q in exercise.equations if q.name in hidden)


def textbook(exercise: Exercise, cell: Cell, given: Mapping[str, Array]) -> Mapping[str, Array]:
    """Every quantity of one step, as the textbook's cell computes it."""
    state = (given[f"{name}_prev"] for name in exercise.equations.state)
    return cell.step(given["x"], *state)


def _weights(exercise: Exercise, name: str) -> set[str]:
    """The parameters that are read on the way to a quantity from what was returned."""
    equations = exercise.equations
    blocks = map(equations.block, equations.behind(name, exercise.returns))
    return {block.parameter for block in blocks if block is not None}


def _through(
    exercise: Exercise, cell: Cell, quantity: Quantity, values: Mapping[str, Array],
    at: tuple[int, int],
) -> str:  # fmt: skip
    """The hidden operand without which the result would differ most."""
    result = evaluate(cell, quantity.expression, values)[at]
    without = {}
    for name in quantity.reads:
        if name in values and name not in exercise.returns and _weights(exercise, name):
            none = np.zeros_like(values[name])
            changed = evaluate(cell, quantity.expression, {**values, name: none})
            without[name] = float(np.nan_to_num(abs(changed[at] - result)))
    return max(without, key=without.__getitem__, default="")


def situations(
    exercise: Exercise, case: Case, answers: Answers
) -> Iterator[tuple[int, int, Cell, dict[str, Array]]]:
    """Call, step, cell and inputs of each step that was answered, in float64.

    From the second step on, the state is the student's own.
    """
    make = CELL_CLASSES[exercise.equations.name]
    for call, inputs in enumerate(case.calls):
        given = {name: array.astype(np.float64) for name, array in inputs.items()}
        weights: Any = {p.name: given.pop(p.name) for p in exercise.equations.parameters}
        cell = make(**weights)
        sequence = given["x"] if "T" in case.check.sizes else given["x"][np.newaxis]
        state = {name: array for name, array in given.items() if name != "x"}
        for missing in exercise.equations.state:  # an exercise need not use all of the state
            state.setdefault(f"{missing}_prev", np.zeros((sequence.shape[1], cell.W.shape[1])))
        for step, x in enumerate(sequence):
            if not any((call, step, name) in answers for name in exercise.returns):
                break
            yield call, step, cell, {"x": x, **state}
            for name in exercise.equations.state:
                if (call, step, name) in answers:
                    state[f"{name}_prev"] = answers[call, step, name].astype(np.float64)


def agree(got: Array, expected: Array, check: Check) -> npt.NDArray[np.bool_]:
    """Where two arrays agree. What follows from a NaN of the student's own is not wrong again."""
    # With stretched inputs, float32 has lost as much of a sum before it is squeezed.
    coarse = got.dtype == np.float32
    absolute = TOLERANCE * (max(1.0, check.scale / 10) if coarse else 1.0)
    got = got.astype(np.float64)
    with np.errstate(all="ignore"):
        near = np.abs(got - expected) <= absolute + TOLERANCE * np.abs(expected)
    agree: npt.NDArray[np.bool_] = near | (got == expected) | (np.isnan(got) & np.isnan(expected))
    return agree


def _of_unit(
    equations: CellEquations, values: Mapping[str, Array], batch: int, unit: int
) -> Mapping[str, float]:
    """Every quantity of one unit, its bias share included, as plain numbers."""
    numbers = {}
    for quantity in equations:
        array = values.get(quantity.name)
        if array is not None and quantity.dims[-1] == "unit":
            row = array[batch] if array.ndim == 2 else array  # a bias is one row for all
            numbers[quantity.name] = float(row[unit])
    return numbers
