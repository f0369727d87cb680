"""However a check ends, or tracer itself: nothing that the submission started is left."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from tracer.exercises.exercise import Exercise
from tracer.exercises.submission import Submission
from tracer.grading.report import Verdict
from tracer.grading.session import grade
from tracer.sandbox import usage
from tracer.sandbox.frames import OUT_OF_MEMORY
from tracer.sandbox.process import Limits
from tracer.view.terminal.console import Abilities
from tracer.view.terminal.report import screen

LINUX = sys.platform == "linux"
"""Only Linux tells a process about its orphans, and shows processes in ``/proc``."""

DAEMON = """
import os, time
heard, say = os.pipe()
if os.fork() == 0:
    os.setsid()
    if os.fork():
        os._exit(0)
    print(os.getpid(), flush=True)
    os.write(say, b"!")
    time.sleep(600)
os.read(heard, 1)
{then}
def rnn_step(x, h_prev, U, W, a):
    return h_prev
"""


def alive(pid: int) -> bool:
    """Whether that process still runs; one that only waits to be buried does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def soon(true: Callable[[], bool]) -> bool:
    """Whether it becomes true within some seconds."""
    for _ in range(200):
        if true():
            return True
        time.sleep(0.05)
    return False


def test_what_a_call_leaves_behind_is_ended(rnn_step: Exercise) -> None:
    """A process that the submission started does not outlive the check."""
    if not LINUX:
        return
    source = (
        "import numpy as np\n"
        "def rnn_step(x, h_prev, U, W, a):\n"
        "    import subprocess, sys\n"
        "    child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'])\n"
        "    print(child.pid)\n"
        "    return np.tanh(x @ U.T + h_prev @ W.T + a)\n"
    )

    report = grade(rnn_step, Submission("rnn_step.py", source.encode()), seed=1)
    pids = [int(pid) for pid in report.printed.split()]

    # One for each call: six checks call once, one twice, one for each of 4 to 6 words.
    assert 12 <= len(pids) <= 14
    assert [pid for pid in pids if alive(pid)] == []


@pytest.mark.parametrize("then", ["", "while True: pass", "raise SystemExit", "os.abort()"])
def test_a_daemon_is_ended(rnn_step: Exercise, then: str) -> None:
    """A process that left its group and its parents ends with the check, however that ends."""
    if not LINUX:
        return
    source = DAEMON.format(then=then).encode()
    # Not how many there are: what an earlier test left may end meanwhile.
    threads, files = set(threading.enumerate()), set(Path("/proc/self/fd").iterdir())

    report = grade(rnn_step, Submission("rnn_step.py", source), seed=1, limits=Limits(seconds=1.0))

    pids = [int(line) for line in report.printed.split()]
    assert pids
    assert not [pid for pid in pids if alive(pid)]
    assert set(threading.enumerate()) <= threads
    assert set(Path("/proc/self/fd").iterdir()) <= files


def test_the_signal_that_ended_it_is_told(rnn_step: Exercise) -> None:
    """The process in between ends in the same way as the one that it watches."""
    if not LINUX:
        return
    source = b"import os\nos.abort()\n"

    report = grade(rnn_step, Submission("rnn_step.py", source), seed=1)

    trouble = report.checks[0].trouble
    assert report.verdict is Verdict.CRASHED
    assert trouble is not None
    assert (trouble.facts["signal"], trouble.facts["status"]) == (True, signal.SIGABRT)


@pytest.mark.usefixtures("heard")
def test_a_process_that_the_answer_ends_says_nothing(rnn_step: Exercise) -> None:
    """Workers of `multiprocessing` are ended by SIGTERM, in the middle of the student's code."""
    if not LINUX:
        return
    source = (
        "from multiprocessing import get_context\nimport numpy as np\nimport time\n"
        "fork = get_context('fork')\n"
        "def wait(begun):\n    begun.set()\n    time.sleep(600)\n"
        "def rnn_step(x, h_prev, U, W, a):\n"
        "    for n in range(20):\n"
        "        begun = fork.Event()\n"
        "        worker = fork.Process(target=wait, args=(begun,))\n"
        "        worker.start()\n"
        "        if n < 2: begun.wait()\n"  # else it is ended at once
        "        worker.terminate()\n        worker.join()\n"
        "        print(worker.exitcode)\n"
        "    return np.tanh(x @ U.T + h_prev @ W.T + a)\n"
    )
    asked = replace(rnn_step, checks=rnn_step.checks[:2])

    report = grade(asked, Submission("rnn_step.py", source.encode()), seed=1)

    assert report.verdict is Verdict.PASSED
    assert set(report.printed.split()) == {str(-signal.SIGTERM)}


@pytest.mark.usefixtures("heard")
def test_a_process_that_ends_itself_is_no_time_out(rnn_step: Exercise) -> None:
    """Also where it does so by the signal that comes when time is over."""
    if not LINUX:
        return
    source = b"import os, signal\ndef rnn_step(*_):\n    os.kill(os.getpid(), signal.SIGTERM)\n"

    report = grade(rnn_step, Submission("rnn_step.py", source), seed=1)

    trouble = report.checks[0].trouble
    assert report.verdict is Verdict.CRASHED
    assert trouble is not None
    assert (trouble.facts["signal"], trouble.facts["status"]) == (True, signal.SIGTERM)


@pytest.mark.usefixtures("heard")
def test_what_comes_after_its_time_counts_for_nothing(rnn_step: Exercise) -> None:
    """A loop that is left only when the process is told to end, and the right numbers then."""
    if not LINUX:
        return
    source = (
        "import signal\nimport numpy as np\n"
        "class Over(BaseException): pass\n"
        "def over(*_): raise Over\n"
        "def rnn_step(x, h_prev, U, W, a):\n"
        "    signal.signal(signal.SIGTERM, over)\n"
        "    try:\n        while True: pass\n"
        "    except Over:\n        return np.tanh(x @ U.T + h_prev @ W.T + a)\n"
    )
    asked = replace(rnn_step, checks=rnn_step.checks[:2])

    report = grade(
        asked, Submission("rnn_step.py", source.encode()), seed=1, limits=Limits(seconds=0.4)
    )

    assert [c.verdict for c in report.checks] == [Verdict.TIMED_OUT] * 2
    assert report.points == 0


@pytest.mark.usefixtures("heard")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGKILL])
def test_tracer_is_ended_in_the_middle(tmp_path: Path, number: signal.Signals) -> None:
    """The student's process ends too; its folder goes, unless nobody was there to delete it."""
    if not LINUX:
        return
    answer, told = tmp_path / "rnn_step.py", tmp_path / "pid"
    answer.write_text(
        f"import os, time\nopen({str(told)!r}, 'w').write(f'{{os.getpid()}} {{os.getcwd()}}\\n')\n"
        "time.sleep(600)\n", "utf-8"
    )  # fmt: skip
    command = [sys.executable, "-m", "tracer", "check", str(answer), "--exercise", "10"]
    with subprocess.Popen(
        [*command, "--time-limit", "600"],
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2]), "TMPDIR": str(tmp_path)},
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    ) as running:  # fmt: skip
        assert soon(lambda: told.exists() and told.read_text("utf-8").endswith("\n"))
        pid, folder = told.read_text("utf-8").split()
        running.send_signal(number)
        status = running.wait()

    assert soon(lambda: not alive(int(pid)))
    if number is signal.SIGKILL:
        assert status == -number
    else:
        assert status == 128 + number
        assert not Path(folder).exists()


@pytest.mark.parametrize(
    "ending",
    ["os.kill(os.getpid(), signal.SIGXCPU)", f"os._exit({OUT_OF_MEMORY})", "os._exit(124)"],
)
def test_an_end_that_the_student_chose_says_nothing(rnn_step: Exercise, ending: str) -> None:
    """A signal sent to oneself is no time-out, and an exit code no lack of memory."""
    if not LINUX:
        return
    source = f"import os, signal\n{ending}\n".encode()

    report = grade(rnn_step, Submission("rnn_step.py", source), seed=1)

    assert report.verdict is Verdict.CRASHED


def test_time_is_that_of_the_processor(rnn_step: Exercise) -> None:
    """Waiting costs little of it: asleep for twice the limit in a call, and right."""
    if not LINUX:
        return
    source = (
        "import time\nimport numpy as np\nto_wait = [1.0]\ndef rnn_step(x, h_prev, U, W, a):\n"
        "    while to_wait: time.sleep(to_wait.pop())\n"
        "    return np.tanh(x @ U.T + h_prev @ W.T + a)\n"
    )

    asked = replace(rnn_step, checks=rnn_step.checks[:2])

    report = grade(asked, Submission("rnn_step.py", source.encode()), limits=Limits(seconds=0.5))

    assert report.verdict is Verdict.PASSED


@pytest.mark.parametrize(
    ("body", "how", "seconds"),
    [
        ("while True: pass", "time", 0.4),
        ("time.sleep(600)", "waited", 4.8),
        ("threading.Thread(target=busy).start(); time.sleep(600)", "time", 0.4),
        ("subprocess.run([sys.executable, '-c', 'while True: pass'])", "time", 0.4),
    ],
)
def test_what_a_time_limit_was(rnn_step: Exercise, body: str, how: str, seconds: float) -> None:
    """It computed too long, in whatever thread or process, or it waited."""
    if not LINUX:
        return
    source = (
        "import subprocess, sys, threading, time\n"
        f"def busy():\n    while True: pass\ndef rnn_step(*_):\n    {body}\n"
    )

    report = grade(
        rnn_step, Submission("rnn_step.py", source.encode()), seed=1, limits=Limits(seconds=0.4)
    )

    trouble = report.checks[0].trouble
    assert report.verdict is Verdict.TIMED_OUT
    assert trouble is not None
    assert (trouble.facts["how"], trouble.facts["seconds"]) == (how, pytest.approx(seconds))


def test_all_checks_together_have_one_clock(
    rnn_step: Exercise, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who sleeps uses no processor time, and keeps nobody waiting for ever: one time for a file."""
    monkeypatch.setattr(Limits, "whole", 1.0)
    source = (
        "import time\nimport numpy as np\ndef rnn_step(x, h_prev, U, W, a):\n"
        "    time.sleep(0.3)\n    return np.tanh(x @ U.T + h_prev @ W.T + a)\n"
    )

    report = grade(rnn_step, Submission("rnn_step.py", source.encode()), seed=1)

    verdicts = [check.verdict for check in report.checks]
    first = verdicts.index(Verdict.TIMED_OUT)
    assert set(verdicts[first + 1 :]) == {Verdict.NOT_TRIED}
    trouble = report.checks[first].trouble
    assert trouble is not None
    assert (trouble.facts["how"], trouble.facts["seconds"]) == ("long", 1.0)
    said = "\n".join(line.plain for line in screen(report, Abilities(width=200)))
    assert "its checks took 1 s on the clock in all" in said


def test_all_checks_together_have_one_budget(
    rnn_step: Exercise, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each call keeps to its limit, and all of them together still take too long."""
    if not LINUX:
        return
    monkeypatch.setattr(Limits, "budget", 1.0)
    source = (
        "import time\nimport numpy as np\ndef rnn_step(x, h_prev, U, W, a):\n"
        "    start = time.process_time()\n    while time.process_time() < start + 0.3: pass\n"
        "    return np.tanh(x @ U.T + h_prev @ W.T + a)\n"
    )

    report = grade(rnn_step, Submission("rnn_step.py", source.encode()), seed=1)

    troubles = [c.trouble for c in report.checks if c.trouble is not None]
    assert report.verdict is Verdict.TIMED_OUT
    assert report.checks[0].verdict is Verdict.PASSED
    assert {(t.facts["how"], t.facts["seconds"]) for t in troubles} == {("spent", 1.0)}


def test_what_goes_wrong_while_results_are_read_is_raised(
    rnn_step: Exercise, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Half of the results would be judged as if the student had computed no more."""
    read = os.read

    def short_of_memory(file: int, most: int) -> bytes:
        if threading.current_thread() is not threading.main_thread():
            raise MemoryError
        return read(file, most)

    monkeypatch.setattr(os, "read", short_of_memory)

    with pytest.raises(MemoryError):
        grade(rnn_step, Submission("rnn_step.py", b""), seed=1)


@pytest.mark.parametrize("told", [True, False])
def test_what_a_process_has_used(monkeypatch: pytest.MonkeyPatch, *, told: bool) -> None:
    """With its children and those that have ended; also where the system tells no children."""
    if not told:
        monkeypatch.setattr(usage, "_PROC", Path("/nowhere"))
    busy = "import time\nwhile time.process_time() < 0.4: pass\n"
    source = f"import subprocess, sys\nsubprocess.run([sys.executable, '-c', {busy!r}])\n{busy}"
    with subprocess.Popen(
        [sys.executable, "-c", f"{source}print(flush=True)\ninput()"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    ) as child:  # fmt: skip
        assert child.stdout is not None
        child.stdout.readline()
        used = usage.usage(child.pid)
        child.communicate(b"\n")

    assert used.seconds >= (0.75 if LINUX else 0.35)
    assert (used.memory > 0) is (told and LINUX)
    assert usage.usage(child.pid).memory == 0  # it is gone
