"""How long ``tracer check --all`` takes over the whole ladder, every exercise solved.

Needs nothing beside tracer and a checkout with its ``solutions/``::

    python -m benchmarks.ladder [--rounds 5]

In each round all solutions are put into a fresh folder and checked by one command, as a student
starts it. Printed are the seconds on the clock, the median and the longest, and what the machine is
and how busy it was.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.machine import about

SOLUTIONS = Path(__file__).parents[1] / "solutions"
TRACER = [sys.executable, "-m", "tracer"]


def solved(folder: Path) -> int:
    """Make a folder with all right answers; how many."""
    subprocess.run(  # noqa: S603 - our own command
        [*TRACER, "init", str(folder)], check=True, capture_output=True
    )
    answers = [path for path in SOLUTIONS.glob("*/*.py") if (folder / path.parent.name).is_dir()]
    for path in answers:
        shutil.copy(path, folder / path.parent.name)
    return len({path.parent.name for path in answers})


def main() -> None:
    """Time the rounds, then print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    clock, count = [], 0
    for _round in range(parser.parse_args().rounds):
        with tempfile.TemporaryDirectory() as room:
            folder = Path(room, "course")
            count = solved(folder)
            began = time.perf_counter()
            subprocess.run(  # noqa: S603 - our own command
                [*TRACER, "check", "--all"], cwd=folder, check=True, capture_output=True
            )
            clock.append(time.perf_counter() - began)
    facts = about()
    print(f"{facts['processor']}, {facts['cores']} cores, load {os.getloadavg()[0]:.1f}")
    print(
        f"{count} exercises  n {len(clock)}  median {statistics.median(clock):.1f} s  "
        f"longest {max(clock):.1f} s"
    )


if __name__ == "__main__":
    main()
