"""What goes back to each student: the last attempt at each exercise, as the dials show it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any, NamedTuple

from tracer.gradebook.counting import allowed
from tracer.gradebook.fact import Fact
from tracer.gradebook.feedback import shown
from tracer.gradebook.rules import Rules
from tracer.gradebook.store import Store


class Returned(NamedTuple):
    """What a student is shown of an exercise; `tries` is how many attempts were handed in."""

    student: str
    exercise: str
    tries: int
    report: dict[str, Any]


def returned(store: Store, rules: Rules, now: datetime) -> Iterator[Returned]:
    """Go through a class; where the grader failed at the last attempt, there is nothing to show.

    Parameters
    ----------
    store : Store
    rules : Rules
        Its feedback says how much is shown, its due dates and extensions when.
    now : datetime
        With its time zone.
    """
    theirs: dict[tuple[str, str], list[Fact]] = {}
    for fact in store.facts():
        theirs.setdefault((fact.student, fact.exercise), []).append(fact)
    for (student, exercise), facts in theirs.items():
        last = allowed(facts, None, None)[-1]
        if last.points is None:
            continue
        due = rules.extensions.get((student, exercise), rules.due.get(exercise))
        levels = rules.feedback.levels(exercise, len(facts), due, now)
        yield Returned(student, exercise, len(facts), shown(store.report(last.number), levels))
