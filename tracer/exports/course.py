"""A class as every format gets it: facts from the store, and what the rules make of them today."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, NamedTuple

from tracer.exercises.exercise import Exercise
from tracer.gradebook.counting import Result, Row
from tracer.gradebook.handed import Student
from tracer.gradebook.rules import Rules
from tracer.gradebook.settling import doubts, settled
from tracer.gradebook.store import Store
from tracer.view.say.words import clean


class Item(NamedTuple):
    """An exercise of the course: its name, its title, and what it gives."""

    name: str
    title: str
    points: int


@dataclass(frozen=True, slots=True)
class Course:
    """The results of a class.

    Attributes
    ----------
    items : tuple of Item
        In the order of the results of each row.
    rows : tuple of Row
    students : mapping of str to Student
        By their keys.
    due : mapping of str to datetime
    report : callable
        The report of the attempt with that number (`Fact.number`), as it is kept.
    doubts : tuple of str
        What in the rules may be a mistake.
    """

    items: tuple[Item, ...]
    rows: tuple[Row, ...]
    students: Mapping[str, Student]
    due: Mapping[str, datetime]
    report: Callable[[int], dict[str, Any]]
    doubts: tuple[str, ...] = ()


def course(
    store: Store, exercises: Sequence[Exercise], rules: Rules, chosen: Sequence[Exercise] = ()
) -> Course:
    """The class in a store, under the rules; of its exercises only those chosen, if any are."""
    found = settled(store, exercises, rules)
    titles = {e.name: e.title for e in exercises}
    wanted = [e.name for e in chosen] or list(found.out_of)
    items = tuple(
        Item(name, titles.get(name, name), found.out_of.get(name, 0))
        for name in found.out_of
        if name in wanted
    )
    kept = {item.name for item in items}
    rows = tuple(
        replace(row, results=tuple(r for r in row.results if r.exercise in kept))
        for row in found.rows
    )
    said = tuple(doubts(found, rules))
    return Course(items, rows, found.students, rules.due, store.report, said)


def there(result: Result) -> bool:
    """Whether there is anything to tell: something was handed in, or a person decided."""
    return result.there


def comments(row: Row) -> str:
    """What a person wrote beside the results of one student, each after its exercise."""
    return "; ".join(
        clean(f"{r.exercise}: {r.mark.comment}") for r in row.results if r.mark and r.mark.comment
    )
