"""From what an instructor has, folders, files, a download as it came, to what each has handed in.

Nothing is unpacked or written. What cannot be graded is named with its reason, and the rest goes
on; the order is that of the names, so that the same paths give the same list.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from itertools import groupby
from pathlib import Path

from tracer.errors import FileError
from tracer.exercises.exercise import Exercise
from tracer.exercises.naming import meant
from tracer.exercises.submission import opened
from tracer.gradebook.archive import in_archive, opened_archive, unpacked
from tracer.gradebook.found import Found, file, in_folder, is_archive, is_program
from tracer.gradebook.handed import HandedIn, LeftOut, Student
from tracer.gradebook.naming import as_text, whose
from tracer.gradebook.systems import Placed, System, folders_around, is_list, system_of
from tracer.language import _

LONGEST_NAME = 60
"""Characters of a file's name that are kept, from its end: so many fit into every folder."""


def handed_in(
    path: Path, exercises: Sequence[Exercise], only: Exercise | None = None
) -> Iterator[HandedIn | LeftOut]:
    """What lies at a path: a folder, an archive, or one file.

    Parameters
    ----------
    path : Path
    exercises : sequence of Exercise
    only : Exercise, optional
        Which exercise those files answer whose names mean none.

    Raises
    ------
    FileError
        If there is nothing, or it cannot be read as a whole.
    """
    with _gathered(path) as gathered:
        yield from (one for one in gathered if isinstance(one, LeftOut))
        found = [one for one in gathered if isinstance(one, Found)]
        programs = [one for one in found if is_program(one.name)]
        others = [one for one in found if not is_program(one.name)]
        around = folders_around([one.where.split("/") for one in gathered])
        system = system_of(programs, others, around)
        if system is None:
            placed = _plain(programs, exercises, _root(path), around)
        else:
            others = [one for one in others if not is_list(one, around)]
            named = [(one, system(one)) for one in programs]
            placed = [whose_it_is for _one, whose_it_is in named if whose_it_is is not None]
            said = _("the list of submissions does not name its folder")
            yield from (LeftOut(one.where, said) for one, nobody in named if nobody is None)
        yield from _others(others, placed, system)
        yield from _read(placed, exercises, only)


@contextmanager
def _gathered(path: Path) -> Iterator[list[Found | LeftOut]]:
    """Every file at a path; what students have packed is opened."""
    try:
        folder, there = path.is_dir(), path.exists()
    except (OSError, ValueError) as error:
        raise FileError(
            _("cannot read {path}: {why}").format(path=path, why=getattr(error, "strerror", error))
        ) from error
    if not there:
        raise FileError(_("cannot read {file}: there is no such file or folder").format(file=path))
    if folder:
        yield list(_with_inner(in_folder(path)))
    elif is_archive(path.name):
        with opened(path) as stream, opened_archive(stream, str(path)) as archive:
            yield list(_with_inner(in_archive(archive)))
    elif path.is_symlink():
        yield [LeftOut(str(path), _("it is a link, and links are not followed"))]
    else:
        yield [file(path, (path.name,))]


def _with_inner(found: Iterator[Found | LeftOut]) -> Iterator[Found | LeftOut]:
    for one in found:
        if isinstance(one, Found) and is_archive(one.name):
            yield from unpacked(one)
        else:
            yield one


def _root(path: Path) -> str:
    """The name of the folder that was given, or in which what was given lies."""
    whole = path.resolve()
    if path.is_dir():
        return whole.name
    return whole.stem if is_archive(whole.name) else whole.parent.name


def _others(
    found: Sequence[Found], placed: Sequence[Placed], system: System | None
) -> Iterator[LeftOut]:
    """What is no program: a note beside an answer or, as all that somebody has handed in, theirs.

    Whose it is, only the names of a course's system say.
    """
    answered = {student.key for one in placed for student in one.students}
    for one in found:
        named = system(one) if system is not None else None
        alone = named is not None and all(s.key not in answered for s in named.students)
        yield LeftOut(one.where, _("it is no Python file and no notebook"), foreign=not alone)


def _plain(
    found: Sequence[Found], exercises: Sequence[Exercise], root: str, around: int
) -> list[Placed]:
    """Files that people have named; a folder around all students is no student.

    Such a folder may mean the exercise of all that lies in it.
    """
    above = 0
    while above < around:
        inside = {whose(one.parts[above + 1 :], exercises, "").student for one in found}
        if "" in inside or len(inside) < 2:
            break
        above += 1
    placed = []
    for one in found:
        means = [folder for folder in one.parts[:above] if meant(folder, exercises)]
        parts = one.parts[above:]
        student = Student(whose((*means, *parts), exercises, root).student)
        attempt = as_text("/".join(parts))
        placed.append(Placed(one, (student,), (*means, *parts), attempt, one.time))
    return placed


def _read(
    placed: Sequence[Placed], exercises: Sequence[Exercise], only: Exercise | None
) -> Iterator[HandedIn | LeftOut]:
    """Read each student's files; what is one's own is together, in the order of the names."""
    placed = sorted(placed, key=lambda one: ([s.key for s in one.students], natural(one.attempt)))
    for _key, group in groupby(placed, key=lambda one: [s.key for s in one.students]):
        nameless: list[Placed] = []
        named: list[tuple[Placed, str]] = []
        for one in group:
            exercise = whose(one.rest, exercises, "").exercise
            if exercise:
                named.append((one, exercise))
            else:
                nameless.append(one)
        for one, exercise in named:
            yield from _one(one, exercise)
        if only is None or any(exercise == only.name for _one_of, exercise in named):
            said = _("its name means none of the exercises")
            if only is None:
                said = _("its name means none of the exercises; --exercise says which one is meant")
            yield from (LeftOut(one.found.where, said) for one in nameless)
        else:
            yield from _nameless(nameless, only)


def _nameless(placed: Sequence[Placed], only: Exercise) -> Iterator[HandedIn | LeftOut]:
    """Of files whose names mean nothing those that have the function; where none has it, all."""
    read = [one for nameless in placed for one in _one(nameless, only.name)]
    names = [name.encode() for name in only.called_names]
    answers = [
        one for one in read if isinstance(one, HandedIn) and any(n in one.source for n in names)
    ]
    for one in read:
        if answers and isinstance(one, HandedIn) and one not in answers:
            said = _("another file of the same student has {function}")
            why = said.format(function=", ".join(only.called_names))
            yield LeftOut(one.where, why, foreign=True)
        else:
            yield one


def _one(placed: Placed, exercise: str) -> Iterator[HandedIn | LeftOut]:
    """A file as each of its students has handed it in; it is read only now."""
    found = placed.found
    if not placed.students:
        yield LeftOut(found.where, _("the list of submissions names nobody who handed it in"))
        return
    try:
        source = found.read()
    except FileError as error:
        yield LeftOut(found.where, str(error))
        return
    first = HandedIn(
        placed.students[0], exercise, placed.attempt, as_text(placed.rest[-1])[-LONGEST_NAME:],
        found.where, source, placed.time, placed.late,
    )  # fmt: skip
    yield from (replace(first, student=student) for student in placed.students)


def natural(text: str) -> list[tuple[int, int, str]]:
    """A key for sorting by which ``9`` comes before ``10``."""
    parts: list[tuple[int, int, str]] = []
    digits = ""
    for character in f"{text}\0":
        if character.isascii() and character.isdigit():
            digits += character
            continue
        if digits:
            parts.append((0, int(digits) if len(digits) < 300 else 10**300, digits))
            digits = ""
        parts.append((1, 0, character))
    return parts
