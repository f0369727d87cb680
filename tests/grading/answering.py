"""Answers without a process: what the equations give, right or with a change, and their judging."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from tracer.corpus.inside import InThisProcess
from tracer.exercises.discovery import discover
from tracer.exercises.exercise import Exercise
from tracer.exercises.submission import Submission
from tracer.grading.answer import Answer
from tracer.grading.judge import Judged, judge
from tracer.grading.report import Report
from tracer.grading.right import ByEquations
from tracer.grading.session import grade
from tracer.grading.task import Task, tasks
from tracer.program import edits_in
from tracer.sandbox.process import PlainProcess
from tracer.view.export.report_json import as_record

EXERCISES = {exercise.number: exercise for exercise in discover().good}


def report_on(number: str, answer: str, seed: int = 7) -> Report:
    """What is said of an answer, whose functions are called in this process."""
    exercise, source = EXERCISES[number], f"import numpy as np\n{answer}".encode()
    return grade(exercise, Submission(exercise.file, source), seed=seed, wall=InThisProcess())


def line_of(number: str, answer: str, seed: int = 7) -> tuple[str, str]:
    """The code of the line that is named in it, and what is said of that."""
    told = as_record(report_on(number, answer, seed))["line"]
    return told["code"], " ".join(told["said"])


def task_of(exercise: Exercise, name: str, seed: int = 3) -> Task:
    """One check with its numbers."""
    return next(t for t in tasks(exercise, seed, PlainProcess()) if t.case.check.name == name)


def answered(
    task: Task,
    wrong: Mapping[tuple[int, str], float],
    change: Mapping[str, str] | None = None,
) -> Answer:
    """What the equations give, step by step; `wrong` is added at a step, and carried on from it.

    Parameters
    ----------
    task : Task
    wrong : mapping
        What is added to a quantity at a step.
    change : mapping, optional
        Equations that are other ones.
    """
    program = task.exercise.program
    assert program is not None
    changed = program.edited(edits_in({"change": dict(change)})) if change else program
    answer = Answer(loaded=True, finished=True)
    (given,) = task.case.rounds
    own: dict[str, np.ndarray] = {}
    names = ByEquations(task.exercise, task.case).names
    for step in range(task.case.sizes["T"]):
        found = changed.run(given, own=own, wanted=names)
        for name in (n for n in program.order if n in names):
            value = found[name][step] + wrong.get((step, name), 0.0)
            earlier = own.get(name, np.zeros((0, *value.shape)))
            own[name] = np.concatenate([earlier, value[np.newaxis]])
            found = changed.run(given, own=own, wanted=names)  # what reads it reads this
            answer.arrays[step, name] = answer.kept[step, name] = value
    return answer


def judged(task: Task, answer: Answer) -> Judged:
    """How the check ends."""
    return judge(task, answer, ByEquations(task.exercise, task.case))
