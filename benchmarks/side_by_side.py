"""What `make bench` measures: ours and its peers in turns, beside what the machine can do.

`make bench` installs the peers and runs it from the root of the repository::

    make bench ARGS="--only forward --seconds 2 --json speed.json --chart speed.svg"

Each thread count has a process of its own, whose environment tells every library how many it may
use. Printed are medians in milliseconds and, as ÷, how many times longer a peer takes. The shares
are our part of two rates measured just before the table: the GFLOP/s of one large product of that
dtype (U x and W h at level gates), and the GB/s of a copy (what level all writes).

forward
    The grid of sizes at levels states, gates and all; LSTM and RNN, float32 and float64.
backward
    Forward and backward on the same grid, beside PyTorch's autograd.
scaling
    An LSTM forward, where only T, only N or only H grows.
small
    One call for a sentence of ten words, beside its compiled loop alone: what Python takes.
training
    Whole updates, as benchmarks/training.py has them, with fewer networks and rounds.

benchmarks/contestants.py says who takes part.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from benchmarks import chart, machine, rows, small, tables
from benchmarks.contestants import missing
from benchmarks.turns import REST

PARTS = ("forward", "backward", "scaling", "small", "training")

TRAINED = (("lstm", 12), ("rnn", 12), ("lstm", 64), ("lstm", 256))
"""Cell and H of the networks that are trained."""

VARIABLES = [f"{name}_NUM_THREADS" for name in ("OMP", "OPENBLAS", "MKL", "NUMBA")]
"""What tells each library how many threads it may use, when its process begins."""


def measure(
    threads: int, seconds: float, parts: Sequence[str], sizes: Sequence[rows.Size] = rows.SIZES
) -> dict[str, Any]:
    """All parts in this process; each table is printed as soon as it is there."""
    print(f"\n{named(threads)}", flush=True)
    found: list[tables.Row] = []
    rest = REST if threads > 1 else 0.0
    for cases in rows.tables(parts, sizes):
        rates = machine.rates(threads, seconds)  # anew, for other work comes and goes
        new = [rows.row(case, rates, seconds, rest) for case in cases]
        print(f"\n{tables.printed(new)}", flush=True)
        found += new
    around = []
    if "small" in parts:
        around = small.measured(seconds)
        print(f"\n{tables.small(around)}", flush=True)
    trained = []
    if "training" in parts and find_spec("torch"):
        trained = training()
        print(f"\n{tables.training(trained)}", flush=True)
    return {"threads": threads, "rows": found, "small": around, "training": trained}


def training() -> list[dict[str, Any]]:
    """Sentences a second of ours and of PyTorch's: classifying, batches of 32, float32."""
    from benchmarks.training import compare

    found = []
    for cell, H in TRAINED:
        ours, theirs, ratio = compare("classify", cell, H, 32, "float32", rounds=3, batches=10)
        found.append({"cell": cell, "H": H, "ours": ours, "PyTorch": theirs, "ratio": ratio})
    return found


def named(threads: int) -> str:
    """As a person says it."""
    return "1 thread" if threads == 1 else f"{threads} threads"


def in_a_process(threads: int, seconds: float, parts: Sequence[str]) -> dict[str, Any]:
    """The same in a process that was told the number of threads before it loaded any library.

    It is no child of `multiprocessing`: there TorchLens refuses to log.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "measured.json"
        command = [sys.executable, "-m", "benchmarks.side_by_side", "--alone", str(threads)]
        command += ["--seconds", str(seconds), "--json", str(path)]
        for part in parts:
            command += ["--only", part]
        told = {**os.environ, **dict.fromkeys(VARIABLES, str(threads))}
        subprocess.run(command, env=told, check=True)  # noqa: S603
        found: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return found


def main() -> None:
    """Measure, print, and write what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--threads", type=int, nargs="+", default=[1, 2], help="[1 2]")
    parser.add_argument("--seconds", type=float, default=0.4, help="for each row [0.4]")
    parser.add_argument("--only", choices=PARTS, action="append", help="this part; may be repeated")
    parser.add_argument("--json", type=Path, help="write all numbers into this file")
    parser.add_argument("--chart", type=Path, help="draw nn.LSTM ÷ gates into this file (SVG)")
    parser.add_argument("--alone", type=int, help=argparse.SUPPRESS)
    given = parser.parse_args()
    parts = given.only or PARTS
    if given.alone:
        given.json.write_text(json.dumps(measure(given.alone, given.seconds, parts)), "utf-8")
        return
    if given.chart and ("forward" not in parts or not find_spec("torch")):
        parser.error("--chart draws the part forward beside PyTorch, and this run has no such part")
    about = machine.about()
    print("\n".join([*machine.caption(about), *missing()]), flush=True)
    found = [in_a_process(threads, given.seconds, parts) for threads in given.threads]
    if given.json:
        text = json.dumps({"machine": about, "measured": found}, indent=1)
        given.json.write_text(text + "\n", "utf-8")
    if given.chart:
        series = {named(one["threads"]): chart.series(one["rows"]) for one in found}
        given.chart.write_text(chart.drawn(series, machine.caption(about)), "utf-8")


if __name__ == "__main__":
    main()
