"""How long ``tracer check`` takes: a right answer, and what a wrong one costs more.

Needs nothing beside tracer, a checkout with its ``solutions/``::

    python benchmarks/check.py [--rounds 5]

In each round Python imports NumPy, each exercise's solution is checked, and each of its known
mistakes, and in some exercises one that is in no list, for which the search costs most; one after
the other, so that whatever else the machine does meets all of them. Every command is a process of
its own, as a student starts it, on modules that Python has compiled once before. Printed are
seconds on the clock: the median over rounds of each, and of what a wrong answer takes beyond the
right one.
"""

from __future__ import annotations

import argparse
import math
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

SOLUTIONS = Path(__file__).parents[1] / "solutions"
UNKNOWN = {
    "10_rnn_step": ("return np.tanh(z)", "return np.sin(3 * z) * np.cos(z)"),
    "22_lstm_step": ("i * g\n", "np.sqrt(i) * np.sin(3 * g)\n"),
    "32_lstm_step_backward": ("d_z_g = d_g * (1 - g**2)", "d_z_g = d_g * np.cos(2 * g)"),
    "33_lstm_backward": ("d_o = d_h * tanh_c\n", "d_o = d_h * np.sin(3 * tanh_c)\n"),
}
"""By exercise: what stands in its solution, and what no mistake of the list makes of it."""
NUMPY = [sys.executable, "-c", "import numpy"]
PLAIN = {**os.environ, "NO_COLOR": "1"}
# Where this is set, Python compiles every module of tracer's anew at each start; who has installed
# it has them compiled, like those of NumPy.
PLAIN.pop("PYTHONDONTWRITEBYTECODE", None)


def check(file: Path, exercise: str) -> list[str]:
    """The command; the seed makes every round the same."""
    python = [sys.executable, "-m", "tracer"]
    return [*python, "check", str(file), "--exercise", exercise, "--seed", "0"]


def seconds(command: list[str]) -> float:
    """How long it takes, whatever it says."""
    start = time.perf_counter()
    subprocess.run(command, capture_output=True, check=False, env=PLAIN)  # noqa: S603
    return time.perf_counter() - start


def main() -> None:
    """Time everything, then print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    right = {
        folder.name: folder / f"{folder.name.partition('_')[2]}.py"
        for folder in sorted(SOLUTIONS.iterdir())
        if folder.is_dir()
    }
    wrong = {
        (name, path.stem): path
        for name in right
        for path in sorted((SOLUTIONS / name / "mistakes").glob("*.py"))
    }
    unknown = tempfile.TemporaryDirectory()
    for name, (stands, becomes) in UNKNOWN.items():
        source = right[name].read_text("utf-8")
        if stands not in source:
            sys.exit(f"{right[name]}: {stands!r} does not stand there; UNKNOWN has to follow it")
        wrong[name, "unknown"] = Path(unknown.name) / right[name].name
        wrong[name, "unknown"].write_text(source.replace(stands, becomes), "utf-8")
    for at, mistake in wrong.items():
        seconds(check(mistake, at[0]))  # compiles what a wrong answer needs
    imports: list[float] = []
    passing: dict[str, list[float]] = {name: [] for name in right}
    failing: dict[tuple[str, str], list[float]] = {at: [] for at in wrong}
    for _round in range(rounds):
        for name, solution in right.items():
            imports.append(seconds(NUMPY))
            passing[name].append(seconds(check(solution, name)))
            for at, mistake in wrong.items():
                if at[0] == name:
                    failing[at].append(seconds(check(mistake, name)))
    every_right = statistics.median(s for found in passing.values() for s in found)
    print(f"import numpy {statistics.median(imports):.2f} s, a right answer {every_right:.2f} s")
    print(f"{'exercise':24} {'right':>6}  wrong, beyond that: median, most")
    beyond = {
        at: statistics.median(found) - statistics.median(passing[at[0]])
        for at, found in failing.items()
    }
    for name, found in passing.items():
        own = [more for at, more in beyond.items() if at[0] == name]
        said = f"{statistics.median(own):6.2f} {max(own):6.2f}" if own else ""
        print(f"{name:24} {statistics.median(found):6.2f}  {said}")
    every = sorted(beyond.values())
    most = every[min(len(every) - 1, math.ceil(0.99 * len(every)) - 1)]
    typical = statistics.median(every)
    unknown.cleanup()
    print(f"all {len(every)} wrong answers: median {typical:.2f} s, 99 % {most:.2f} s")


if __name__ == "__main__":
    main()
