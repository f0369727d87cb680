"""What is kept of a class: once, whole, and by one command at a time, whatever kills it."""

from __future__ import annotations

import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.gradebook.handing import STEP, handed, record
from tracer.errors import FileError
from tracer.gradebook import records
from tracer.gradebook.counting import result
from tracer.gradebook.handed import HandedIn, Student
from tracer.gradebook.reading import read_store
from tracer.gradebook.rules import Rules
from tracer.gradebook.store import FILE, TRIES, as_json, open_store


def test_what_was_handed_in_comes_back(tmp_path: Path) -> None:
    """Every part of it, its seed too; names in any script, bytes that are no text."""
    time = datetime(2026, 11, 20, 12, tzinfo=UTC)
    given = HandedIn(
        Student("7", "李雷 \u202e'); DROP TABLE grades;--", "=x@y"), STEP, "a/b", "x\x1b.py", "w",
        b"\xff\0", time, late=True,
    )  # fmt: skip

    with open_store(tmp_path) as store:
        store.take_in([(given, 5)])
    with open_store(tmp_path) as store:
        (number,) = store.pending("g", STEP)
        found = store.submission(number)

    assert found.handed == given
    assert found.seed == 5


@pytest.mark.parametrize(
    ("inside", "why"),
    [("out", "it is a file, not a folder"), ("out/more", "{out} is a file, not a folder")],
)
def test_a_file_where_a_folder_belongs(tmp_path: Path, inside: str, why: str) -> None:
    """It is said of the file, also where it is the folder around that is one."""
    out = tmp_path / "out"
    out.touch()

    with pytest.raises(FileError) as told, open_store(tmp_path / inside):
        pass

    assert str(told.value) == f"cannot write {tmp_path / inside}: {why.format(out=out)}"


def test_nothing_is_taken_in_twice(tmp_path: Path) -> None:
    """The same download once more is nothing new; another file of the same name is."""
    with open_store(tmp_path) as store:
        assert store.take_in([(handed(1), 1), (handed(2), 2), (handed(1), 3)]).new == 2
        assert store.take_in([(handed(1), 9), (handed(1, source=b"other"), 4)]).new == 1

        assert [store.submission(n).seed for n in store.pending("g", STEP)] == [1, 2, 4]


def test_handed_in_again_after_another(tmp_path: Path) -> None:
    """The first, another, and in the third download the first again: it is the last attempt."""
    first, other = handed(1), handed(1, source=b"other")
    with open_store(tmp_path) as store:
        for download in ([first], [first], [other], [replace(first, late=True)], [first]):
            store.take_in([(one, 1) for one in download])
        store.keep(1, "g", record(13))
        store.keep(2, "g", record(6))

        attempts = [(fact.number, fact.late) for fact in store.facts()]
        assert attempts == [(1, None), (2, None), (1, True)]
        assert result("ada", STEP, store.facts(), 13, Rules()).points == 13.0


def test_several_files_again_and_again(tmp_path: Path) -> None:
    """What is there all the time is not handed in again when another file joins it."""
    both = [handed(1), handed(2)]
    with open_store(tmp_path) as store:
        for download in (both[:1], both, both, both[::-1]):
            store.take_in([(one, 1) for one in download])
        store.keep(1, "g", record())
        store.keep(2, "g", record())

        assert [(fact.number, fact.download) for fact in store.facts()] == [(1, 1), (2, 2)]


def test_a_grade_stands(tmp_path: Path) -> None:
    """A second one of the same grader is not kept; that of another is, and does not count yet."""
    with open_store(tmp_path) as store:
        store.take_in([(handed(1), 1)])
        store.keep(1, "g", record(3))
        store.keep(1, "g", record(5))
        assert [fact.points for fact in store.facts()] == [3.0]
        assert store.pending("g", STEP) == []

        assert store.pending("newer", STEP) == [1]
        store.keep(1, "newer", record(2))

        assert [keys["grader"] for _number, keys in store.graded()] == ["g", "newer"]
        assert [fact.points for fact in store.facts()] == [3.0]


def test_which_grade_counts(tmp_path: Path) -> None:
    """What is settled stays, also through a kill; the other grade can be chosen again."""
    with open_store(tmp_path) as store:
        store.take_in([(handed(1), 1)])
        store.keep(1, "g", record(3))
        store.keep(1, "newer", record(2))
        assert store.unsettled("newer", STEP) == [(1, 1, 2)]

    with open_store(tmp_path) as store:
        store.settle([(1, 1, 1)], "newer")
        assert store.unsettled("newer", STEP) == []
        assert [fact.points for fact in store.facts()] == [3.0]

        assert store.unsettled("newer", STEP, every=True) == [(1, 1, 2)]
        store.settle([(1, 2, 1)], "newer")
        assert [fact.points for fact in store.facts()] == [2.0]
        assert store.unsettled("newer", STEP, every=True) == [(1, 1, 2)]


def test_the_old_grade_is_the_one_that_counted(tmp_path: Path) -> None:
    """Of three: not the one that was given before the newest, if it never counted."""
    with open_store(tmp_path) as store:
        store.take_in([(handed(1), 1)])
        store.keep(1, "g", record(3))
        store.keep(1, "newer", record(2))
        store.settle([(1, 1, 1)], "newer")
        store.keep(1, "newest", record(4))
        store.settle([(1, 3, 1)], "newest")

        assert store.unsettled("newest", STEP, every=True) == [(1, 1, 3)]


def test_a_gradebook_of_the_first_version(tmp_path: Path) -> None:
    """The grade that was given last counts, as it did then."""
    with open_store(tmp_path) as store:
        store.take_in([(handed(1), 1), (handed(2), 1)])
        store.keep(1, "g", record(3))
        store.keep(2, "g", record(4))
        store.keep(1, "newer", record(2))
    with sqlite3.connect(tmp_path / FILE) as connection:
        connection.executescript(
            "DROP TABLE standing; DROP TABLE again; DROP TABLE earlier; DROP TABLE beside; "
            "DROP INDEX once_more; ALTER TABLE submissions DROP COLUMN base; "
            "ALTER TABLE submissions DROP COLUMN looked; "
            "ALTER TABLE submissions DROP COLUMN now; "
            "ALTER TABLE submissions DROP COLUMN download; "
            "ALTER TABLE submissions DROP COLUMN seen; PRAGMA user_version = 1;"
        )
    connection.close()

    with open_store(tmp_path) as store:
        assert [fact.points for fact in store.facts()] == [2.0, 4.0]


def test_a_fault_is_no_grade_and_not_tried_for_ever(tmp_path: Path) -> None:
    """What the grader failed at has no points; after some tries it is left alone."""
    with open_store(tmp_path) as store:
        store.take_in([(handed(1), 1), (handed(2), 1)])
        for _try in range(TRIES):
            assert store.pending("g", STEP) == [1, 2]
            store.keep_fault(1, "g", "ValueError: no")

        assert store.pending("g", STEP) == [2]
        assert [(f.number, f.points, f.verdict) for f in store.facts()] == [
            (1, None, "grader_fault")
        ]
        assert store.pending("mended", STEP) == [1, 2]


def test_the_name_that_was_said_last(tmp_path: Path) -> None:
    """A download that tells no names takes none away."""
    with open_store(tmp_path) as store:
        for student in (Student("7", "Old"), Student("7", "New", "n@x"), Student("7")):
            one = HandedIn(student, STEP, student.name, "x.py", "w", b"1")
            store.take_in([(one, 1)])

        assert store.students() == [Student("7", "New", "n@x")]


def test_two_graders(tmp_path: Path) -> None:
    """The second one is refused, by a sentence with the number of the first; then it may."""
    with open_store(tmp_path), pytest.raises(FileError) as error, open_store(tmp_path):
        pass

    assert f"(process {os.getpid()}) is working on the results in {tmp_path}" in str(error.value)
    with open_store(tmp_path) as store:
        assert store.facts() == []


def test_who_reads_sees_one_moment(tmp_path: Path) -> None:
    """Another command grades meanwhile, whether or not one wrote as the reading began."""
    with open_store(tmp_path) as store:
        store.take_in([(handed(1), 1)])
        store.keep(1, "g", record(3))
    with read_store(tmp_path) as reading:
        with open_store(tmp_path) as store:  # which nobody had open
            store.take_in([(handed(2), 1)])
            store.keep(2, "g", record(4))
        assert [fact.points for fact in reading.facts()] == [3.0]
    assert [path.name for path in tmp_path.glob(f"{FILE}-*")] == []
    with open_store(tmp_path) as store, read_store(tmp_path) as reading:
        store.take_in([(handed(3), 1)])
        store.keep(3, "g", record(5))
        assert [fact.points for fact in reading.facts()] == [3.0, 4.0]


def test_where_no_moment_can_be_held(tmp_path: Path) -> None:
    """Where SQLite can make no file it is read all the same; who writes meanwhile is noticed."""
    with open_store(tmp_path) as store:
        store.take_in([(handed(1), 1)])
        store.keep(1, "g", record(3))
    (tmp_path / f"{FILE}-wal").symlink_to("none/none")  # cannot be made, as in a closed folder

    with read_store(tmp_path) as reading:
        assert [fact.points for fact in reading.facts()] == [3.0]
    with pytest.raises(FileError, match="was written while it was read"), read_store(tmp_path):
        os.utime(tmp_path / FILE, (0, 0))


@pytest.mark.parametrize("contents", [b"no data base" * 100, b"SQLite format 3\0" + b"\xff" * 200])
def test_a_file_that_is_none_of_ours(tmp_path: Path, contents: bytes) -> None:
    """It is said, and nothing is written into it."""
    (tmp_path / FILE).write_bytes(contents)

    with pytest.raises(FileError, match=FILE), open_store(tmp_path):
        pass

    assert (tmp_path / FILE).read_bytes() == contents


def test_another_version(tmp_path: Path) -> None:
    """A gradebook of a later tracer is not touched."""
    with sqlite3.connect(tmp_path / FILE) as connection:
        connection.execute("PRAGMA user_version = 9")
    connection.close()

    with pytest.raises(FileError, match="is version 9 of a gradebook"), open_store(tmp_path):
        pass


def test_a_record_is_written_again(tmp_path: Path) -> None:
    """Who removes one has it back after the next run; the names hold for every system."""
    record_ = {**record(), "student": {"key": "../İ:Con?"}, "exercise": STEP, "attempt": "1",
               "digest": handed(1, student="../İ:Con?").digest, "grader": "g"}  # fmt: skip
    with open_store(tmp_path) as store:
        store.take_in([(handed(1, student="../İ:Con?"), 1)])
        store.keep(1, "g", record_)
        records.write(tmp_path, record_)
        (path,) = tmp_path.glob("records/*/*")
        before = path.read_bytes()
        path.unlink()

        records.write_missing(tmp_path, store)

    assert path.read_bytes() == before
    assert json.loads(before) == record_
    assert path.parent.name == STEP
    assert path.name.startswith("con-")


def test_students_whose_names_differ_in_capitals_only(tmp_path: Path) -> None:
    """Their records are two files, also where a system takes both names for one."""
    keys = {"exercise": STEP, "attempt": "1", "digest": "d", "grader": "g"}

    one, two = (records.path_of(tmp_path, {**keys, "student": name}) for name in ("Ada", "ada"))

    assert one.name.lower() != two.name.lower()


KEEPS = f"""
import sys
from pathlib import Path
from tracer.gradebook.handed import HandedIn, Student
from tracer.gradebook.store import open_store

with open_store(Path(sys.argv[1])) as store:
    given = (HandedIn(Student("ada"), "{STEP}", str(k), "x.py", "here", b"1") for k in range(400))
    store.take_in((one, 7) for one in given)
    print("ready", flush=True)
    for number in store.pending("g", "{STEP}"):
        store.keep(number, "g", {{"verdict": "wrong", "points": number, "out_of": 500}})
        print(number, flush=True)
"""


@pytest.mark.long
def test_killed_while_it_writes(tmp_path: Path) -> None:
    """Killed three times: every grade that was acknowledged is there, none half, none twice."""
    chance, acknowledged = random.Random(12), []  # noqa: S311 - no secret
    for kill in range(4):
        command = [sys.executable, "-c", KEEPS, str(tmp_path)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as writer:
            assert writer.stdout
            most = chance.randrange(0, 60) if kill < 3 else 1000
            for line, _count in zip(writer.stdout, range(most), strict=False):
                acknowledged += [int(line)] if line.strip() != "ready" else []
            if kill < 3:
                writer.send_signal(signal.SIGKILL)
            acknowledged += [int(line) for line in writer.stdout if line.strip().isdecimal()]
        with sqlite3.connect(tmp_path / FILE) as connection:
            assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
            kept = [n for (n,) in connection.execute("SELECT submission FROM grades")]
        connection.close()
        assert set(acknowledged) <= set(kept)
        assert len(kept) == len(set(kept))

    assert kept == list(range(1, 401))
    assert len(acknowledged) == len(set(acknowledged))


def test_a_record_is_the_same_text_again() -> None:
    """Whatever the order of its keys."""
    assert as_json({"b": 1, "a": "é"}) == as_json({"a": "é", "b": 1}) == '{"a": "é", "b": 1}'
