"""What a saved file, a key or a result does to what is shown; nothing here waits for anything."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Protocol

from tracer.course.hinting import following
from tracer.course.page import PAGE
from tracer.course.resetting import planned, reset
from tracer.course.workbook import Workbook
from tracer.errors import TracerError
from tracer.exercises.exercise import Exercise
from tracer.exercises.form import digest
from tracer.exercises.submission import Submission
from tracer.grading.report import Verdict
from tracer.language import _
from tracer.view.parts.exercises import exercise_list, hint
from tracer.view.parts.ladder import CheckedRow, unwritten
from tracer.view.parts.said import Said, Tone
from tracer.view.say.verdict import all_passed
from tracer.view.terminal import exercises as screens
from tracer.view.terminal.console import Abilities
from tracer.view.terminal.drawing.paragraphs import paragraph
from tracer.view.terminal.ladder import checked
from tracer.view.terminal.page import page
from tracer.view.terminal.watching import Shown, last_first, room
from tracer.watch.checking import Checked, Job
from tracer.watch.halfway import halfway
from tracer.watch.keys import CLOSED, DOWN, PAGE_DOWN, PAGE_UP, UP

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
    """

    exercises: Sequence[Exercise]
    book: Workbook
    checks: Checks
    able: Abilities
    left_out: Sequence[str] = ()
    clock: Callable[[], float] = time.monotonic
    current: Exercise = field(init=False)
    over: bool = False
    _notice: str = ""
    _body: list[Text] = field(default_factory=list)
    _view: str = "report"
    _first: int = 0
    _question: str = ""
    _number: int = 0
    _drawn_for: Abilities | None = None
    _running: tuple[Exercise, float] | None = None
    _reports: dict[str, Checked] = field(default_factory=dict)
    _seen: dict[str, str] = field(default_factory=dict)
    _left: list[Exercise] = field(default_factory=list)
    _rows: dict[str, CheckedRow] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Begin with the first exercise that is not passed as it is now."""
        self._seen = {e.name: self._fingerprint(e) for e in self.exercises}
        self.current = self._following(self.exercises) or self.exercises[0]
        self._turn_to(self.current)

    # What happens.

    def saved(self) -> None:
        """Something in the folder has changed: perhaps an answer."""
        now = {e.name: self._fingerprint(e) for e in self.exercises}
        changed = [e for e in self.exercises if now[e.name] != self._seen[e.name]]
        self._seen = now
        if not changed:
            return
        needed = {e.name for e in changed} & set(self.current.uses)
        if self.current not in changed and not (needed and self.book.changed(self.current)):
            there = [e for e in changed if now[e.name]]
            if not there:
                return
            self.current = there[0]
        self._question, self._left = "", []
        self._look_at_answer()

    def checked(self, found: Checked) -> None:
        """A result has come."""
        if self._running is None or found.number != self._number:
            return  # of what was given up
        exercise, self._running = self._running[0], None
        self.book = Workbook.open(self.book.root)
        self._notice = found.trouble
        if found.row is None:
            self._notice = found.trouble or _("The check broke off; r runs it again.")
        else:
            self._reports[exercise.name] = found
            self._rows[exercise.name] = found.row
        if self._view == "all":
            self._check_next()
        elif exercise is self.current and self._view in ("report", "hint"):
            if self._drawn_for != self.able:
                self._run(exercise, drawn=True)
            self._show_report()
            if found.verdict is Verdict.PASSED:
                self._notice = found.trouble or self._what_follows()

    def resized(self, able: Abilities) -> None:
        """The terminal has another size, or was somebody else's meanwhile."""
        if (able.width, able.height) == (self.able.width, self.able.height):
            return
        self.able = able
        if self._view in ("report", "hint"):
            kept = self._reports.get(self.current.name)
            if kept is not None and self._running is None:
                self._run(self.current, drawn=True)
            elif kept is None:
                self._turn_to(self.current)
        else:
            self._view_again()

    def pressed(self, key: str) -> None:
        """A key."""
        if self._question:
            self._answered(key)
            return
        match key.lower() if len(key) == 1 else key:
            case "q" | "\x03" | "\x04" | "closed":
                self.over = True
            case "n":
                self._next()
            case "h":
                self._hint()
            case "l" | "p" | "c" as view:
                self._toggle({"l": "list", "p": "page", "c": "all"}[view])
            case "r":
                self._view, self._notice = "report", ""
                self._run(self.current)
            case "x":
                self._ask_to_reset()
            case "escape":
                self._left = []
                self._turn_to(self.current)
            case _:
                self._scroll(key)

    @property
    def shown(self) -> Shown:
        """What is on the screen now."""
        return Shown(
            self._body, self._first, self.current.name,
            sum(map(self.book.passed, self.exercises)), len(self.exercises), self._said(),
        )  # fmt: skip

    # What is looked at.

    def _turn_to(self, exercise: Exercise) -> None:
        """Work on this one; what passed and has not changed since is not run again."""
        self.current, self._first, self._view, self._notice = exercise, 0, "report", ""
        kept = self._reports.get(exercise.name)
        same = not self.book.changed(exercise)
        if self._running is not None and self._running[0] is exercise:
            self._begin_body()
        elif kept is not None and same:
            self._show_report()
            if self._drawn_for != self.able:
                self._run(exercise, drawn=True)
        elif self.book.passed(exercise) and same:
            self._body = self._sentences(
                _("{exercise} · {title}").format(exercise=exercise.name, title=exercise.title),
                _("passed, and not changed since; r runs it again, n goes on"),
            )
        else:
            self._look_at_answer()

    def _look_at_answer(self) -> None:
        """Check the answer, if it is one; half of one leaves the last result on the screen."""
        exercise = self.current
        self._view, self._first, self._notice = "report", 0, ""
        try:
            source = Submission.read(self.book.path(exercise)).source
            stub = exercise.stub.read_bytes()
        except (TracerError, OSError):
            said = _("{file} is not there. Shown is the last result.")
            self._stay(said.format(file=exercise.file))
            return
        if source == stub:
            self._stay("")
            self._body = self._unwritten()
            return
        why = halfway(source, self.book.path(exercise).name)
        if why and exercise.name in self._reports:
            self._stay(_("{why} Shown is the last result.").format(why=why))
            return
        self._run(exercise)

    def _stay(self, why: str) -> None:
        """Give up what is being checked, and leave the last result on the screen."""
        self.checks.stop()
        self._running, self._notice = None, why
        self._begin_body()

    def _unwritten(self) -> list[Text]:
        """What to do about an exercise that nobody has begun, and its page."""
        file = self.book.path(self.current)
        shown = file.relative_to(self.book.root)
        said = _("Write {file} in your editor: as soon as you save it, it is checked here.")
        lines = self._sentences(said.format(file=shown))
        return [*lines[:-1], *self._page()]

    def _page(self) -> list[Text]:
        try:
            text = (self.current.folder / PAGE).read_text("utf-8", errors="replace")
        except OSError as error:
            return self._sentences(error.strerror or str(error))
        return page(text, self.able)

    def _run(self, exercise: Exercise, *, drawn: bool = False) -> None:
        self._number += 1
        self._running = exercise, self.clock()
        self._drawn_for = self.able
        if exercise is self.current and self._view == "report":
            self._begin_body()
        self.checks.ask(Job(self._number, exercise.folder, self.book.root, self.able, drawn))

    def _begin_body(self) -> None:
        """The last report, and before the first one what the exercise is."""
        if self.current.name in self._reports:
            self._show_report()
        else:
            title = _("{exercise} · {title}")
            self._body = self._sentences(
                title.format(exercise=self.current.name, title=self.current.title)
            )

    def _show_report(self) -> None:
        kept = self._reports.get(self.current.name)
        if kept is not None:
            self._body = kept.lines

    # What keys do.

    def _next(self) -> None:
        """Go on with the next one that is not passed, from here to the end and then from above."""
        at = self.exercises.index(self.current) + 1
        following_ = self._following([*self.exercises[at:], *self.exercises[:at]])
        if following_ is None:
            self._notice = all_passed(self.left_out)
            return
        if following_ is self.current:
            self._notice = _("This is the only one that is not passed.")
            return
        self._left = []
        self._turn_to(following_)

    def _what_follows(self) -> str:
        at = self.exercises.index(self.current) + 1
        after = self._following([*self.exercises[at:], *self.exercises[:at]])
        if after is None:
            return all_passed(self.left_out)
        return _("Passed. n goes on with {exercise}.").format(exercise=after.name)

    def _hint(self) -> None:
        """Show the next hint above the report; none is used up where the report says more."""
        kept = self._reports.get(self.current.name)
        if self.book.passed(self.current) and not self.book.changed(self.current):
            self._notice = _("{exercise} is passed; n goes on.").format(exercise=self.current.name)
            return
        if kept is not None and not kept.runs:
            self._turn_to(self.current)
            self._notice = _("Your file does not run yet: mend this first. No hint is used up.")
            return
        try:
            given = following(self.current, self.book)
            if not given.early:
                self.book.give_hint(given.key, given.number)
        except TracerError as error:
            self._notice = str(error)
            return
        part = hint(self.current, given.check, given.items, given.number)
        advice = Said("", Tone.ASIDE)
        if given.early:
            said = _("Your answer ended before its numbers came; this hint is not used up.")
            advice = Said(said, Tone.ASIDE)
        elif given.number < len(given.items):
            advice = Said(_("Still stuck? h again gives a stronger one."), Tone.ASIDE)
        lines = screens.hint(replace(part, advice=advice), self.able)
        below = kept.lines if kept is not None else self._unwritten()
        self._view, self._first = "hint", 0
        self._body = [*lines[:-1], *below]

    def _toggle(self, view: str) -> None:
        """Show a list, the table or the page; the same key again goes back."""
        self._left = []
        if self._view == view:
            self._turn_to(self.current)
            return
        self._view, self._first, self._notice = view, 0, ""
        if view == "all":
            self._check_all()
        else:
            self._view_again()

    def _view_again(self) -> None:
        match self._view:
            case "list":
                part = exercise_list(self.exercises, self.book, left_out=self.left_out)
                back = Said(_("n goes on; l goes back"), Tone.ASIDE)
                self._body = screens.exercise_list(replace(part, advice=back), self.able)
            case "page":
                self._body = self._page()
            case "all":
                self._show_table()
            case _:
                self._turn_to(self.current)

    def _check_all(self) -> None:
        """Check them one after the other; what passed and has not changed is not run again."""
        self.checks.stop()
        self._running, self._rows = None, {}
        for exercise in self.exercises:
            result = self.book.results.get(exercise.name)
            if (
                result is not None
                and self.book.passed(exercise)
                and not self.book.changed(exercise)
            ):
                self._rows[exercise.name] = CheckedRow(
                    exercise.name, Verdict.PASSED, result.points, exercise.points, ""
                )
            elif self._is_unwritten(exercise):
                self._rows[exercise.name] = unwritten(exercise)
            else:
                self._left.append(exercise)
                self._rows[exercise.name] = CheckedRow(
                    exercise.name, Verdict.NOT_TRIED, 0.0, exercise.points, ""
                )
        self._check_next()

    def _check_next(self) -> None:
        self._show_table()
        if self._left:
            self._run(self._left.pop(0))

    def _show_table(self) -> None:
        rows = [self._rows[e.name] for e in self.exercises]
        self._body = checked(rows, Said(_("n goes on; c goes back"), Tone.ASIDE), self.able)

    def _ask_to_reset(self) -> None:
        try:
            plan = planned(self.book, self.current)
        except TracerError as error:
            self._notice = str(error)
            return
        if plan is None:
            said = _("{file} is as it was handed out; there is nothing to reset.")
            self._notice = said.format(file=self.current.file)
        elif plan.kept is None:
            self._reset()
        else:
            said = _("Begin {exercise} anew? Your answer is kept as {kept}. y/n")
            self._question = said.format(exercise=self.current.name, kept=plan.kept.name)

    def _answered(self, key: str) -> None:
        """To the question whether to reset: only y does it."""
        self._question = self._notice = ""
        if key.lower() == "y":
            self._reset()
        elif key == CLOSED or key.lower() == "q":
            self.over = True

    def _reset(self) -> None:
        self.checks.stop()
        self._running = None
        try:
            done = reset(self.book, self.current)
        except TracerError as error:
            self._notice = str(error)
            return
        self._reports.pop(self.current.name, None)
        self._seen[self.current.name] = self._fingerprint(self.current)
        self._turn_to(self.current)
        if done is not None and done.kept is not None:
            said = _("{file} is as it was handed out. Your answer is kept as {kept}.")
            self._notice = said.format(file=done.answer.name, kept=done.kept.name)

    def _scroll(self, key: str) -> None:
        fits = max(room(self.shown, self.able) - 2, 1)
        by = {
            " ": fits, PAGE_DOWN: fits, DOWN: 1, "j": 1,
            "b": -fits, PAGE_UP: -fits, UP: -1, "k": -1,
        }.get(key, 0)  # fmt: skip
        self._first = min(max(self._first + by, 0), last_first(self.shown, self.able))

    # What is known.

    def _following(self, among: Sequence[Exercise]) -> Exercise | None:
        """The first that is not passed as it is now."""
        return next((e for e in among if self._is_open(e)), None)

    def _is_open(self, exercise: Exercise) -> bool:
        return not self.book.passed(exercise) or self.book.changed(exercise)

    def _fingerprint(self, exercise: Exercise) -> str:
        """Of the answer as it is now; empty where there is none."""
        try:
            return digest(Submission.read(self.book.path(exercise)).source)
        except TracerError:
            return ""

    def _is_unwritten(self, exercise: Exercise) -> bool:
        try:
            return self.book.path(exercise).read_bytes() == exercise.stub.read_bytes()
        except OSError:
            return True

    def _sentences(self, *said: str) -> list[Text]:
        lines = paragraph(Said(""), self.able)
        for number, one in enumerate(said):
            lines += paragraph(Said(one, Tone.PLAIN if number else Tone.STRONG), self.able)
        return [*lines, *paragraph(Said(""), self.able)]

    def _said(self) -> str:
        """The quiet sentence: a question, that a check is running, or what has happened."""
        if self._question or self._running is None:
            return self._question or self._notice
        exercise, since = self._running
        seconds = self.clock() - since
        if seconds < SLOW:
            return self._notice
        said = _("Checking {exercise} …").format(exercise=exercise.name)
        if seconds > LONG:
            said = _("Checking {exercise} … for {seconds:.0f} s; save again to begin anew").format(
                exercise=exercise.name, seconds=seconds
            )
        return said
