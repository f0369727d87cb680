"""Processes that are started early: nothing of a student's reaches them, and each is waited for."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from tracer.exercises.exercise import Exercise
from tracer.exercises.reading import read
from tracer.exercises.submission import Submission
from tracer.grading.report import Verdict
from tracer.grading.session import grade
from tracer.sandbox.process import Limits, PlainProcess, Run
from tracer.sandbox.usage import Usage

RIGHT = "np.tanh(x @ U.T + h_prev @ W.T + a)"


def step(returned: str, before: str = "") -> Submission:
    """A submission that returns this, with `before` at its top."""
    source = f"import numpy as np\n{before}\ndef rnn_step(x, h_prev, U, W, a):\n"
    return Submission("rnn_step.py", f"{source}    return {returned}\n".encode())


def test_nothing_lies_open_while_an_answer_runs(
    rnn_step: Exercise, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A wrong answer runs several times; each time its own folder is the only one there."""
    folders, seen = tmp_path / "folders", tmp_path / "seen"
    folders.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folders))
    look = (
        "import os, random\n"
        f"with open({str(seen)!r}, 'a') as file:\n"
        f"    print(len(os.listdir({str(folders)!r})), file=file)\n"
    )

    with closing(PlainProcess()) as wall:
        wall.prepare()
        report = grade(rnn_step, step("h_prev + random.random()", look), seed=1, wall=wall)

    assert report.verdict is Verdict.WRONG
    counts = seen.read_text().split()
    # All in a row, all but the first once more alone, and one watched.
    assert len(counts) == 2 * len(rnn_step.checks)
    assert set(counts) == {"1"}


def test_what_runs_beside_the_answer_is_loaded_before_it(rnn_step: Exercise) -> None:
    """An answer that writes over the files beside it is still watched line by line."""
    write = (
        "from pathlib import Path\n"
        "for file in Path.cwd().parent.glob('*.py'):\n"
        "    file.write_text('raise SystemExit')\n"
    )

    report = grade(rnn_step, step(f"{RIGHT} + 0.37", write), seed=1)

    assert report.blame is not None
    assert report.blame.line == 7


def test_a_process_that_somebody_ended_is_replaced(rnn_step: Exercise) -> None:
    """The system may end one for want of memory: then a new one takes the answer."""
    with closing(PlainProcess()) as wall:
        wall.prepare()
        (waiting,) = wall._ready
        waiting.child.kill()
        waiting.child.wait()

        report = grade(rnn_step, step(RIGHT), seed=1, wall=wall)

    assert report.verdict is Verdict.PASSED
    assert waiting.kept is not None
    assert not waiting.kept.parent.exists()


ADOPTING = """
import ctypes, os, sys
from pathlib import Path
from tracer.sandbox.process import PlainProcess

ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)  # orphans come to this process, which waits for none
own = Path(f"/proc/{os.getpid()}/task/{os.getpid()}/children")
wall = PlainProcess()
wall.prepare()
child = wall._ready[0].child.pid
below = Path(f"/proc/{child}/task/{child}/children")
while sys.argv[1] == "forked" and not below.read_text():
    pass
wall.close()
print("left:", own.read_text().split())
"""


@pytest.mark.parametrize("when", ["at once", "forked"])
def test_what_was_not_used_is_waited_for(when: str) -> None:
    """Nothing is left of it, also where nobody waits for orphans, as in many a container."""
    if not Path("/proc/thread-self/children").exists():
        return

    said = subprocess.run(
        [sys.executable, "-c", ADOPTING, when], capture_output=True, text=True, check=True
    )

    assert said.stdout == "left: []\n"


@dataclass(slots=True)
class Costly(PlainProcess):
    """A plain process of which each run costs a second, as it says."""

    longest: list[float] = field(default_factory=list)
    ready: list[int] = field(default_factory=list)

    def run(self, source: bytes, file: str, request: bytes, limits: Limits, longest: float) -> Run:
        """Run it, as usual."""
        self.longest.append(longest)
        self.ready.append(len(self._ready))
        run = PlainProcess.run(self, source, file, request, limits, longest)
        return replace(run, used=Usage(1.0))


def test_every_run_is_paid_from_one_budget(rnn_step: Exercise) -> None:
    """Of 20 times 30 s, each run leaves a second less to the next: in a row, alone, and watched."""
    wall = Costly()
    wrong = step("h_prev + random.random()", "import random\n")

    grade(rnn_step, wrong, seed=1, limits=Limits(30.0), wall=wall)

    assert len(wall.longest) >= 3
    assert wall.longest == [600.0 - n for n in range(len(wall.longest))]


OWN = """
title = "A step of the course's own"
reference = "reference.py"
[[functions]]
signature = "double(x) -> y"
[functions.where]
x = "normal(T, N, D)"
[[checks]]
name = "one"
title = "twice as much"
points = 1
sizes = { N = 3, D = 5 }
"""


def test_a_reference_does_not_take_the_process_of_the_answer(tmp_path: Path) -> None:
    """While the reference runs, one waits for the answer, whether `tracer check` began or not."""
    folder = tmp_path / "70_double"
    folder.mkdir()
    twice = "def double(x):\n    return 2 * x\n"
    (folder / "exercise.toml").write_text(OWN, "utf-8")
    (folder / "reference.py").write_text(twice, "utf-8")
    asked = read(folder)

    for early in (False, True):
        with closing(Costly()) as wall:
            if early:
                wall.prepare()
            report = grade(asked, Submission(asked.file, twice.encode()), seed=1, wall=wall)

        assert report.verdict is Verdict.PASSED
        assert wall.ready == [2, 1]
