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
from tracer.watch.checking import Checked, Checker, Job

SOLUTION = Path(__file__).parents[2] / "solutions" / "10_rnn_step" / "rnn_step.py"
ENDLESS = "def rnn_step(x, h_prev, U, W, a):\n    while True: pass\n"


@pytest.mark.long
def test_given_up_and_killed(course: Path, three: Path) -> None:
    """Nothing comes of what is given up; a process that somebody kills is told, and replaced."""
    exercise = discover(three).good[0]
    answer = course / exercise.name / exercise.file
    came: SimpleQueue[Checked] = SimpleQueue()
    checker = Checker(came.put)
    try:
        answer.write_text(ENDLESS, "utf-8")
        checker.ask(Job(1, exercise.folder, course, Abilities()))
        answer.write_text(SOLUTION.read_text("utf-8"), "utf-8")
        checker.ask(Job(2, exercise.folder, course, Abilities()))
        right = came.get(timeout=120)
        answer.write_text(ENDLESS, "utf-8")
        checker.ask(Job(3, exercise.folder, course, Abilities()))
        killed = checker._working._process.pid
        assert killed is not None
        os.kill(killed, signal.SIGKILL)
        broken = came.get(timeout=120)
        answer.write_text(SOLUTION.read_text("utf-8"), "utf-8")
        checker.ask(Job(4, exercise.folder, course, Abilities(width=60)))
        again = came.get(timeout=120)
        checker.ask(Job(5, exercise.folder, course, Abilities(width=40), drawn=True))
        narrow = came.get(timeout=120)
    finally:
        checker.close()

    assert (right.number, right.verdict, right.runs) == (2, Verdict.PASSED, True)
    assert (broken.number, broken.row) == (3, None)
    assert (again.number, again.verdict) == (4, Verdict.PASSED)
    assert (narrow.number, narrow.verdict) == (5, Verdict.PASSED)
    assert [max(line.cell_len for line in found.lines) for found in (again, narrow)] <= [60, 40]
    assert came.empty()
    assert not list(Path(course.parent).glob("tracer-*"))
