"""How well an author's exercises are graded: a row for each, from a corpus of answers to it."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from tracer.corpus.measuring import Measured, Told, measured
from tracer.course.authoring import Finding
from tracer.exercises.exercise import Exercise

RIGHT, PAIRS = 110, 20
"""How many right answers to each exercise are written, and how many with two mistakes at once."""


class Share(NamedTuple):
    """How many of all."""

    good: int
    all: int


@dataclass(frozen=True, slots=True)
class Row:
    """One exercise.

    Attributes
    ----------
    name : str
    stub, solution : bool
        Whether nothing was found against them.
    mistakes : Share
        The known mistakes that fail as their first line says.
    right : Share
        Right answers in other styles that pass, and in which no mistake is named.
    singles, pairs : Share
        Answers with one known mistake, and with two, of which what is named is true.
    wrong : int
        Answers in which something is named that does not give their numbers.
    """

    name: str
    stub: bool
    solution: bool
    mistakes: Share
    right: Share
    singles: Share
    pairs: Share
    wrong: int


def rows(
    exercises: Collection[Exercise],
    solutions: Path,
    found: Collection[Finding],
    *,
    right: int = RIGHT,
    pairs: int = PAIRS,
    mistakes: int | None = None,
) -> Iterator[Row]:
    """The rows, one after the other as they are measured.

    Parameters
    ----------
    exercises : collection of Exercise
    solutions : Path
    found : collection of Finding
        What `tracer.course.authoring.findings` says of them.
    right, pairs : int
        How many answers are written.
    mistakes : int, optional
        How many of the known mistakes, drawn; all of them by default.
    """
    unfit = {finding.path for finding in found}
    for exercise in exercises:
        own = solutions / exercise.name
        files = sorted((own / "mistakes").glob("*.py"))
        graded = Measured(exercise)
        if exercise.program is not None:  # a reference has no equations to be written otherwise
            graded = measured(exercise, right=right, pairs=pairs, mistakes=mistakes)
        told = [said for _variant, said in (*graded.singles, *graded.pairs)]
        yield Row(
            name=exercise.name,
            stub=exercise.stub not in unfit,
            solution=own / exercise.file not in unfit,
            mistakes=Share(sum(path not in unfit for path in files), len(files)),
            right=Share(graded.right - len({*_texts(graded)}), graded.right),
            singles=_named(graded.singles),
            pairs=_named(graded.pairs),
            wrong=told.count(Told.WRONG),
        )


def _texts(graded: Measured) -> Iterator[str]:
    """The right answers that were refused, or accused, or both."""
    for variant in (*graded.refused, *graded.accused):
        yield variant.source


def _named(answers: Collection[tuple[object, Told]]) -> Share:
    good = sum(said in (Told.NAMED, Told.EQUATION) for _variant, said in answers)
    return Share(good, len(answers))
