"""A class graded into a folder: what was handed in is taken in, then graded, then kept.

Whatever is there already is left as it is. So the same command, given once more after a kill, goes
on where it was; and a new download grades what is new in it.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

from tracer.errors import InputError
from tracer.exercises.earlier import all_used
from tracer.exercises.exercise import Exercise
from tracer.gradebook import records
from tracer.gradebook.handed import HandedIn, LeftOut
from tracer.gradebook.identity import grader_of
from tracer.gradebook.intake import handed_in
from tracer.gradebook.naming import as_text
from tracer.gradebook.store import Kept, Store
from tracer.gradebook.together import OnceMore
from tracer.gradebook.workers import Grader, Job, Outcome, graded
from tracer.language import _, quoted_file

Grading: TypeAlias = Callable[[Iterable[Job], Grader, int], Generator[Outcome]]
"""What grades submissions, so many at once: the processes of `workers`, or a cluster."""


class Alone(NamedTuple):
    """The only folder in what was given: it counts as a student's, and may be one around all."""

    path: Path
    folder: str


class Taken(NamedTuple):
    """What was handed in: how much of it is new, what is left out, and what may be meant.

    `once_more` are answers of before that are graded again, with other earlier answers.
    """

    handed: int
    new: int
    left_out: tuple[LeftOut, ...]
    alone: tuple[Alone, ...] = ()
    once_more: tuple[OnceMore, ...] = ()


class Work(NamedTuple):
    """The submissions to grade: their numbers, each with its exercise and who grades it."""

    pending: tuple[tuple[int, Exercise, str], ...]


def check_apart(paths: Sequence[Path], results: Path) -> None:
    """Raise an `InputError` if the results would be written into what is graded."""
    for path in paths:
        if path.is_dir() and results.resolve().is_relative_to(path.resolve()):
            raise InputError(
                _(
                    "--out {results} lies in {path}, and what is graded is never written to; "
                    "choose a folder outside of it"
                ).format(results=quoted_file(results), path=quoted_file(path))
            )


def settle_seed(store: Store, seed: int | None) -> int | None:
    """The one seed of the class, as it was said first; None where each submission has its own.

    Raises
    ------
    InputError
        If another was said before: two students would be graded with other numbers unasked.
    """
    kept = store.setting("seed")
    if kept is None:
        store.remember("seed", {"one": seed})
        return seed
    began: int | None = kept["one"]
    if seed is not None and seed != began:
        was = _("one for each submission") if began is None else f"--seed {began}"
        raise InputError(
            _("--seed {seed}: these results were begun with {was}; choose another --out").format(
                seed=seed, was=was
            )
        )
    return began


def take_in(
    store: Store,
    paths: Sequence[Path],
    exercises: Sequence[Exercise],
    only: Exercise | None,
    seed: int | None,
) -> Taken:
    """Keep all that lies at these paths, each with the seed that draws its numbers.

    With `only`, nothing else is graded: of the others it may import those that it uses.
    """
    left_out: list[LeftOut] = []
    alone: list[Alone] = []
    others: list[HandedIn] = []
    answered: set[str] = set()
    imports = {e.name for e in all_used(only)} if only is not None else set()
    handed = 0

    def seeded() -> Iterator[tuple[HandedIn, int]]:
        nonlocal handed
        for path in paths:
            students, outermost = set(), set()
            for one in handed_in(path, exercises, only):
                outermost.add(one.where.rpartition("/")[0].partition("/")[0])
                if isinstance(one, LeftOut):
                    left_out.append(one)
                    continue
                students.add(one.student.key)
                if only is None or one.exercise == only.name:
                    handed += 1
                    answered.add(one.student.key)
                    yield one, secrets.randbits(32) if seed is None else seed
                else:
                    others.append(replace(one, source=b""))
                    if one.exercise in imports:
                        yield replace(one, only_imported=True), 0
            if len(students) == 1 and students == {as_text(name) for name in outermost}:
                alone.append(Alone(path, *outermost))

    # In one transaction: a kill leaves all of a download or none.
    asked = exercises if only is None else [only]
    new, once_more = store.take_in(seeded(), asked)
    ever = store.handed_in(only.name) if only is not None else set()
    for one in others:
        if one.exercise in imports and one.student.key in ever:
            continue  # it goes with that
        said = _("it answers {exercise}, and --exercise says that {only} alone is graded")
        why = said.format(exercise=one.exercise, only=only.name if only is not None else "")
        left_out.append(LeftOut(one.where, why, foreign=one.student.key in answered))
    return Taken(handed, new, tuple(left_out), tuple(alone), once_more)


def work(store: Store, exercises: Sequence[Exercise]) -> Work:
    """What is to be graded: all that is kept, and was not graded by the grader of now."""
    found: list[tuple[int, Exercise, str]] = []
    for exercise in exercises:
        name = grader_of(exercise)
        found += [(number, exercise, name) for number in store.pending(name, exercise.name)]
    return Work(tuple(found))


def grade_all(
    store: Store, folder: Path, todo: Work, grader: Grader, jobs: int, wall: str,
    tell: Callable[[str], None], by: Grading | None = None,
) -> None:  # fmt: skip
    """Grade what is to be graded, and keep each grade before the next is asked for.

    Parameters
    ----------
    store : Store
    folder : Path
        That of the results.
    todo : Work
    grader : Grader
    jobs : int
        Processes at once.
    wall : str
        What the wall is called in the record.
    tell : callable
        Called with the student's key after each.
    by : callable, optional
        What grades them; processes of this machine by default.
    """
    for done in run(store, todo, grader, jobs, wall, by):
        if done.record is None:
            store.keep_fault(done.number, done.grader, done.fault)
        else:
            store.keep(done.number, done.grader, done.record)
            records.write(folder, done.record)
        tell(done.student)


class Done(NamedTuple):
    """What came of a submission: its record, or why the grader failed."""

    number: int
    student: str
    grader: str
    record: dict[str, Any] | None
    fault: str


def run(
    store: Store, todo: Work, grader: Grader, jobs: int, wall: str, by: Grading | None = None
) -> Generator[Done]:
    """Grade what is to be graded, each as soon as a process is free, and keep nothing of it."""
    by_number = {number: (exercise, name) for number, exercise, name in todo.pending}
    under_way: dict[int, Kept] = {}

    def asked() -> Iterator[Job]:
        for number, (exercise, _name) in by_number.items():
            kept = under_way[number] = store.submission(number)
            handed = kept.handed
            yield Job(number, exercise.folder, handed.file, handed.source, kept.seed, kept.earlier)

    with closing((by or graded)(asked(), grader, jobs)) as outcomes:
        for found in outcomes:
            kept, (_exercise, name) = under_way.pop(found.number), by_number[found.number]
            record = None if found.grade is None else _record(kept, name, wall) | found.grade
            yield Done(found.number, kept.handed.student.key, name, record, found.fault)


def _record(kept: Kept, grader: str, wall: str) -> dict[str, Any]:
    """All that led to a grade."""
    handed = kept.handed
    student = handed.student
    return {
        "schema": records.SCHEMA,
        "student": {"key": student.key, "name": student.name, "email": student.email},
        "exercise": handed.exercise,
        "attempt": handed.attempt,
        "file": handed.file,
        "where": handed.where,
        "time": None if handed.time is None else handed.time.isoformat(),
        "late": handed.late,
        "digest": handed.digest,
        "seed": kept.seed,
        "grader": grader,
        "wall": wall,
    }
