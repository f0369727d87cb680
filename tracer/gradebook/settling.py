"""What a class has earned today: the recorded facts, and the rules applied to them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from tracer.exercises.exercise import Exercise
from tracer.gradebook.counting import Row, rows
from tracer.gradebook.fact import Fact
from tracer.gradebook.handed import Student
from tracer.gradebook.rules import Rules
from tracer.gradebook.store import Store
from tracer.language import _


class Settled(NamedTuple):
    """The rows of a class, its students by their keys, its facts, and what each exercise gives.

    `handed` are the keys of those who have handed in anything; a mark by hand counts without.
    """

    rows: tuple[Row, ...]
    students: Mapping[str, Student]
    facts: Sequence[Fact]
    out_of: Mapping[str, int]
    handed: frozenset[str]


def settled(
    store: Store,
    exercises: Sequence[Exercise],
    rules: Rules,
    facts: Sequence[Fact] | None = None,
) -> Settled:
    """Apply the rules to all that is kept, or to these facts instead.

    An exercise counts if somebody handed it in, or if the rules say when it is due, or give points
    for it; a student is in the class who handed in anything, or whom the rules give points.
    """
    if facts is None:
        facts = store.facts()
    known = store.students()
    handed = frozenset(student.key for student in known)
    decided = {key for key, mark in rules.marks.items() if mark.points is not None}
    known += [Student(key) for key in {student for student, _exercise in decided} - handed]
    students = {
        s.key: s for s in sorted(known, key=lambda s: ((s.name or s.key).casefold(), s.key))
    }
    wanted = {
        *(fact.exercise for fact in facts), *rules.due, *rules.closes,
        *(exercise for _student, exercise in decided),
    }  # fmt: skip
    out_of = {e.name: e.points for e in exercises if e.name in wanted}
    for fact in facts:  # what was graded under another --exercises counts too
        out_of.setdefault(fact.exercise, fact.out_of)
    found = tuple(rows(list(students), facts, out_of, rules))
    return Settled(found, students, facts, out_of, handed)


def doubts(found: Settled, rules: Rules) -> Iterator[str]:
    """What in the rules may be a mistake: a student whom nobody knows, more points than there are.

    It holds all the same, for a person has decided it.
    """
    for student in sorted(rules.students - found.handed):
        said = _("the rules name {student}, who has handed in nothing")
        if student in found.students:
            said = _("the rules name {student}, who has handed in nothing; the mark counts")
        yield said.format(student=student)
    for (student, exercise), mark in sorted(rules.marks.items(), key=lambda one: one[0]):
        most = found.out_of.get(exercise, 0)
        if mark.points is not None and mark.points > most:
            said = _("the rules give {student} {points:g} points in {exercise}, which has {out_of}")
            yield said.format(student=student, points=mark.points, out_of=most, exercise=exercise)
