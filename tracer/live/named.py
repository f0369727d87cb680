"""Which exercise is meant where a session names one."""

from __future__ import annotations

import os
from pathlib import Path

from tracer.course.source import exercises_for
from tracer.errors import FileError, InputError, UnknownNameError
from tracer.exercises.discovery import discover, find
from tracer.exercises.exercise import Exercise
from tracer.trace.whole import as_whole, written


def the_exercise(said: object, folder: str | os.PathLike[str] | None) -> Exercise:
    """The exercise that is meant."""
    if (number := as_whole(said)) is not None:
        said = written(number).zfill(2)
    if not isinstance(said, str):
        raise InputError(
            f'the exercise is given by its name or number: "22"; got {type(said).__name__}'
        )
    where = None if folder is None else os.fspath(folder)
    found = discover(exercises_for(where, None, Path.cwd()))
    try:
        return find(said, found.good)
    except UnknownNameError:
        for broken, why in found.broken:
            if said and broken.name.startswith(said):
                raise FileError(f"exercise {broken.name} cannot be used: {why}") from None
        raise
