"""Which exercise is meant, and which file is its answer."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from tracer.errors import FileError, InputError, UnknownNameError
from tracer.grading.exercise import Exercise, find
from tracer.grading.workbook import Workbook
from tracer.language import _


class Choice(NamedTuple):
    """An exercise, the file with its answer, and the workbook that it lies in, if any."""

    exercise: Exercise
    path: Path
    book: Workbook | None


def choose(
    said: str | None, exercises: Sequence[Exercise], here: Path, named: str | None = None
) -> Choice | None:
    """What ``tracer check SAID``, typed in the folder `here`, means.

    Parameters
    ----------
    said : str or None
        A name, the start of a name, a file or a folder; None for the next one.
    exercises : sequence of Exercise
    here : Path
    named : str, optional
        The exercise, where the file's name does not tell.

    Returns
    -------
    Choice or None
        None if nothing was said and every exercise is passed.

    Raises
    ------
    TracerError
        If nothing, or more than one thing, can be meant.
    """
    book = Workbook.find(here)
    if said is not None and _is_path(said, here):
        return _by_path(Path(here, said), exercises, here, named)
    if said is None and named is None:
        inside = _of_folder(here, exercises)
        if inside is not None:
            return Choice(inside, _seen_from(here, _answer(inside, here, book)), book)
        if book is None:
            raise InputError(
                _("there are no exercises in {here}; start with: tracer init my-course").format(
                    here=here
                )
            )
        exercise = next((e for e in exercises if not book.passed(e)), None)
    else:
        exercise = find(said or named or "", exercises)
    if exercise is None:
        return None
    return Choice(exercise, _seen_from(here, _answer(exercise, here, book)), book)


def _is_path(said: str, here: Path) -> bool:
    try:
        there = Path(here, said).exists()
    except (OSError, ValueError):
        there = False
    return (there and said != "") or said.endswith(".py") or "/" in said or "\\" in said


def _by_path(path: Path, exercises: Sequence[Exercise], here: Path, named: str | None) -> Choice:
    if "\0" in str(path):
        raise FileError(_("{file} is no name of a file").format(file=repr(str(path))))
    book = Workbook.find(path.resolve().parent)
    whole = path.resolve()
    exercise = find(named, exercises) if named else _of_folder(whole, exercises)
    if exercise is None:
        exercise = next((e for e in exercises if e.file == path.name), None)
    if exercise is None:
        what = UnknownNameError("exercise", path.stem, [e.name for e in exercises])
        raise InputError(
            _("{error}; say which one {file} answers with --exercise").format(
                error=what, file=path.name
            )
        )
    if path.is_dir():
        path = path / exercise.file
    # Another file than the workbook's own is only looked at; its result is not remembered.
    own = book is not None and book.path(exercise).resolve() == path.resolve()
    return Choice(exercise, _seen_from(here, path), book if own else None)


def _of_folder(path: Path, exercises: Sequence[Exercise]) -> Exercise | None:
    """The exercise in whose folder, of that name, `path` lies."""
    names = {e.name: e for e in exercises}
    parts = (path.name, *(parent.name for parent in path.parents))
    return next((names[part] for part in parts if part in names), None)


def _answer(exercise: Exercise, here: Path, book: Workbook | None) -> Path:
    """Where the answer to an exercise lies, seen from `here`."""
    places = [here / exercise.file, here / exercise.name / exercise.file]
    if book is not None:
        places = [book.path(exercise)]
    found = next((path for path in places if path.exists()), None)
    if found is None:
        raise FileError(
            _("there is no {file}; start with: tracer init my-course").format(file=places[-1])
        )
    return found


def _seen_from(here: Path, path: Path) -> Path:
    """The shortest way to write `path` in the folder `here`."""
    return path.relative_to(here) if path.is_relative_to(here) else path


def chosen_exercise(said: str | None, exercises: Sequence[Exercise], here: Path) -> Exercise | None:
    """Which exercise ``tracer hint SAID`` means; an answer need not exist yet."""
    if said is None:
        choice = choose(None, exercises, here)
        return choice.exercise if choice else None
    inside = _of_folder(Path(here, said).resolve(), exercises) if _is_path(said, here) else None
    return inside or find(Path(said).name, exercises)
