"""How well the grader grades: right answers pass, mistakes are named, names are true."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from tracer.corpus.inside import InThisProcess
from tracer.corpus.variants import (
    Variant,
    catalogue,
    differs,
    pair_variants,
    right_variants,
    single_variants,
)
from tracer.corpus.wrong_line import changed_line, stands_in
from tracer.exercises.exercise import Exercise
from tracer.grading.report import Kind, Report, Verdict
from tracer.grading.session import grade
from tracer.mistakes import Diagnosis
from tracer.sandbox.process import Wall

SEED = 0
ALL = slice(None)


class Told(StrEnum):
    """What was said of an answer with known mistakes."""

    NAMED = "named"
    EQUATION = "as an equation"
    IN_PART = "named in part"
    NOT_NAMED = "not named"
    WRONG = "wrongly named"
    CRASHED = "crashed"
    PASSED = "passed"


class Answer(NamedTuple):
    """What was said of one answer with known mistakes.

    `line` says whether the line that is called wrong is the wrong one; None where no single line
    is wrong. Where none is called wrong though one is, it is False.
    """

    variant: Variant
    told: Told
    line: bool | None = None


@dataclass(slots=True)
class Measured:
    """The corpus of one exercise, graded.

    Attributes
    ----------
    exercise : Exercise
    right : int
        How many right answers were graded.
    refused : list of Variant
        Those of them that did not pass.
    accused : list of Variant
        Those in which a mistake was named.
    singles, pairs : list of Answer
    """

    exercise: Exercise
    right: int = 0
    refused: list[Variant] = field(default_factory=list)
    accused: list[Variant] = field(default_factory=list)
    singles: list[Answer] = field(default_factory=list)
    pairs: list[Answer] = field(default_factory=list)


def measured(
    exercise: Exercise,
    *,
    right: int,
    styles: int = 2,
    pairs: int = 20,
    mistakes: int | None = None,
    part: slice = ALL,
    wall: Wall | None = None,
) -> Measured:
    """Grade the corpus of an exercise.

    Parameters
    ----------
    right, pairs : int
        How many right answers, and how many with two mistakes at once.
    styles : int
        In how many styles each mistake is written.
    mistakes : int, optional
        How many of the mistakes, drawn; all of them by default.
    part : slice
        Which of all these answers are graded, where several processes share the work.
    wall : Wall, optional
        This process by default.
    """
    found = Measured(exercise)
    for variant in right_variants(exercise, right)[part]:
        found.right += 1
        report = graded(variant, wall)
        if any(check.verdict is not Verdict.PASSED for check in report.checks):
            found.refused.append(variant)
        if _names(report.diagnosis):
            found.accused.append(variant)
    known = catalogue(exercise, mistakes)
    found.singles = told_of_all(list(single_variants(exercise, known, styles))[part], wall)
    found.pairs = told_of_all(list(pair_variants(exercise, known, pairs))[part], wall)
    return found


def told_of_all(variants: Iterable[Variant], wall: Wall | None = None) -> list[Answer]:
    """What is said of each in which there is a number to be named.

    There is none where arrays do not fit together, or have another shape than is asked for.
    """
    found = [answer(variant, graded(variant, wall)) for variant in variants]
    return [one for one in found if one.told is not Told.CRASHED]


def answer(variant: Variant, report: Report) -> Answer:
    """What a report says of an answer, and whether it blames the right line."""
    failing = report.first_failing
    in_numbers = failing is not None and failing.difference is not None
    line = changed_line(variant) if len(variant.mistakes) == 1 and in_numbers else None
    right = None if line is None else blames(report, variant.source, line)
    return Answer(variant, told(variant, report), right)


def blames(report: Report, source: str, line: int) -> bool:
    """Whether it is this line that a report calls wrong."""
    blame = report.blame
    return blame is not None and stands_in(source, line, blame.line, blame.last)


def graded(variant: Variant, wall: Wall | None = None) -> Report:
    """The report on one variant."""
    return grade(variant.exercise, variant.submission, seed=SEED, wall=wall or InThisProcess())


def told(variant: Variant, report: Report) -> Told:
    """Whether what is said of its mistakes is true.

    A name is true if the right program, edited like that, gives the numbers of this one on any
    inputs; it need not be the name that the answer was written from. Of several that are told as
    "one of", one has to be true. And where of two mistakes one shows in no number that came, the
    other is all that can be told.
    """
    verdicts = {check.verdict for check in report.checks}
    if verdicts == {Verdict.PASSED}:
        return Told.PASSED
    diagnosis = report.diagnosis
    if not _names(diagnosis):
        failing = sum(check.verdict is not Verdict.PASSED for check in report.checks)
        numbers = verdicts <= {Verdict.PASSED, Verdict.WRONG} and len(_misshapen(report)) < failing
        return Told.NOT_NAMED if numbers else Told.CRASHED
    assert diagnosis is not None
    # What is named beside an equation that is called wrong, or an array of another shape, is said
    # of the other numbers only.
    wrong = [judged.name for judged in diagnosis.equations if judged.verdict == "wrong"]
    wrong += _misshapen(report)
    exercise, both = variant.exercise, variant.edits
    told_of = [m.edits for m in variant.mistakes if not differs(exercise, both, m.edits, seed=SEED)]
    if all(
        differs(exercise, true, alike, but=wrong)
        for true in (both, *told_of)
        for alike in diagnosis.alike
    ):
        return Told.WRONG
    if wrong:
        return Told.IN_PART
    return Told.NAMED if diagnosis.named else Told.EQUATION


def _misshapen(report: Report) -> list[str]:
    """The array of each check that fails at one of another shape, which is what is told."""
    troubles = [check.trouble for check in report.checks if check.trouble is not None]
    return [one.facts["name"] for one in troubles if one.kind is Kind.SHAPE]


def _names(diagnosis: Diagnosis | None) -> bool:
    return diagnosis is not None and bool(diagnosis.named or diagnosis.generated)
