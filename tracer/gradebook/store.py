"""What is kept of a class: one SQLite file in the folder of the results, and who may write it.

What was handed in is written first, with the seed that will draw its numbers; what it earned, when
it has been graded. Each grade is one transaction, on the disk before the next one begins (WAL,
``synchronous = FULL``), so that a kill at any moment loses none; what stands there already is never
written a second time (``ON CONFLICT DO NOTHING``).
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from tracer.errors import FileError
from tracer.exercises.exercise import Exercise
from tracer.gradebook.fact import Fact
from tracer.gradebook.handed import Before, HandedIn, Student, latest
from tracer.gradebook.moments import as_time
from tracer.gradebook.tables import prepare
from tracer.gradebook.together import (
    OnceMore,
    bring_together,
    earlier_of,
    times_of_earlier,
)
from tracer.language import _
from tracer.storage.locking import locked
from tracer.storage.writing import writing

FILE = "gradebook.sqlite"
TRIES = 3
"""How often a submission is graded at which the grader itself fails, by one and the same grader."""


class Kept(NamedTuple):
    """A submission as it is kept: its number, what was handed in, its seed, and earlier answers."""

    number: int
    handed: HandedIn
    seed: int
    earlier: tuple[Before, ...] = ()


class TakenIn(NamedTuple):
    """What a download has brought: how much is new, and what is graded once more by it."""

    new: int
    once_more: tuple[OnceMore, ...]


class Unsettled(NamedTuple):
    """A submission and two grades of it; which one counts is to be said."""

    number: int
    old: int
    new: int


class Store:
    """The open file; one at a time, see `open_store`."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def setting(self, name: str) -> Any:
        """What is remembered under a name; None where nothing is."""
        row = self._connection.execute("SELECT value FROM settings WHERE name = ?", [name])
        found = row.fetchone()
        return None if found is None else json.loads(found[0])

    def remember(self, name: str, value: Any) -> None:
        """Keep a value under a name; where it is there already, nothing is written."""
        if self.setting(name) == value:
            return
        self._connection.execute(
            "INSERT INTO settings VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value",
            [name, json.dumps(value)],
        )

    def take_in(
        self, handed: Iterable[tuple[HandedIn, int]], exercises: Iterable[Exercise] = ()
    ) -> TakenIn:
        """Keep a download: what was handed in, each with its seed, in one transaction.

        What is there already is not kept twice. Where the student has withdrawn it meanwhile, for
        something else was in a download in which it was not, it was handed in again.

        Parameters
        ----------
        handed : iterable of tuple of HandedIn and int
        exercises : iterable of Exercise
            They say whose answers the answer to an exercise may import.

        Returns
        -------
        TakenIn
        """
        new = 0
        with self._transaction():
            download = self._last_download() + 1
            for one, seed in handed:
                self._connection.execute(
                    "INSERT INTO sources VALUES (?, ?) ON CONFLICT DO NOTHING",
                    [one.digest, one.source],
                )
                time = None if one.time is None else one.time.isoformat()
                if one.only_imported:
                    self._connection.execute(
                        "INSERT INTO beside (student, exercise, file, digest, time, seen) VALUES "
                        "(?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET seen = excluded.seen",
                        [one.student.key, one.exercise, one.file, one.digest, time, download],
                    )
                    continue
                before = self._connection.total_changes
                self._connection.execute(
                    "INSERT INTO submissions (student, exercise, attempt, digest, name, email, "
                    "file, place, time, late, seed, download, seen) "
                    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
                    [
                        one.student.key, one.exercise, one.attempt, one.digest, one.student.name,
                        one.student.email, one.file, one.where, time, one.late, seed, download,
                        download,
                    ],
                )  # fmt: skip
                if self._connection.total_changes > before:
                    new += 1
                else:
                    self._seen_again(one, download, time)
            once_more = bring_together(self._connection, exercises, download)
        return TakenIn(new, tuple(once_more))

    def bring_together(self, exercises: Iterable[Exercise]) -> list[OnceMore]:
        """Give the answers that are kept the earlier answers of today; see `take_in`."""
        with self._transaction():
            return bring_together(self._connection, exercises, self._last_download())

    def _last_download(self) -> int:
        (last,) = self._connection.execute(
            "SELECT coalesce(max(seen), 0) FROM "
            "(SELECT seen FROM submissions UNION ALL SELECT seen FROM beside)"
        ).fetchone()
        return int(last)

    def _seen_again(self, one: HandedIn, download: int, time: str | None) -> None:
        """Note that a download has what is there already."""
        number, student, exercise, seen = self._connection.execute(
            "SELECT number, student, exercise, seen FROM submissions "
            "WHERE student = ? AND exercise = ? AND attempt = ? AND digest = ?",
            [one.student.key, one.exercise, one.attempt, one.digest],
        ).fetchone()
        self._connection.execute(
            "INSERT INTO again SELECT ?, ?, ?, ? WHERE EXISTS (SELECT 1 FROM submissions AS s "
            "LEFT JOIN again AS a ON a.submission = s.number WHERE s.student = ? AND "
            "s.exercise = ? AND coalesce(s.base, s.number) != ? AND "
            "coalesce(a.download, s.download) > ? AND "
            "coalesce(a.download, s.download) < ?) ON CONFLICT DO NOTHING",
            [number, download, time, one.late, student, exercise, number, seen, download],
        )
        self._connection.execute(
            "UPDATE submissions SET seen = ? WHERE number = ?", [download, number]
        )

    def submission(self, number: int) -> Kept:
        """The submission of that number."""
        row = self._connection.execute(
            "SELECT student, name, email, exercise, attempt, file, place, source, time, late, "
            "seed FROM submissions JOIN sources USING (digest) WHERE number = ?",
            [number],
        ).fetchone()
        student, name, email, exercise, attempt, file, place, source, time, late, seed = row
        earlier = earlier_of(self._connection, number)
        handed = HandedIn(
            Student(student, name, email), exercise, attempt, file, place, source,
            latest(as_time(time), (one.time for one in earlier)),
            None if late is None else bool(late),
        )  # fmt: skip
        return Kept(number, handed, seed, earlier)

    def pending(self, grader: str, exercise: str) -> list[int]:
        """The numbers of an exercise's submissions that are to be graded by this grader."""
        rows = self._connection.execute(
            "SELECT number FROM submissions AS s WHERE exercise = ? AND NOT EXISTS "
            "(SELECT 1 FROM grades WHERE submission = s.number AND grader = ?) AND "
            "(SELECT count(*) FROM faults WHERE submission = s.number AND grader = ?) < ? "
            "ORDER BY number",
            [exercise, grader, grader, TRIES],
        )
        return [number for (number,) in rows]

    def keep(self, number: int, grader: str, record: dict[str, Any]) -> None:
        """Keep a grade; one that is there already stays, and so does the one that counts."""
        with self._transaction():
            self._connection.execute(
                "INSERT INTO grades (submission, grader, verdict, points, out_of, record) "
                "VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
                [
                    number, grader, record["verdict"], record["points"], record["out_of"],
                    as_json(record),
                ],
            )  # fmt: skip
            self._connection.execute(
                "INSERT INTO standing (submission, grade, settled) SELECT submission, number, "
                "grader FROM grades WHERE submission = ? AND grader = ? ON CONFLICT DO NOTHING",
                [number, grader],
            )

    def keep_fault(self, number: int, grader: str, what: str) -> None:
        """Keep that the grader failed at a submission; it is no grade."""
        with self._transaction():
            self._connection.execute("INSERT INTO faults VALUES (?, ?, ?)", [number, grader, what])

    def unsettled(self, grader: str, exercise: str, *, every: bool = False) -> list[Unsettled]:
        """The submissions of which a grade of this grader is there, and another one counts.

        Those for which that was settled already are left out. If `every` is true it is looked at
        anew for all that have two grades; the old one is then that which counts or, where that is
        this grader's, the one that counted before it.
        """
        rows = self._connection.execute(
            "SELECT s.number, CASE WHEN t.grade != g.number THEN t.grade ELSE t.old END AS before, "
            "g.number FROM submissions AS s JOIN standing AS t ON t.submission = s.number "
            "JOIN grades AS g ON g.submission = s.number AND g.grader = ? WHERE s.exercise = ? "
            "AND (t.grade != g.number AND t.settled != ? OR ? AND before != g.number) "
            "ORDER BY s.number",
            [grader, exercise, grader, every],
        )
        return [Unsettled(*row) for row in rows]

    def settle(self, chosen: Iterable[tuple[int, int, int]], grader: str) -> None:
        """Say of submissions which grade counts, now that this grader's are there: all or none.

        Each is the number of a submission, the grade that counts, and the one that counted before.
        """
        with self._transaction():
            self._connection.executemany(
                "UPDATE standing SET grade = ?, old = ?, settled = ? WHERE submission = ?",
                [(grade, old, grader, number) for number, grade, old in chosen],
            )

    def graded_by(self, grader: str, exercise: str) -> list[tuple[int, int]]:
        """The numbers of an exercise's submissions, each with that of its grade by this grader."""
        rows = self._connection.execute(
            "SELECT s.number, g.number FROM submissions AS s JOIN grades AS g "
            "ON g.submission = s.number AND g.grader = ? WHERE s.exercise = ? ORDER BY s.number",
            [grader, exercise],
        )
        return [(number, grade) for number, grade in rows]

    def ungraded(self, grader: str, exercise: str) -> int:
        """How many submissions of an exercise have no grade by this grader."""
        (count,) = self._connection.execute(
            "SELECT count(*) FROM submissions AS s WHERE exercise = ? AND NOT EXISTS "
            "(SELECT 1 FROM grades WHERE submission = s.number AND grader = ?)",
            [exercise, grader],
        ).fetchone()
        return int(count)

    def exercises(self) -> dict[str, int]:
        """Every exercise for which something was handed in, and how much."""
        rows = self._connection.execute(
            "SELECT exercise, count(*) FROM submissions GROUP BY exercise ORDER BY exercise"
        )
        return dict(rows.fetchall())

    def handed_in(self, exercise: str) -> set[str]:
        """The keys of the students who have handed in an answer to an exercise."""
        rows = self._connection.execute(
            "SELECT DISTINCT student FROM submissions WHERE exercise = ?", [exercise]
        )
        return {student for (student,) in rows}

    def graded(self) -> list[tuple[int, dict[str, str]]]:
        """Of every grade its number, and what tells its record from all others."""
        names = ("student", "exercise", "attempt", "digest", "grader")
        rows = self._connection.execute(
            "SELECT g.number, student, exercise, attempt, digest, grader FROM grades AS g "
            "JOIN submissions AS s ON s.number = g.submission ORDER BY g.number"
        )
        return [(number, dict(zip(names, keys, strict=True))) for number, *keys in rows]

    def record(self, number: int) -> dict[str, Any]:
        """The record of the grade of that number."""
        row = self._connection.execute("SELECT record FROM grades WHERE number = ?", [number])
        found: dict[str, Any] = json.loads(row.fetchone()[0])
        return found

    def report(self, submission: int) -> dict[str, Any]:
        """The report of a submission, from the grade that counts."""
        found: dict[str, Any] = self.standing_record(submission)["report"]
        return found

    def standing_record(self, submission: int) -> dict[str, Any]:
        """The record of the grade of a submission that counts."""
        row = self._connection.execute(
            "SELECT record FROM grades WHERE number = "
            "(SELECT grade FROM standing WHERE submission = ?)",
            [submission],
        )
        found: dict[str, Any] = json.loads(row.fetchone()[0])
        return found

    def students(self) -> list[Student]:
        """Everybody who handed something in; the name is the one that was said last."""
        rows = self._connection.execute(
            "SELECT student, name, email FROM submissions ORDER BY number"
        )
        known: dict[str, Student] = {}
        for key, name, email in rows:
            old = known.get(key, Student(key))
            known[key] = Student(key, name or old.name, email or old.email)
        return sorted(known.values(), key=lambda student: (student.name or student.key).casefold())

    def facts(self) -> list[Fact]:
        """Every attempt that was graded, with the grade that counts, and every fault."""
        rows = self._connection.execute(
            "WITH attempts AS (SELECT number, download, time, late FROM submissions UNION ALL "
            "SELECT submission, download, time, late FROM again) "
            "SELECT s.student, s.exercise, s.attempt, s.number, a.time, a.late, g.verdict, "
            "g.points, g.out_of, a.download, s.base, s.now FROM attempts AS a "
            "JOIN submissions AS s ON s.number = a.number "
            "LEFT JOIN standing AS t ON t.submission = s.number "
            "LEFT JOIN grades AS g ON g.number = t.grade "
            "WHERE g.number IS NOT NULL OR EXISTS "
            "(SELECT 1 FROM faults WHERE submission = s.number) ORDER BY a.download, s.number"
        )
        of_earlier = times_of_earlier(self._connection)
        return [
            Fact(
                student, exercise, attempt, number,
                latest(as_time(time), of_earlier.get(number, ())),
                None if late is None else bool(late),
                verdict or "grader_fault", points, out_of or 0, download, base,
                as_time(time), bool(now),
            )
            for student, exercise, attempt, number, time, late, verdict, points, out_of, download,
            base, now in rows
        ]  # fmt: skip

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise
        self._connection.execute("COMMIT")


@contextmanager
def open_store(folder: Path) -> Iterator[Store]:
    """The store in a folder, which is made if it is not there; nobody else may write it meanwhile.

    Raises
    ------
    FileError
        If another command is grading into this folder, or its file is none of ours.
    """
    with writing():
        folder.mkdir(parents=True, exist_ok=True)
    path = folder / FILE
    with locked(path, _("the results in {folder}").format(folder=folder)):
        try:
            connection = sqlite3.connect(path, isolation_level=None, timeout=10)
        except sqlite3.Error as error:
            raise FileError(_("cannot open {file}: {why}").format(file=path, why=error)) from error
        try:
            prepare(connection, path)
            yield Store(connection)
        except sqlite3.Error as error:
            raise FileError(_("cannot write {file}: {why}").format(file=path, why=error)) from error
        finally:
            connection.close()


@contextmanager
def open_results(folder: Path) -> Iterator[Store]:
    """The store in a folder in which something was graded.

    Raises
    ------
    FileError
        If there is none.
    """
    check_there(folder)
    with open_store(folder) as store:
        yield store


def check_there(folder: Path) -> None:
    """Raise a `FileError` if nothing was graded into a folder."""
    if not (folder / FILE).is_file():
        said = _("there are no results in {folder}: expected a file {file} there")
        raise FileError(said.format(folder=folder, file=FILE))


def as_json(record: Any, indent: int | None = None) -> str:
    """A record as text: the same record is the same text, byte for byte."""
    return json.dumps(record, ensure_ascii=False, allow_nan=False, sort_keys=True, indent=indent)
