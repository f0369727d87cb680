"""The process that others are forked from: there is one, it is renewed, and it ends with us."""

from __future__ import annotations

import json
import math
import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from tracer.errors import FileError
from tracer.exercises.exercise import Exercise
from tracer.exercises.submission import Submission
from tracer.grading.report import Verdict
from tracer.grading.session import grade
from tracer.sandbox import supervise, warm, zygote
from tracer.sandbox.process import How, Limits, PlainProcess, Wall
from tracer.sandbox.waiting import Waiting
from tracer.sandbox.walls import PROBE, WALLS, _request, gaps, wall

RIGHT = "    return np.tanh(x @ U.T + h_prev @ W.T + a)\n"

HERE = [name for name in ("landlock", "namespaces") if not WALLS[name].trouble()]

EACH = pytest.mark.parametrize("name", HERE or ["none"])


def the_one(name: str) -> warm.Zygote:
    """The zygote of this process for a wall, once something was run behind it."""
    return warm._OF[os.getpid(), name]


def printed(exercise: Exercise, printing: str, name: str) -> str:
    """What a right answer prints as it is loaded."""
    source = f"import numpy as np\n{printing}\ndef rnn_step(x, h_prev, U, W, a):\n{RIGHT}"
    submission = Submission("rnn_step.py", source.encode())
    report = grade(exercise, submission, seed=1, wall=wall(name))
    assert report.verdict is Verdict.PASSED
    return report.printed


@EACH
def test_runs_share_nothing(rnn_step: Exercise, name: str) -> None:
    """What one leaves behind in Python, NumPy and its environment is not there in the next."""
    if name not in WALLS:
        return
    leaving = (
        "import os, sys\n"
        "print(hasattr(np, 'left'), 'LEFT' in os.environ, 'left' in sys.modules, os.listdir())\n"
        "print([name for name in sys.modules if 'rehears' in name])\n"
        "np.left = os.environ['LEFT'] = sys.modules['left'] = 'left'\n"
    )

    before, after = printed(rnn_step, leaving, name), printed(rnn_step, leaving, name)

    assert before.splitlines() == after.splitlines()
    assert after.splitlines()[:2] == ["False False False ['rnn_step.py']", "[]"]


@EACH
def test_random_numbers_are_not_those_of_the_run_before(rnn_step: Exercise, name: str) -> None:
    """A fork has what its parent had, also the state of NumPy's own generator."""
    if name not in WALLS:
        return
    drawing = "import random; print(np.random.rand(), random.random())"

    first, second = (printed(rnn_step, drawing, name).splitlines()[0].split() for _ in range(2))

    assert first[0] != second[0]
    assert first[1] != second[1]


@EACH
def test_it_is_renewed(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """After many forks, and when somebody has ended it, there is another one; the folder goes."""
    if name not in WALLS:
        return
    assert list(gaps(name)) == []
    first = the_one(name)
    assert list(gaps(name)) == []
    assert the_one(name) is first

    monkeypatch.setattr(warm, "FORKS", 2)
    assert list(gaps(name)) == []
    second = the_one(name)
    assert second is not first
    assert first.child.wait(20) == 0
    assert first.root is None or not first.root.exists()

    second.child.kill()
    second.child.wait()
    assert list(gaps(name)) == []
    assert the_one(name) is not second
    end = time.monotonic() + 20
    while second.root is not None and second.root.exists() and time.monotonic() < end:
        time.sleep(0.01)
    assert second.root is None or not second.root.exists()


@EACH
def test_a_grader_that_is_killed_leaves_no_process(name: str) -> None:
    """Neither the zygote nor what it has forked outlives it, and the zygote removes its folder."""
    if name not in WALLS:
        return
    grading = (
        "import json, threading, time\n"
        "from tracer.sandbox import warm\n"
        "from tracer.sandbox.process import Limits\n"
        "from tracer.sandbox.walls import _request, wall\n"
        "source = b'import time\\ntime.sleep(600)\\n'\n"
        f"run = lambda: wall({name!r}).run(source, 'probe.py', _request(), Limits(), 600.0)\n"
        "threading.Thread(target=run, daemon=True).start()\n"
        "while not warm._OF or not (one := next(iter(warm._OF.values()))).forks: time.sleep(0.01)\n"
        "print(json.dumps([one.root and str(one.root), one.child.pid]), flush=True)\n"
        "time.sleep(60)\n"
    )
    with subprocess.Popen([sys.executable, "-c", grading], stdout=subprocess.PIPE) as grader:
        assert grader.stdout
        root, pid = json.loads(grader.stdout.readline())
        family: list[psutil.Process] = []
        end = time.monotonic() + 20
        most = 1 if root else 4  # inside bubblewrap its own process, the zygote, and the first one
        while len(family) < most and time.monotonic() < end:
            family = psutil.Process(pid).children(recursive=True)
        grader.kill()
        assert len(family) == most

    _gone, left = psutil.wait_procs(family, timeout=20)
    end = time.monotonic() + 20
    while root and Path(root).exists() and time.monotonic() < end:
        time.sleep(0.01)

    assert left == []
    assert not root or not Path(root).exists()


@EACH
def test_a_zygote_that_is_killed(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What it has forked ends with it, and that is no end of the student's."""
    if name not in WALLS:
        return

    def killed(_wall: Wall, _waiting: Waiting, _limits: Limits) -> None:
        first = psutil.Process(the_one(name).child.pid)
        family = (first, *first.children(recursive=True))
        next(one for one in family if "python" in one.name()).kill()  # inside bubblewrap, say

    monkeypatch.setattr(PlainProcess, "_group", killed)  # as soon as it is forked

    with pytest.raises(FileError, match="the process has ended that starts the others"):
        wall(name).run(b"import time\ntime.sleep(600)\n", "probe.py", _request(), Limits(), 600.0)


@EACH
def test_a_zygote_that_may_open_no_more_files(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is asked for is refused, whichever descriptor is one too many; what runs goes on."""
    if name not in WALLS:
        return
    import resource  # which Windows has not

    left: list[tuple[int, int]] = []

    def crowded(_wall: Wall, _waiting: Waiting, _limits: Limits) -> None:
        zygote = the_one(name)
        first = psutil.Process(zygote.child.pid)
        inner = (first, *first.children(recursive=True))
        pid = next(one.pid for one in inner if "python" in one.name())  # inside bubblewrap, say
        among = psutil.Process(pid).children()
        most = resource.prlimit(pid, resource.RLIMIT_NOFILE)
        listed = Path(f"/proc/{pid}/fd")
        used = {int(file.name) for file in listed.iterdir()}
        free = [number for number in range(len(used) + 8) if number not in used]
        with Path(os.devnull).open() as nothing:
            for spare in range(7 if zygote.root else 8):  # in namespaces there are more to open
                resource.prlimit(pid, resource.RLIMIT_NOFILE, (free[spare], most[1]))
                with pytest.raises(BrokenPipeError, match="Too many open files"):
                    zygote.fork({"environment": {}, "folder": "/"}, [nothing.fileno()] * 6)
                resource.prlimit(pid, resource.RLIMIT_NOFILE, most)
                files, now = {*listed.iterdir()}, {*psutil.Process(pid).children()}
                left.append((len(files) - len(used), len(now - {*among})))

    monkeypatch.setattr(PlainProcess, "_group", crowded)  # as soon as it is forked

    run = wall(name).run(PROBE, "probe.py", _request(), Limits(), 5.0)

    assert left
    assert {*left} == {(0, 0)}
    assert (run.how, run.status) == (How.EXITED, 0)


def test_who_stands_guard_is_not_ended_before_the_others() -> None:
    """It gives them as long as any run gets, and only then ends them itself."""
    if not HERE or not Path("/proc/thread-self/children").exists():
        return
    saying, patience = supervise.SAYING, supervise.PATIENCE
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    serving = zygote.Serving(theirs.detach(), None, supervise, walled=True)
    for guarding, least, most in ((False, 0.0, saying), (True, saying + patience, math.inf)):
        program = f"import os; {guarding} and not os.fork() or print(flush=True); input()"
        with subprocess.Popen(
            [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        ) as child:  # fmt: skip
            assert child.stdout
            child.stdout.readline()
            lifeline, process = os.open(os.devnull, os.O_RDONLY), os.pidfd_open(child.pid)
            run = zygote.Running(child.pid, process, lifeline, -1, None)
            serving._wait_for(lifeline, run)
            before = time.monotonic()
            serving._let_go(run)
            after = time.monotonic()
            os.close(process)
        assert run.end is not None
        assert least <= run.end - before
        assert run.end - after <= most
    serving._channel.close()
    ours.close()


def test_a_check_whose_parent_has_ended(tmp_path: Path) -> None:
    """It runs nothing: the end that it would end at has been before it could ask for that."""
    if "landlock" not in HERE:
        return
    plan = {"rules": [], "scratch": str(tmp_path), "user": 1, "reads_all": False, "proc": None}
    forking = (
        "import os, sys, time\n"
        "from tracer.sandbox import runner\n"
        f"wall, ends = runner.walled({plan}, os.dup(1)), sys.argv[1:] == ['ends']\n"
        "def late(parent):\n"
        "    while ends and os.getppid() == parent:\n"
        "        time.sleep(0.001)\n"
        "    wall(parent)\n"
        "child = runner.forked(late)\n"
        "if not child:\n"
        "    os.write(1, b'runs')\n"
        "elif not ends:\n"
        "    os.wait()\n"
        "os._exit(0)\n"
    )

    assert said_by(forking) == "runs"
    assert "the process that watches this one has ended" in said_by(forking, "ends")


def test_a_namespace_in_which_something_is_left() -> None:
    """One in which nothing is left is used again; else all that is in it ends, and it as well."""
    if os.geteuid() or "namespaces" not in HERE:  # an ordinary user makes them inside bubblewrap
        return
    using = (
        "import os, select, sys\n"
        "from tracer.sandbox import spaces\n"
        "def run(leaving):\n"
        "    room, (ended, held) = spaces.room(), os.pipe()\n"
        "    child = spaces.fork(room)\n"
        "    if not child:\n"
        "        os._exit(0 if not leaving or os.fork() else select.select([], [], []) and 1)\n"
        "    os.close(held)\n"
        "    os.waitpid(child, 0)\n"
        "    spaces.leave(room)\n"
        "    os.read(ended, 1)  # its end comes when nobody is left who could write\n"
        "    return room\n"
        "first, second, third = run(False), run(True), run(False)\n"
        "print(first == second, second.first == third.first)\n"
    )

    assert said_by(using) == "True False\n"


def test_a_namespace_that_cannot_be_made() -> None:
    """The next one can, and neither a process nor a descriptor is left of what was refused."""
    if os.geteuid() or "namespaces" not in HERE:
        return
    failing = (
        "import os\n"
        "from tracer.sandbox import spaces\n"
        "def refused(*_given):\n"
        "    raise BlockingIOError(11, 'no memory')\n"
        "def tried(name, does, *given):\n"
        "    real, before = getattr(os, name), os.listdir('/proc/self/fd')\n"
        "    setattr(os, name, refused)\n"
        "    try:\n"
        "        does(*given)\n"
        "    except BlockingIOError:\n"
        "        setattr(os, name, real)\n"
        "        children = open('/proc/thread-self/children').read()\n"
        "        print(len(before) - len(os.listdir('/proc/self/fd')), children)\n"
        "tried('fork', spaces.room)\n"
        "tried('open', spaces.room)\n"
        "tried('fork', spaces.fork, spaces.room())\n"
        "child = spaces.fork(spaces.room())\n"
        "os._exit(7) if not child else print(os.waitpid(child, 0)[1] >> 8)\n"
    )

    assert said_by(failing) == "0 \n0 \n1 \n7\n"  # the descriptor of the namespace that it had


def said_by(program: str, *words: str) -> str:
    """What a Python of its own prints, and what it complains of."""
    done = subprocess.run(
        [sys.executable, "-c", program, *words],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False, timeout=60,
    )  # fmt: skip
    return done.stdout
