"""The parts around the exercises: their list, what was handed out, a hint."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tracer.course.handing_out import Handed
from tracer.course.kept import Result
from tracer.course.source import begin
from tracer.course.workbook import Workbook
from tracer.exercises.exercise import Exercise
from tracer.grading.report import Verdict
from tracer.language import _, plural, quoted_file
from tracer.view.parts.said import Said, Tone
from tracer.view.say.verdict import all_passed, verdict_name
from tracer.view.say.words import clean


@dataclass(frozen=True, slots=True)
class ExerciseRow:
    """One exercise.

    Attributes
    ----------
    name, title : str
    equations : str
        The kind of cell or update that says what is right; empty where a reference does.
    functions : tuple of str
        What is to be written, a signature each.
    points : float
    out_of : int
    verdict : Verdict or None
        How its last check ended; None where nothing was checked yet.
    following : bool
        Whether it is the one to go on with.
    changed : bool
        Whether the answer is another one than that which was checked.
    gone : bool
        Whether there is no file of it.
    lacks : str
        The exercise whose answer it imported when it was checked, and of which there is no file.
    needs, checks : tuple of str
        The exercises before it, and the names of its checks.
    """

    name: str
    title: str
    equations: str
    functions: tuple[str, ...]
    points: float
    out_of: int
    verdict: Verdict | None
    following: bool
    changed: bool
    gone: bool
    lacks: str
    needs: tuple[str, ...]
    checks: tuple[str, ...]

    @property
    def status(self) -> str:
        """How far it is, in words."""
        if self.verdict is None:
            return _("no file") if self.gone else _("not checked")
        name = verdict_name(self.verdict, self.points)
        if self.gone:
            return _("{verdict}, no file now").format(verdict=name)
        if self.lacks:
            return _("{verdict}, no {exercise} now").format(verdict=name, exercise=self.lacks)
        if self.changed:
            return _("{verdict}, changed since").format(verdict=name)
        return name


@dataclass(frozen=True, slots=True)
class ExerciseList:
    """Every exercise, in order; `tracked` where a workbook remembers how far each is."""

    rows: tuple[ExerciseRow, ...]
    tracked: bool
    advice: Said


@dataclass(frozen=True, slots=True)
class HandedOut:
    """What was written, which files were left as they were, and what to do next."""

    written: Said
    kept: tuple[str, ...]
    advice: Said


@dataclass(frozen=True, slots=True)
class Hint:
    """One hint, or all of them, each numbered; under a title, and with what to do next."""

    title: Said
    items: tuple[Said, ...]
    advice: Said


def exercise_list(
    exercises: Sequence[Exercise],
    book: Workbook | None,
    below: Sequence[Path] = (),
    encoding: str = "utf-8",
    left_out: Sequence[str] = (),
    at: Exercise | None = None,
) -> ExerciseList:
    """The list; without a `book`, `below` are the workbooks one folder below.

    `left_out` are the exercises that cannot be used; `at` is the one that is worked on, without
    it the first that is not passed.
    """
    results = book.results if book is not None else {}
    open_ones = [e.name for e in exercises if not _passed(results.get(e.name))]
    following = open_ones[0] if open_ones and book is not None else None
    gone = [e.name for e in exercises if book is not None and not os.path.lexists(book.path(e))]
    rows = (
        _row(
            e,
            results.get(e.name),
            following=e.name == (following if at is None else at.name),
            changed=book is not None and book.changed(e),
            gone=gone,
        )
        for e in exercises
    )
    if book is None and below:
        folder = clean(quoted_file(below[0].name), encoding)
        said = _("Your exercises are one folder down: cd {folder}").format(folder=folder)
    elif book is None:
        said = _("To start: {command}, then cd my-course").format(command=begin(exercises[0]))
    elif following is None:
        said = all_passed(left_out)
    elif following in results:
        said = _("Next: tracer check")
    else:
        said = _("Next: tracer read")
    return ExerciseList(tuple(rows), book is not None, Said(said))


def _row(
    exercise: Exercise, result: Result | None, *, following: bool, changed: bool,
    gone: Sequence[str],
) -> ExerciseRow:  # fmt: skip
    imported = {file.partition("/")[0] for file in result.imported} if result else set()
    return ExerciseRow(
        name=exercise.name,
        title=exercise.title,
        equations=exercise.equations,
        functions=exercise.signatures,
        points=result.points if result else 0,
        out_of=exercise.points,
        verdict=result.verdict if result else None,
        following=following,
        changed=changed,
        gone=exercise.name in gone,
        lacks=next((name for name in gone if name in imported), ""),
        needs=tuple(exercise.needs),
        checks=tuple(check.name for check in exercise.checks),
    )


def _passed(result: Result | None) -> bool:
    return result is not None and result.verdict is Verdict.PASSED


def handed_out(root: Path, handed: Sequence[Handed], encoding: str = "utf-8") -> HandedOut:
    """What ``tracer init`` did in the folder `root`."""
    count = sum(h.written for h in handed)
    shown = clean(str(root), encoding)
    here = root.resolve() == Path.cwd()
    said = plural("{count} file written.", "{count} files written.", count)
    if not here:
        said = plural(
            "{count} file written to {folder}.", "{count} files written to {folder}.", count
        )
    if not count:
        said = _("All files are already there.")
    advice = _("Next: read README.md")
    if not here:
        advice = _("Next: cd {folder}, then read README.md").format(
            folder=clean(quoted_file(root), encoding)
        )
    kept = (clean(str(h.path.relative_to(root)), encoding) for h in handed if h.own_work)
    return HandedOut(Said(said.format(count=count, folder=shown)), tuple(kept), Said(advice))


def hint(exercise: Exercise, check: str, items: Sequence[str], number: int | None) -> Hint:
    """One hint. `number` counts from 1; None gives them all."""
    typed = ""
    if number is None:
        typed = begin(exercise)
        title = _("{exercise}, “{check}”: all hints, from mild to strong").format(
            exercise=exercise.name, check=check
        )
        shown = [f"{k}. {item}" for k, item in enumerate(items, 1)]
        said = _("For one hint at a time, work in a folder made by: {command}")
        advice = said.format(command=typed)
    else:
        title = _("{exercise}, “{check}”: hint {number} of {count}").format(
            exercise=exercise.name, check=check, number=number, count=len(items)
        )
        shown = [items[number - 1]]
        advice = _("This is the last hint. README.md works out one number by hand.")
        if number < len(items):
            advice = _("Still stuck? Run it again for a stronger hint.")
    return Hint(
        Said(title, Tone.ASIDE),
        tuple(Said(item, Tone.STRONG) for item in shown),
        Said(advice, Tone.ASIDE, typed),
    )
