"""``tracer grade``: what an instructor types, and gets."""

from __future__ import annotations

import csv
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Generator, Iterable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from multiprocessing import resource_tracker
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests.gradebook.handing import (
    RNN_STEP,
    ROOT,
    SOLUTIONS,
    STEP,
    UNROLL,
    class_of,
    described_by_dying,
    described_by_hanging,
    kept,
    state,
)
from tests.grading.typed import tracer
from tracer.exercises.discovery import discover, home
from tracer.gradebook.counting import rows
from tracer.gradebook.fact import Fact
from tracer.gradebook.handed import Student
from tracer.gradebook.rules import Late, Mark, Rules
from tracer.gradebook.settling import doubts, settled
from tracer.gradebook.store import open_store
from tracer.gradebook.workers import Grader, Job, Outcome, graded, outcome
from tracer.sandbox.process import Limits, PlainProcess, Run
from tracer.sandbox.walls import WALLS, Kind
from tracer.view.parts.gradebook import class_summary, mean_of
from tracer.view.terminal.console import Abilities
from tracer.view.terminal.gradebook import class_summary as screen_of
from tracer.view.terminal.gradebook import grading

TRUST = ("--wall", "plain", "--trust-submissions")


def grade(*words: str | Path) -> tuple[int, str, str]:
    """Type a command that needs no wall: its exit code, screen and errors."""
    ended = tracer("grade", *map(str, words), *TRUST, "--jobs", "2")
    return ended.exit_code, ended.stdout, ended.stderr


def told(stdout: str) -> list[str]:
    """The lines of a screen, their blanks made one."""
    return [" ".join(line.split()) for line in stdout.splitlines() if line.strip()]


@pytest.mark.long
def test_a_class(tmp_path: Path) -> None:
    """A right answer, a mistake, and nothing written: a table, and the same as CSV."""
    folder = class_of(tmp_path / "class", "right", "no_tanh_on_c")
    shutil.copytree(home() / STEP, folder / "=cmd|'calc'!A0")

    code, screen, _errors = grade(folder, "--out", tmp_path / "out", "--csv", tmp_path / "t.csv")

    assert code == 0
    lines = told(screen)
    assert lines[0] == "exercise students mean out of attempts passed"
    assert lines[1].endswith(" 13 3 1")
    assert "student00 13 13/13" in lines
    with (tmp_path / "t.csv").open(encoding="utf-8", newline="") as file:
        head, *rows = list(csv.reader(file))
    assert head == ["student", "name", "email", STEP, "points", "out_of", "comments"]
    assert rows[0] == ["'=cmd|'calc'!A0", "", "", "0.0", "0.0", "13", ""]
    assert rows[1] == ["student00", "", "", "13.0", "13.0", "13", ""]
    records = kept(tmp_path / "out")
    assert [one["verdict"] for one in records] == ["not_started", "passed", "wrong"]
    table = (ROOT / "docs" / "grading.md").read_text("utf-8").partition("## A record")[2]
    rows_there = re.findall(r"^\| (`.*?) \|", table, re.MULTILINE)
    told_there = [key for row in rows_there for key in row.split(", ")]
    written = {*records[0], "earlier"}  # which has only an answer that imports one
    assert {key.strip("`") for key in told_there} == written


@pytest.mark.long
def test_graded_once(tmp_path: Path) -> None:
    """Given again, the command grades what is new and leaves the rest as it is, to the byte."""
    folder = class_of(tmp_path / "class", "right")
    grade(folder, "--out", tmp_path / "out")
    before = {path: path.read_bytes() for path in (tmp_path / "out").rglob("*.json")}
    answer = folder / "student00" / "lstm_step.py"
    answer.write_text(answer.read_text("utf-8") + "\n# later\n", "utf-8")

    _code, screen, _errors = grade(folder, "--out", tmp_path / "out")

    assert told(screen)[1] == f"{STEP} 1 13.0 13 2 1"
    assert len(kept(tmp_path / "out")) == 2
    assert all(path.read_bytes() == contents for path, contents in before.items())


@pytest.mark.long
def test_the_rules_are_applied_anew(tmp_path: Path) -> None:
    """Without PATH nothing runs; marks and due dates hold for what was graded before."""
    archive = tmp_path / "submissions.zip"
    with zipfile.ZipFile(archive, "w") as packed:
        right = SOLUTIONS / STEP / "lstm_step.py"
        packed.write(right, "lovelaceada_LATE_12_100_lstm_step.py")
        packed.write(right, "lilei_13_101_lstm_step.py")
    rules = tmp_path / "course.toml"
    rules.write_text(
        f"[late]\npercent = 10\n[exercises.{STEP}]\ndue = 2026-11-20T12:00:00Z\n"
        f'[marks.13.{STEP}]\npoints = 5\ncomment = "=not by him"\n[marks.99.{STEP}]\n',
        "utf-8",
    )
    plain = grade(archive, "--out", tmp_path / "out")

    ended = tracer("grade", "--out", str(tmp_path / "out"), "--rules", str(rules), "--csv",
                   str(tmp_path / "t.csv"))  # fmt: skip

    assert "lovelaceada (12) 13 13/13" in told(plain[1])
    assert "lovelaceada (12) 11.7* 11.7/13" in told(ended.stdout)
    assert "lilei (13) 5! 5/13" in told(ended.stdout)
    assert "the rules name 99, who has handed in nothing" in ended.stderr
    assert (tmp_path / "t.csv").read_text("utf-8").splitlines()[1:] == [
        f"13,lilei,,5,5,13,{STEP}: =not by him",
        "12,lovelaceada,,11.7,11.7,13,",
    ]
    piped = tracer("grade", "--out", str(tmp_path / "out"), "--rules", str(rules), "--csv", "-")
    assert piped.stdout.splitlines() == (tmp_path / "t.csv").read_text("utf-8").splitlines()
    assert "lilei (13) 5! 5/13" in told(piped.stderr)


@pytest.mark.long
def test_what_is_graded_is_never_written_to(tmp_path: Path) -> None:
    """No file, no time of change, no new name in it; and results in it are refused."""
    folder = class_of(tmp_path / "class", "right")

    def state() -> list[tuple[str, int, bytes]]:
        paths = sorted(p for p in folder.rglob("*"))
        return [
            (str(p), p.stat().st_mtime_ns, p.read_bytes() if p.is_file() else b"") for p in paths
        ]

    before = state()
    code, _screen, _errors = grade(folder, "--out", tmp_path / "out")
    inside = grade(folder, "--out", folder / "student00" / "results")

    assert code == 0
    assert state() == before
    assert inside[0] == 2
    assert "what is graded is never written to" in inside[2]


@pytest.mark.long
def test_one_seed_for_the_class(tmp_path: Path) -> None:
    """It is recorded, and stays that of these results; by default each has its own."""
    folder = class_of(tmp_path / "class", "right", "right")

    grade(folder, "--out", tmp_path / "one", "--seed", "7")
    grade(folder, "--out", tmp_path / "each")
    again = grade(folder, "--out", tmp_path / "one", "--seed", "8")

    assert [one["seed"] for one in kept(tmp_path / "one")] == [7, 7]
    assert len({one["seed"] for one in kept(tmp_path / "each")}) == 2
    assert again[0] == 2
    assert "--seed 8: these results were begun with --seed 7" in again[2]


@pytest.mark.long
def test_another_time_limit(tmp_path: Path) -> None:
    """What is graded later has that of before; another one is said, and stands in each record."""
    out = tmp_path / "out"
    folder = class_of(tmp_path / "class", "right")

    first = grade(folder, "--out", out, "--time-limit", "7")
    same = grade(folder, "--out", out)
    shutil.copytree(folder / "student00", folder / "student01")
    another = grade(folder, "--out", out, "--time-limit", "9")

    assert [one["time_limit"] for one in kept(out)] == [7.0, 9.0]
    assert "--time-limit" not in first[2] + same[2]
    assert "--time-limit 9: what was graded here before had 7 seconds" in another[2]


@pytest.mark.long
def test_an_exercise_that_changed(tmp_path: Path) -> None:
    """Its submissions are graded anew, and it is said; the old grades are kept."""
    folder = class_of(tmp_path / "class", "right")
    exercises = tmp_path / "exercises"
    shutil.copytree(home() / STEP, exercises / STEP)
    words = (folder, "--out", tmp_path / "out", "--exercises", exercises)
    grade(*words)
    toml = exercises / STEP / "exercise.toml"
    toml.write_text(toml.read_text("utf-8") + "\n# changed\n", "utf-8")

    _code, screen, errors = grade(*words)

    assert f"graded anew, for tracer or its exercise has changed ({STEP}); 0 with fewer" in errors
    assert "As before: 1; with fewer points: 0; with more: 0." in screen
    assert "tracer regrade" in errors
    assert len({one["grader"] for one in kept(tmp_path / "out")}) == 2

    shutil.copytree(folder / "student00", folder / "student01")
    grade(folder, "--out", tmp_path / "out")  # the same exercises, whether or not it says so

    assert len({one["grader"] for one in kept(tmp_path / "out")}) == 2


DAY = datetime(2026, 11, 20, tzinfo=UTC)
FACTS = [
    Fact("12", "10_rnn_step", "a", 1, DAY, None, "passed", 13, 13),
    Fact("12", STEP, "a", 2, DAY + timedelta(days=1), None, "wrong", 7.3, 13),
    Fact("8", "13_rnn_unroll", "a", 3, None, None, "grader_fault", None, 10),
    Fact("8", STEP, "a", 4, None, None, "passed", 13, 13),
    Fact("77", STEP, "a", 5, DAY + timedelta(days=9), None, "passed", 13, 13),
]
SCREEN = """

  exercise       students  mean  out of  attempts  passed
  10_rnn_step           2   9.0      13         1       1
  13_rnn_unroll         1     –      10         1       0
  22_lstm_step          3   6.5      13         3       1

  student                        10     13     22     points
  Ada Lovelace (12)              13    (–)  6.57*   19.57/26
  李雷 (8)                      (–)      ?     13  13/23 + ?
  Jean-Luc O'Neil the Third…     5!    (–)     0#       5/26

  –   nothing was handed in: 0 points
  *   late
  #   handed in too late to count: 0 points
  !   set by hand
  ( ) left out of the sum, as one of the lowest
  ?   the grader failed: no points yet, and not 0

  The grader failed at 1 submission, which has no points: a bug in tracer.
  1 result has a due date and no time of handing in; it counts as on time.

"""


def test_the_screen() -> None:
    """Every sign, a name that is too long, and characters that take two columns."""
    students = [
        Student("12", "Ada Lovelace"), Student("8", "李雷"),
        Student("77", "Jean-Luc O'Neil the Third"),
    ]  # fmt: skip
    rules = Rules(drop=1, late=Late(0.1), due={STEP: DAY}, closes={STEP: DAY + timedelta(days=8)},
                  marks={("77", "10_rnn_step"): Mark(5)})  # fmt: skip
    out_of = {"10_rnn_step": 13, "13_rnn_unroll": 10, STEP: 13}
    settled = rows([one.key for one in students], FACTS, out_of, rules)
    part = class_summary(settled, {one.key: one for one in students}, FACTS)

    wide, narrow = (screen_of(part, Abilities(width=width)) for width in (80, 40))

    assert "\n" + "".join(f"{line.plain}\n" for line in wide) == SCREEN
    assert all(line.cell_len <= 40 for line in narrow)
    assert "  李雷 (8)                    13/23 + ?" in [line.plain for line in narrow]


def test_the_bar(capsys: pytest.CaptureFixture[str]) -> None:
    """It counts, for a person at a terminal, and takes a name in brackets for a name."""
    with grading(2, Abilities(colours="256", terminal=True)) as tell:
        tell("[red]李雷")
        tell("bob")
    moved = capsys.readouterr().err
    with grading(2, Abilities()) as tell:
        tell("bob")

    assert "2/2" in moved
    assert moved.endswith("\x1b[2K")  # and it is gone
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("words", [(), ("--wall", "plain")])
def test_not_without_a_wall(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    """Programs of others are not run as the instructor, unless that is said; nothing is written."""
    for name in ("landlock", "namespaces"):
        monkeypatch.setitem(WALLS, name, Kind(WALLS[name].make, lambda: "not this time"))
    folder = class_of(tmp_path / "class", "right")

    ended = tracer("grade", str(folder), "--out", str(tmp_path / "out"), *words)

    assert ended.exit_code == 2
    assert ("no other wall can stand here (namespaces: not this time," in ended.stderr) != bool(
        words
    )
    assert "behind the wall plain a submission runs as you" in ended.stderr
    assert "add --trust-submissions" in ended.stderr
    assert not (tmp_path / "out").exists()


def test_a_wall_that_is_insisted_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """If it cannot stand, or lets something through, no weaker one takes its place."""
    folder = class_of(tmp_path / "class", "right")
    words = ("grade", str(folder), "--out", str(tmp_path / "out"), "--wall", "landlock", TRUST[-1])
    monkeypatch.setitem(WALLS, "landlock", Kind(WALLS["landlock"].make, lambda: "not this time"))
    assert "the wall landlock: not this time (tracer doctor" in tracer(*words).stderr

    monkeypatch.setitem(WALLS, "landlock", Kind(PlainProcess))
    ended = tracer(*words)

    assert ended.exit_code == 2
    assert "the wall landlock: files outside can be read; " in ended.stderr
    assert not (tmp_path / "out").exists()


@pytest.mark.long
def test_behind_a_wall(tmp_path: Path) -> None:
    """The strongest that can stand here is taken, and named in the record; else it is refused."""
    strongest = next((n for n in reversed(WALLS) if n != "plain" and not WALLS[n].trouble()), None)
    folder = class_of(tmp_path / "class", "right", "no_tanh_on_c")

    ended = tracer("grade", str(folder), "--out", str(tmp_path / "out"))

    assert ended.exit_code == (0 if strongest else 2)
    found = [(one["wall"], one["report"]["wall"], one["verdict"]) for one in kept(tmp_path / "out")]
    assert found == [(strongest, strongest, v) for v in ("passed", "wrong") if strongest]


def test_no_results_yet(tmp_path: Path) -> None:
    """Without PATH there has to be something to make a table of."""
    ended = tracer("grade", "--out", str(tmp_path / "out"))

    assert ended.exit_code == 2
    assert "there are no results in" in ended.stderr


@pytest.mark.parametrize(
    "words",
    [("--seed", "0"), ("--jobs", "2"), ("--wall", "plain"), TRUST, ("--time-limit", "5")],
)
def test_an_option_without_effect(tmp_path: Path, words: tuple[str, ...]) -> None:
    """What is about grading is refused where nothing is graded."""
    ended = tracer("grade", "--out", str(tmp_path), *words)

    assert ended.exit_code == 2
    assert ended.stderr == f"error: {words[0]}: without PATH nothing is graded\n"


def test_nothing_to_grade(tmp_path: Path) -> None:
    """An empty folder is most likely the wrong one: it is said, and the exit code is 1."""
    (tmp_path / "class").mkdir()

    code, screen, errors = grade(tmp_path / "class", "--out", tmp_path / "out")

    assert (code, told(screen)) == (1, [])
    assert errors == "warning: nothing that can be graded was found\n"


def test_what_is_left_out_is_said(tmp_path: Path) -> None:
    """Each with its reason, the first ten of them; the exit code is 1."""
    folder = tmp_path / "class"
    for number in range(12):
        (folder / f"s{number:02}").mkdir(parents=True)
        (folder / f"s{number:02}" / "lstm_step.py").symlink_to("/etc/passwd")
    (folder / "s00" / "notes.pdf").write_bytes(b"%PDF")

    code, _screen, errors = grade(folder, "--out", tmp_path / "out")

    assert code == 1
    lines = errors.splitlines()
    assert lines[0] == (
        "warning: s00/lstm_step.py is left out: it is a link, and links are not followed"
    )
    assert lines[10:] == [
        "warning: and 2 more are left out", "warning: 1 other file was not looked at",
        "warning: nothing that can be graded was found",
    ]  # fmt: skip


def test_a_mark_that_may_be_a_mistake(tmp_path: Path) -> None:
    """It counts, for a person has decided it; and it is said."""
    rules = Rules(marks={("adda", STEP): Mark(99), ("bob", STEP): Mark(comment="who?")})
    with open_store(tmp_path) as store:
        found = settled(store, discover().good, rules)

    assert [(row.student, row.points, row.out_of) for row in found.rows] == [("adda", 99, 13)]
    assert list(doubts(found, rules)) == [
        "the rules name adda, who has handed in nothing; the mark counts",
        "the rules name bob, who has handed in nothing",
        f"the rules give adda 99 points in {STEP}, which has 13",
    ]


def test_a_mean_that_lies_between() -> None:
    """Exactly half a tenth is rounded up, as at school; Python's own format gives 6.8."""
    assert mean_of([6.8, 6.9]) == "6.9"
    assert mean_of([13.0, 6.57]) == "9.8"


def test_a_fault_is_no_grade(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the grader fails there are no points, not 0, and the exit code is 70."""

    def failing(jobs: Iterable[Job], _grader: Grader, _count: int) -> Generator[Outcome]:
        yield from (Outcome(job.number, None, "ValueError: no") for job in jobs)

    monkeypatch.setattr("tracer.gradebook.grading.graded", failing)
    folder = class_of(tmp_path / "class", "right")

    code, screen, _errors = grade(folder, "--out", tmp_path / "out", "--csv", tmp_path / "t.csv")

    assert code == 70
    assert "student00 ? 0/13 + ?" in told(screen)
    assert "The grader failed at 1 submission, which has no points: a bug in tracer." in told(
        screen
    )
    assert "student00,,,grader error,grader error,13," in (tmp_path / "t.csv").read_text("utf-8")
    assert kept(tmp_path / "out") == []


class BrokenWall(PlainProcess):
    """A wall that fails."""

    def run(self, *_asked: Any, **_named: Any) -> Run:
        """Fail."""
        raise RuntimeError("the wall broke")


def test_whatever_breaks_is_told() -> None:
    """An error of the grader's own ends no class: it is what came of that submission."""
    job = Job(3, home() / STEP, "lstm_step.py", b"pass", 1)

    assert outcome(job, Grader(BrokenWall, lambda _report: {})) == Outcome(
        3, None, "RuntimeError: the wall broke"
    )


@pytest.mark.long
def test_a_process_that_dies_is_replaced() -> None:
    """Whoever kills it: its submission has no grade, and the next one has a new process."""
    jobs = [Job(k, home() / STEP, "lstm_step.py", b"pass", 1) for k in range(2)]

    found = list(graded(jobs, Grader(PlainProcess, described_by_dying), 1))

    assert [one.number for one in found] == [0, 1]
    assert all(one.grade is None for one in found)
    assert [one.fault for one in found] == ["the process that graded it ended with status 9"] * 2


@pytest.mark.long
def test_a_process_that_hangs_is_replaced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever it hangs in, the class goes on: there is no grade, no process, and no folder."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr("tracer.gradebook.workers.OURS", 1.0)
    monkeypatch.setattr("tracer.gradebook.workers.GRACE", 0.5)
    monkeypatch.setattr(Limits, "whole", 1.0)
    jobs = [Job(k, home() / STEP, "lstm_step.py", b"pass", 1) for k in range(2)]
    resource_tracker.ensure_running()  # Python's own, which stays
    before = psutil.Process().children(recursive=True)

    found = list(graded(jobs, Grader(PlainProcess, described_by_hanging), 2))

    said = "the process that graded it gave no answer within 2 s"
    assert sorted(found) == [Outcome(0, None, said), Outcome(1, None, said)]
    assert {*psutil.Process().children(recursive=True)} <= {*before}
    assert list(tmp_path.iterdir()) == []


@pytest.mark.long
def test_killed_at_any_moment(tmp_path: Path) -> None:
    """Killed twice: in the end all is as if it had not been, and nothing is left.

    Graded once more, with the earlier answers that some import, no byte of it is another one.
    """
    folder = class_of(tmp_path / "class", *["right", "no_tanh_on_c"] * 2)
    for name, step in (("ada", RNN_STEP), ("ben", RNN_STEP.replace("+ a", "- a"))):
        (folder / name).mkdir()
        (folder / name / "rnn_unroll.py").write_text(UNROLL, "utf-8")
        (folder / name / "rnn_step.py").write_text(step, "utf-8")
    chance = random.Random(5)  # noqa: S311 - no secret
    command = [
        sys.executable, "-m", "tracer", "grade", str(folder), "--out", str(tmp_path / "killed"),
        "--seed", "7", "--jobs", "2", *TRUST,
    ]  # fmt: skip
    (tmp_path / "tmp").mkdir()
    environment = {**os.environ, "TMPDIR": str(tmp_path / "tmp")}
    seen: list[psutil.Process] = []
    for kill in range(2):
        with subprocess.Popen(command, stdout=subprocess.DEVNULL, env=environment) as grader:
            while grader.poll() is None and len(kept(tmp_path / "killed")) <= kill:
                with suppress(subprocess.TimeoutExpired):
                    grader.wait(chance.uniform(0.01, 0.1))
            if grader.poll() is None:
                seen += psutil.Process(grader.pid).children(recursive=True)
                grader.send_signal(signal.SIGKILL)

    code, screen, _errors = grade(folder, "--out", tmp_path / "killed", "--seed", "7")
    undisturbed = grade(folder, "--out", tmp_path / "undisturbed", "--seed", "7")

    assert (code, screen) == undisturbed[:2]
    assert kept(tmp_path / "killed") == kept(tmp_path / "undisturbed")
    assert len(kept(tmp_path / "killed")) == 8
    before = state(tmp_path / "killed")
    assert tracer("regrade", str(tmp_path / "killed"), "--all", *TRUST).exit_code == 0
    assert state(tmp_path / "killed") == before
    _gone, running = psutil.wait_procs(seen, timeout=60)
    assert running == []
    assert list((tmp_path / "tmp").iterdir()) == []


@pytest.mark.long
@pytest.mark.usefixtures("heard")
def test_ctrl_c_keeps_what_is_done(tmp_path: Path) -> None:
    """It says how much is left, and how to go on; no process shows where it was."""
    folder = class_of(tmp_path / "class", *["no_tanh_on_c"] * 6)
    command = [
        sys.executable, "-m", "tracer", "grade", str(folder), "--out", str(tmp_path / "out"),
        "--jobs", "2", *TRUST,
    ]  # fmt: skip
    (tmp_path / "tmp").mkdir()
    with subprocess.Popen(
        command,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        env={**os.environ, "TMPDIR": str(tmp_path / "tmp")},
    ) as grader:
        while grader.poll() is None and not kept(tmp_path / "out"):
            with suppress(subprocess.TimeoutExpired):
                grader.wait(0.02)
        os.killpg(grader.pid, signal.SIGINT)
        _out, errors = grader.communicate()

    assert grader.returncode == 130
    with open_store(tmp_path / "out") as store:
        left = 6 - len(store.graded())
    assert list((tmp_path / "tmp").iterdir()) == []
    assert errors.strip() == f"stopped; {left} left to grade: give the same command again"
