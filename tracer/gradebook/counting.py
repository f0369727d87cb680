"""From recorded facts and rules to what each student has earned: functions without a memory.

Nothing here is kept. It is computed anew each time, so a due date that is moved, or a mark that is
given, holds for what was graded long before.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from tracer.gradebook.fact import Fact
from tracer.gradebook.rules import Counts, Late, Mark, Rules

ON_TIME = timedelta(0)


@dataclass(frozen=True, slots=True)
class Result:
    """What one student has earned in one exercise.

    Attributes
    ----------
    exercise : str
    points : float or None
        None where the grader failed at the attempt that counts.
    out_of : int
    attempts : int
        How many were handed in; the same file with other earlier answers is none more.
    counted : Fact or None
        The one that counts; None where none does.
    last : Fact or None
        The one that was handed in last, whether it counts or not; see `last_of`.
    late : timedelta
        How much later than due the one that counts was handed in, or the last if none does; where
        the course's system calls it late and nothing says when that was, one period of the rules.
    untold : bool
        Whether it has a due date, and nothing says when it was handed in.
    mark : Mark or None
        What a person decided.
    dropped : bool
        Whether it is left out of the sum.
    """

    exercise: str
    points: float | None
    out_of: int
    attempts: int = 0
    counted: Fact | None = None
    last: Fact | None = None
    late: timedelta = ON_TIME
    untold: bool = False
    mark: Mark | None = None
    dropped: bool = False

    @property
    def there(self) -> bool:
        """Whether there is anything to tell: something was handed in, or a person decided."""
        return self.attempts > 0 or self.mark is not None

    @property
    def set_by_hand(self) -> bool:
        """Whether a person has decided the points."""
        return self.mark is not None and self.mark.points is not None

    @property
    def too_late(self) -> bool:
        """Whether all that was handed in came too late to count."""
        return self.attempts > 0 and self.counted is None

    @property
    def share(self) -> float:
        """The points as a share of the most; what is not known is taken as the most."""
        if self.points is None:
            return 1.0
        return self.points / self.out_of if self.out_of else 1.0


@dataclass(frozen=True, slots=True)
class Row:
    """One student: a result for each exercise of the course, in its order."""

    student: str
    results: tuple[Result, ...]

    @property
    def points(self) -> float:
        """The sum of what is known and not dropped."""
        return round(sum(r.points or 0.0 for r in self.results if not r.dropped), 2)

    @property
    def out_of(self) -> int:
        """The best possible sum."""
        return sum(r.out_of for r in self.results if not r.dropped)

    @property
    def complete(self) -> bool:
        """Whether the grader failed at nothing that counts."""
        return all(r.points is not None for r in self.results)


def rows(
    students: Sequence[str], facts: Sequence[Fact], out_of: Mapping[str, int], rules: Rules
) -> list[Row]:
    """What each student has earned.

    Parameters
    ----------
    students : sequence of str
        Their keys, in the order of the rows.
    facts : sequence of Fact
    out_of : mapping of str to int
        The exercises of the course in their order, and how many points each gives; nothing handed
        in is 0 points.
    rules : Rules
    """
    theirs: dict[tuple[str, str], list[Fact]] = {}
    for fact in facts:
        theirs.setdefault((fact.student, fact.exercise), []).append(fact)
    return [
        Row(
            student,
            without_lowest(
                [
                    result(student, exercise, theirs.get((student, exercise), ()), most, rules)
                    for exercise, most in out_of.items()
                ],
                rules.drop,
            ),
        )
        for student in students
    ]


def result(
    student: str, exercise: str, attempts: Sequence[Fact], out_of: int, rules: Rules
) -> Result:
    """What one student has earned with all attempts at one exercise."""
    due = rules.extensions.get((student, exercise), rules.due.get(exercise))
    closes = closing(student, exercise, rules)
    count = sum(fact.base is None for fact in attempts)
    found = Result(exercise, 0.0, out_of, count, last=last_of(attempts))
    graded = [
        replace(
            found,
            points=scaled(earned(fact, due, rules.late), fact.out_of, out_of),
            counted=fact,
            late=lateness(fact, due, rules.late),
            untold=due is not None and fact.time is None and fact.late is None,
        )
        for fact in allowed(attempts, closes, rules.attempts)
    ]
    if chosen := _chosen(graded, rules.counts):
        found = chosen
    elif found.last is not None:
        found = replace(found, late=lateness(found.last, due or closes, rules.late))
    mark = rules.marks.get((student, exercise))
    if mark is None:
        return found
    return replace(found, mark=mark, points=found.points if mark.points is None else mark.points)


def closing(student: str, exercise: str, rules: Rules) -> datetime | None:
    """After when nothing counts; never before the student's own due date."""
    closes = rules.closes.get(exercise)
    extended = rules.extensions.get((student, exercise))
    return closes if closes is None or extended is None else max(closes, extended)


def allowed(attempts: Sequence[Fact], closes: datetime | None, most: int | None) -> list[Fact]:
    """The attempts that may count, in the order in which they were handed in.

    By their times where each has one; else in the order of the download that they came with. The
    same file with other earlier answers is no attempt more, and may count where the file may.
    """
    if all(fact.time is not None for fact in attempts):
        ordered = sorted(
            attempts, key=lambda f: (f.time, f.own_time or f.time, f.download, f.number)
        )
    else:
        ordered = sorted(attempts, key=lambda fact: (fact.download, fact.number))
    in_time = [f for f in ordered if closes is None or f.time is None or f.time <= closes]
    files = [f for f in in_time if f.base is None][:most]
    numbers = {f.number for f in files}
    return [f for f in in_time if f in files or f.base in numbers]


def last_of(attempts: Sequence[Fact]) -> Fact | None:
    """The file that was handed in last, with the earlier answers that go with it today.

    If it is not graded with these yet, with those with which it was handed in last.
    """
    ordered = allowed(attempts, None, None)
    if not ordered:
        return None
    file = ordered[-1].base or ordered[-1].number
    same = [fact for fact in ordered if file in (fact.number, fact.base)]
    return next((fact for fact in reversed(same) if fact.now), same[-1])


def lateness(fact: Fact, due: datetime | None, late: Late) -> timedelta:
    """How much too late it was handed in."""
    if due is None:
        return ON_TIME
    if fact.time is None:
        return late.period if fact.late else ON_TIME
    return fact.time - due if fact.time > due + late.grace else ON_TIME


def earned(fact: Fact, due: datetime | None, late: Late) -> float | None:
    """Its points, less what lateness costs."""
    if fact.points is None:
        return None
    periods = math.ceil(lateness(fact, due, late) / late.period)
    return round(fact.points * (1 - min(periods * late.share, late.most, 1.0)), 2)


def scaled(points: float | None, graded_out_of: int, out_of: int) -> float | None:
    """The same share of what the exercise gives now, if that was another number then."""
    if points is None or graded_out_of in (0, out_of):
        return points
    return round(points * out_of / graded_out_of, 2)


def _chosen(graded: Sequence[Result], counts: Counts) -> Result | None:
    """The one that counts; at "best" the first of several that are as good."""
    if counts is Counts.BEFORE_DUE:
        graded = [one for one in graded if one.late == ON_TIME]
    graded = _best_of_each_file(graded)
    if counts is Counts.BEST:
        known = [one for one in graded if one.points is not None]
        return max(known, key=lambda one: one.points or 0.0, default=graded[-1] if graded else None)
    return graded[-1] if graded else None


def _best_of_each_file(graded: Sequence[Result]) -> list[Result]:
    """One result for each file that was handed in; of several with other earlier answers the best.

    So nobody loses points in an exercise by handing in another answer to one before it.
    """
    found: list[Result] = []
    at: dict[int, int] = {}
    for one in graded:
        assert one.counted is not None
        base = one.counted.base
        if base is not None and base in at:
            before = found[at[base]].points
            if before is None or (one.points or 0.0) > before:
                found[at[base]] = one
        else:
            at[one.counted.number if base is None else base] = len(found)
            found.append(one)
    return found


def without_lowest(results: Sequence[Result], drop: int) -> tuple[Result, ...]:
    """The same, with so many of the lowest shares marked as dropped; one is always left."""
    order = sorted(range(len(results)), key=lambda k: results[k].share)
    gone = set(order[: max(0, min(drop, len(results) - 1))])
    return tuple(replace(one, dropped=k in gone) for k, one in enumerate(results))
