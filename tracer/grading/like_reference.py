"""Which wrong reference gives the numbers that came, where a reference says what is right."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from tracer.exercises.exercise import Exercise
from tracer.grading.answer import read
from tracer.grading.comparing import all_near, tolerance_of
from tracer.grading.judge import Judged
from tracer.grading.request import Plan, largest, request
from tracer.grading.right import ByReference, Came
from tracer.grading.task import PATIENCE, Task
from tracer.sandbox import describing, inside

if TYPE_CHECKING:
    from tracer.mistakes import Diagnosis


def named(exercise: Exercise, tasks: Sequence[Task], judged: Sequence[Judged]) -> Diagnosis | None:
    """The mistakes of which each alone gives every number that came; None where none is wrong.

    The instructor's own code runs here, in this process, as it stands in the exercise's folder.
    """
    from tracer.mistakes import Diagnosis
    from tracer.mistakes.of_reference import wrong_references

    assert exercise.reference is not None
    wrong = [
        compared.came[name][mask]
        for one in judged
        for compared in one.rounds
        for name, mask in compared.inexact.items()
        if mask.any()
    ]
    if not wrong:
        return None
    if not any(numbers.any() for numbers in wrong):
        return Diagnosis(zero=True)
    plans = [task.plan for task in tasks]
    alike = tuple(
        mistake
        for mistake, source in wrong_references(exercise.reference)
        if _gives(_given_by(exercise, source, exercise.reference, plans), tasks, judged)
    )
    return Diagnosis(named=(alike,)) if alike else Diagnosis()


def _given_by(
    exercise: Exercise, source: str, reference: Path, plans: Sequence[Plan]
) -> list[Came]:
    """What such a reference gives, check by check."""
    file = (reference.name, exercise.file.removesuffix(".py"))
    asked = request(file, plans, PATIENCE, "", most=largest(plans))
    run = inside.run(source.encode(), reference, asked, describing)
    answers = read(run.response, plans).answers
    return [{at: np.asarray(array) for at, array in one.arrays.items()} for one in answers]


def _gives(given: Sequence[Came], tasks: Sequence[Task], judged: Sequence[Judged]) -> bool:
    """Whether these are the numbers that came, all of them."""
    for came, task, one in zip(given, tasks, judged, strict=True):
        theirs = ByReference(task.case, task.exercise.called(task.case.check), task.plan, came, {})
        for compared in one.rounds:
            there = theirs.of_round(came, compared.round)
            same_shapes = all(
                name in there and there[name].shape == array.shape
                for name, array in compared.came.items()
            )
            if not same_shapes or not all_near(compared.came, there, tolerance_of(task.case.check)):
                return False
    return True
