"""Which hint comes next: for the check that the last answer did not pass, and how far it went."""

from __future__ import annotations

from typing import NamedTuple

from tracer.course.earlier import read_answer
from tracer.course.workbook import Workbook
from tracer.errors import FileError, UnknownNameError
from tracer.exercises.earlier import usable
from tracer.exercises.exercise import Exercise, Folder
from tracer.exercises.hints import hints, meant_for
from tracer.exercises.submission import Submission
from tracer.grading.report import Report, Verdict
from tracer.grading.session import grade

COMPLETE = (Verdict.PASSED, Verdict.WRONG, Verdict.NOT_STARTED)
"""After these there is nothing that a report would say before a hint."""


class Following(NamedTuple):
    """The hints for a check from mild to strong, and the one that comes next."""

    check: str
    items: tuple[str, ...]
    number: int  # from 1
    key: str  # under which the workbook counts them
    early: bool  # the last answer ended before its numbers came
    fault: Folder | None  # the exercise whose answer, imported by it, is to be corrected first


def following(
    exercise: Exercise, book: Workbook | None, check: str | None = None, *, again: bool = False
) -> Following:
    """The next hint, by what the workbook remembers; nothing is counted yet.

    Raises
    ------
    FileError
        If the exercise has no hints.
    UnknownNameError
        If there is no such check.
    """
    sections = hints(exercise)
    wrong: list[str] = []
    early, fault = False, ""
    if check is None:
        result = book.results.get(exercise.name) if book else None
        early = result is not None and result.verdict not in COMPLETE
        fault = result.fault if result else ""
        check = result.failing if result and result.failing in sections else next(iter(sections))
        wrong = result.wrong.split() if result and result.failing == check else []
    if check not in sections:
        raise UnknownNameError("check", check, sections)
    key = "/".join(filter(None, [exercise.name, check, ",".join(wrong)]))
    items = meant_for(sections[check], wrong)
    # For another mistake, they begin again.
    given = 0 if again or book is None else book.hints.get(key, 0)
    before = next((one for one in usable(exercise) if one.name == fault), None)
    return Following(check, items, min(given + 1, len(items)), key, early, before)


def unchecked(exercise: Exercise, book: Workbook) -> Submission | None:
    """The answer, where what is remembered of its last check does not speak of it as it is now.

    None where it does, where nobody has written anything yet, or where nothing can be read.
    """
    result = book.results.get(exercise.name)
    crashed = result is not None and result.verdict is Verdict.CRASHED
    if result is not None and not crashed and not book.changed(exercise):
        return None
    try:
        submission = read_answer(exercise, book.path(exercise))
        untouched = submission.source == exercise.stub.read_bytes()
    except (FileError, OSError):
        return None
    return None if untouched else submission


def checked(exercise: Exercise, book: Workbook, submission: Submission) -> Report:
    """Check it, and remember that as far as it can be."""
    report = grade(exercise, submission)
    if report.verdict is not Verdict.GRADER_FAULT:
        try:
            book.remember(report)
        except FileError:  # it is said where the hint is counted
            return report
    return report
