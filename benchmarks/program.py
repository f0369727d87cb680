"""How long the program of a cell runs: what a diagnosis pays for each mistake that it tries.

Needs nothing beside tracer::

    python benchmarks/program.py [--runs 500]

Printed are milliseconds of a run over five steps of three sentences, the median and the fastest:
the right program, and one with an edit, which is also edited and planned in that time. Beside it
stands the same forward pass as a student writes it.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from tracer.program import Program, edits_in, program_of

SIZES = {"T": 5, "N": 3, "D": 4, "H": 2, "K": 6}
FORWARD = {"rnn": ("h",), "lstm": ("h", "c")}
BACKWARD = ("d_x", "d_U", "d_W", "d_a", "d_h_0")
EDIT = edits_in({"change": {"h": "0.5 * it"}})


def numbers_of(program: Program) -> dict[str, Any]:
    """Everything that a run without a loss reads."""
    rng = np.random.default_rng(0)
    given = {
        name: rng.normal(size=[int(axis[:-1] or 1) * SIZES[axis[-1]] for axis in axes])
        for name, axes in program.given.items()
        if name not in {"V", "b", "label", "mask", "lengths"}
    }
    return given | {"d_h_from_loss": rng.normal(size=[SIZES[axis] for axis in "TNH"])}


def plain(n: dict[str, Any]) -> None:
    """An LSTM's forward pass, in the lines of a student."""
    h, c = n["h_0"], n["c_0"]
    for x in n["x"]:
        z = x @ n["U"].T + h @ n["W"].T + n["a"]
        z_i, z_f, z_g, z_o = np.split(z, 4, axis=1)
        i, f, o = (1 / (1 + np.exp(-q)) for q in (z_i, z_f, z_o))
        c = f * c + i * np.tanh(z_g)
        h = o * np.tanh(c)


def milliseconds(run: Callable[[], object], runs: int) -> str:
    """Median and fastest."""
    run()
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        run()
        times.append(1e3 * (time.perf_counter() - start))
    return f"{statistics.median(times):8.3f} {min(times):8.3f}"


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=500)
    runs = parser.parse_args().runs
    print(f"{'milliseconds':32}   median  fastest")
    for kind, forward in FORWARD.items():
        program = program_of(kind)
        given = numbers_of(program)
        for title, wanted in (("forward", forward), ("both passes", (*forward, *BACKWARD))):
            for what, run in (
                ("", lambda w=wanted, p=program, g=given: p.run(g, wanted=w)),
                (", edited", lambda w=wanted, p=program, g=given: p.edited(EDIT).run(g, wanted=w)),
            ):
                print(f"{kind + ' ' + title + what:32} {milliseconds(run, runs)}")
    given = numbers_of(program_of("lstm"))
    print(f"{'lstm forward, a student’s lines':32} {milliseconds(lambda: plain(given), runs)}")


if __name__ == "__main__":
    main()
