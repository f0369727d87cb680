"""Which exercise is meant, and which file is its answer."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from tracer.course.workbook import Workbook
from tracer.errors import FileError, InputError, UnknownNameError
from tracer.exercises.discovery import find
from tracer.exercises.exercise import Exercise
from tracer.language import _, quoted_file


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
            raise _nothing_in(here)
        exercise = next((e for e in exercises if not book.passed(e)), None)
    else:
        exercise = find(said or named or "", exercises)
        other = find(named, exercises) if named else exercise
        if other is not exercise:
            raise InputError(
                _("{said} and --exercise {named} are different exercises; give only one").format(
                    said=exercise.name, named=other.name
                )
            )
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
        raise FileError(_("{file} is not a valid file name").format(file=repr(str(path))))
    book = Workbook.find(path.resolve().parent)
    whole = path.resolve()
    exercise = find(named, exercises) if named else _of_folder(whole, exercises)
    if exercise is None:
        exercise = next((e for e in exercises if e.file == path.name), None)
    if exercise is None and not path.exists():
        raise FileError(_("there is no file {file}").format(file=path))
    if exercise is None:
        what = UnknownNameError("exercise", path.stem, [e.name for e in exercises])
        raise InputError(
            _("{error}; name the exercise that {file} answers with --exercise").format(
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
    if found is None and book is None:
        raise _nothing_in(here)
    if found is None:
        raise FileError(
            _("there is no {file}; to restore it: tracer init {folder}").format(
                file=places[-1], folder=quoted_file(_seen_from(here, places[-1].parents[1]))
            )
        )
    return found


def _nothing_in(here: Path) -> InputError:
    """The error for a folder without exercises; often somebody stands one folder too high."""
    below = [quoted_file(folder.name) for folder in Workbook.below(here)]
    if not below:
        said = _("there are no exercises in {here}; start with: tracer init my-course")
        return InputError(said.format(here=here))
    said = _("your exercises are one folder down, in {folders}; first: cd {first}")
    return InputError(said.format(folders=", ".join(below), first=below[0]))


def _seen_from(here: Path, path: Path) -> Path:
    """The shortest way to write `path` in the folder `here`."""
    return path.relative_to(here) if path.is_relative_to(here) else path


def chosen_exercise(
    said: str | None, exercises: Sequence[Exercise], here: Path
) -> tuple[Exercise, Workbook | None] | None:
    """Which exercise ``tracer hint SAID`` means, and in which workbook; no answer need exist."""
    if said is None:
        choice = choose(None, exercises, here)
        return (choice.exercise, choice.book) if choice else None
    if not _is_path(said, here):
        exercise, book = find(said, exercises), Workbook.find(here)
        if book is None and Workbook.below(here):  # there, hints come one at a time
            raise _nothing_in(here)
        return exercise, book
    path = Path(here, said).resolve()
    return _of_folder(path, exercises) or find(path.name, exercises), Workbook.find(path)
