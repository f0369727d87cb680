"""What the tests of the grader share."""

from __future__ import annotations

from pathlib import Path

import pytest

from tracer.corpus.inside import InThisProcess
from tracer.course.handing_out import hand_out
from tracer.exercises.discovery import discover
from tracer.exercises.exercise import Exercise
from tracer.grading import session

SOLUTIONS = Path(__file__).parents[2] / "solutions"


@pytest.fixture
def solutions() -> Path:
    """The folder of solutions."""
    return SOLUTIONS


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is handed in runs in this process: the same is said of it, and no Python has to start.

    For what is harmless and raises nothing; tests/corpus/test_graded.py has both.
    """
    monkeypatch.setattr(session, "PlainProcess", InThisProcess)


@pytest.fixture
def rnn_step() -> Exercise:
    """Exercise 10."""
    return next(e for e in discover().good if e.number == "10")


@pytest.fixture
def rnn_unroll() -> Exercise:
    """Exercise 13."""
    return next(e for e in discover().good if e.number == "13")


@pytest.fixture
def lstm_step() -> Exercise:
    """Exercise 22."""
    return next(e for e in discover().good if e.number == "22")


@pytest.fixture
def course(tmp_path: Path, three: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A fresh folder of three exercises, which is also the working folder."""
    monkeypatch.chdir(tmp_path)
    hand_out(tmp_path / "course", discover(three).good)
    monkeypatch.chdir(tmp_path / "course")
    return tmp_path / "course"
