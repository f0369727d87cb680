"""Where the earlier answers lie that an answer imports: in folders beside its own, or with it."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

from tracer.course.workbook import answer_in
from tracer.errors import FileError
from tracer.exercises.earlier import usable
from tracer.exercises.exercise import Exercise, Folder
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
    sources = [submission.source]
    for one in sorted(usable(exercise), key=lambda one: one.name, reverse=True):  # users first
        module = one.module.encode()
        if any(module in source.replace(b"\0", b"") for source in sources):  # in UTF-16 as well
            place = place_of(one, exercise, path)
            if os.path.lexists(place):
                found[one.name] = _read(place)
                sources.append(found[one.name].source)
    return replace(submission, earlier=found)


def _read(place: Path) -> Submission:
    """An earlier answer; if it cannot be read, why not is said to whoever imports it."""
    try:
        return Submission.read(place)
    except FileError as error:
        return Submission(
            str(place), b"", unread=str(error).removeprefix(f"cannot check {place}: ")
        )


def place_of(earlier: Folder, exercise: Exercise, path: Path) -> Path:
    """Where the answer to an earlier exercise belongs, for the answer to `exercise` at `path`."""
    whole = path.resolve()
    own = next((folder for folder in whole.parents if folder.name == exercise.name), None)
    folder = whole.parent if own is None else own.parent / earlier.name
    return answer_in(folder, earlier)
