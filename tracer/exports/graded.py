"""One submission, graded in somebody's box: of each exercise the grade, or why there is none."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from tracer.exercises.earlier import all_used
from tracer.exercises.exercise import Exercise
from tracer.exercises.form import look
from tracer.exports.settings import Settings
from tracer.exports.telling import as_text, whole
from tracer.gradebook.feedback import shown
from tracer.gradebook.handed import Before, HandedIn, LeftOut
from tracer.gradebook.intake import handed_in
from tracer.gradebook.workers import Grader, Job, outcome
from tracer.grading.report import Verdict
from tracer.language import _
from tracer.sandbox.process import Limits
from tracer.sandbox.walls import wall
from tracer.view.export.feedback_text import of_check
from tracer.view.export.report_json import as_record
from tracer.view.parts.gradebook import left_out as told_left_out
from tracer.view.say.words import clean


@dataclass(frozen=True, slots=True)
class Places:
    """What a box says of a submission.

    Attributes
    ----------
    submission : Path
        The folder in which it lies.
    result : Path
        The file that the result goes into.
    tries : int
        How many the student has handed in, with this one; 1 where nothing says it.
    due : datetime or None
        When it is due, by the system itself.
    """

    submission: Path
    result: Path
    tries: int = 1
    due: datetime | None = None


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
        What a student is shown of it; None where nothing was handed in, or the grader failed.
    notes : str
        What is said about the files.
    fault : str
        Why the grader failed; empty if it did not.
    gradable : bool
        Whether there is a file in which Python finds a program.
    """

    exercise: Exercise
    report: Mapping[str, Any] | None
    notes: str = ""
    fault: str = ""
    gradable: bool = False

    @property
    def points(self) -> float:
        """What it earns."""
        return float(self.report["points"]) if self.report else 0.0

    @property
    def seed(self) -> int | None:
        """Repeats it with the same numbers; None where that is not shown."""
        return self.report["seed"] if self.report else None

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
                as_text(iter([c["verdict_said"], *of_check(c)])),
            )
            for c in self.report["checks"]
        ]  # fmt: skip


def graded(
    places: Places, exercises: Sequence[Exercise], standing: str, settings: Settings
) -> Iterator[Graded]:
    """Grade what one student has handed in, for each exercise.

    Parameters
    ----------
    places : Places
        Where it lies, and which try it is.
    exercises : sequence of Exercise
    standing : str
        The name of the wall.
    settings : Settings
        They say how long it may take, and how much of a report is shown.
    """
    folder, now = places.submission, datetime.now(UTC)
    grader = Grader(partial(wall, standing), as_record, Limits(seconds=settings.seconds))
    only = exercises[0] if len(exercises) == 1 else None
    known = {one.name: one for e in exercises for one in (e, *all_used(e))}
    found = list(handed_in(folder, list(known.values()), only))
    left_out = [one for one in found if isinstance(one, LeftOut)]
    answers = [one for one in found if isinstance(one, HandedIn)]
    answers.sort(key=lambda one: (one.where.count("/"), one.where))  # of two, the first counts
    about = [clean(one.text) for one in told_left_out(left_out)]
    for number, exercise in enumerate(exercises):
        theirs = [one for one in answers if one.exercise == exercise.name]
        seed = secrets.randbits(32)
        if not theirs:
            yield Graded(exercise, None, "\n".join(about))
            continue
        first, *others = theirs
        notes = [*about, *(_also(first, other) for other in others)]
        job = Job(
            number, exercise.folder, first.file, first.source, seed, _before(exercise, answers)
        )
        done = outcome(job, grader)
        if done.grade is None:
            fault = done.fault or _("the grader failed")
            yield Graded(exercise, None, "\n".join(notes), fault)
            continue
        due = places.due or settings.due_of(exercise.name)
        levels = settings.feedback.levels(exercise.name, places.tries, due, now)
        report = shown(done.grade["report"], levels)
        form = look(first.file, first.source, exercise.called_names)
        yield Graded(exercise, report, "\n".join(notes), gradable=form.is_program)


def _before(exercise: Exercise, answers: Sequence[HandedIn]) -> tuple[Before, ...]:
    """The answers to exercises before that this one may import: of each the one that counts."""
    names = [one.name for one in all_used(exercise)]
    theirs = {
        h.exercise: Before(h.exercise, h.file, h.source)
        for h in reversed(answers)
        if h.exercise in names
    }
    return tuple(theirs.values())


def _also(first: HandedIn, other: HandedIn) -> str:
    said = _("{first} is graded, and {other} is not: it answers the same exercise")
    return said.format(first=clean(first.where), other=clean(other.where))
