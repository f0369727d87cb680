"""Old submissions under another exercise or another version of tracer: who changes, and why.

Both grades are kept. Until it is settled which one counts, the old one does, so that nobody's
points fall unseen where the command is killed in the middle.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from tracer.exercises.exercise import Exercise
from tracer.gradebook.fact import Fact
from tracer.gradebook.grading import Grading, Work, run
from tracer.gradebook.identity import grader_of
from tracer.gradebook.store import Store, as_json
from tracer.gradebook.workers import Grader


class Prefer(StrEnum):
    """Which of two grades of one submission counts."""

    NEW = "new"
    OLD = "old"
    HIGHER = "higher"  # as a share of the most; the new one where both are the same


@dataclass(frozen=True, slots=True)
class Ended:
    """How a check ended, or a whole submission."""

    verdict: str
    points: float
    out_of: int

    @property
    def share(self) -> float:
        """The points as a share of the most."""
        return self.points / self.out_of if self.out_of else 1.0


@dataclass(frozen=True, slots=True)
class CheckChange:
    """A check that ends in another way; None where the exercise does not have it."""

    name: str
    before: Ended | None
    after: Ended | None


@dataclass(frozen=True, slots=True)
class Change:
    """A submission with two grades.

    Attributes
    ----------
    submission : int
    student, exercise, attempt : str
    old, new : int
        The numbers of the grades.
    grader_before, grader_after : str
    before, after : Ended
    checks : tuple of CheckChange
        Those that differ, in the order of the exercise of now.
    said_alike : bool
        Whether the reports are the same, word for word.
    """

    submission: int
    student: str
    exercise: str
    attempt: str
    old: int
    new: int
    grader_before: str
    grader_after: str
    before: Ended
    after: Ended
    checks: tuple[CheckChange, ...]
    said_alike: bool = True

    @property
    def differs(self) -> bool:
        """Whether it ends in another way, as a whole or in a check."""
        return self.before != self.after or bool(self.checks)

    @property
    def by(self) -> float:
        """How many points more it has; negative if fewer."""
        return round(self.after.points - self.before.points, 2)

    def chosen(self, prefer: Prefer) -> int:
        """The number of the grade that counts."""
        if prefer is Prefer.HIGHER:
            return self.new if self.after.share >= self.before.share else self.old
        return self.new if prefer is Prefer.NEW else self.old


def changes(store: Store, exercises: Sequence[Exercise], *, every: bool = False) -> list[Change]:
    """The submissions with a grade under these exercises as they are, and an older one.

    Those only for which it is not settled which of them counts, unless `every` is true.
    """
    return [
        compared(found.number, store.record(found.old), store.record(found.new), found.old,
                 found.new)
        for exercise in exercises
        for found in store.unsettled(grader_of(exercise), exercise.name, every=every)
    ]  # fmt: skip


def settle(store: Store, found: Sequence[Change], prefer: Prefer) -> None:
    """Say which grades count."""
    for grader in sorted({change.grader_after for change in found}):
        theirs = [change for change in found if change.grader_after == grader]
        store.settle([(c.submission, c.chosen(prefer), c.old) for c in theirs], grader)


def as_settled(facts: Sequence[Fact], found: Sequence[Change], prefer: Prefer) -> list[Fact]:
    """The facts as they are once it is settled which grades count."""
    after = {c.submission: c.after if c.chosen(prefer) == c.new else c.before for c in found}
    return [
        fact
        if (ended := after.get(fact.number)) is None
        else replace(fact, verdict=ended.verdict, points=ended.points, out_of=ended.out_of)
        for fact in facts
    ]


def all_of(store: Store, exercises: Sequence[Exercise]) -> Work:
    """Every submission that the grader of now has graded."""
    found: list[tuple[int, Exercise, str]] = []
    for exercise in exercises:
        name = grader_of(exercise)
        graded = store.graded_by(name, exercise.name)
        found += [(number, exercise, name) for number, _grade in graded]
    return Work(tuple(found))


def run_again(
    store: Store, todo: Work, grader: Grader, jobs: int, wall: str, tell: Callable[[str], None],
    by: Grading | None = None,
) -> Iterator[Change | None]:  # fmt: skip
    """Grade once more what is graded, keep nothing, and yield what does not come out the same.

    A submission that draws numbers of its own, or comes near a time limit, need not end twice in
    the same way. Where the grader fails it is None, for there is nothing to compare.
    """
    grades = dict(
        pair
        for name, exercise in {(name, exercise.name) for _n, exercise, name in todo.pending}
        for pair in store.graded_by(name, exercise)
    )
    with closing(run(store, todo, grader, jobs, wall, by)) as outcomes:
        for done in outcomes:
            tell(done.student)
            if done.record is None:
                yield None
                continue
            grade = grades[done.number]
            found = compared(done.number, store.record(grade), done.record, grade, grade)
            if found.differs or not found.said_alike:
                yield found


def compared(
    number: int, before: Mapping[str, Any], after: Mapping[str, Any], old: int = 0, new: int = 0
) -> Change:
    """Two records of one submission, held against each other."""
    return Change(
        number,
        after["student"]["key"],
        after["exercise"],
        after["attempt"],
        old,
        new,
        before["grader"],
        after["grader"],
        _ended(before),
        _ended(after),
        checks_that_differ(before["report"], after["report"]),
        as_json(without_wall(before["report"])) == as_json(without_wall(after["report"])),
    )


def checks_that_differ(
    before: Mapping[str, Any], after: Mapping[str, Any]
) -> tuple[CheckChange, ...]:
    """The checks of two reports that end in another way, or are in one of them only."""
    old = {check["name"]: _ended(check) for check in before["checks"]}
    new = {check["name"]: _ended(check) for check in after["checks"]}
    names = [*new, *(name for name in old if name not in new)]
    found = (CheckChange(name, old.get(name), new.get(name)) for name in names)
    return tuple(one for one in found if one.before != one.after)


def without_wall(report: Mapping[str, Any]) -> dict[str, Any]:
    """A report without what it ran behind and how long: no answer is another one for these."""
    return {key: value for key, value in report.items() if key not in ("wall", "seconds")}


def _ended(what: Mapping[str, Any]) -> Ended:
    return Ended(what["verdict"], what["points"], what["out_of"])
