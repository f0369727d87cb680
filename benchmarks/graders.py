"""How many submissions a second one core grades: ours behind each wall, nbgrader, and otter.

`make bench-graders` installs the peers and runs it from the root of the repository::

    make bench-graders ARGS="--count 20 --rounds 3"

Everybody grades the same right answer of exercise 22, some copies of it in a row, in turns and on
one core:

plain, landlock, namespaces
    A process of `tracer grade`'s that is warm: it has graded one submission before. Eight checks,
    whose numbers are drawn anew for each submission, behind the wall of that name, if it can stand
    here.
one seed
    The same with ``--seed``, behind the strongest of these walls: the numbers are drawn once.
empty
    The same for a file without the function, behind the strongest of these walls: what each
    submission costs before anything is computed.
import numpy
    ``python -c "import numpy"`` for each submission: what a grader takes at least that starts
    Python anew.
nbgrader
    ``nbgrader autograde``: the answer in a notebook, with eight checks in a cell of its own. All
    copies in one command, whose start is shared among them.
otter
    ``otter run`` without a container: the same notebook, the same eight checks as one test. It
    takes one submission a command.

What is printed is the median over the rounds. The peers isolate nothing in these forms: a
submission runs with the rights of whoever grades.
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
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from tracer.exercises.discovery import home
from tracer.gradebook.workers import Grader, Job, graded
from tracer.sandbox.walls import WALLS

ROOT = Path(__file__).parents[1]
EXERCISE = "22_lstm_step"
ANSWER = ROOT / "solutions" / EXERCISE / "lstm_step.py"
EMPTY = b"import numpy as np\n"

CHECKS = """\
import numpy as np

for seed in range(8):
    random = np.random.default_rng(seed)
    N, D, H = random.permutation([2, 3, 5, 7])[:3]
    x, h_prev, c_prev = (random.normal(size=(N, size)) for size in (D, H, H))
    U, W, a = (random.normal(size=size) for size in ((4 * H, D), (4 * H, H), 4 * H))
    z_i, z_f, z_g, z_o = np.split(x @ U.T + h_prev @ W.T + a, 4, axis=1)
    i, f, o = (1 / (1 + np.exp(-z)) for z in (z_i, z_f, z_o))
    c_right = f * c_prev + i * np.tanh(z_g)
    h, c = lstm_step(x, h_prev, c_prev, U, W, a)
    assert np.allclose(c, c_right)
    assert np.allclose(h, o * np.tanh(c_right))
"""
"""The cell that nbgrader and otter run after the answer."""


def nothing(_report: Any) -> dict[str, Any]:
    """What is kept of a report: here only its points, which the record has in any case."""
    return {}


def ours(wall: str, source: bytes, count: int, seed: int | None = None) -> float:
    """Seconds that a warm process takes for so many submissions, with one seed or each its own."""
    seeds = range(count + 1) if seed is None else [seed] * (count + 1)
    folder = home() / EXERCISE
    jobs = [Job(k, folder, "lstm_step.py", source, one) for k, one in enumerate(seeds)]
    with closing(graded(jobs, Grader(WALLS[wall].make, nothing), 1)) as outcomes:
        first = next(outcomes)
        start = time.perf_counter()
        rest = list(outcomes)
        taken = time.perf_counter() - start
    for outcome in (first, *rest):
        assert outcome.grade is not None, outcome.fault
        assert (outcome.grade["points"] > 0) == (source is not EMPTY), outcome
    return taken


def numpy_only(count: int) -> float:
    """Seconds for so many starts of Python with NumPy."""
    start = time.perf_counter()
    for _ in range(count):
        subprocess.run([sys.executable, "-c", "import numpy"], check=True)
    return time.perf_counter() - start


def notebook(path: Path, *, checks: bool) -> None:
    """Write the answer as a notebook, with the cell of checks that nbgrader grades."""
    import nbformat
    from nbformat.v4 import new_code_cell, new_notebook

    def of_nbgrader(name: str, **more: Any) -> dict[str, Any]:
        common = {"grade_id": name, "schema_version": 3, "task": False}
        return {"nbgrader": {**common, **more}}

    cells = [
        new_code_cell(
            ANSWER.read_text("utf-8"),
            metadata=of_nbgrader("answer", grade=False, locked=False, solution=True),
        )
    ]
    if checks:
        graded_by = of_nbgrader("checks", grade=True, locked=True, solution=False, points=13)
        cells.append(new_code_cell(CHECKS, metadata=graded_by))
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(new_notebook(cells=cells, metadata={"kernelspec": kernel}), path)


def command(folder: Path, *words: str) -> None:
    """Run a command that lies beside this Python."""
    beside = Path(sys.executable).parent
    path = os.pathsep.join([str(beside), os.environ["PATH"]])
    done = subprocess.run(  # noqa: S603
        [str(beside / words[0]), *words[1:]], cwd=folder, env={**os.environ, "PATH": path},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        raise SystemExit(f"{' '.join(words)}: {done.stderr[-2000:]}")


def nbgrader(folder: Path) -> Callable[[int], float]:
    """A course of nbgrader's, and what grades so many students in it."""
    course = folder / "nbgrader"
    notebook(course / "source" / "lstm" / "step.ipynb", checks=True)
    command(course, "nbgrader", "generate_assignment", "lstm", "--create", "--force")

    def run(count: int) -> float:
        for name in ("submitted", "autograded"):
            shutil.rmtree(course / name, ignore_errors=True)
        for student in range(count):
            notebook(course / "submitted" / f"s{student}" / "lstm" / "step.ipynb", checks=True)
        start = time.perf_counter()
        command(course, "nbgrader", "autograde", "lstm")
        return time.perf_counter() - start

    return run


def otter(folder: Path) -> Callable[[int], float]:
    """An autograder of otter's, and what grades so many notebooks with it."""
    course = folder / "otter"
    notebook(course / "step.ipynb", checks=False)
    shown = "".join(
        f"{'... ' if line[:1] == ' ' else '>>> '}{line}\n" for line in CHECKS.splitlines() if line
    )
    case = {"code": shown + "... \n", "hidden": False, "locked": False}
    suite = {"type": "doctest", "scored": True, "setup": "", "teardown": "", "cases": [case]}
    test = {"name": "q1", "points": 13, "suites": [suite]}
    (course / "tests").mkdir()
    said = f"OK_FORMAT = True\ntest = {test!r}\n"
    (course / "tests" / "q1.py").write_text(said, "utf-8")
    command(course, "otter", "generate", "-t", "tests", "-o", "autograder.zip")

    def run(count: int) -> float:
        start = time.perf_counter()
        for _ in range(count):
            command(course, "otter", "run", "-a", "autograder.zip", "--no-logo", "step.ipynb")
        taken = time.perf_counter() - start
        assert '"score": 13.0' in (course / "results.json").read_text("utf-8")
        return taken

    return run


@contextmanager
def contestants(count: int) -> Iterator[dict[str, tuple[Callable[[int], float], int]]]:
    """Everybody who can take part here: what grades, and how many copies it gets in each turn."""
    walls = [name for name, kind in WALLS.items() if not kind.trouble()]
    found = {name: (partial(ours, name, ANSWER.read_bytes()), count) for name in walls}
    found["one seed"] = partial(ours, walls[-1], ANSWER.read_bytes(), seed=7), count
    found["empty"] = partial(ours, walls[-1], EMPTY), count
    found["import numpy"] = numpy_only, max(1, count // 4)
    with tempfile.TemporaryDirectory() as folder:
        if find_spec("nbgrader"):
            found["nbgrader"] = nbgrader(Path(folder)), max(1, count // 8)
        if find_spec("otter"):
            found["otter"] = otter(Path(folder)), 1
        yield found


def main() -> None:
    """Measure on one core, and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=40, help="submissions of each turn [40]")
    parser.add_argument("--rounds", type=int, default=3, help="[3]")
    given = parser.parse_args()
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    with contestants(given.count) as everybody:
        ms: dict[str, list[float]] = {name: [] for name in everybody}
        for _ in range(given.rounds):
            for name, (run, count) in everybody.items():
                ms[name].append(1e3 * run(count) / count)
    least = statistics.median(ms["import numpy"])
    print(f"{'':14}{'ms each':>10}{'a second':>10}{'import numpy ÷':>16}")
    for name, each in ms.items():
        median = statistics.median(each)
        print(f"{name:14}{median:10.1f}{1e3 / median:10.2f}{least / median:16.2f}")
    for peer in ("nbgrader", "otter"):
        if peer not in ms:
            print(f"{peer} is left out: `make bench-graders` installs it")


if __name__ == "__main__":
    main()
