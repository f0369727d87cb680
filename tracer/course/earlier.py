"""Where the earlier answers lie that an answer imports: in folders beside its own, or with it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from tracer.course.workbook import answer_in
from tracer.errors import TracerError
from tracer.exercises.earlier import used
from tracer.exercises.exercise import Exercise, Folder
from tracer.exercises.reading import read
from tracer.exercises.submission import Submission


def read_answer(exercise: Exercise, path: Path) -> Submission:
    """A student's file, and with it the earlier answers that it may import.

    Of a file in a folder that is called like the exercise, they lie in the folders of their
    exercises beside that one; of any other, beside the file.

    Raises
    ------
    FileError
        If the file itself cannot be read; an earlier answer that cannot is none.
    """
    submission = Submission.read(path)
    found: dict[str, Submission] = {}
    for name, one in _earlier(exercise, submission, path):
        found.setdefault(name, one)
    return replace(submission, earlier=found)


def _earlier(
    exercise: Exercise, submission: Submission, path: Path
) -> Iterator[tuple[str, Submission]]:
    for one in used(exercise):
        if one.module.encode() not in submission.source:
            continue
        place = place_of(one, exercise, path)
        try:
            answer, before = Submission.read(place), read(one.folder)
        except TracerError:  # it is said to whoever imports it
            continue
        yield one.name, answer
        yield from _earlier(before, answer, place)


def place_of(earlier: Folder, exercise: Exercise, path: Path) -> Path:
    """Where the answer to an earlier exercise belongs, for the answer to `exercise` at `path`."""
    whole = path.resolve()
    own = next((folder for folder in whole.parents if folder.name == exercise.name), None)
    folder = whole.parent if own is None else own.parent / earlier.name
    return answer_in(folder, earlier)
