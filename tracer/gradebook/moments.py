"""Which of a student's answers were there together: when one was handed in, and since then."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple, TypeAlias


class Handed(NamedTuple):
    """An answer as it is kept."""

    number: int
    file: str
    digest: str
    time: str | None


There: TypeAlias = Mapping[str, Handed]
"""A student's answers at one moment, by their exercises."""


def all_answers(connection: sqlite3.Connection) -> dict[str, dict[str, list[Handed]]]:
    """Each student's answers to each exercise; the last is of the newest download that has one.

    Of several in it that with the latest time; then the one that came only to be imported.
    """
    rows = connection.execute(
        "SELECT student, exercise, seen, time, 0, number, file, digest FROM submissions "
        "WHERE base IS NULL UNION ALL "
        "SELECT student, exercise, seen, time, 1, number, file, digest FROM beside"
    )
    ranked = sorted(rows, key=lambda row: (row[2], seconds(row[3]), *row[4:6]))
    found: dict[str, dict[str, list[Handed]]] = {}
    for student, exercise, _seen, time, _beside, number, file, digest in ranked:
        theirs = found.setdefault(student, {}).setdefault(exercise, [])
        theirs.append(Handed(number, file, digest, time))
    return found


def moments_of(answer: Handed, before: Mapping[str, list[Handed]]) -> list[There]:
    """Which earlier answers were there as an answer was handed in, after each later one, and now.

    Only those of now where none of them came later, or nothing says when the answer came.
    """
    now = {name: them[-1] for name, them in before.items()}
    began = seconds(answer.time)
    end = max((seconds(one.time) for one in now.values()), default=began)
    if answer.time is None or end <= began:
        return [now]
    times = {seconds(one.time) for them in before.values() for one in them}
    return [
        *(_by(time, before) for time in sorted({began, *(t for t in times if began < t < end)})),
        now,
    ]


def _by(time: float, before: Mapping[str, list[Handed]]) -> There:
    """The last to each exercise that was handed in by then."""
    ordered = {
        name: sorted(them, key=lambda one: seconds(one.time)) for name, them in before.items()
    }
    by_then = {
        name: [one for one in them if seconds(one.time) <= time] for name, them in ordered.items()
    }
    return {name: them[-1] for name, them in by_then.items() if them}


def seconds(time: str | None) -> float:
    """A moment as a number; what has none comes before all others."""
    moment = as_time(time)
    return moment.timestamp() if moment is not None else 0.0


def as_time(text: str | None) -> datetime | None:
    """A moment as it is kept."""
    return None if text is None else datetime.fromisoformat(text)
