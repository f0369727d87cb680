"""The parts of a graded class: a row an exercise, a row a student, and what is to be said."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import ROUND_HALF_UP, Decimal

from tracer.gradebook.counting import Result, Row
from tracer.gradebook.fact import Fact
from tracer.gradebook.found import is_program
from tracer.gradebook.handed import LeftOut, Student
from tracer.grading.report import Verdict
from tracer.language import _, plural
from tracer.view.parts.said import Meaning, Said, Tone
from tracer.view.say.words import clean

NAMED = 10
"""Of what is left out, so much is named."""


@dataclass(frozen=True, slots=True)
class ExerciseSummary:
    """How a class did in one exercise.

    Attributes
    ----------
    name : str
    students, attempts, passed : int
        Who has a result in it, how often it was handed in, and how many attempts that count are
        passed.
    mean : str or None
        Of the points of those results, 0 for what came too late as well; None where there is none.
    out_of : int
    """

    name: str
    students: int
    attempts: int
    passed: int
    mean: str | None
    out_of: int


@dataclass(frozen=True, slots=True)
class StudentRow:
    """One student: points in each exercise, as they are shown, and the sum of them."""

    name: str
    cells: tuple[str, ...]
    total: str


@dataclass(frozen=True, slots=True)
class ClassSummary:
    """A class: its exercises, its students, what the signs mean, and what is to be said."""

    exercises: tuple[ExerciseSummary, ...]
    students: tuple[StudentRow, ...]
    meanings: tuple[Meaning, ...]
    remarks: tuple[Said, ...]


def class_summary(
    rows: Sequence[Row], students: Mapping[str, Student], facts: Sequence[Fact]
) -> ClassSummary:
    """The summary of a class whose results the rules have settled."""
    count = len(rows[0].results) if rows else 0
    shown = tuple(
        StudentRow(
            student_name(students[row.student]),
            tuple(map(_cell, row.results)),
            f"{number(row.points)}/{row.out_of}" + ("" if row.complete else " + ?"),
        )
        for row in rows
    )
    every = [r for row in rows for r in row.results]
    return ClassSummary(
        tuple(_exercise([row.results[k] for row in rows]) for k in range(count)),
        shown,
        tuple(_meanings(every)),
        tuple(_remarks(every, facts)),
    )


def student_name(student: Student) -> str:
    """What a student is called: the name, and the key where it says more."""
    if not student.name or student.name == student.key:
        return clean(student.key)
    return clean(f"{student.name} ({student.key})")


def left_out(found: Sequence[LeftOut]) -> list[Said]:
    """What is not graded: each with its reason; notes and pictures beside answers as a number."""
    own = sorted(
        (one for one in found if not one.foreign or is_program(one.where)),
        key=lambda one: one.foreign,
    )
    said = [
        Said(_("{file} is left out: {why}").format(file=clean(one.where), why=clean(one.why)))
        for one in own[:NAMED]
    ]
    more = len(own) - NAMED
    if more > 0:
        text = plural("and {count} more is left out", "and {count} more are left out", more)
        said.append(Said(text.format(count=more)))
    foreign = len(found) - len(own)
    if foreign:
        text = plural(
            "{count} other file was not looked at",
            "{count} other files were not looked at",
            foreign,
        )
        said.append(Said(text.format(count=foreign), Tone.ASIDE))
    return said


def _exercise(results: Sequence[Result]) -> ExerciseSummary:
    there = [r for r in results if r.there]
    known = [r.points for r in there if r.points is not None]
    return ExerciseSummary(
        results[0].exercise,
        len(there),
        sum(r.attempts for r in results),
        sum(r.counted is not None and r.counted.verdict == Verdict.PASSED for r in there),
        mean_of(known) if known else None,
        results[0].out_of,
    )


def _cell(result: Result) -> str:
    if result.points is None:
        text = "?"
    elif not result.there:
        text = "–"
    else:
        text = number(result.points)
    if result.set_by_hand:
        text += "!"
    elif result.too_late:
        text += "#"
    elif result.late > timedelta(0):
        text += "*"
    return f"({text})" if result.dropped else text


def _meanings(every: Sequence[Result]) -> Iterator[Meaning]:
    cells = {_cell(r) for r in every}
    signs = (
        ("–", _("nothing was handed in: 0 points")),
        ("*", _("late")),
        ("#", _("handed in too late to count: 0 points")),
        ("!", _("set by hand")),
        ("(", _("left out of the sum, as one of the lowest")),
        ("?", _("the grader failed: no points yet, and not 0")),
    )
    for sign, meaning in signs:
        if any(sign in cell for cell in cells):
            yield Meaning("( )" if sign == "(" else sign, meaning)


def _remarks(every: Sequence[Result], facts: Sequence[Fact]) -> Iterator[Said]:
    failed = len({fact.number for fact in facts if fact.points is None})
    if failed:
        text = plural(
            "The grader failed at {count} submission, which has no points: a bug in tracer.",
            "The grader failed at {count} submissions, which have no points: a bug in tracer.",
            failed,
        )
        yield Said(text.format(count=failed), Tone.STRONG)
    untold = sum(r.untold for r in every)
    if untold:
        text = plural(
            "{count} result has a due date and no time of handing in; it counts as on time.",
            "{count} results have a due date and no time of handing in; they count as on time.",
            untold,
        )
        yield Said(text.format(count=untold))


def mean_of(values: Sequence[float]) -> str:
    """Their mean in tenths, a half rounded up as at school: 6.85 is ``6.9``."""
    total = sum((Decimal(str(value)) for value in values), Decimal())
    return str((total / len(values)).quantize(Decimal("0.1"), ROUND_HALF_UP))


def number(value: float) -> str:
    """Points as they are shown, in hundredths: ``2``, ``6.57``."""
    return f"{value:.2f}".rstrip("0").rstrip(".")
