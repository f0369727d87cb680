"""How much memory a run of a million steps takes, and how long a look at any one of them.

Needs nothing but tracer::

    python benchmarks/long.py [--steps 1000000] [--hidden 16] [--input 8] [--folder DIR]

Each way to keep the run is measured in a process of its own, with the kernels compiled before:

peak
    The most memory that the process ever had (ru_maxrss), Python, NumPy and Numba included; and
    beside it what it had before the run, with x.
far
    A look at f of a step whose window is not there yet: steps that are run again, and the median of
    the milliseconds over a hundred steps drawn at random.
near
    The same for the step beside it.
"""

from __future__ import annotations

import argparse
import json
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numba
import numpy as np

import tracer

WAYS = {
    "checkpoints": {"level": "checkpoints"},
    "checkpoints, into a file": {"level": "checkpoints", "into": "run.safetensors"},
    "states": {"level": "states"},
    "all, into a file": {"level": "all", "into": "run.safetensors"},
    "all": {"level": "all"},
}
"""The ways to keep a run, as `tracer.unroll` takes them."""

LOOKS = 100


def peak() -> float:
    """The most memory that this process had so far, in MB."""
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e6


def inputs(cell: tracer.LSTMCell, steps: int, folder: Path, *, on_disk: bool) -> Any:
    """The input of all steps, in memory or as a file that was written piece by piece."""
    D, random = cell.U.shape[1], np.random.default_rng(1)
    if not on_disk:
        return random.random((steps, D), dtype="f4")
    x = np.lib.format.open_memmap(folder / "x.npy", "w+", "f4", (steps, D))
    for start in range(0, steps, 10_000):
        piece = x[start : start + 10_000]
        piece[:] = random.random(piece.shape, dtype="f4")
    del x
    return np.load(folder / "x.npy", mmap_mode="r")


def measure(way: str, steps: int, H: int, D: int, folder: Path) -> dict[str, float]:
    """One way, in this process."""
    random, options = np.random.default_rng(0), dict(WAYS[way])
    weights = [random.normal(scale=0.3, size=n).astype("f4") for n in [(4 * H, D), (4 * H, H)]]
    cell = tracer.LSTMCell(*weights)
    tracer.unroll(cell, np.zeros((2, D), "f4"))  # load the kernels
    if "into" in options:
        options["into"] = str(folder / options["into"])
    x = inputs(cell, steps, folder, on_disk="into" in options)
    before, start = peak(), time.perf_counter()
    trace = tracer.unroll(cell, x, **options)
    seconds = time.perf_counter() - start
    far, near, ran = [], [], []
    for t in random.integers(0, steps - 1, LOOKS).tolist():
        for times, step in ((far, t), (near, t + 1)):
            start = time.perf_counter()
            trace.at(step)["f"].sum()
            times.append((time.perf_counter() - start) * 1e3)
        first, last = trace.last.checkpoints.around(t, steps)
        ran.append(last - first if trace.level == "checkpoints" else int(trace.level == "states"))
    return {
        "before": before,
        "peak": peak(),
        "seconds": seconds,
        "ran": max(ran),
        "far": statistics.median(far),
        "near": statistics.median(near),
    }


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--steps", type=int, default=1_000_000)
    parser.add_argument("--hidden", type=int, default=16)
    parser.add_argument("--input", type=int, default=8)
    parser.add_argument("--folder", help="for the files [a temporary one]")
    parser.add_argument("--way", choices=WAYS, help=argparse.SUPPRESS)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=given.folder) as folder:
        if given.way:
            found = measure(given.way, given.steps, given.hidden, given.input, Path(folder))
            print(json.dumps(found))
            return
        print(
            f"Python {platform.python_version()}, NumPy {np.__version__}, "
            f"Numba {numba.__version__}; {platform.machine()}\n"
            f"an LSTM with H={given.hidden} and D={given.input}, float32, one sequence of "
            f"{given.steps:,} steps\n"
        )
        names = "before, MB", "peak, MB", "run, s", "steps", "far, ms", "near, ms"
        print(f"{'':>26}", *(f"{name:>11}" for name in names), sep="")
        for way in WAYS:
            # Twice: what is compiled in the first is only loaded in the second.
            command = [sys.executable, __file__, "--way", way, "--folder", folder]
            command += ["--steps", str(given.steps), "--hidden", str(given.hidden)]
            command += ["--input", str(given.input)]
            for _ in range(2):
                done = subprocess.run(command, capture_output=True, check=True)  # noqa: S603
            found = json.loads(done.stdout)
            print(
                f"{way:>26}{found['before']:11.0f}{found['peak']:11.0f}{found['seconds']:11.2f}"
                f"{found['ran']:11,.0f}{found['far']:11.3f}{found['near']:11.3f}"
            )


if __name__ == "__main__":
    main()
