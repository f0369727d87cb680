"""Which of a student's answers to exercises before goes with an answer that imports them.

It is the one that was handed in last. Where that is another one than it was, the answer is there
once more, as a submission of its own with a grade of its own: nothing that was graded changes.
It is there also with each that went with it before, since it was handed in itself: in time it may
have been with one of these, and how often a teacher downloads takes nobody's points.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import NamedTuple

from tracer.exercises.earlier import all_earlier, all_used, imported, with_earlier
from tracer.exercises.exercise import Exercise
from tracer.exercises.form import Form, look
from tracer.exercises.notebook import code_alone
from tracer.exercises.submission import Submission
from tracer.gradebook.handed import Before
from tracer.gradebook.moments import Handed, There, all_answers, as_time, moments_of, seconds


class OnceMore(NamedTuple):
    """An answer that is graded once more: whose, and to which exercise."""

    student: str
    exercise: str


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
    handed = all_answers(connection) if importing else {}
    for exercise in importing:
        modules = {one.name: one.module.encode() for one in all_used(exercise)}
        for student, answer, looked in _answers(connection, exercise.name):
            before = {name: them for name, them in handed[student].items() if name in modules}
            moments = moments_of(answer, before)
            seen = json.dumps([{name: at[name].digest for name in sorted(at)} for at in moments])
            if seen == (looked or "[{}]"):
                continue
            source = _source(connection, answer.digest)
            # Most import nothing. In text of two bytes a letter no name is found that way.
            may = b"\0" in source or any(module in source for module in modules.values())
            ways = _ways(connection, exercise, answer, source, moments) if may else [[]]
            more = [
                _comes_once_more(connection, answer, way, download, new=looked is None and k == 0)
                for k, way in enumerate(ways)
            ]
            if any(more):
                found.append(OnceMore(student, exercise.name))
            now = _with(connection, answer, ways[-1])
            connection.execute(
                "UPDATE submissions SET looked = ? WHERE number = ?", [seen, answer.number]
            )
            connection.execute(
                "UPDATE submissions SET now = (number = ?) WHERE number = ? OR base = ?",
                [answer.number if now is None else now, answer.number, answer.number],
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


def _answers(connection: sqlite3.Connection, exercise: str) -> list[tuple[str, Handed, str | None]]:
    """Each student's answers to an exercise of the newest download that has one, and `looked`.

    In the order in which they were handed in, as far as that is known.
    """
    rows = connection.execute(
        "SELECT student, number, file, digest, time, looked FROM submissions AS s "
        "WHERE exercise = ? AND base IS NULL AND seen = (SELECT max(seen) FROM submissions AS o "
        "WHERE o.student = s.student AND o.exercise = s.exercise AND o.base IS NULL)",
        [exercise],
    )
    found = [(student, Handed(*answer), looked) for student, *answer, looked in rows]
    return sorted(found, key=lambda one: (seconds(one[1].time), one[1].number))


def _source(connection: sqlite3.Connection, digest: str) -> bytes:
    row = connection.execute("SELECT source FROM sources WHERE digest = ?", [digest]).fetchone()
    source: bytes = row[0]
    return source


def _ways(
    connection: sqlite3.Connection, exercise: Exercise, answer: Handed, source: bytes,
    moments: list[There],
) -> list[list[Before]]:  # fmt: skip
    """What an answer imports at each moment at which all was there that it imports now."""
    tags = (exercise.name, exercise.number)
    form = look(answer.file, source, exercise.called_names, tags)
    if not imported(form.program, exercise):
        return [[]]
    # Many are there at several moments; each is read once, as it is kept.
    code = {
        one: Submission(one.file, code_alone(_source(connection, one.digest), one.file))
        for one in {one for there in moments for one in there.values()}
    }
    found = [_imported(exercise, form, there, code) for there in moments]
    needed = {one.exercise for one in found[-1]}
    return [way for there, way in zip(moments, found, strict=True) if needed.issubset(there)]


def _imported(
    exercise: Exercise, form: Form, there: There, code: Mapping[Handed, Submission]
) -> list[Before]:
    """Of the answers that are there those that an answer imports, and what these import in turn."""
    handed = {name: code[one] for name, one in there.items()}
    ran = all_earlier(with_earlier(exercise, form, handed)).values()
    return [
        Before(name, handed[name].name, handed[name].source, as_time(there[name].time))
        for name in sorted(one.exercise.name for one in ran)
    ]


def _with(connection: sqlite3.Connection, answer: Handed, earlier: list[Before]) -> int | None:
    """The number under which an answer is there with these earlier answers."""
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
            return int(number)
    return None


def _known_since(connection: sqlite3.Connection, number: int, earlier: list[Before]) -> None:
    """Keep when the same files were there first, where a later download tells it."""
    kept = [one.time for one in earlier_of(connection, number) if one.time is not None]
    times = [one.time for one in earlier if one.time is not None]
    if kept and len(times) == len(earlier) and max(times, default=max(kept)) < max(kept):
        connection.executemany(
            "UPDATE earlier SET time = ? WHERE submission = ? AND exercise = ?",
            [
                (time.isoformat(), number, one.exercise)
                for time, one in zip(times, earlier, strict=True)
            ],
        )


def _comes_once_more(
    connection: sqlite3.Connection, answer: Handed, earlier: list[Before], download: int, *,
    new: bool,
) -> bool:  # fmt: skip
    """See that a submission with these earlier answers is there; whether it is one more."""
    there = _with(connection, answer, earlier)
    if there is not None:
        _known_since(connection, there, earlier)
        return False
    wanted = {one.exercise: one.digest for one in earlier}
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
