"""The tables of a gradebook, and how a file of an earlier version gets those of now.

``again`` says in which later downloads a submission came back after another one of the same
student. A submission with a ``base`` is that one once more, with other answers to exercises before
it; which, ``earlier`` says. ``beside`` holds files that came only to be imported. ``sources`` holds
what was handed in, by its digest. ``grades`` holds every grade that was ever given; ``standing``
says which one of a submission counts, and by whose grades that was settled.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path

from tracer.errors import FileError
from tracer.language import _

VERSION = 7

_FIRST = """
CREATE TABLE settings (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE sources (digest TEXT PRIMARY KEY, source BLOB NOT NULL);
CREATE TABLE submissions (
    number INTEGER PRIMARY KEY,
    student TEXT NOT NULL, name TEXT NOT NULL, email TEXT NOT NULL,
    exercise TEXT NOT NULL, attempt TEXT NOT NULL,
    digest TEXT NOT NULL REFERENCES sources,
    file TEXT NOT NULL, place TEXT NOT NULL, time TEXT, late INTEGER,
    seed INTEGER NOT NULL,
    UNIQUE (student, exercise, attempt, digest)
);
CREATE TABLE grades (
    number INTEGER PRIMARY KEY,
    submission INTEGER NOT NULL REFERENCES submissions,
    grader TEXT NOT NULL,
    verdict TEXT NOT NULL, points REAL NOT NULL, out_of INTEGER NOT NULL,
    record TEXT NOT NULL,
    UNIQUE (submission, grader)
);
CREATE TABLE faults (
    submission INTEGER NOT NULL REFERENCES submissions,
    grader TEXT NOT NULL, what TEXT NOT NULL
);
"""

_SECOND = """
CREATE TABLE standing (
    submission INTEGER PRIMARY KEY REFERENCES submissions,
    grade INTEGER NOT NULL REFERENCES grades,
    settled TEXT NOT NULL
);
INSERT INTO standing SELECT submission, number, grader FROM grades WHERE number IN
    (SELECT max(number) FROM grades GROUP BY submission);
"""
"""Until then the grade that was given last counted."""

_THIRD = """
ALTER TABLE standing ADD COLUMN old INTEGER REFERENCES grades;
"""
"""The grade that counted before; none where there was no other."""

_FOURTH = """
ALTER TABLE submissions ADD COLUMN download INTEGER NOT NULL DEFAULT 0;
ALTER TABLE submissions ADD COLUMN seen INTEGER NOT NULL DEFAULT 0;
CREATE TABLE again (
    submission INTEGER NOT NULL REFERENCES submissions,
    download INTEGER NOT NULL, time TEXT, late INTEGER,
    PRIMARY KEY (submission, download)
);
"""
"""With which download a submission came first, in which it lay last, and when it was back."""


_FIFTH = """
CREATE TABLE earlier (
    submission INTEGER NOT NULL REFERENCES submissions,
    exercise TEXT NOT NULL, file TEXT NOT NULL,
    digest TEXT NOT NULL REFERENCES sources,
    PRIMARY KEY (submission, exercise)
);
"""
"""The same student's answers to exercises before, which a submission may import."""

_SIXTH = """
ALTER TABLE submissions ADD COLUMN base INTEGER REFERENCES submissions;
ALTER TABLE submissions ADD COLUMN looked TEXT;
CREATE INDEX once_more ON submissions (base) WHERE base IS NOT NULL;
ALTER TABLE earlier ADD COLUMN time TEXT;
CREATE TABLE beside (
    number INTEGER PRIMARY KEY,
    student TEXT NOT NULL, exercise TEXT NOT NULL, file TEXT NOT NULL,
    digest TEXT NOT NULL REFERENCES sources,
    time TEXT, seen INTEGER NOT NULL,
    UNIQUE (student, exercise, file, digest)
);
"""
"""Until then a submission stayed with the earlier answers that were there first. ``looked`` says
which ones were there when it was last seen which of them it imports."""

_SEVENTH = """
ALTER TABLE submissions ADD COLUMN now INTEGER NOT NULL DEFAULT 1;
"""
"""Whether it is with the earlier answers that go with it today."""


def prepare(connection: sqlite3.Connection, path: Path) -> None:
    """Make the tables that are not there yet.

    Raises
    ------
    FileError
        If the file is of a later version.
    """
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version > VERSION:
        said = _(
            "{file} is version {found} of a gradebook, and this tracer writes version {wanted}; "
            "choose another folder with --out"
        )
        raise FileError(said.format(file=path, found=version, wanted=VERSION))
    missing = "".join((_FIRST, _SECOND, _THIRD, _FOURTH, _FIFTH, _SIXTH, _SEVENTH)[version:])
    if missing:
        connection.executescript(f"BEGIN; {missing} PRAGMA user_version = {VERSION}; COMMIT;")
