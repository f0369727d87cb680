"""Which exercise is meant, and which file is its answer."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Generic, NamedTuple, TypeVar

from tracer.course.source import begin
from tracer.course.workbook import Workbook, answer_in
from tracer.errors import FileError, InputError
from tracer.exercises.discovery import find
from tracer.exercises.exercise import Folder
from tracer.exercises.naming import meant
from tracer.language import _, quoted_file

E = TypeVar("E", bound=Folder)


class Choice(NamedTuple, Generic[E]):
    """An exercise, the file with its answer, and the workbook that it lies in, if any."""

    exercise: E
    path: Path
    book: Workbook | None


def choose(
    said: str | None, exercises: Sequence[E], here: Path, named: str | None = None
) -> Choice[E] | None:
    """What ``tracer check SAID``, typed in the folder `here`, means.

    Parameters
    ----------
    said : str or None
        A name, the start of a name, a file or a folder; None for the next one.
    exercises : sequence of Exercise or Folder
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
            return Choice(inside, seen_from(here, _answer(inside, here, book)), book)
        if book is None:
            raise nothing_in(here, exercises)
        following = next((e for e in exercises if not book.passed(e)), None)
        if following is None:
            return None
        exercise = following
    elif said is not None and named is not None:
        raise _named_twice(find(said, exercises), find(named, exercises))
    else:
        exercise = find(said or named or "", exercises)
    return Choice(exercise, seen_from(here, _answer(exercise, here, book)), book)


def _named_twice(said: Folder, named: Folder) -> InputError:
    """The error where --exercise came beside the name of an exercise, and not beside a file."""
    if said is named:
        return InputError(
            _("--exercise {name} has no effect: it says which exercise a file answers").format(
                name=named.name
            )
        )
    return InputError(
        _("{said} and --exercise {named} are different exercises; give only one").format(
            said=said.name, named=named.name
        )
    )


def _is_path(said: str, here: Path) -> bool:
    try:
        there = Path(here, said).exists()
    except (OSError, ValueError):
        there = False
    named = said.lower().endswith((".py", ".ipynb")) or "/" in said or "\\" in said
    return (there and said != "") or named


def _by_path(path: Path, exercises: Sequence[E], here: Path, named: str | None) -> Choice[E]:
    if "\0" in str(path):
        raise FileError(_("{file} is not a valid file name").format(file=repr(str(path))))
    book = Workbook.find(path.resolve().parent)
    whole = path.resolve()
    try:
        todo = _("add --exercise with one of {names}")
        exercise = find(named, exercises) if named else _of_path(whole, exercises, todo)
    except InputError:
        if not path.exists():
            raise FileError(_("there is no file {file}").format(file=path)) from None
        raise
    if path.is_dir():
        path = answer_in(path, exercise)
    # Another file than the workbook's own is only looked at; its result is not remembered.
    own = book is not None and path.resolve() in book.answers(exercise)
    return Choice(exercise, seen_from(here, path), book if own else None)


def _of_path(path: Path, exercises: Sequence[E], todo: str) -> E:
    """The exercise that a file or folder is meant for, by its own name or its folder's.

    Raises
    ------
    InputError
        If that is not clear; says which ones there are, in `todo`.
    """
    inside = _of_folder(path, exercises)
    if inside is not None:
        return inside
    for found in (
        [e for e in exercises if e.file == path.name],
        meant(path.name, exercises),
        meant(path.parent.name, exercises),
    ):
        if len(found) == 1:
            return found[0]
        if found:
            said = _("the name {file} fits more than one exercise")
            break
    else:
        found = list(exercises)
        said = _("the name {file} does not say which exercise it answers")
        if path.is_dir():
            said = _("{folder} is not the folder of an exercise")
            todo = _("give one of {names}")
    names = ", ".join(e.name for e in found)
    said, todo = said.format(file=path.name, folder=path), todo.format(names=names)
    raise InputError(_("{what}; {todo}").format(what=said, todo=todo))


def _of_folder(path: Path, exercises: Sequence[E]) -> E | None:
    """The exercise in whose folder, of that name, `path` lies."""
    names = {e.name: e for e in exercises}
    parts = (path.name, *(parent.name for parent in path.parents))
    return next((names[part] for part in parts if part in names), None)


def _answer(exercise: Folder, here: Path, book: Workbook | None) -> Path:
    """Where the answer to an exercise lies, seen from `here`."""
    places = [answer_in(folder, exercise) for folder in (here, here / exercise.name)]
    if book is not None:
        places = [book.path(exercise)]
    found = next((path for path in places if path.exists()), None)
    if found is None and book is None:
        raise nothing_in(here, [exercise])
    if found is None:
        said = no_file(places[-1], seen_from(here, places[-1].parents[1]))
        raise FileError(said)
    return found


def no_file(file: str | Path, root: str | Path) -> str:
    """That an answer is gone, and what restores it; `root` is the workbook, seen from here."""
    said = _("there is no {file}; to restore it: tracer init {folder}")
    return said.format(file=file, folder=quoted_file(root))


def nothing_in(here: Path, exercises: Sequence[Folder]) -> InputError:
    """The error for a folder without exercises; often somebody stands one folder too high."""
    below = [quoted_file(folder.name) for folder in Workbook.below(here)]
    if not below:
        said = _("there are no exercises in {here}; start with: {command}")
        return InputError(said.format(here=here, command=begin(exercises[0])))
    said = _("your exercises are one folder down, in {folders}; first: cd {first}")
    return InputError(said.format(folders=", ".join(below), first=below[0]))


def seen_from(here: Path, path: Path) -> Path:
    """The shortest way to write `path` in the folder `here`."""
    return path.relative_to(here) if path.is_relative_to(here) else path


def chosen_exercise(
    said: str | None, exercises: Sequence[E], here: Path
) -> tuple[E, Workbook | None] | None:
    """Which exercise ``tracer hint SAID`` means, and in which workbook; no answer need exist."""
    if said is None:
        choice = choose(None, exercises, here)
        return (choice.exercise, choice.book) if choice else None
    if not _is_path(said, here):
        exercise, book = find(said, exercises), Workbook.find(here)
        if book is None and Workbook.below(here):  # there, hints come one at a time
            raise nothing_in(here, exercises)
        return exercise, book
    path = Path(here, said).resolve()
    todo = _("give the exercise itself, one of {names}")
    return _of_path(path, exercises, todo), Workbook.find(path)
