"""One check on its way: its numbers, the calls that are made with them, and what is right there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from tracer.errors import FileError
from tracer.exercises.cases import Case, draw
from tracer.exercises.exercise import Exercise
from tracer.exercises.layout import Stated
from tracer.exercises.plan import plan as planned
from tracer.exercises.structure import Own
from tracer.grading.answer import Answer, Transcript, read
from tracer.grading.request import Plan, from_arrays, given, largest, request
from tracer.grading.right import ByEquations, ByReference, Came, Right
from tracer.sandbox.process import How, Limits, Wall
from tracer.storage.packed import read_reference

Array: TypeAlias = npt.NDArray[Any]

PATIENCE = Limits(seconds=30.0)
"""What a reference may use; it is the instructor's, so nobody needs to be protected from it."""


@dataclass(frozen=True, slots=True)
class Task:
    """One check, ready to be run.

    Attributes
    ----------
    exercise : Exercise
    case : Case
    plan : tuple of Call
    exact : mapping
        What the reference gave, where there is one.
    known : dict
        What the equations give in each round, as soon as that was asked for.
    """

    exercise: Exercise
    case: Case
    plan: Plan
    exact: Came
    known: dict[int, Mapping[str, Array]] = field(default_factory=dict)

    def right(self, wall: Wall, came: Came) -> Right:
        """What is right here, once it is known what came."""
        if self.exercise.program is not None:
            return ByEquations(self.exercise, self.case, self.known)
        follows: Came = {}
        if self.exercise.credit != "exact" and _hands_on(self.plan):
            plan = from_arrays(self.plan, came)
            with suppress(FileError):  # of a state of another shape the reference makes nothing
                if plan:
                    (follows,) = _asked(self.exercise, {self.case.check.name: plan}, wall)
        return ByReference(
            self.case, self.exercise.called(self.case.check), self.plan, self.exact, follows
        )

    def watched(self, wall: Wall, plan: Plan) -> Answer:
        """The last call of a plan, made by the reference and recorded line by line."""
        transcript, _how = _run(self.exercise, [plan], wall, watch=len(plan) - 1)
        return transcript.answers[0]

    def shapes(self, number: int, answer: Answer) -> dict[str, tuple[int, ...]]:
        """What a call was given, array by array, as far as that is known."""
        call = self.plan[number]
        arrays: Mapping[Any, Array] = {**call.arrays, **answer.arrays}
        named = [
            (part.key, arrays.get(part.key)) if not isinstance(part, Own)
            else (name, arrays.get((part.call, part.key)))
            for name, part in given(call)
        ]  # fmt: skip
        return {name: array.shape for name, array in named if array is not None}


def tasks(exercise: Exercise, seed: int, wall: Wall) -> list[Task]:
    """Every check of an exercise, its numbers drawn.

    Raises
    ------
    FileError
        If the exercise's reference does not give what its signature says.
    """
    cases = [draw(exercise, check, seed) for check in exercise.checks]
    plans = [planned(exercise, case) for case in cases]
    exact: Sequence[Came] = [{} for _ in cases]
    if exercise.reference is not None:
        names = [check.name for check in exercise.checks]
        wall.prepare(2)  # one for the reference, one for the answer after it
        exact = _asked(exercise, dict(zip(names, plans, strict=True)), wall)
    return [Task(exercise, *of) for of in zip(cases, plans, exact, strict=True)]


def _hands_on(plan: Plan) -> bool:
    return any(isinstance(part, Own) for call in plan for _name, part in given(call))


def _asked(exercise: Exercise, of_checks: Mapping[str, Plan], wall: Wall) -> list[Came]:
    """What the reference gives, in a process of its own."""
    plans = list(of_checks.values())
    transcript, how = _run(exercise, plans, wall)
    for check, answer in zip(of_checks, transcript.answers, strict=True):
        if transcript.problem or answer.trouble or not answer.finished:
            trouble = answer.trouble
            facts = {} if trouble is None else trouble.facts
            why = transcript.problem or facts.get("message") or (trouble and trouble.kind) or how
            line = f", line {facts['line']}" if facts.get("line") else ""
            file = exercise.reference
            raise FileError(f"{file}{line}: no result in check '{check}' ({why})")
    said = {
        key
        for function in exercise.functions
        for key, layout in function.returns.items()
        if isinstance(layout, Stated)  # what a check states, not the reference
    }
    return [
        {at: np.asarray(array) for at, array in answer.arrays.items() if at[1] not in said}
        for answer in transcript.answers
    ]


def _run(
    exercise: Exercise, plans: Sequence[Plan], wall: Wall, watch: int | None = None
) -> tuple[Transcript, How]:
    """What the reference answers, and how its process ended."""
    file = exercise.reference
    assert file is not None
    module = exercise.file.removesuffix(".py")
    asked = request((file.name, module), plans, PATIENCE, "", most=largest(plans), watch=watch)
    run = wall.run(read_reference(file), file.name, asked, PATIENCE, PATIENCE.budget)
    return read(run.response, plans), run.how
