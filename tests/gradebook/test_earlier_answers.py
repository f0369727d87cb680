"""A class in which an answer imports an earlier one of the same student's."""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Generator, Iterable
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.gradebook.handing import RNN_STEP, UNROLL, record
from tests.gradebook.test_feedback import report
from tests.grading.typed import tracer
from tracer.exercises.discovery import discover
from tracer.gradebook.before import read_earlier
from tracer.gradebook.counting import Result, allowed, result
from tracer.gradebook.grading import Work, grade_all, take_in, work
from tracer.gradebook.handed import HandedIn, Student, digest_of
from tracer.gradebook.returning import returned, tries
from tracer.gradebook.rules import Counts, Late, Rules
from tracer.gradebook.store import FILE, Store, open_store
from tracer.gradebook.together import OnceMore
from tracer.gradebook.workers import Grader, Job, Outcome, outcome
from tracer.sandbox.process import PlainProcess
from tracer.view.export.report_json import as_record

KNOWN = [e for e in discover().good if e.number in ("10", "13", "22")]
UNROLLED = "13_rnn_unroll"
SLIP = RNN_STEP.replace("+ a", "- a")


def handed(
    exercise: str, source: str, hour: int | None = None, *, only_imported: bool = False
) -> tuple[HandedIn, int]:
    """Ada's answer, with the seed that draws its numbers."""
    time = None if hour is None else datetime(2026, 11, 20, hour, tzinfo=UTC)
    name = exercise.partition("_")[2] + ".py"
    return HandedIn(
        Student("ada"), exercise, name, name, name, source.encode(), time,
        only_imported=only_imported,
    ), 7  # fmt: skip


def graded_anew(store: Store, points: float) -> list[str]:
    """Grade what waits of exercise 13 with these points; the digests of what each was run with."""
    with_them = []
    for number in store.pending("g", UNROLLED):
        with_them += [one.digest for one in store.submission(number).earlier]
        store.keep(number, "g", record(points))
    return with_them


def digest(source: str) -> str:
    """That of a file with this text."""
    return digest_of(source.encode())


def test_an_earlier_answer_that_comes_later(tmp_path: Path) -> None:
    """The answer is graded once more with it, also with the next one; the better grade counts."""
    unroll, rules = handed(UNROLLED, UNROLL), Rules(attempts=1)

    def counts(store: Store) -> Result:
        facts = [fact for fact in store.facts() if fact.exercise == UNROLLED]
        found = result("ada", UNROLLED, facts, 13, rules)
        assert tries(facts) == found.attempts
        return found

    with open_store(tmp_path) as store:
        assert store.take_in([unroll], KNOWN) == (1, ())
        assert graded_anew(store, 0) == []

        once_more = (OnceMore("ada", UNROLLED),)
        assert store.take_in([handed("10_rnn_step", RNN_STEP)], KNOWN) == (1, once_more)
        assert graded_anew(store, 9) == [digest(RNN_STEP)]
        assert (counts(store).points, counts(store).attempts) == (9.0, 1)

        assert store.take_in([handed("10_rnn_step", SLIP), unroll], KNOWN) == (1, once_more)
        assert graded_anew(store, 4) == [digest(SLIP)]
        assert counts(store).points == 9.0

        store.take_in([handed("10_rnn_step", RNN_STEP), unroll], KNOWN)  # which it was before
        assert store.bring_together(KNOWN) == []
        assert graded_anew(store, 0) == []
        assert len({keys["attempt"] for _number, keys in store.graded()}) == 3

        store.take_in([handed(UNROLLED, f"{UNROLL}# newer")], KNOWN)
        assert graded_anew(store, 6) == [digest(RNN_STEP)]
        rules = Rules()
        assert (counts(store).points, counts(store).attempts) == (6.0, 2)


def test_it_was_handed_in_with_the_last_of_its_files(tmp_path: Path) -> None:
    """So nobody hands in late, as an earlier answer, what an answer in time imports."""
    rules = Rules(due={UNROLLED: datetime(2026, 11, 20, 12, tzinfo=UTC)}, late=Late(share=0.1))
    with open_store(tmp_path) as store:
        store.take_in([handed(UNROLLED, UNROLL, 11), handed("10_rnn_step", SLIP, 10)], KNOWN)
        graded_anew(store, 5)
        store.take_in([handed("10_rnn_step", RNN_STEP, 13)], KNOWN)
        graded_anew(store, 10)
        facts = store.facts()

        assert [fact.time.hour for fact in facts if fact.time] == [11, 13]
        assert result("ada", UNROLLED, facts, 13, rules).points == 9.0
        assert result("ada", UNROLLED, facts[:1], 13, rules).points == 5.0


@pytest.mark.parametrize("one_download", [True, False])
def test_late_earlier_answers_take_nothing(tmp_path: Path, *, one_download: bool) -> None:
    """It counts with what was there in time, however often the teacher downloads.

    The 10 of 8 o'clock was there with it, that of 11 mends it in time, those of 20 and 21 are late:
    the first is there at 21 once more.
    """
    rules = Rules(due={UNROLLED: datetime(2026, 11, 20, 12, tzinfo=UTC)}, late=Late(share=0.5))
    steps = [(SLIP, 8), (RNN_STEP, 11), (f"{RNN_STEP}# late", 20), (SLIP, 21)]
    tens = [
        (replace(handed("10_rnn_step", source, hour)[0], attempt=str(hour)), 7)
        for source, hour in steps
    ]
    unroll = handed(UNROLLED, UNROLL, 9)
    downloads = [[unroll, *tens[::-1]]] if one_download else [[unroll, tens[0]], tens[1:]]
    points = {digest(SLIP): 1.0, digest(RNN_STEP): 13.0, digest(f"{RNN_STEP}# late"): 13.0}
    with open_store(tmp_path) as store:
        for download in downloads:
            store.take_in(download, KNOWN)
        for number in store.pending("g", UNROLLED):
            (step,) = store.submission(number).earlier
            store.keep(number, "g", record(points[step.digest]))
        facts = store.facts()

        assert [(fact.time and fact.time.hour, fact.points) for fact in facts] == [
            (9, 1.0), (11, 13.0), (20, 13.0),
        ]  # fmt: skip
        assert result("ada", UNROLLED, facts, 13, rules).points == 13.0
        assert [fact.now for fact in facts] == [True, False, False]
        assert store.take_in(downloads[-1], KNOWN) == (0, ())


def in_turn(n: int) -> list[tuple[HandedIn, int]]:
    """So many answers to 13, each followed by another one to 10 within its minute."""
    began = datetime(2026, 11, 20, tzinfo=UTC)
    return [
        (replace(one, attempt=str(k), time=began + timedelta(minutes=k, seconds=later)), seed)
        for k in range(n)
        for later, (one, seed) in (
            (0, handed(UNROLLED, f"{UNROLL}# {k}")),
            (30, handed("10_rnn_step", f"{RNN_STEP}# {k}")),
        )
    ]  # fmt: skip


def test_many_of_both_in_turn(tmp_path: Path) -> None:
    """Each is graded with the 10 that was there and with every later one, with none of them twice.

    Which of them is the best, and in time, nobody knows before.
    """
    n = 9
    with open_store(tmp_path) as store:
        download = in_turn(n)
        store.take_in(download, KNOWN)
        kept = [store.submission(number) for number in store.pending("g", UNROLLED)]
        files = [one.digest for one, _seed in download]
        unrolls, steps = files[::2], files[1::2]

        pairs = [(one.handed.digest, one.earlier[0].digest) for one in kept]
        assert sorted(pairs) == sorted(
            (unrolls[k], step) for k in range(n) for step in steps[max(k - 1, 0) :]
        )


@pytest.mark.parametrize("one_download", [True, False])
def test_another_answer_and_many_earlier_ones_take_nothing(
    tmp_path: Path, *, one_download: bool
) -> None:
    """The first 13 with the second 10 is all right; a worse 13 and eight worse 10s follow.

    That pair counts, however often the teacher downloads.
    """
    began = datetime(2026, 11, 20, tzinfo=UTC)
    sources = [
        (UNROLLED, UNROLL), ("10_rnn_step", f"{SLIP}# a"), (UNROLLED, f"{UNROLL}# worse"),
        ("10_rnn_step", RNN_STEP), *(("10_rnn_step", f"{SLIP}# {k}") for k in range(8)),
    ]  # fmt: skip
    all_of_them = [
        (replace(one, attempt=str(k), time=began + timedelta(hours=k)), seed)
        for k, (one, seed) in enumerate(handed(*source) for source in sources)
    ]
    best = (digest(UNROLL), digest(RNN_STEP))
    with open_store(tmp_path) as store:
        for k in range(1, len(all_of_them) + 1):
            if one_download and k < len(all_of_them):
                continue
            store.take_in(all_of_them[:k], KNOWN)
            for number in store.pending("g", UNROLLED):
                one = store.submission(number)
                pair = (one.handed.digest, *(step.digest for step in one.earlier))
                store.keep(number, "g", record(13.0 if pair == best else 1.0))
        facts = [fact for fact in store.facts() if fact.exercise == UNROLLED]

        for rules in (
            Rules(counts=Counts.BEST),
            Rules(attempts=1),
            Rules(counts=Counts.BEST, attempts=1),
        ):
            assert result("ada", UNROLLED, facts, 13, rules).points == 13.0


def test_the_only_attempt_that_counts_is_not_the_last(tmp_path: Path) -> None:
    """Another 13 has followed it, and counts for nothing: the 10 in time still goes with it."""
    rules = Rules(due={UNROLLED: datetime(2026, 11, 20, 12, tzinfo=UTC)}, attempts=1)
    rules = replace(rules, late=Late(share=0.5))
    download = [
        (replace(handed(name, source, hour)[0], attempt=str(hour)), 7)
        for name, source, hour in (
            ("10_rnn_step", SLIP, 7), (UNROLLED, UNROLL, 8), (UNROLLED, f"{UNROLL}# b", 9),
            ("10_rnn_step", RNN_STEP, 11), ("10_rnn_step", f"{RNN_STEP}# late", 13),
        )
    ]  # fmt: skip
    with open_store(tmp_path) as store:
        store.take_in(download, KNOWN)
        for number in store.pending("g", UNROLLED):
            (step,) = store.submission(number).earlier
            store.keep(number, "g", record(1.0 if step.digest == digest(SLIP) else 13.0))

        assert result("ada", UNROLLED, store.facts(), 13, rules).points == 13.0


def test_known_later_that_it_was_there_in_time(tmp_path: Path) -> None:
    """The same 10 was there before the one that is in the first download; and then no other is."""
    first = replace(handed("10_rnn_step", RNN_STEP, 8)[0], attempt="1")
    with open_store(tmp_path) as store:
        store.take_in([handed(UNROLLED, UNROLL, 9), handed("10_rnn_step", RNN_STEP, 20)], KNOWN)
        graded_anew(store, 13)
        assert [fact.time and fact.time.hour for fact in store.facts()] == [20]

        assert store.take_in([(first, 7), handed("10_rnn_step", RNN_STEP, 20)], KNOWN) == (1, ())
        assert [fact.time and fact.time.hour for fact in store.facts()] == [9]


@pytest.mark.parametrize("hours", [(9, 8, 12, 14), (None,) * 4])
def test_what_goes_back_is_of_today(tmp_path: Path, hours: tuple[int | None, ...]) -> None:
    """Who mends a slip by handing in the 10 of before is shown the report of that one."""
    at, *times = hours
    with open_store(tmp_path) as store:
        for source, hour, said in zip((RNN_STEP, SLIP, RNN_STEP), times, "abc", strict=True):
            store.take_in(
                [handed(UNROLLED, UNROLL, at), handed("10_rnn_step", source, hour)], KNOWN
            )
            for number in store.pending("g", UNROLLED):
                store.keep(number, "g", {**record(), "report": {**report(), "score": said}})
            shown = [one.report["score"] for one in returned(store, (), Rules(), datetime.now(UTC))]
            assert shown == ["b" if source is SLIP else "a"]


def test_the_last_of_two_files_of_one_download(tmp_path: Path) -> None:
    """It is the one that was handed in last itself, also where both import what came later."""
    newer, older = handed(UNROLLED, f"{UNROLL}# b", 9), handed(UNROLLED, UNROLL, 8)
    with open_store(tmp_path) as store:
        store.take_in([newer, older, handed("10_rnn_step", SLIP, 10)], KNOWN)
        store.keep(1, "g", record(6))
        store.keep(2, "g", record(5))
        store.take_in([newer, older, handed("10_rnn_step", RNN_STEP, 11)], KNOWN)
        last = [store.submission(number).handed for number in store.pending("g", UNROLLED)]
        graded_anew(store, 3)
        facts = store.facts()

        assert [one.digest for one in last] == [older[0].digest, newer[0].digest]
        assert result("ada", UNROLLED, facts, 13, Rules()).points == 6.0
        assert allowed(facts, None, None)[-1].points == 3.0
        assert allowed(facts, None, None)[-1].base == 1


def test_a_gradebook_in_which_it_stayed_as_it_was(tmp_path: Path) -> None:
    """In the version before: regrade finds the answers that are others by now, and only these."""
    with open_store(tmp_path) as store:
        store.take_in([handed(UNROLLED, UNROLL), handed("10_rnn_step", SLIP)], KNOWN)
        graded_anew(store, 5)
    with closing(sqlite3.connect(tmp_path / FILE)) as connection:
        connection.execute("UPDATE submissions SET looked = NULL")
        connection.commit()

    with open_store(tmp_path) as store:
        assert store.bring_together(KNOWN) == []
        store.take_in([handed("10_rnn_step", RNN_STEP)])
        assert store.bring_together(KNOWN) == [OnceMore("ada", UNROLLED)]
        assert graded_anew(store, 9) == [digest(RNN_STEP)]


def test_only_one_exercise_is_graded(tmp_path: Path) -> None:
    """What lies beside it goes with it, and is no attempt at an exercise of its own."""
    known = {e.number: e for e in KNOWN}
    for where, text in (
        ("ada/rnn_unroll.py", UNROLL), ("ada/rnn_step.py", RNN_STEP), ("ada/lstm_step.py", "pass"),
        ("ben/lstm_step.py", "pass"), ("cy/rnn_step.py", RNN_STEP),
    ):  # fmt: skip
        path = tmp_path / "class" / where
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
        os.utime(path, (0, 0))  # none is later than another

    with open_store(tmp_path / "out") as store:
        store.take_in([handed("10_rnn_step", SLIP)], KNOWN)
        taken = take_in(store, [tmp_path / "class"], KNOWN, known["13"], 7)

        assert (taken.handed, taken.new) == (1, 1)
        assert store.exercises() == {"10_rnn_step": 1, UNROLLED: 1}
        assert graded_anew(store, 9) == [digest(RNN_STEP)]
        left = [(one.where, one.foreign) for one in taken.left_out]
        assert left == [
            ("ada/lstm_step.py", True), ("ben/lstm_step.py", False), ("cy/rnn_step.py", False),
        ]  # fmt: skip
        assert "22_lstm_step" in taken.left_out[0].why


def as_notebook(source: str) -> str:
    """A notebook whose second code cell has this in it, and has printed 20 MiB."""
    cells = [
        {"cell_type": "code", "source": "1 + 1", "outputs": [{"text": '"' * 10 * 2**20}]},
        {"cell_type": "markdown", "source": "# My step"},
        {"cell_type": "code", "source": source.splitlines(keepends=True)},
    ]
    return json.dumps({"cells": cells, "nbformat": 4, "nbformat_minor": 5})


def test_the_step_of_the_same_student(tmp_path: Path) -> None:
    """Each is graded with their own; the record alone, and the file, repeat the grade.

    Of a notebook the record has the code and not the 20 MiB that it has printed.
    """
    known = [e for e in discover().good if e.number in ("10", "13")]
    for name, step in (("ada", RNN_STEP), ("ben", as_notebook(SLIP)), ("cy", "")):
        place = tmp_path / "class" / name
        place.mkdir(parents=True)
        (place / "rnn_unroll.py").write_text(UNROLL, "utf-8")
        if step:
            (place / ("rnn_step.py" if name == "ada" else "rnn_step.ipynb")).write_text(
                step, "utf-8"
            )

    def in_turn(jobs: Iterable[Job], grader: Grader, _count: int) -> Generator[Outcome]:
        return (outcome(job, grader) for job in jobs)

    with open_store(tmp_path / "out") as store:
        take_in(store, [tmp_path / "class"], known, None, 7)
        todo = Work(tuple(one for one in work(store, known).pending if one[1].number == "13"))
        grade_all(
            store, tmp_path / "out", todo, Grader(PlainProcess, as_record), 1, "plain",
            lambda _student: None, in_turn,
        )  # fmt: skip
        records = {
            keys["student"]: store.record(number) for number, keys in store.graded()
        }  # fmt: skip

    assert {name: one["verdict"] for name, one in records.items()} == {
        "ada": "passed", "ben": "wrong", "cy": "crashed",
    }  # fmt: skip
    assert [one["digest"] for one in records["ada"]["earlier"]] == [digest(RNN_STEP)]
    assert "earlier" not in records["cy"]
    (tmp_path / "ben.json").write_text(json.dumps(records["ben"]), "utf-8")
    assert (tmp_path / "ben.json").stat().st_size < 2**17
    (tmp_path / "rnn_unroll.py").write_text(UNROLL, "utf-8")
    again = tracer("replay", str(tmp_path / "ben.json"), "--wall", "plain", "--trust-submissions")
    assert again.exit_code == 0, again.output
    assert "first wrong number comes out of your rnn_step" in " ".join(again.stdout.split())


def test_a_record_with_another_file_in_it() -> None:
    """What does not have the digest that it says is not what was graded."""
    kept = {"exercise": "10_rnn_step", "file": "rnn_step.py", "digest": digest_of(b"a")}
    kept["source"] = "b"

    assert read_earlier({"earlier": [kept]}) is None
    assert read_earlier({"earlier": [{**kept, "source": "a"}]}) is not None
    assert read_earlier({}) == ()
