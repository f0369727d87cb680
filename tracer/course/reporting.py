"""How well an author's exercises are graded: a row for each, from a corpus of answers to it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import NamedTuple

from tracer.corpus.inside import InThisProcess
from tracer.corpus.measuring import SEED, Answer, Told, blames, measured
from tracer.corpus.wrong_line import remarked_line
from tracer.course.authoring import Finding
from tracer.exercises.exercise import Exercise
from tracer.exercises.reading import read
from tracer.exercises.submission import Submission
from tracer.grading.session import grade

RIGHT, PAIRS = 110, 20
"""How many right answers to each exercise are written, and how many with two mistakes at once."""

PARTS = 6
"""Into how many parts the answers to an exercise are cut, where several processes grade them."""


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
    lines : Share
        Answers with a single wrong line, known mistakes and written ones, of which it is this line
        that is called wrong.
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
    lines: Share
    wrong: int


class Counted(NamedTuple):
    """The same of a part of the answers that were written."""

    right: Share
    singles: Share
    pairs: Share
    lines: Share
    wrong: int


def rows(
    exercises: Collection[Exercise],
    solutions: Path,
    found: Collection[Finding],
    *,
    right: int = RIGHT,
    pairs: int = PAIRS,
    mistakes: int | None = None,
    jobs: int = 1,
    said: Callable[[str, int, int], None] = lambda _name, _done, _all: None,
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
    jobs : int
        How many processes grade.
    said : callable
        Called with an exercise, and how many parts of it are done of how many.
    """
    unfit = {finding.path for finding in found}
    count = partial(counted, right=right, pairs=pairs, mistakes=mistakes)
    if jobs == 1:
        for exercise in exercises:
            part = count(exercise.folder, slice(None))
            yield _row(exercise, solutions, unfit, [part])
        return
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
        asked = [(exercise, _asked(pool, count, exercise)) for exercise in exercises]
        for exercise, futures in asked:
            done: list[Counted] = []
            for future in futures:
                said(exercise.name, len(done), len(futures))
                done.append(future.result())
            yield _row(exercise, solutions, unfit, done)


def _asked(
    pool: Executor, count: Callable[[Path, slice], Counted], exercise: Exercise
) -> list[Future[Counted]]:
    parts = (slice(first, None, PARTS) for first in range(PARTS))
    return [pool.submit(count, exercise.folder, part) for part in parts]


def counted(folder: Path, part: slice, *, right: int, pairs: int, mistakes: int | None) -> Counted:
    """What is made of a part of the answers to the exercise in a folder."""
    exercise = read(folder)
    if not exercise.asks_for_quantities:  # there are no equations to be written otherwise
        none = Share(0, 0)
        return Counted(none, none, none, none, 0)
    graded = measured(exercise, right=right, pairs=pairs, mistakes=mistakes, part=part)
    refused = {variant.source for variant in (*graded.refused, *graded.accused)}
    answers = [*graded.singles, *graded.pairs]
    blamed = [answer.line for answer in answers if answer.line is not None]
    return Counted(
        right=Share(graded.right - len(refused), graded.right),
        singles=_named(graded.singles),
        pairs=_named(graded.pairs),
        lines=Share(sum(blamed), len(blamed)),
        wrong=sum(answer.told is Told.WRONG for answer in answers),
    )


def _row(
    exercise: Exercise, solutions: Path, unfit: Collection[Path], parts: Sequence[Counted]
) -> Row:
    """One row, from all parts."""
    own = solutions / exercise.name
    files = sorted((own / "mistakes").glob("*.py"))
    blamed = [b for b in (right_line_blamed(exercise, path) for path in files) if b is not None]
    return Row(
        name=exercise.name,
        stub=exercise.stub not in unfit,
        solution=own / exercise.file not in unfit,
        mistakes=Share(sum(path not in unfit for path in files), len(files)),
        right=_sum([part.right for part in parts]),
        singles=_sum([part.singles for part in parts]),
        pairs=_sum([part.pairs for part in parts]),
        lines=_sum([*(part.lines for part in parts), Share(sum(blamed), len(blamed))]),
        wrong=sum(part.wrong for part in parts),
    )


def right_line_blamed(exercise: Exercise, known_mistake: Path) -> bool | None:
    """Whether the line with the author's comment is called wrong; None where there is no such one.

    Nor is one where no number of a first call is wrong: what is remembered or changed in place.
    """
    answer = Submission.read(known_mistake)
    source = answer.source.decode()
    line = remarked_line(source)
    if not line:
        return None
    report = grade(exercise, answer, seed=SEED, wall=InThisProcess())
    at_once = any(check.difference and check.check.calls == 1 for check in report.checks)
    return blames(report, source, line) if at_once else None


def _sum(shares: Sequence[Share]) -> Share:
    return Share(sum(share.good for share in shares), sum(share.all for share in shares))


def _named(answers: Collection[Answer]) -> Share:
    good = sum(answer.told in (Told.NAMED, Told.EQUATION) for answer in answers)
    return Share(good, len(answers))
