"""How well the grader grades: right answers pass, mistakes are named, names are true."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum

from tracer.corpus.inside import InThisProcess
from tracer.corpus.variants import (
    Variant,
    catalogue,
    differs,
    pair_variants,
    right_variants,
    single_variants,
)
from tracer.exercises.exercise import Exercise
from tracer.grading.report import Report, Verdict
from tracer.grading.session import grade
from tracer.mistakes import Diagnosis
from tracer.sandbox.process import Wall

SEED = 0


class Told(StrEnum):
    """What was said of an answer with known mistakes."""

    NAMED = "named"
    EQUATION = "as an equation"
    IN_PART = "named in part"
    NOT_NAMED = "not named"
    WRONG = "wrongly named"
    CRASHED = "crashed"
    PASSED = "passed"


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
    singles, pairs : list of (Variant, Told)
    """

    exercise: Exercise
    right: int = 0
    refused: list[Variant] = field(default_factory=list)
    accused: list[Variant] = field(default_factory=list)
    singles: list[tuple[Variant, Told]] = field(default_factory=list)
    pairs: list[tuple[Variant, Told]] = field(default_factory=list)


def measured(
    exercise: Exercise,
    *,
    right: int,
    styles: int = 2,
    pairs: int = 20,
    mistakes: int | None = None,
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
    wall : Wall, optional
        This process by default.
    """
    found = Measured(exercise)
    for variant in right_variants(exercise, right):
        found.right += 1
        report = graded(variant, wall)
        if any(check.verdict is not Verdict.PASSED for check in report.checks):
            found.refused.append(variant)
        if _names(report.diagnosis):
            found.accused.append(variant)
    known = catalogue(exercise, mistakes)
    found.singles = told_of_all(single_variants(exercise, known, styles), wall)
    found.pairs = told_of_all(pair_variants(exercise, known, pairs), wall)
    return found


def told_of_all(
    variants: Iterable[Variant], wall: Wall | None = None
) -> list[tuple[Variant, Told]]:
    """What is said of each; where arrays do not fit together, no number is there to be named."""
    found = [(variant, told(variant, graded(variant, wall))) for variant in variants]
    return [(variant, said) for variant, said in found if said is not Told.CRASHED]


def graded(variant: Variant, wall: Wall | None = None) -> Report:
    """The report on one variant."""
    return grade(variant.exercise, variant.submission, seed=SEED, wall=wall or InThisProcess())


def told(variant: Variant, report: Report) -> Told:
    """Whether what is said of its mistakes is true.

    A name is true if the right program, edited like that, gives the numbers of this one on any
    inputs; it need not be the name that the answer was written from.
    """
    verdicts = {check.verdict for check in report.checks}
    if verdicts == {Verdict.PASSED}:
        return Told.PASSED
    diagnosis = report.diagnosis
    if not _names(diagnosis):
        numbers = {Verdict.PASSED, Verdict.WRONG}
        return Told.NOT_NAMED if verdicts <= numbers else Told.CRASHED
    assert diagnosis is not None
    # What is named beside an equation that is called wrong is said of the other numbers only.
    wrong = [judged.name for judged in diagnosis.equations if judged.verdict == "wrong"]
    if differs(variant.exercise, variant.edits, diagnosis.edits, but=wrong):
        return Told.WRONG
    if wrong:
        return Told.IN_PART
    return Told.NAMED if diagnosis.named else Told.EQUATION


def _names(diagnosis: Diagnosis | None) -> bool:
    return diagnosis is not None and bool(diagnosis.named or diagnosis.generated)
