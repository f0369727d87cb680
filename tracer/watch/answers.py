"""The answers of a workbook as they lie on the disk now."""

from __future__ import annotations

from collections.abc import Sequence

from tracer.course.workbook import Workbook
from tracer.errors import TracerError
from tracer.exercises.exercise import Exercise
from tracer.exercises.form import digest
from tracer.exercises.submission import Submission


def fingerprint(book: Workbook, exercise: Exercise) -> str:
    """What tells an answer from another one; empty where there is none."""
    try:
        return digest(Submission.read(book.path(exercise)).source)
    except TracerError:
        return ""


def fingerprints(book: Workbook, exercises: Sequence[Exercise]) -> dict[str, str]:
    """That of each, by the exercise's name."""
    return {exercise.name: fingerprint(book, exercise) for exercise in exercises}


def is_open(book: Workbook, exercise: Exercise) -> bool:
    """Whether the answer, as it is now, has not passed."""
    return not book.passed(exercise) or book.changed(exercise)


def is_unwritten(book: Workbook, exercise: Exercise) -> bool:
    """Whether there is no answer, or nobody has changed what was handed out."""
    try:
        return book.path(exercise).read_bytes() == exercise.stub.read_bytes()
    except OSError:
        return True


def first_open(book: Workbook, among: Sequence[Exercise]) -> Exercise | None:
    """The first that has not passed as it is now."""
    return next((e for e in among if is_open(book, e)), None)


def after(book: Workbook, exercises: Sequence[Exercise], current: Exercise) -> Exercise | None:
    """The next such one, from the current one to the end and then from above."""
    at = exercises.index(current) + 1
    return first_open(book, [*exercises[at:], *exercises[:at]])
