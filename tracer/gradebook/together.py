"""Which of a student's answers to exercises before goes with an answer that imports them.

It is the one that was handed in last. Where that is another one than it was, the answer is there
once more, as a submission of its own with a grade of its own: nothing that was graded changes.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import NamedTuple, TypeAlias

from tracer.exercises.earlier import all_earlier, all_used, imported, with_earlier
from tracer.exercises.exercise import Exercise
from tracer.exercises.form import look
from tracer.exercises.notebook import code_alone
from tracer.exercises.submission import Submission
from tracer.gradebook.handed import Before


class OnceMore(NamedTuple):
    """An answer that is graded once more: whose, and to which exercise."""

    student: str
    exercise: str


class _Handed(NamedTuple):
    """An answer as it is kept."""

    number: int
    file: str
    digest: str
    time: str | None


_Last: TypeAlias = Mapping[str, _Handed]
"""A student's last answers, by their exercises."""


def bring_together(
    connection: sqlite3.Connection, exercises: Iterable[Exercise], download: int
) -> list[OnceMore]:
    """Give every answer of today the earlier answers of today that it imports.

    Parameters
    ----------
    connection : Connection
        That of the gradebook, in a transaction.
    exercises : iterable of Exercise
    download : int
        With which download an answer comes once more.
    """
    found = []
    importing = [exercise for exercise in exercises if exercise.uses]
    last = _last_answers(connection) if importing else {}
    for exercise in importing:
        modules = {one.name: one.module.encode() for one in all_used(exercise)}
        for student, answer, looked in _answers(connection, exercise.name):
            there = {name: one for name, one in last[student].items() if name in modules}
            seen = json.dumps({name: there[name].digest for name in sorted(there)})
            if seen == (looked or "{}"):
                continue
            source = _source(connection, answer.digest)
            # Most import nothing. In text of two bytes a letter no name is found that way.
            may = b"\0" in source or any(module in source for module in modules.values())
            earlier = _imported(connection, exercise, answer, source, there) if may else []
            if _comes_once_more(connection, answer, earlier, download, new=looked is None):
                found.append(OnceMore(student, exercise.name))
            connection.execute(
                "UPDATE submissions SET looked = ? WHERE number = ?", [seen, answer.number]
            )
    return found


def earlier_of(connection: sqlite3.Connection, number: int) -> tuple[Before, ...]:
    """The earlier answers with which a submission is graded."""
    rows = connection.execute(
        "SELECT exercise, file, source, time FROM earlier JOIN sources USING (digest) "
        "WHERE submission = ? ORDER BY exercise",
        [number],
    )
    return tuple(Before(name, file, source, as_time(time)) for name, file, source, time in rows)


def times_of_earlier(connection: sqlite3.Connection) -> dict[int, list[datetime]]:
    """For each submission that has earlier answers, when they were handed in, as far as known."""
    found: dict[int, list[datetime]] = {}
    rows = connection.execute("SELECT submission, time FROM earlier WHERE time IS NOT NULL")
    for number, time in rows:
        found.setdefault(number, []).append(datetime.fromisoformat(time))
    return found


def as_time(text: str | None) -> datetime | None:
    """A moment as it is kept."""
    return None if text is None else datetime.fromisoformat(text)


def _seconds(time: str | None) -> float:
    moment = as_time(time)
    return moment.timestamp() if moment is not None else 0.0


def _last_answers(connection: sqlite3.Connection) -> dict[str, dict[str, _Handed]]:
    """Of each student the last answer to each exercise: of the newest download that has one.

    Of several in it that with the latest time; then the one that came only to be imported.
    """
    rows = connection.execute(
        "SELECT student, exercise, number, file, digest, time, seen, 0 FROM submissions "
        "WHERE base IS NULL UNION ALL "
        "SELECT student, exercise, number, file, digest, time, seen, 1 FROM beside"
    )
    best: dict[tuple[str, str], tuple[tuple[int, float, int, int], _Handed]] = {}
    for student, exercise, number, file, digest, time, seen, beside in rows:
        rank = (seen, _seconds(time), beside, number)
        known = best.get((student, exercise))
        if known is None or rank > known[0]:
            best[student, exercise] = rank, _Handed(number, file, digest, time)
    found: dict[str, dict[str, _Handed]] = {}
    for (student, exercise), (_rank, handed) in best.items():
        found.setdefault(student, {})[exercise] = handed
    return found


def _answers(
    connection: sqlite3.Connection, exercise: str
) -> list[tuple[str, _Handed, str | None]]:
    """Each student's answers to an exercise of the newest download that has one, and `looked`.

    In the order in which they were handed in, as far as that is known.
    """
    rows = connection.execute(
        "SELECT student, number, file, digest, time, looked FROM submissions AS s "
        "WHERE exercise = ? AND base IS NULL AND seen = (SELECT max(seen) FROM submissions AS o "
        "WHERE o.student = s.student AND o.exercise = s.exercise AND o.base IS NULL)",
        [exercise],
    )
    found = [(student, _Handed(*answer), looked) for student, *answer, looked in rows]
    return sorted(found, key=lambda one: (_seconds(one[1].time), one[1].number))


def _source(connection: sqlite3.Connection, digest: str) -> bytes:
    row = connection.execute("SELECT source FROM sources WHERE digest = ?", [digest]).fetchone()
    source: bytes = row[0]
    return source


def _imported(
    connection: sqlite3.Connection, exercise: Exercise, answer: _Handed, source: bytes,
    there: _Last,
) -> list[Before]:  # fmt: skip
    """Of the answers that are there those that an answer imports, and what these import in turn."""
    tags = (exercise.name, exercise.number)
    form = look(answer.file, source, exercise.called_names, tags)
    if not imported(form.program, exercise):
        return []
    handed = {
        name: Submission(one.file, code_alone(_source(connection, one.digest), one.file))
        for name, one in there.items()
    }
    ran = all_earlier(with_earlier(exercise, form, handed)).values()
    return [
        Before(name, handed[name].name, handed[name].source, as_time(there[name].time))
        for name in sorted(one.exercise.name for one in ran)
    ]


def _comes_once_more(
    connection: sqlite3.Connection, answer: _Handed, earlier: list[Before], download: int, *,
    new: bool,
) -> bool:  # fmt: skip
    """See that a submission with these earlier answers is there; whether it is one more."""
    wanted = {one.exercise: one.digest for one in earlier}
    same = connection.execute(
        "SELECT ? UNION ALL SELECT number FROM submissions WHERE base = ?", [answer.number] * 2
    ).fetchall()
    for (number,) in same:
        has = {
            one.exercise: Before(one.exercise, one.file, code_alone(one.source, one.file)).digest
            for one in earlier_of(connection, number)
        }
        if {name: has.get(name) for name in wanted} == wanted:
            return False
    number = answer.number
    graded = connection.execute("SELECT 1 FROM grades WHERE submission = ?", [number]).fetchone()
    once_more = not new or graded is not None
    if once_more:
        first = {one.exercise: one.digest for one in earlier_of(connection, number)}
        other = [f"{n} {digest[:12]}" for n, digest in wanted.items() if first.get(n) != digest]
        inserted = connection.execute(
            "INSERT INTO submissions (student, exercise, attempt, digest, name, email, file, "
            "place, time, late, seed, download, seen, base) SELECT student, exercise, "
            "attempt || ?, digest, name, email, file, place, time, late, seed, ?, ?, number "
            "FROM submissions WHERE number = ? ON CONFLICT DO NOTHING RETURNING number",
            ["".join(f" + {text}" for text in other), download, download, number],
        ).fetchone()
        if inserted is None:  # the student has a file of that very name
            return False
        (number,) = inserted
    connection.execute("DELETE FROM earlier WHERE submission = ?", [number])
    for one in earlier:
        connection.execute(
            "INSERT INTO sources VALUES (?, ?) ON CONFLICT DO NOTHING", [one.digest, one.source]
        )
        time = None if one.time is None else one.time.isoformat()
        connection.execute(
            "INSERT INTO earlier (submission, exercise, file, digest, time) VALUES (?, ?, ?, ?, ?)",
            [number, one.exercise, one.file, one.digest, time],
        )
    return once_more
