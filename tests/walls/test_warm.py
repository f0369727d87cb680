"""The process that others are forked from: there is one, it is renewed, and it ends with us."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from tracer.exercises.exercise import Exercise
from tracer.exercises.submission import Submission
from tracer.grading.report import Verdict
from tracer.grading.session import grade
from tracer.sandbox import warm
from tracer.sandbox.walls import WALLS, gaps, wall

RIGHT = "    return np.tanh(x @ U.T + h_prev @ W.T + a)\n"

HERE = not WALLS["landlock"].trouble()


def the_one() -> warm.Zygote:
    """The zygote of this process, once something was run."""
    (found,) = warm._OF.values()
    return found


def printed(exercise: Exercise, printing: str) -> str:
    """What a right answer prints as it is loaded."""
    source = f"import numpy as np\n{printing}\ndef rnn_step(x, h_prev, U, W, a):\n{RIGHT}"
    submission = Submission("rnn_step.py", source.encode())
    report = grade(exercise, submission, seed=1, wall=wall("landlock"))
    assert report.verdict is Verdict.PASSED
    return report.printed


def test_runs_share_nothing(rnn_step: Exercise) -> None:
    """What one leaves behind in Python, NumPy and its environment is not there in the next."""
    if not HERE:
        return
    leaving = (
        "import os, sys\n"
        "print(hasattr(np, 'left'), 'LEFT' in os.environ, 'left' in sys.modules, os.listdir())\n"
        "np.left = os.environ['LEFT'] = sys.modules['left'] = 'left'\n"
    )

    before, after = printed(rnn_step, leaving), printed(rnn_step, leaving)

    assert before.splitlines()[0] == after.splitlines()[0] == "False False False ['rnn_step.py']"


def test_random_numbers_are_not_those_of_the_run_before(rnn_step: Exercise) -> None:
    """A fork has what its parent had, also the state of NumPy's own generator."""
    if not HERE:
        return
    drawing = "import random; print(np.random.rand(), random.random())"

    first, second = (printed(rnn_step, drawing).splitlines()[0].split() for _ in range(2))

    assert first[0] != second[0]
    assert first[1] != second[1]


def test_it_is_renewed(monkeypatch: pytest.MonkeyPatch) -> None:
    """After many forks, and when somebody has ended it, there is another one; the folder goes."""
    if not HERE:
        return
    assert list(gaps("landlock")) == []
    first = the_one()
    assert list(gaps("landlock")) == []
    assert the_one() is first

    monkeypatch.setattr(warm, "FORKS", 2)
    assert list(gaps("landlock")) == []
    second = the_one()
    assert second is not first
    assert first.child.wait(20) == 0
    assert not first.root.exists()

    second.child.kill()
    second.child.wait()
    assert list(gaps("landlock")) == []
    assert the_one() is not second
    end = time.monotonic() + 20
    while second.root.exists() and time.monotonic() < end:
        time.sleep(0.01)
    assert not second.root.exists()


def test_a_grader_that_is_killed_leaves_no_process() -> None:
    """Neither the zygote nor what it has forked outlives it, and the zygote removes its folder."""
    if not HERE:
        return
    grading = (
        "import json, threading, time\n"
        "from tracer.sandbox import warm\n"
        "from tracer.sandbox.process import Limits\n"
        "from tracer.sandbox.walls import _request, wall\n"
        "source = b'import time\\ntime.sleep(600)\\n'\n"
        "run = lambda: wall('landlock').run(source, 'probe.py', _request(), Limits(), 600.0)\n"
        "threading.Thread(target=run, daemon=True).start()\n"
        "while not warm._OF or not (one := next(iter(warm._OF.values()))).forks: time.sleep(0.01)\n"
        "print(json.dumps([str(one.root), one.child.pid]), flush=True)\n"
        "time.sleep(60)\n"
    )
    with subprocess.Popen([sys.executable, "-c", grading], stdout=subprocess.PIPE) as grader:
        assert grader.stdout
        root, pid = json.loads(grader.stdout.readline())
        family: list[psutil.Process] = []
        end = time.monotonic() + 20
        while len(family) < 2 and time.monotonic() < end:  # what watches, and what runs
            family = psutil.Process(pid).children(recursive=True)
        grader.kill()
        assert len(family) == 2

    _gone, left = psutil.wait_procs(family, timeout=20)
    end = time.monotonic() + 20
    while Path(root).exists() and time.monotonic() < end:
        time.sleep(0.01)

    assert left == []
    assert not Path(root).exists()
