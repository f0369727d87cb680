"""The ladder: every exercise, how far it is, and what is wrong first; as records."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

from tracer.course.workbook import Workbook
from tracer.exercises.exercise import Exercise
from tracer.grading.report import Report, Verdict
from tracer.language import _, plural
from tracer.view.parts.exercises import exercise_list
from tracer.view.parts.report import judged
from tracer.view.parts.said import Said
from tracer.view.say.verdict import all_passed


@dataclass(frozen=True, slots=True)
class Rung:
    """One exercise.

    Attributes
    ----------
    name : str
    verdict : Verdict or None
        None where nothing was checked.
    status : str
        The same in words, and whether the answer has changed since.
    following : bool
        Whether it is the one to go on with.
    passed : str
        Day and time at which it passed; empty if it never did.
    tries : int
        Different answers that were checked until then; those since it passed do not count.
    """

    name: str
    verdict: Verdict | None
    status: str
    following: bool
    passed: str
    tries: int

    @property
    def before(self) -> bool:
        """Whether it passed once, and does not any more."""
        return bool(self.passed) and self.verdict is not Verdict.PASSED

    @property
    def when(self) -> str:
        """When it passed, in words."""
        return _("passed {when}").format(when=self.passed) if self.before else self.passed

    @property
    def day(self) -> str:
        """The same without the time; of what does not pass any more, without the day."""
        return _("passed before") if self.before else self.passed.partition(" ")[0]

    @property
    def tried(self) -> str:
        """How many tries, in words; nothing where there was none."""
        if not self.tries:
            return ""
        if self.before:
            said = plural("after {count} try", "after {count} tries", self.tries)
            return said.format(count=self.tries)
        return self.counted

    @property
    def counted(self) -> str:
        """The same in two words."""
        said = plural("{count} try", "{count} tries", self.tries)
        return said.format(count=self.tries) if self.tries else ""


@dataclass(frozen=True, slots=True)
class Ladder:
    """All of them, in order, and what to do next."""

    rungs: tuple[Rung, ...]
    advice: Said

    @property
    def passed(self) -> int:
        """How many are passed."""
        return sum(rung.verdict is Verdict.PASSED for rung in self.rungs)

    @property
    def said(self) -> str:
        """How many of them, in words."""
        return how_many(self.passed, len(self.rungs))


@dataclass(frozen=True, slots=True)
class CheckedRow:
    """One exercise of ``tracer check --all``.

    `first` is the first thing that is wrong, in a few words.
    """

    name: str
    verdict: Verdict
    points: float
    out_of: int
    first: str


def how_many(passed: int, count: int) -> str:
    """``3 of 24 passed``."""
    return _("{passed} of {count} passed").format(passed=passed, count=count)


def ladder(exercises: Sequence[Exercise], book: Workbook, left_out: Sequence[str] = ()) -> Ladder:
    """What a workbook knows."""
    listed = exercise_list(exercises, book, left_out=left_out)
    rungs = []
    for exercise, row in zip(exercises, listed.rows, strict=True):
        work = book.work(exercise)
        status = row.status
        when = _when(work.passed)
        if work.passed and not when and row.verdict is not Verdict.PASSED:
            status = _("{verdict}, passed before").format(verdict=status)
        rungs.append(Rung(row.name, row.verdict, status, row.following, when, work.tries))
    return Ladder(tuple(rungs), listed.advice)


def _when(seconds: int) -> str:
    """A time on the clock of whoever reads it; of a file of long ago, or to come, nothing."""
    try:
        return time.strftime("%Y-%m-%d %H:%M", time.localtime(seconds)) if seconds else ""
    except (OSError, OverflowError, ValueError):
        return ""


def checked_row(report: Report, encoding: str = "utf-8") -> CheckedRow:
    """What a report says, in a line."""
    exercise = report.exercise
    return CheckedRow(
        exercise.name, report.verdict, report.points, exercise.points, first_thing(report, encoding)
    )


def unwritten(exercise: Exercise) -> CheckedRow:
    """Of a file that is as it was handed out."""
    return CheckedRow(exercise.name, Verdict.NOT_STARTED, 0.0, exercise.points, "")


def missing(exercise: Exercise, why: str) -> CheckedRow:
    """Of a file that is not there, or cannot be read."""
    return CheckedRow(exercise.name, Verdict.NOT_STARTED, 0.0, exercise.points, why)


def first_thing(report: Report, encoding: str = "utf-8") -> str:
    """The first thing that is wrong: where, or what happened; nothing where nothing is."""
    if report.verdict in (Verdict.PASSED, Verdict.NOT_STARTED):
        return ""
    failing = judged(report, encoding).first_failing
    assert failing is not None
    if failing.wrong is not None:
        return _("“{check}”: {place}").format(check=failing.name, place=failing.wrong.place)
    assert failing.stopped is not None
    return failing.stopped.said[0].text


def what_next(rows: Sequence[CheckedRow], left_out: Sequence[str] = ()) -> Said:
    """The command that says more of the first one that is not passed."""
    open_ones = [row for row in rows if row.verdict is not Verdict.PASSED]
    if not open_ones:
        return Said(all_passed(left_out))
    first = open_ones[0]
    number = first.name.partition("_")[0]
    verb = "read" if first.verdict is Verdict.NOT_STARTED else "check"
    command = f"tracer {verb} {number}"
    return Said(_("Next: {command}").format(command=command), typed=command)
