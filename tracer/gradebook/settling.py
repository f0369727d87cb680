"""What a class has earned today: the recorded facts, and the rules applied to them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from tracer.exercises.exercise import Exercise
from tracer.gradebook.counting import Row, rows
from tracer.gradebook.fact import Fact
from tracer.gradebook.handed import Student
from tracer.gradebook.rules import Rules
from tracer.gradebook.store import Store


class Settled(NamedTuple):
    """The rows of a class, its students by their keys, its facts, and what each exercise gives."""

    rows: tuple[Row, ...]
    students: Mapping[str, Student]
    facts: Sequence[Fact]
    out_of: Mapping[str, int]


def settled(
    store: Store,
    exercises: Sequence[Exercise],
    rules: Rules,
    facts: Sequence[Fact] | None = None,
) -> Settled:
    """Apply the rules to all that is kept, or to these facts instead.

    An exercise counts if somebody handed it in, or if the rules say when it is due.
    """
    if facts is None:
        facts = store.facts()
    students = {student.key: student for student in store.students()}
    wanted = {*(fact.exercise for fact in facts), *rules.due, *rules.closes}
    out_of = {e.name: e.points for e in exercises if e.name in wanted}
    for fact in facts:  # what was graded under another --exercises counts too
        out_of.setdefault(fact.exercise, fact.out_of)
    return Settled(tuple(rows(list(students), facts, out_of, rules)), students, facts, out_of)
