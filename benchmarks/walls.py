"""How long a submission takes behind each wall, beside Python that only imports NumPy.

    python -m benchmarks.walls

Everything is measured in turn, round after round, in one process of the grader; the median counts.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from tracer.exercises.discovery import discover, find
from tracer.exercises.submission import Submission
from tracer.grading.session import grade
from tracer.sandbox import namespaces
from tracer.sandbox.walls import WALLS, wall

ROUNDS = 40

STEP = "22_lstm_step"


def settled(why: str) -> Callable[[], None]:
    """Start bubblewrap for each run, or fork each inside it where nothing speaks against that."""

    def settle() -> None:
        namespaces.within = lambda: why

    return settle


def main() -> None:
    """Measure, and print a line for each."""
    exercise = find(STEP, discover().good)
    root = Path(__file__).parents[1]
    right = Submission.read(root / "solutions" / STEP / exercise.file)
    empty = Submission(exercise.file, b"")
    set_up: dict[str, tuple[str, Callable[[], None]]] = {"plain": ("plain", lambda: None)}
    if not WALLS["landlock"].trouble():
        set_up["landlock"] = ("landlock", lambda: None)
    if not WALLS["namespaces"].trouble():
        set_up["namespaces"] = ("namespaces", settled(namespaces.within()))
        set_up["namespaces, bubblewrap anew"] = ("namespaces", settled("to be measured"))
    took: dict[str, list[float]] = {}

    def measured(name: str, doing: Callable[[], object]) -> None:
        began = time.perf_counter()
        doing()
        took.setdefault(name, []).append(1000 * (time.perf_counter() - began))

    for number in range(ROUNDS + 2):
        if number == 2:  # everything is loaded and compiled by then
            took.clear()
        measured(
            'python -c "import numpy"',
            lambda: subprocess.run([sys.executable, "-c", "import numpy"], check=True),
        )
        for name, (kind, settle) in set_up.items():
            settle()
            for what, submission in (("empty", empty), ("exercise 22", right)):
                measured(
                    f"{name}, {what}",
                    lambda: grade(exercise, submission, seed=1, wall=wall(kind)),  # noqa: B023
                )
    for name, times in took.items():
        print(f"{name:42} {statistics.median(times):7.1f} ms  (from {min(times):.1f})")


if __name__ == "__main__":
    main()
