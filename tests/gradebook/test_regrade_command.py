"""``tracer regrade``: who changes, by how much and through which checks; nothing falls unseen."""

from __future__ import annotations

import csv
import re
import shutil
from collections.abc import Generator, Iterable
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from tests.gradebook.handing import STEP, class_of, handed, kept, record, state
from tests.grading.typed import tracer
from tracer.exercises.discovery import home
from tracer.gradebook.counting import Result as Earned
from tracer.gradebook.counting import Row
from tracer.gradebook.handed import Student
from tracer.gradebook.regrading import Change, CheckChange, Ended, Prefer, compared
from tracer.gradebook.store import FILE, TRIES, open_store
from tracer.gradebook.workers import Grader, Job, Outcome
from tracer.view.parts.changes import changes, why

TRUST = ("--wall", "plain", "--trust-submissions")


def own_exercise(folder: Path) -> Path:
    """A folder with exercise 22, of which only the first two checks are left."""
    shutil.copytree(home() / STEP, folder / STEP)
    toml = folder / STEP / "exercise.toml"
    parts = toml.read_text("utf-8").split("[[checks]]")
    toml.write_text("[[checks]]".join(parts[:3]), "utf-8")
    return folder


def change(exercises: Path, old: str, new: str) -> None:
    """Write something else into the exercise."""
    toml = exercises / STEP / "exercise.toml"
    text = toml.read_text("utf-8")
    assert old in text
    toml.write_text(text.replace(old, new, 1), "utf-8")


def regrade(results: Path, *words: str | Path) -> Result:
    """Type the command."""
    return tracer("regrade", str(results), *map(str, words), *TRUST, "--jobs", "2")


def standing(results: Path) -> list[float | None]:
    """The points that count, student by student."""
    with open_store(results) as store:
        return [fact.points for fact in store.facts()]


@pytest.mark.long
def test_an_exercise_that_changed(tmp_path: Path) -> None:
    """Who falls comes first, with the checks; the old grade is kept, and can count again."""
    out, exercises = tmp_path / "out", own_exercise(tmp_path / "exercises")
    folder = class_of(tmp_path / "class", "right", "right")
    answer = folder / "student01" / "lstm_step.py"
    answer.write_text(
        answer.read_text("utf-8").replace("    z = ", "    assert not a.any()\n    z = "), "utf-8"
    )
    graded = tracer("grade", str(folder), "--out", str(out), "--exercises", str(exercises), *TRUST)
    assert graded.exit_code == 0
    before = standing(out)
    assert before == [4.0, 2.0]

    untouched = state(out)
    same = regrade(out, "--all")
    assert same.exit_code == 0
    assert "Nothing has changed" in same.stdout
    assert state(out) == untouched

    change(exercises, "points = 2", "points = 6")  # the first check
    change(exercises, 'name = "state and bias"', 'name = "a later word"')
    rules = tmp_path / "course.toml"
    rules.write_text(f"[marks.student01.{STEP}]\npoints = 3\n", "utf-8")
    more = regrade(out, "--rules", rules, "--csv", tmp_path / "changes.csv")

    assert more.exit_code == 0
    assert standing(out) == [8.0, 6.0]
    lines = [" ".join(line.split()) for line in more.stdout.splitlines()]
    assert f"student00 {STEP} 4/4 → 8/8 +4 4 → 8" in lines
    assert f"student01 {STEP} 2/4 → 6/8 +4 3 → 3 !" in lines
    assert (
        "one word: 2/2 → 6/6; a later word: new, 0/2 (crashed); state and bias: not there any "
        "more, was 0/2 (crashed)" in " ".join(lines)
    )
    assert "As before: 0; with fewer points: 0; with more: 2." in more.stdout
    with (tmp_path / "changes.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["student"], row["change"]) for row in rows] == [
        ("student00", "4.0"), ("student01", "4.0"),
    ]  # fmt: skip
    assert len(kept(out)) == 4

    back = regrade(out, "--counts", "old")
    assert "The old grades count; the new ones are kept." in back.stdout
    assert standing(out) == before
    assert "Nothing has changed" in regrade(out).stdout  # it was settled
    assert standing(out) == before

    change(exercises, "points = 6", "points = 1")
    less = regrade(out, "--counts", "higher")
    rows_shown = re.findall(r"^  (student\d\d) ", less.stdout, re.MULTILINE)
    assert rows_shown == ["student00", "student01"]  # who loses most
    assert "with fewer points: 2" in less.stdout
    assert standing(out) == [3.0, 2.0]  # 3 of 3 are as good as 4 of 4; 2 of 4 are more than 1 of 3
    once_more = regrade(out, "--counts", "higher", "--csv", "-")
    assert "Results under the rules: 0 lower, 0 higher." in once_more.stderr
    assert [row.split(",")[0] for row in once_more.stdout.splitlines()] == [
        "student", "student00", "student01",
    ]  # fmt: skip
    grades = tracer("grade", "--out", str(out)).stdout  # with the exercises of before
    assert "student01 1.5 1.5/3" in " ".join(grades.split())


@pytest.mark.long
def test_what_does_not_come_out_the_same(tmp_path: Path) -> None:
    """Nothing has changed, and an answer ends differently all the same: its first grade stands."""
    out, folder = tmp_path / "out", class_of(tmp_path / "class", "right")
    exercises = own_exercise(tmp_path / "exercises")
    answer = folder / "student00" / "lstm_step.py"
    mark = tmp_path / "mark"
    answer.write_text(
        answer.read_text("utf-8")
        + f"\nimport os\nif os.path.exists({str(mark)!r}):\n    lstm_step = None\n",
        "utf-8",
    )
    tracer("grade", str(folder), "--out", str(out), "--exercises", str(exercises), *TRUST)
    untouched = state(out)
    mark.touch()

    ended = regrade(out, "--all")

    assert ended.exit_code == 1
    assert "4 points before and 0 now, though neither the exercise nor tracer's" in ended.stderr
    assert state(out) == untouched


def test_the_grader_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The old grade stays, and it is said, also once the grader tries it no more."""

    def failing(jobs: Iterable[Job], _grader: Grader, _count: int) -> Generator[Outcome]:
        yield from (Outcome(job.number, None, "ValueError: no") for job in jobs)

    monkeypatch.setattr("tracer.gradebook.grading.graded", failing)
    with open_store(tmp_path) as store:
        store.take_in([(handed(1), 1)])
        store.keep(1, "older", {**record(), "student": {"key": "ada"}, "exercise": STEP,
                                "attempt": "1", "digest": "d", "grader": "older"})  # fmt: skip

    ended = [regrade(tmp_path) for _time in range(TRIES + 1)]

    said = "the grader failed at 1 submission, which keeps the grade that it had"
    assert [(one.exit_code, said in one.stderr) for one in ended] == [(70, True)] * (TRIES + 1)
    assert standing(tmp_path) == [3.0]
    again = tracer(
        "grade", str(class_of(tmp_path / "class", "right")), "--out", str(tmp_path), *TRUST
    )
    assert again.exit_code == 70
    assert said in again.stderr
    last = regrade(tmp_path)
    assert said in last.stderr
    assert "the grader failed at 1 submission, which has no points" in last.stderr


def test_other_exercises_stay(tmp_path: Path) -> None:
    """What is not among the exercises is named; where there are no results, that is said."""
    with open_store(tmp_path) as store:
        given = handed(1)
        store.take_in([(type(given)(given.student, "99_own", "1", "x.py", "here", b"1"), 1)])
        record_ = {**record(), "student": {"key": "ada"}, "exercise": "99_own", "attempt": "1",
                   "digest": "d", "grader": "g"}  # fmt: skip
        store.keep(1, "g", record_)

    ended = regrade(tmp_path)
    nowhere = regrade(tmp_path / "nowhere")

    assert ended.exit_code == 0
    assert "99_own is none of these exercises: its 1 submission stays as it is" in ended.stderr
    assert nowhere.exit_code == 2
    assert (
        f"there are no results in {tmp_path / 'nowhere'}: expected a file {FILE}" in nowhere.stderr
    )


def test_as_many_points_of_fewer() -> None:
    """Every submission is counted once in the summary, also one that has 0 of 10 and then of 9."""
    before, after = Ended("wrong", 0, 10), Ended("wrong", 0, 9)
    change = Change(1, "ada", STEP, "1", 1, 2, "g", "h", before, after, ())

    rows = [Row("ada", (Earned(STEP, 0, 9),))]

    part = changes([change], {"ada": Student("ada")}, rows, rows, Prefer.NEW, "results")

    assert part.remarks[0].text == (
        "1 submission has a new grade. As before: 0; with fewer points: 0; with more: 0; with as "
        "many, and another result in a check or in what the exercise gives: 1."
    )


def record_of(
    points: float, *checks: tuple[str, str, float, int], wall: str = "plain"
) -> dict[str, Any]:
    """A record with these checks."""
    listed = [
        {"name": name, "verdict": verdict, "points": earned, "out_of": out_of}
        for name, verdict, earned, out_of in checks
    ]
    return {
        "student": {"key": "ada"}, "exercise": STEP, "attempt": "1", "grader": "g",
        "verdict": "wrong", "points": points, "out_of": 5,
        "report": {"checks": listed, "wall": wall},
    }  # fmt: skip


def test_which_checks() -> None:
    """Those that end in another way, new ones, and those that are gone; the wall is no change."""
    old = record_of(4, ("one", "passed", 2, 2), ("two", "wrong", 2, 3))
    new = record_of(2, ("one", "timed_out", 0, 2), ("three", "wrong", 2, 3))

    found = compared(7, old, new)

    assert found.by == -2
    assert [why(check) for check in found.checks] == [
        "one: 2/2 → 0/2 (timed out)", "three: new, 2/3", "two: not there any more, was 2/3",
    ]  # fmt: skip
    elsewhere = record_of(4, ("one", "passed", 2, 2), ("two", "wrong", 2, 3), wall="landlock")
    same = compared(7, old, elsewhere)
    assert not same.differs
    assert same.said_alike


@pytest.mark.parametrize(
    ("prefer", "points", "counts"),
    [
        (Prefer.NEW, 1, "new"), (Prefer.OLD, 9, "old"), (Prefer.HIGHER, 1, "old"),
        (Prefer.HIGHER, 5, "new"), (Prefer.HIGHER, 9, "new"),
    ],
)  # fmt: skip
def test_which_counts(prefer: Prefer, points: float, counts: str) -> None:
    """The one that is preferred; where both are the same, the new one."""
    before, after = Ended("wrong", 5, 13), Ended("wrong", points, 13)
    found = Change(
        1, "ada", STEP, "1", 11, 12, "g", "h", before, after, (CheckChange("a", before, after),)
    )

    assert found.chosen(prefer) == {"old": 11, "new": 12}[counts]
