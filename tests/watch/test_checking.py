"""The processes behind tracer watch: one is given up, one is killed, and the next takes over."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from queue import SimpleQueue

import pytest

from tracer.exercises.discovery import discover
from tracer.grading.report import Verdict
from tracer.view.terminal.console import Abilities
from tracer.watch.checking import Checked, Checker, Early, Job

SOLUTION = Path(__file__).parents[2] / "solutions" / "10_rnn_step" / "rnn_step.py"
MISTAKE = SOLUTION.parent / "mistakes" / "w_not_transposed.py"
ENDLESS = "def rnn_step(x, h_prev, U, W, a):\n    while True: pass\n"


def checked(came: SimpleQueue[Checked | Early]) -> Checked:
    """The next that comes, which is a result."""
    found = came.get(timeout=120)
    assert isinstance(found, Checked)
    return found


@pytest.mark.long
def test_given_up_and_killed(course: Path, three: Path) -> None:
    """Nothing comes of what is given up; a process that somebody kills is told, and replaced.

    Of a wrong answer, what is certain comes before the report.
    """
    exercise, _gates, user = discover(three).good
    answer = course / exercise.name / exercise.file
    came: SimpleQueue[Checked | Early] = SimpleQueue()
    checker = Checker(came.put)
    try:
        answer.write_text(ENDLESS, "utf-8")
        checker.ask(Job(1, exercise.folder, course, Abilities()))
        answer.write_text(SOLUTION.read_text("utf-8"), "utf-8")
        checker.ask(Job(2, exercise.folder, course, Abilities()))
        right = checked(came)
        answer.write_text(ENDLESS, "utf-8")
        checker.ask(Job(3, exercise.folder, course, Abilities()))
        killed = checker._working._process.pid
        assert killed is not None
        os.kill(killed, signal.SIGKILL)
        broken = checked(came)
        answer.write_text(SOLUTION.read_text("utf-8"), "utf-8")
        checker.ask(Job(4, exercise.folder, course, Abilities(width=60)))
        again = checked(came)
        checker.ask(Job(5, exercise.folder, course, Abilities(width=40), drawn=True))
        narrow = checked(came)
        answer.write_text(MISTAKE.read_text("utf-8"), "utf-8")
        checker.ask(Job(6, exercise.folder, course, Abilities(width=80, height=24)))
        early, report = came.get(timeout=120), checked(came)
        (course / "20_lstm_gates" / "lstm_gates.py").unlink()
        (course / user.name / user.file).write_text("import lstm_gates\n", "utf-8")
        checker.ask(Job(7, user.folder, course, Abilities()))
        without = checked(came)
    finally:
        checker.close()

    assert (right.number, right.verdict, right.runs) == (2, Verdict.PASSED, True)
    assert (broken.number, broken.row) == (3, None)
    assert (again.number, again.verdict) == (4, Verdict.PASSED)
    assert (narrow.number, narrow.verdict) == (5, Verdict.PASSED)
    assert [max(line.cell_len for line in found.lines) for found in (again, narrow)] <= [60, 40]
    assert isinstance(early, Early)
    assert (early.number, report.number, report.verdict) == (6, 6, Verdict.WRONG)
    told = [line.plain for line in early.lines if line.plain.startswith(("  ✓", "  ✗"))]
    assert told[1:] == [line.plain for line in report.lines if line.plain in told[1:]]
    assert [line[:23] for line in told] == [
        "  ✗ partly right", "  ✓ one word        2/2", "  ✗ state and bias  0/2",
    ]  # fmt: skip
    assert "  To restore lstm_gates.py: tracer init ." in [line.plain for line in without.lines]
    assert came.empty()
    assert not list(Path(course.parent).glob("tracer-*"))
