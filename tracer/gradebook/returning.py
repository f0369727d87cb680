"""What goes back to each student: the last attempt at each exercise, as the dials show it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from tracer.exercises.exercise import Exercise
from tracer.gradebook.counting import ON_TIME, Result, last_of
from tracer.gradebook.fact import Fact
from tracer.gradebook.feedback import shown
from tracer.gradebook.rules import Rules
from tracer.gradebook.settling import settled
from tracer.gradebook.store import Store


class Returned(NamedTuple):
    """What a student is shown of an exercise; `tries` is how often something was handed in.

    Beside what is shown of a report it has a key ``result``: what counts under the rules.
    """

    student: str
    exercise: str
    tries: int
    report: dict[str, Any]


def returned(
    store: Store, exercises: Sequence[Exercise], rules: Rules, now: datetime
) -> Iterator[Returned]:
    """Go through a class; where the grader failed at the last attempt, there is nothing to show.

    Parameters
    ----------
    store : Store
    exercises : sequence of Exercise
    rules : Rules
        Its feedback says how much is shown, its due dates and extensions when.
    now : datetime
        With its time zone.
    """
    theirs: dict[tuple[str, str], list[Fact]] = {}
    class_ = settled(store, exercises, rules)
    earned = {(row.student, r.exercise): r for row in class_.rows for r in row.results}
    for fact in class_.facts:
        theirs.setdefault((fact.student, fact.exercise), []).append(fact)
    for (student, exercise), facts in theirs.items():
        last = last_of(facts)
        if last is None or last.points is None:
            continue
        due = rules.extensions.get((student, exercise), rules.due.get(exercise))
        levels = rules.feedback.levels(exercise, tries(facts), due, now)
        report = shown(store.report(last.number), levels)
        report["result"] = _result(earned[student, exercise], last)
        yield Returned(student, exercise, tries(facts), report)


def tries(facts: Sequence[Fact]) -> int:
    """How often something was handed in; several files in one download are one try.

    Another answer to an exercise before this one is no try at this one.
    """
    return len({fact.download for fact in facts if fact.base is None})


def _result(result: Result, shown_one: Fact) -> dict[str, Any]:
    """What a student has earned under the rules, and what has led to it."""
    counted = result.counted
    return {
        "points": result.points,
        "out_of": result.out_of,
        "set_by_hand": result.set_by_hand,
        "too_late": result.too_late,
        "late": result.late > ON_TIME,
        "another_attempt": counted is not None and counted.number != shown_one.number,
        "dropped": result.dropped,
        "comment": "" if result.mark is None else result.mark.comment,
    }
