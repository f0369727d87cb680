"""What each key does in ``tracer watch``."""

from __future__ import annotations

from tracer.course.hinting import following
from tracer.course.resetting import planned, reset
from tracer.course.workbook import Workbook
from tracer.errors import TracerError
from tracer.grading.report import Verdict
from tracer.language import _
from tracer.view.parts.ladder import CheckedRow, unwritten
from tracer.view.say.earlier import first_of_all
from tracer.view.say.verdict import all_passed
from tracer.view.terminal.watching import last_first, room
from tracer.watch import bodies
from tracer.watch.answers import after, fingerprint, is_open, is_unwritten
from tracer.watch.keys import CLOSED, DOWN, ESCAPE, PAGE_DOWN, PAGE_UP, UP
from tracer.watch.session import Session


def pressed(session: Session, key: str) -> None:
    """Do what a key says; one without a meaning does nothing."""
    if session.question:
        _answered(session, key)
        return
    match key.lower() if len(key) == 1 else key:
        case "q" | "\x03" | "\x04":
            session.over = True
        case "n":
            _next(session)
        case "h":
            _hint(session)
        case "l" | "p" | "c" as view:
            _toggle(session, {"l": "list", "p": "page", "c": "all"}[view])
        case "r":
            session.run_again()
        case "x":
            _ask_to_reset(session)
        case _ if key == CLOSED:
            session.over = True
        case _ if key == ESCAPE:
            session.left = []
            session.turn_to(session.current)
        case _:
            _scroll(session, key)


def _next(session: Session) -> None:
    """Go on with the next one that is not passed, from here to the end and then from above."""
    session.book = Workbook.open(session.book.root)  # another command may have changed it
    following_ = after(session.book, session.exercises, session.current)
    if following_ is None:
        session.notice = all_passed(session.left_out)
        return
    if following_ is session.current:
        session.notice = _("This is the only one that is not passed.")
        return
    session.left = []
    session.turn_to(following_)


def _hint(session: Session) -> None:
    """Show the next hint above the report."""
    kept = session.reports.get(session.current.name)
    if not is_open(session.book, session.current):
        said = _("{exercise} is passed; n goes on.")
        if after(session.book, session.exercises, session.current) is None:
            said = _("{exercise} is passed.")
        session.notice = said.format(exercise=session.current.name)
        return
    if kept is not None and not kept.runs:
        session.turn_to(session.current)
        session.notice = _("Your file does not run yet: mend this first. No hint is used up.")
        return
    try:
        given = following(session.current, session.book)
        if given.fault is not None and not session.book.changed(session.current):
            session.turn_to(session.current)
            session.notice = first_of_all(given.fault)
            return
        session.book.give_hint(given.key, given.number)
    except TracerError as error:
        session.notice = str(error)
        return
    below = (
        kept.lines if kept is not None
        else bodies.unwritten(session.current, session.book, session.able)
    )  # fmt: skip
    session.view, session.first, session.notice = "hint", 0, ""
    session.body = [*bodies.hinted(session.current, given, session.able), *below]


def _toggle(session: Session, view: str) -> None:
    """Show a list, the table or the page; the same key again goes back."""
    session.left = []
    if session.view == view:
        session.turn_to(session.current)
        return
    session.view, session.first, session.notice = view, 0, ""
    session.book = Workbook.open(session.book.root)
    if view == "all":
        _check_all(session)
    else:
        session.view_again()


def _check_all(session: Session) -> None:
    """Check them one after the other; what passed and has not changed is not run again."""
    session.checks.stop()
    session.running, session.rows = None, {}
    for exercise in session.exercises:
        result = session.book.results.get(exercise.name)
        if (
            result is not None
            and session.book.passed(exercise)
            and not session.book.changed(exercise)
        ):
            session.rows[exercise.name] = CheckedRow(
                exercise.name, Verdict.PASSED, result.points, exercise.points, ""
            )
        elif is_unwritten(session.book, exercise):
            session.rows[exercise.name] = unwritten(exercise)
        else:
            session.left.append(exercise)
            session.rows[exercise.name] = CheckedRow(
                exercise.name, Verdict.NOT_TRIED, 0.0, exercise.points, ""
            )
    session.check_next()


def _ask_to_reset(session: Session) -> None:
    try:
        plan = planned(session.book, session.current)
    except TracerError as error:
        session.notice = str(error)
        return
    if plan is None:
        said = _("{file} is as it was handed out; there is nothing to reset.")
        session.notice = said.format(file=session.current.file)
    elif plan.kept is None:
        _reset(session)
    else:
        said = _("Begin {exercise} anew? Your answer is kept as {kept}. y/n")
        session.question = said.format(exercise=session.current.name, kept=plan.kept.name)


def _answered(session: Session, key: str) -> None:
    """To the question whether to reset: only y does it."""
    session.question = session.notice = ""
    if key.lower() == "y":
        _reset(session)
    elif key == CLOSED or key.lower() == "q":
        session.over = True


def _reset(session: Session) -> None:
    session.checks.stop()
    session.running = None
    try:
        done = reset(session.book, session.current)
    except TracerError as error:
        session.notice = str(error)
        session.go_on()
        return
    session.reports.pop(session.current.name, None)
    session.seen[session.current.name] = fingerprint(session.book, session.current)
    session.turn_to(session.current)
    if done is not None and done.kept is not None:
        said = _("{file} is as it was handed out. Your answer is kept as {kept}.")
        session.notice = said.format(file=done.answer.name, kept=done.kept.name)


def _scroll(session: Session, key: str) -> None:
    fits = max(room(session.shown, session.able) - 2, 1)
    by = {
        " ": fits, PAGE_DOWN: fits, DOWN: 1, "j": 1,
        "b": -fits, PAGE_UP: -fits, UP: -1, "k": -1,
    }.get(key, 0)  # fmt: skip
    session.first = min(max(session.first + by, 0), last_first(session.shown, session.able))
