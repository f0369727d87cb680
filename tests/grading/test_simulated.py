"""An answer with kernels for a card, which the processor plays: behind every wall, in one order."""

from __future__ import annotations

from pathlib import Path

import pytest

from tracer.exercises.discovery import home
from tracer.exercises.reading import read
from tracer.exercises.submission import Submission
from tracer.grading.session import grade
from tracer.sandbox.walls import WALLS, wall
from tracer.view.export.report_json import as_record

SOLUTIONS = Path(__file__).parents[2] / "solutions" / "51_lstm_step_on_cuda"
RIGHT = (SOLUTIONS / "lstm_step_on_cuda.py").read_text("utf-8")
NOBODY_WAITS = (SOLUTIONS / "mistakes" / "nobody_waits.py").read_text("utf-8")
MISSING = "# cuda.syncthreads() is missing"


@pytest.mark.parametrize("name", [n for n, kind in WALLS.items() if not kind.trouble()])
def test_a_kernel_runs_behind_every_wall(name: str) -> None:
    """Also with blocks of 256 threads, and with an array that the threads of a block share."""
    waits = NOBODY_WAITS.replace(MISSING, "cuda.syncthreads() #")
    assert waits != NOBODY_WAITS
    for source in (RIGHT.replace("(4, 8)", "(16, 16)"), waits):
        report = grade(
            read(home() / "51_lstm_step_on_cuda"), Submission("a.py", source.encode()), seed=1,
            wall=wall(name),
        )  # fmt: skip
        assert report.verdict == "passed"


def test_a_race_and_a_failing_thread_are_the_same_in_every_run() -> None:
    """What one thread reads before another has written it is NaN; the first thread is named."""
    exercise = read(home() / "51_lstm_step_on_cuda")
    beyond = (SOLUTIONS / "mistakes" / "no_bounds.py").read_bytes()
    said = []
    for source in (NOBODY_WAITS.encode(), beyond, NOBODY_WAITS.encode(), beyond):
        record = as_record(grade(exercise, Submission("a.py", source), seed=2))
        said.append([record["checks"], record["line"]])

    assert said[:2] == said[2:]
    assert "A card does not say so" in str(said[1])
