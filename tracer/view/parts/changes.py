"""The parts of a class graded anew: who changes, by how much, through which checks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from tracer.gradebook.counting import Result, Row
from tracer.gradebook.handed import Student
from tracer.gradebook.regrading import Change, CheckChange, Ended, Prefer
from tracer.grading.report import Verdict
from tracer.language import _, plural, quoted_file
from tracer.view.parts.gradebook import number, student_name
from tracer.view.parts.said import Meaning, Said, Tone
from tracer.view.say.verdict import points, verdict_name
from tracer.view.say.words import clean


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """A submission that ends in another way.

    Attributes
    ----------
    student : Student
    name : str
        What the student is called on a screen.
    exercise, attempt : str
    before, after : Ended
    by : float
        How many points more; negative if fewer.
    result_before, result_after : float or None
        What the student has earned in this exercise under the rules; None where the grader failed.
    sign : str
        A sign that `meanings` explains; empty where the result follows the points.
    why : tuple of str
        The checks that end in another way.
    grader_before, grader_after : str
    """

    student: Student
    name: str
    exercise: str
    attempt: str
    before: Ended
    after: Ended
    by: float
    result_before: float | None
    result_after: float | None
    sign: str
    why: tuple[str, ...]
    grader_before: str
    grader_after: str

    @property
    def points(self) -> str:
        """The points of before and of now, each out of how many where that is another number."""
        if self.before.out_of == self.after.out_of:
            return f"{points(self.before.points)} → {points(self.after.points)}"
        before, after = (f"{points(e.points)}/{e.out_of}" for e in (self.before, self.after))
        return f"{before} → {after}"


@dataclass(frozen=True, slots=True)
class Changes:
    """All that a class graded anew changes; those who lose most come first."""

    rows: tuple[ChangeRow, ...]
    meanings: tuple[Meaning, ...]
    remarks: tuple[Said, ...]


def changes(
    found: Sequence[Change], students: Mapping[str, Student], before: Sequence[Row],
    after: Sequence[Row], prefer: Prefer, results: str,
) -> Changes:  # fmt: skip
    """What is said of a class that was graded anew.

    Parameters
    ----------
    found : sequence of Change
        Every submission with two grades.
    students : mapping of str to Student
    before, after : sequence of Row
        What everybody has earned under the rules, with the old grades and with those that count.
    prefer : Prefer
    results : str
        Their folder, for a command.
    """
    earned_before, earned_after = (
        {(row.student, r.exercise): r for row in rows for r in row.results}
        for rows in (before, after)
    )
    differ = sorted((c for c in found if c.differs), key=lambda c: c.by)
    rows = tuple(
        _row(change, students[change.student], earned_before, earned_after) for change in differ
    )
    return Changes(
        rows,
        tuple(_meanings(rows)),
        tuple(_remarks(found, earned_before, earned_after, prefer, results)),
    )


def _row(
    change: Change, student: Student, before: Mapping[tuple[str, str], Result],
    after: Mapping[tuple[str, str], Result],
) -> ChangeRow:  # fmt: skip
    key = change.student, change.exercise
    counted = [r.counted.number for r in (before[key], after[key]) if r.counted is not None]
    mark = after[key].mark
    if mark is not None and mark.points is not None:
        sign = "!"
    else:
        sign = "" if change.submission in counted else "·"
    return ChangeRow(
        student, student_name(student), change.exercise, change.attempt, change.before,
        change.after, change.by, before[key].points, after[key].points, sign,
        tuple(map(why, change.checks)) or (_("the exercise gives other points in all"),),
        change.grader_before, change.grader_after,
    )  # fmt: skip


def why(check: CheckChange) -> str:
    """One check: how it ended, and how it ends now."""
    name, before, after = clean(check.name), check.before, check.after
    if before is None:
        assert after is not None
        return _("{check}: new, {after}").format(check=name, after=_ended(after))
    if after is None:
        return _("{check}: not there any more, was {before}").format(
            check=name, before=_ended(before)
        )
    named = before.points == after.points  # or both would look the same
    return _("{check}: {before} → {after}").format(
        check=name, before=_ended(before, named=named), after=_ended(after, named=named)
    )


def _ended(ended: Ended, *, named: bool = False) -> str:
    """Its points, and the verdict where they do not say it."""
    shown = f"{points(ended.points)}/{ended.out_of}"
    if ended.verdict in (Verdict.PASSED, Verdict.WRONG) and not named:
        return shown
    return f"{shown} ({verdict_name(Verdict(ended.verdict), ended.points)})"


def _meanings(rows: Iterable[ChangeRow]) -> Iterator[Meaning]:
    signs = {row.sign for row in rows}
    if "·" in signs:
        yield Meaning("·", _("another attempt counts: the result is not changed by this one"))
    if "!" in signs:
        yield Meaning("!", _("set by hand: the result stays"))


def _remarks(
    found: Sequence[Change], before: Mapping[tuple[str, str], Result],
    after: Mapping[tuple[str, str], Result], prefer: Prefer, results: str,
) -> Iterator[Said]:  # fmt: skip
    if not found:
        yield Said(_("Nothing has changed: each submission has the grade that it had."))
        return
    said = plural(
        "{count} submission has a new grade. As before: {same}; with fewer points: {lower}; with "
        "more: {higher}",
        "{count} submissions have a new grade. As before: {same}; with fewer points: {lower}; "
        "with more: {higher}",
        len(found),
    )
    same = sum(not c.differs for c in found)
    lower, higher = sum(c.by < 0 for c in found), sum(c.by > 0 for c in found)
    text = said.format(count=len(found), same=same, lower=lower, higher=higher)
    even = len(found) - same - lower - higher
    if even:
        said = _("with as many, and another result in a check or in what the exercise gives")
        text += f"; {said}: {even}"
    yield Said(f"{text}.", Tone.STRONG)
    pairs = [(r.points or 0.0, after[key].points or 0.0) for key, r in before.items()]
    said = _("Results under the rules: {lower} lower, {higher} higher.")
    yield Said(said.format(lower=sum(a < b for b, a in pairs), higher=sum(a > b for b, a in pairs)))
    says, instead = {
        Prefer.NEW: (_("The new grades count; the old ones are kept."), Prefer.OLD),
        Prefer.OLD: (_("The old grades count; the new ones are kept."), Prefer.NEW),
        Prefer.HIGHER: (_("Of both grades the higher one counts; both are kept."), Prefer.NEW),
    }[prefer]
    command = f"tracer regrade {quoted_file(results)} --counts {instead}"
    yield Said(f"{says} " + _("To change that: {command}").format(command=command), typed=command)


def shown(result: float | None) -> str:
    """A result; a question mark where the grader failed."""
    return "?" if result is None else number(result)
