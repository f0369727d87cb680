"""How long a student waits for ``tracer check``, and what the search for a mistake adds to it.

Each passing exercise is checked as a student would, beside a Python that only imports NumPy: the
fastest of a few runs, on the clock. Then every known wrong answer in solutions/ is graded, and the
processor time that goes into the search for its mistake is taken apart. Needs nothing but tracer::

    python benchmarks/grading.py
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from pathlib import Path

from tracer.exercises.discovery import discover
from tracer.exercises.submission import Submission
from tracer.grading import session

SOLUTIONS = Path(__file__).parents[1] / "solutions"
RUNS = 5


def fastest(*command: str) -> float:
    """Seconds on the clock of the fastest run."""
    times = []
    for _ in range(RUNS):
        start = time.perf_counter()
        subprocess.run([sys.executable, *command], check=True, capture_output=True)  # noqa: S603
        times.append(time.perf_counter() - start)
    return min(times)


def searches() -> list[tuple[str, float]]:
    """Each known wrong answer, and the seconds of processor time in the search for its mistake."""
    found: list[tuple[str, float]] = []
    spent = 0.0
    search = session.diagnosed

    def timed(*arguments: object) -> object:
        nonlocal spent
        start = time.process_time()
        try:
            return search(*arguments)  # type: ignore[arg-type]
        finally:
            spent += time.process_time() - start

    session.diagnosed = timed  # type: ignore[assignment]
    for exercise in discover().good:
        for path in sorted((SOLUTIONS / exercise.name / "mistakes").glob("*.py")):
            spent = 0.0
            session.grade(exercise, Submission.read(path), seed=0)
            found.append((f"{exercise.number} {path.stem}", spent))
    return found


def main() -> None:
    """Print both tables."""
    numpy = fastest("-c", "import numpy")
    print(f"import numpy alone                 {numpy:6.2f} s")
    for exercise in discover().good:
        answer = str(SOLUTIONS / exercise.name / exercise.file)
        seconds = fastest("-m", "tracer", "check", answer)
        print(f"tracer check {exercise.name:22}{seconds:6.2f} s   {seconds - numpy:+.2f} s")
    found = searches()
    times = sorted(seconds for _name, seconds in found)
    print(f"search: median {statistics.median(times):.2f} s, longest {times[-1]:.2f} s")
    for name, seconds in sorted(found, key=lambda one: -one[1])[:5]:
        print(f"    {name:34}{seconds:6.2f} s")


if __name__ == "__main__":
    main()
