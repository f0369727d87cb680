"""Submissions and classes for tests."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import signal
import time
from pathlib import Path
from typing import Any

from tracer.gradebook.handed import HandedIn, Student
from tracer.grading.report import Report

ROOT = Path(__file__).parents[2]
SOLUTIONS = ROOT / "solutions"
STEP = "22_lstm_step"
RNN_STEP = (SOLUTIONS / "10_rnn_step" / "rnn_step.py").read_text("utf-8")
UNROLL = """\
import numpy as np
from rnn_step import rnn_step

def rnn_unroll(x, h_0, U, W, a):
    states = [h_0]
    for x_t in x:
        states.append(rnn_step(x_t, states[-1], U, W, a))
    return np.stack(states[1:])
"""
"""An answer to exercise 13 that imports the one to exercise 10."""


def handed(number: int, *, student: str = "ada", source: bytes = b"pass") -> HandedIn:
    """An attempt at exercise 22."""
    return HandedIn(Student(student), STEP, str(number), "lstm_step.py", "here", source)


def record(points: float = 3.0) -> dict[str, Any]:
    """A grade as it is kept."""
    return {"verdict": "wrong", "points": points, "out_of": 13}


def class_of(folder: Path, *answers: str) -> Path:
    """A folder with a student for each answer: a solution, or the name of a mistake."""
    for number, answer in enumerate(answers):
        place = folder / f"student{number:02}" / "lstm_step.py"
        place.parent.mkdir(parents=True)
        known = SOLUTIONS / STEP
        source = known / "mistakes" / f"{answer}.py"
        shutil.copy(source if source.exists() else known / "lstm_step.py", place)
    return folder


def kept(results: Path) -> list[dict[str, Any]]:
    """Every record beside the gradebook, in the order of the students."""
    found = [json.loads(path.read_text("utf-8")) for path in results.glob("records/*/*.json")]
    return sorted(found, key=lambda one: (one["student"]["key"], one["attempt"], one["digest"]))


def state(results: Path) -> dict[str, str]:
    """Every file of the results, with the digest of its contents."""
    files = sorted(path for path in results.rglob("*") if path.is_file())
    return {
        str(path.relative_to(results)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in files
    }


def described_by_hanging(_report: Report) -> dict[str, Any]:
    """Hang, and hear no signal: as a search that never ends, inside C."""
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTERM])
    while True:
        time.sleep(600)


def described_by_dying(_report: Report) -> dict[str, Any]:
    """End the process that grades, as the system does where memory runs out."""
    os._exit(9)
