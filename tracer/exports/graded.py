"""One submission, graded in somebody's box: of each exercise the grade, or why there is none."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from tracer.exercises.exercise import Exercise
from tracer.exports.telling import as_text, of_check, whole
from tracer.gradebook.handed import HandedIn, LeftOut
from tracer.gradebook.intake import handed_in
from tracer.gradebook.workers import Grader, Job, outcome
from tracer.grading.report import Kind, Verdict
from tracer.language import _
from tracer.sandbox.process import Limits
from tracer.sandbox.walls import wall
from tracer.view.export.report_json import as_record
from tracer.view.parts.gradebook import left_out as told_left_out
from tracer.view.say.words import clean


@dataclass(frozen=True, slots=True)
class Line:
    """One check as every system shows it: its title, its points, and what is said."""

    title: str
    points: float
    out_of: int
    passed: bool = False
    said: str = ""


@dataclass(frozen=True, slots=True)
class Graded:
    """What became of one exercise.

    Attributes
    ----------
    exercise : Exercise
    report : mapping or None
        As `tracer check --format json` writes it; None where nothing was handed in, or the grader
        failed.
    seed : int
    notes : str
        What is said about the files.
    fault : str
        Why the grader failed; empty if it did not.
    """

    exercise: Exercise
    report: Mapping[str, Any] | None
    seed: int
    notes: str = ""
    fault: str = ""

    @property
    def points(self) -> float:
        """What it earns."""
        return float(self.report["points"]) if self.report else 0.0

    @property
    def gradable(self) -> bool:
        """Whether there is a file in which Python finds a program."""
        checks = self.report["checks"] if self.report else []
        return any(not c["trouble"] or c["trouble"]["kind"] != Kind.FORM for c in checks)

    @property
    def said(self) -> str:
        """What is said of it as a whole."""
        about = whole(self.report) if self.report else iter((self.missing,))
        return as_text(iter([*about, *filter(None, (self.notes,))]))

    @property
    def missing(self) -> str:
        """That nothing was handed in."""
        said = _("{title}: no file of this exercise; expected {file}")
        return said.format(title=self.exercise.title, file=self.exercise.file)

    @property
    def lines(self) -> list[Line]:
        """A line a check, in the order of the exercise."""
        if self.report is None:
            return [Line(c.title, 0.0, c.points) for c in self.exercise.checks]
        return [
            Line(
                c["title"], c["points"], c["out_of"], c["verdict"] == Verdict.PASSED,
                as_text(of_check(c)),
            )
            for c in self.report["checks"]
        ]  # fmt: skip


def graded(
    folder: Path, exercises: Sequence[Exercise], standing: str, seconds: float
) -> Iterator[Graded]:
    """Grade what lies in a folder, for each exercise.

    Parameters
    ----------
    folder : Path
        What one student has handed in.
    exercises : sequence of Exercise
    standing : str
        The name of the wall.
    seconds : float
        Of processor time for each call.
    """
    grader = Grader(partial(wall, standing), as_record, Limits(seconds=seconds))
    only = exercises[0] if len(exercises) == 1 else None
    found = list(handed_in(folder, exercises, only))
    left_out = [one for one in found if isinstance(one, LeftOut)]
    about = [clean(one.text) for one in told_left_out(left_out)]
    for number, exercise in enumerate(exercises):
        theirs = [h for h in found if isinstance(h, HandedIn) and h.exercise == exercise.name]
        theirs.sort(key=lambda one: (one.where.count("/"), one.where))
        seed = secrets.randbits(32)
        if not theirs:
            yield Graded(exercise, None, seed, "\n".join(about))
            continue
        first, *others = theirs
        notes = [*about, *(_also(first, other) for other in others)]
        job = Job(number, exercise.folder, first.file, first.source, seed)
        done = outcome(job, grader)
        report = done.grade["report"] if done.grade else None
        fault = done.fault or ("" if done.grade else _("the grader failed"))
        yield Graded(exercise, report, seed, "\n".join(notes), fault)


def _also(first: HandedIn, other: HandedIn) -> str:
    said = _("{first} is graded, and {other} is not: it answers the same exercise")
    return said.format(first=clean(first.where), other=clean(other.where))
