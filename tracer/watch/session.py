"""What a saved file or a result does to what is shown; nothing here waits for anything."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from tracer.course.workbook import Workbook
from tracer.errors import TracerError
from tracer.exercises.earlier import usable
from tracer.exercises.exercise import Exercise
from tracer.exercises.submission import Submission
from tracer.grading.report import Verdict
from tracer.language import _
from tracer.view.parts.ladder import CheckedRow
from tracer.view.say.verdict import all_passed
from tracer.view.terminal.console import Abilities
from tracer.view.terminal.watching import Shown
from tracer.watch import bodies
from tracer.watch.answers import after, fingerprints, first_open, is_open
from tracer.watch.checking import Checked, Early, Job
from tracer.watch.halfway import halfway

if TYPE_CHECKING:
    from rich.text import Text

SLOW = 0.5
"""Seconds after which it is said that a check is running."""

LONG = 3.0
"""Seconds after which it is said what can be done about that."""


class Checks(Protocol):
    """Who checks; what comes of a job is handed to `Session.checked` later."""

    def ask(self, job: Job) -> None:
        """Have an answer checked; another one that is still being checked is given up."""

    def stop(self) -> None:
        """Give up what is being checked."""


@dataclass(slots=True)
class Session:
    """One evening.

    Attributes
    ----------
    exercises : sequence of Exercise
    book : Workbook
    checks : Checks
    able : Abilities
    current : Exercise
        The one that is worked on.
    over : bool
        Whether somebody wants to leave.
    notice, question : str
        The quiet sentence, and a question that a key answers.
    elsewhere : str
        What came last of an answer that is not the one on the screen.
    body : list of Text
        What fills the screen.
    view : str
        What that is: a ``report``, a ``hint``, the ``list``, the ``page``, or the table of ``all``.
    first : int
        The first line of it that is shown.
    number : int
        Of the last job.
    drawn_for : Abilities or None
        The terminal for which its report is drawn.
    running : (Exercise, float) or None
        What is being checked, and since when.
    early : Early or None
        What is certain of it, while its mistake is looked for.
    reports : dict of str to Checked
        The last result of each exercise of this evening.
    seen : dict of str to str
        The fingerprints of the answers.
    saved_ones : list of Exercise
        What was saved and has no result yet, in that order; also what is being checked of it.
    left : list of Exercise
        What is still to be checked for the table.
    rows : dict of str to CheckedRow
        Its rows.
    """

    exercises: Sequence[Exercise]
    book: Workbook
    checks: Checks
    able: Abilities
    left_out: Sequence[str] = ()
    clock: Callable[[], float] = time.monotonic
    current: Exercise = field(init=False)
    over: bool = False
    notice: str = ""
    elsewhere: str = ""
    body: list[Text] = field(default_factory=list)
    view: str = "report"
    first: int = 0
    question: str = ""
    number: int = 0
    drawn_for: Abilities | None = None
    running: tuple[Exercise, float] | None = None
    early: Early | None = None
    reports: dict[str, Checked] = field(default_factory=dict)
    seen: dict[str, str] = field(default_factory=dict)
    saved_ones: list[Exercise] = field(default_factory=list)
    left: list[Exercise] = field(default_factory=list)
    rows: dict[str, CheckedRow] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Begin with the first exercise that is not passed as it is now; without one, the list."""
        self.seen = fingerprints(self.book, self.exercises)
        open_one = first_open(self.book, self.exercises)
        self.current = open_one or self.exercises[0]
        self.turn_to(self.current)
        if open_one is None:
            self.view, self.notice = "list", all_passed(self.left_out)
            self.view_again()

    # What happens.

    def saved(self) -> None:
        """Something in the folder has changed: perhaps an answer."""
        now = fingerprints(self.book, self.exercises)
        changed = [e for e in self.exercises if now[e.name] != self.seen[e.name]]
        self.seen = now
        if not changed:
            return
        self.saved_ones += [e for e in changed if e not in self.saved_ones]
        needed = {e.name for e in changed} & {one.name for one in usable(self.current)}
        if self.current not in changed and not (needed and self.book.changed(self.current)):
            there = [e for e in changed if now[e.name]]
            if not there:
                return
            self.current = there[0]
        self.question, self.elsewhere, self.left = "", "", []
        self.look_at_answer()

    def heard(self, found: Checked | Early) -> None:
        """Something has come of a job."""
        if self.running is None or found.number != self.number:
            return  # it was given up
        if isinstance(found, Early):
            self.early = found
            if self.view == "report" and self.running[0] is self.current:
                self.begin_body()
        else:
            self.checked(found)

    def checked(self, found: Checked) -> None:
        """A result has come."""
        if self.running is None or found.number != self.number:
            return  # of what was given up
        exercise, self.running, self.early = self.running[0], None, None
        self.dealt_with(exercise)
        follows = self.what_follows()
        self.book = Workbook.open(self.book.root)
        if found.row is not None:
            self.reports[exercise.name] = found
            self.rows[exercise.name] = found.row
        if exercise is not self.current and self.view != "all":
            self.elsewhere = bodies.came(exercise, found)
            if self.notice == follows:
                self.notice = self.what_follows()
        else:
            self.notice = found.trouble
            if found.row is None:
                self.notice = found.trouble or _("The check broke off; r runs it again.")
        if self.view == "all":
            self.check_next()
        elif self.view == "list":
            self.view_again()
        elif exercise is self.current and self.view in ("report", "hint"):
            if self.drawn_for != self.able:
                self.run(exercise, drawn=True)
            if found.row is None and self.view == "report":
                self.begin_body()
            self.show_report()
            if found.verdict is Verdict.PASSED:
                self.notice = found.trouble or self.what_follows()
        self.go_on()

    def resized(self, able: Abilities) -> None:
        """The terminal has another size, or was somebody else's meanwhile."""
        if (able.width, able.height) == (self.able.width, self.able.height):
            return
        self.able = able
        if self.view in ("report", "hint"):
            kept = self.reports.get(self.current.name)
            busy = self.running is not None and self.running[0] is self.current
            if kept is not None and not busy:
                self.run(self.current, drawn=True)
            elif kept is None:
                self.turn_to(self.current)
        else:
            self.view_again()

    @property
    def shown(self) -> Shown:
        """What is on the screen now."""
        return Shown(
            self.body, self.first, self.current.name,
            sum(map(self.book.passed, self.exercises)), len(self.exercises), self._said(),
        )  # fmt: skip

    # What is looked at.

    def turn_to(self, exercise: Exercise) -> None:
        """Work on this one; what passed and has not changed since is not run again."""
        self.current, self.first, self.view = exercise, 0, "report"
        self.notice = self.elsewhere = ""
        kept = self.reports.get(exercise.name)
        same = not self.book.changed(exercise)
        if self.running is not None and self.running[0] is exercise:
            self.begin_body()
        elif kept is not None and same:
            self.show_report()
            if self.drawn_for != self.able:
                self.run(exercise, drawn=True)
        elif self.book.passed(exercise) and same:
            said = _("passed, and not changed since; r runs it again, n goes on")
            if first_open(self.book, self.exercises) is None:
                said = _("passed, and not changed since; r runs it again")
            self.body = bodies.title(exercise, self.able, said)
        else:
            self.look_at_answer()

    def look_at_answer(self) -> None:
        """Check the answer, if it is one; half of one leaves the last result on the screen."""
        exercise = self.current
        self.view, self.first, self.notice = "report", 0, ""
        why = self.no_answer(exercise)
        if why is None:
            self.run(exercise)
            return
        self.stay(why)
        if not why:
            self.body = bodies.unwritten(exercise, self.book, self.able)

    def no_answer(self, exercise: Exercise) -> str | None:
        """Why there is nothing to check, in a sentence; empty for a stub, None for an answer."""
        try:
            source = Submission.read(self.book.path(exercise)).source
            stub = exercise.stub.read_bytes()
        except (TracerError, OSError) as error:
            return self._unreadable(exercise, error)
        if source == stub:
            return ""
        why = halfway(source, self.book.path(exercise).name)
        if why and exercise.name in self.reports:
            return _("{why} Shown is the last result.").format(why=why)
        if why and self.book.changed(exercise):  # since a check of an earlier evening
            return _("{why} It is not checked; r does so.").format(why=why)
        return None

    def go_on(self) -> None:
        """Check what else was saved, if nothing is being checked; what passed so is not run."""
        while self.running is None and self.saved_ones:
            exercise = self.saved_ones[0]
            why = self.no_answer(exercise)
            if why is None and is_open(self.book, exercise):
                self.run(exercise)
            else:
                self.dealt_with(exercise)

    def dealt_with(self, exercise: Exercise) -> None:
        """Something has come of what was saved of this exercise."""
        self.saved_ones = [one for one in self.saved_ones if one is not exercise]

    def run_again(self) -> None:
        """Check the answer whatever is known of it; where there is none, say so."""
        self.view, self.notice = "report", ""
        try:
            Submission.read(self.book.path(self.current))
        except TracerError as error:
            self.stay(self._unreadable(self.current, error))
        else:
            self.run(self.current)

    def _unreadable(self, exercise: Exercise, error: Exception) -> str:
        """Why an answer cannot be read, and what is on the screen, or what to do."""
        path = self.book.path(exercise)
        there = path.exists()
        why = str(error).replace(str(path), exercise.file)  # the whole path would leave no room
        if not there:
            why = _("{file} is not there.").format(file=exercise.file)
        if exercise.name in self.reports:
            return _("{why} Shown is the last result.").format(why=why)
        if there:
            return why
        return _("{why} To restore it: tracer init .").format(why=why)

    def stay(self, why: str) -> None:
        """Give up what is being checked of it, and leave the last result on the screen."""
        self.checks.stop()
        self.running, self.early, self.notice = None, None, why
        self.dealt_with(self.current)
        self.begin_body()
        self.go_on()

    def run(self, exercise: Exercise, *, drawn: bool = False) -> None:
        """Have an answer checked, or only its last report drawn for the terminal as it is now."""
        self.number += 1
        self.running, self.early = (exercise, self.clock()), None
        self.drawn_for = self.able
        if exercise is self.current and self.view == "report":
            self.begin_body()
        self.checks.ask(Job(self.number, exercise.folder, self.book.root, self.able, drawn))

    def begin_body(self) -> None:
        """What is certain, the last report, or before the first one what the exercise is."""
        if self.early is not None and self.running is not None and self.running[0] is self.current:
            self.body = self.early.lines
        elif self.current.name in self.reports:
            self.show_report()
        else:
            self.body = bodies.title(self.current, self.able)

    def show_report(self) -> None:
        """Show the last report on the current exercise, if there is one."""
        kept = self.reports.get(self.current.name)
        if kept is not None:
            self.body = kept.lines

    def what_follows(self) -> str:
        """What to say of an answer that has passed."""
        one = after(self.book, self.exercises, self.current)
        if one is None:
            return all_passed(self.left_out)
        return _("Passed. n goes on with {exercise}.").format(exercise=one.name)

    def view_again(self) -> None:
        """Make what is shown once more, for what is known now."""
        match self.view:
            case "list":
                self.body = bodies.listed(
                    self.exercises, self.current, self.book, self.left_out, self.able
                )
            case "page":
                self.body = bodies.asked(self.current, self.able)
            case "all":
                self.show_table()
            case _:
                self.turn_to(self.current)

    def check_next(self) -> None:
        """Go on with the table."""
        self.show_table()
        if self.left:
            self.run(self.left.pop(0))

    def show_table(self) -> None:
        """Show the table as far as it is known."""
        self.body = bodies.table(self.exercises, self.rows, self.able)

    def _said(self) -> str:
        """The quiet sentence: a question, that a check is running, or what has happened."""
        told = " ".join(filter(None, (self.notice, self.elsewhere)))
        if self.question or self.running is None:
            return self.question or told
        exercise, since = self.running
        seconds = self.clock() - since
        if self.early is not None and seconds <= LONG:
            return _("Looking for the mistake in {exercise} …").format(exercise=exercise.name)
        if seconds < SLOW:
            return told
        said = _("Checking {exercise} …").format(exercise=exercise.name)
        if seconds > LONG:
            said = _("Checking {exercise} … for {seconds:.0f} s; save again to begin anew").format(
                exercise=exercise.name, seconds=seconds
            )
        kept = self.reports.get(exercise.name)
        if kept is not None and self.body is kept.lines:
            said = _("Shown is the result of the file before.") + " " + said
        return said
