"""Behind a wall: what a submission meets that tries what none may do, and that none else notices.

Each test runs behind every wall that can stand on the machine.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path

import psutil
import pytest
from click.testing import CliRunner, Result

import tracer
from tracer.cli import command_line
from tracer.exercises.exercise import Exercise
from tracer.exercises.submission import Submission
from tracer.grading.report import Verdict
from tracer.grading.session import grade
from tracer.sandbox import confined, landlock, namespaces
from tracer.sandbox.process import Limits
from tracer.sandbox.walls import WALLS, gaps, wall

HERE = [name for name, kind in WALLS.items() if name != "plain" and not kind.trouble()]

SOLUTIONS = Path(__file__).parents[2] / "solutions"

RIGHT = "    return np.tanh(x @ U.T + h_prev @ W.T + a)\n"

TRYING = """\
import errno, json, os, sys
import numpy as np

def attempt(source):
    try:
        exec(source, {{"np": np, "os": os, "sys": sys}})
        return "done"
    except OSError as error:
        return errno.errorcode.get(error.errno, "?")
    except BaseException as error:
        return f"{{type(error).__name__}}: {{error}}"

met = {{name: attempt(source) for name, source in {attempts!r}.items()}}
if not os.path.exists("told"):
    open("told", "w").close()
    print(json.dumps(met))

def rnn_step(x, h_prev, U, W, a):
"""


@pytest.fixture(params=HERE or ["none"])
def name(request: pytest.FixtureRequest) -> str:
    """Each wall that can stand here; without one there is nothing to show."""
    return str(request.param)


def met(exercise: Exercise, name: str, attempts: Mapping[str, str]) -> dict[str, str]:
    """How each attempt of a submission ended that is right otherwise, and passes."""
    source = TRYING.format(attempts=dict(attempts)) + RIGHT
    submission = Submission("rnn_step.py", source.encode())

    report = grade(exercise, submission, seed=1, wall=wall(name))

    assert report.verdict is Verdict.PASSED, [c.trouble for c in report.checks]
    found: dict[str, str] = json.loads(report.printed)
    return found


def check(*words: str) -> Result:
    """What a student types."""
    return CliRunner(env={"COLUMNS": "100"}).invoke(command_line, words)


def test_it_stands(name: str) -> None:
    """Seen from inside; a plain process stops nothing but its own end."""
    if name not in WALLS:
        return
    assert list(gaps(name)) == []
    assert "files outside can be read" in list(gaps("plain"))


def test_an_honest_answer_notices_nothing(rnn_step: Exercise, name: str) -> None:
    """It imports, writes files of its own, starts threads, compiles and keeps what it compiled."""
    if name not in WALLS:
        return
    attempts = {
        "library": "import argparse, csv, dataclasses, fractions, logging, sqlite3, ssl, unittest",
        "numpy": "import numpy.linalg; np.linalg.inv(np.eye(3)); np.random.default_rng()",
        "compiled": (
            "from numba import njit\n"
            "import types\n"
            "assert njit(lambda n: n + 1)(1) == 2\n"
        ),
        "its own files": "np.save('a.npy', np.ones(3)); assert np.load('a.npy').sum() == 3",
        "temporary files": "import tempfile; tempfile.TemporaryFile().write(b'1')",
        "threads": (
            "from concurrent.futures import ThreadPoolExecutor\n"
            "with ThreadPoolExecutor(8) as pool:\n"
            "    assert sum(pool.map(abs, range(100))) == 4950\n"
        ),
        "its own file": "open('rnn_step.py').read()",
        "null": "open(os.devnull, 'w').write('1')",
    }  # fmt: skip

    assert met(rnn_step, name, attempts) == dict.fromkeys(attempts, "done")


def test_nothing_outside_is_there(rnn_step: Exercise, name: str) -> None:
    """Not tracer, the exercises, other packages, other submissions, the grader's process."""
    if name not in WALLS:
        return
    with tempfile.TemporaryDirectory() as folder:
        neighbour = Path(folder, "neighbour.py")
        neighbour.write_text("1", "utf-8")
        for path in (neighbour, neighbour.parent):
            path.chmod(0o777)
        pytest_itself = Path(pytest.__file__)
        attempts = {
            "tracer": f"open({str(Path(tracer.__file__))!r})",
            "the exercise": f"open({str(rnn_step.folder / 'exercise.toml')!r})",
            "what else is installed": f"open({str(pytest_itself)!r})",
            "a neighbour": f"open({str(neighbour)!r})",
            "a neighbour, written": f"open({str(neighbour)!r}, 'a')",
            "a neighbour, removed": f"os.remove({str(neighbour)!r})",
            "users": "open('/etc/passwd')",
            "what only root reads": "open('/etc/shadow')",
            "the runner": "open('../runner.py')",
            "the request": "open('../request')",
            "home": f"os.listdir({str(Path.home())!r})",
            "the grader": f"open('/proc/{os.getpid()}/environ')",
            "the grader's memory": f"open('/proc/{os.getpid()}/mem', 'rb')",
            "the grader's files": f"os.listdir('/proc/{os.getpid()}/fd')",
            "shared memory": "open('/dev/shm/left', 'w')",
            "temporary files": "open('/tmp/left', 'w')",
            "a terminal": "open('/dev/tty')",
        }  # fmt: skip

        found = met(rnn_step, name, attempts)

        assert neighbour.exists()
    assert set(found.values()) <= {"EACCES", "ENOENT", "EPERM", "EROFS", "ENXIO"}, found


def test_nobody_else_is_reached(rnn_step: Exercise, name: str) -> None:
    """No process, no signal, no network, no rights."""
    if name not in WALLS:
        return
    attempts = {
        "fork": "os.fork()",
        "a program": "import subprocess; subprocess.run([sys.executable, '-c', ''])",
        "its parent ended": "os.kill(os.getppid(), 9)",
        "the grader ended": f"os.kill({os.getpid()}, 9)",
        "everybody ended": "os.kill(-1, 9)",
        "a socket": "import socket; socket.create_connection(('127.0.0.1', 1))",
        "a local socket": "import socket; socket.socket(socket.AF_UNIX)",
        "root": "os.setuid(0)",
        "another group of processes": "os.setsid()",
        "the rights of a file": "os.chmod('rnn_step.py', 0o777)",
        "a higher limit": (
            "import resource as r\n"
            "try: r.setrlimit(r.RLIMIT_AS, (r.RLIM_INFINITY, r.RLIM_INFINITY))\n"
            "except ValueError: raise PermissionError(1, 'no')\n"
        ),
    }  # fmt: skip

    assert met(rnn_step, name, attempts) == dict.fromkeys(attempts, "EPERM")


def test_root_gives_it_another_user(rnn_step: Exercise, name: str) -> None:
    """What runs is never root, and in no group of its."""
    if name not in WALLS:
        return
    attempts = {
        "root": "assert os.getuid() * os.geteuid() * os.getgid() and not os.getgroups()",
    }
    if os.getuid():
        return

    assert met(rnn_step, name, attempts) == dict.fromkeys(attempts, "done")


def test_words_are_those_of_python(rnn_step: Exercise, name: str) -> None:
    """Of the places where it runs only its own folder is left out, and no stroke of a text's."""
    if name not in WALLS:
        return
    body = "    print('a/answer/b', __file__)\n    raise OSError(f'{__file__}: / and /a.b/c')\n"
    source = f"def rnn_step(x, h_prev, U, W, a):\n{body}"
    submission = Submission("rnn_step.py", source.encode())

    report = grade(rnn_step, submission, seed=1, wall=wall(name))

    assert report.checks[0].trouble is not None
    assert report.checks[0].trouble.facts["message"] == "rnn_step.py: / and /a.b/c"
    assert report.checks[0].printed == "a/answer/b rnn_step.py\n"


@pytest.mark.long
def test_its_end_is_told_as_ever(rnn_step: Exercise, name: str) -> None:
    """A loop, an exit, too much memory: the same verdicts as behind the plain wall."""
    if name not in WALLS:
        return
    ends = {
        "    while True: pass\n": Verdict.TIMED_OUT,
        "    import os; os._exit(0)\n": Verdict.CRASHED,
        "    bytearray(2**34)\n": Verdict.OUT_OF_MEMORY,
    }
    for body, verdict in ends.items():
        source = f"import numpy as np\ndef rnn_step(x, h_prev, U, W, a):\n{body}{RIGHT}"
        submission = Submission("rnn_step.py", source.encode())

        report = grade(rnn_step, submission, seed=1, limits=Limits(seconds=0.5), wall=wall(name))

        assert report.checks[0].verdict is verdict, body
        if verdict is Verdict.TIMED_OUT:
            assert report.checks[0].trouble is not None
            assert report.checks[0].trouble.facts["line"] == 3


def test_nothing_is_left(rnn_step: Exercise, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """No process, no file: neither of a bomb of threads nor of folders without rights."""
    if name not in WALLS:
        return
    list(gaps(name))  # where processes are forked from one that stays, it stays from here on
    before = {process.pid for process in psutil.Process().children(recursive=True)}
    source = (
        "import os, threading, time\n"
        "import numpy as np\n"
        "os.makedirs('a/b', mode=0)\n"
        "try:\n"
        "    while True:\n"
        "        threading.Thread(target=time.sleep, args=(1000,)).start()\n"
        "except RuntimeError:\n"
        "    pass\n"
        f"def rnn_step(x, h_prev, U, W, a):\n{RIGHT}"
    )

    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o711)  # another user's process has to get into it
        with monkeypatch.context() as patch:
            patch.setattr(tempfile, "tempdir", folder)
            grade(rnn_step, Submission("rnn_step.py", source.encode()), seed=1, wall=wall(name))
        left = list(Path(folder).iterdir())

    assert left == []
    assert {process.pid for process in psutil.Process().children(recursive=True)} == before


def test_a_student_asks_for_a_wall(name: str) -> None:
    """It is said on the screen and in the record; what is the default is not said on the screen."""
    answer = SOLUTIONS / "10_rnn_step" / "rnn_step.py"
    asked = ["check", str(answer), "--exercise", "10"]
    if name not in WALLS:
        return

    walled = check(*asked, "--wall", name).stdout
    record = json.loads(check(*asked, "--wall", name, "--format", "json").stdout)
    plain = json.loads(check(*asked, "--format", "json").stdout)

    assert f"\n  behind the wall {name}\n" in walled
    assert (record["wall"], record["verdict"]) == (name, "passed")
    assert (plain["wall"], plain["notes"]) == ("plain", [])


def test_a_wall_that_cannot_stand_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing runs behind a weaker one instead."""
    monkeypatch.setattr(landlock, "version", lambda: 0)
    answer = SOLUTIONS / "10_rnn_step" / "rnn_step.py"

    done = check("check", str(answer), "--exercise", "10", "--wall", "landlock")

    assert done.exit_code == 2
    assert "the wall landlock cannot stand here: " in done.stderr
    assert done.stdout == ""


def test_bubblewrap_without_landlock(rnn_step: Exercise, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is outside is not there, so nothing has to refuse it."""
    if "namespaces" not in HERE:
        return
    monkeypatch.setattr(landlock, "version", lambda: 0)
    attempts = {
        "tracer": f"open({str(Path(tracer.__file__))!r})",
        "the exercise": f"open({str(rnn_step.folder / 'exercise.toml')!r})",
        "itself": "open('/proc/self/mem')",
        "a program": "os.execv(sys.executable, ['python'])",
        "our own files": "open('/runner/runner.py', 'a')",
    }

    assert list(gaps("namespaces")) == []
    found = met(rnn_step, "namespaces", attempts)
    assert set(found.values()) <= {"ENOENT", "EPERM", "EROFS", "EACCES"}, found


def test_bubblewrap_without_namespaces_inside(
    rnn_step: Exercise, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is started anew for each run; the wall holds, and doctor hears why it takes longer."""
    if "namespaces" not in HERE:
        return
    monkeypatch.setattr(namespaces, "within", lambda: "unshare: Operation not permitted")

    assert list(gaps("namespaces")) == []
    assert met(rnn_step, "namespaces", {"root": "assert os.getuid()"}) == {"root": "done"}
    assert "(unshare: Operation not permitted), so each run starts it anew" in namespaces.advice()


def test_half_a_wall_runs_nothing(
    rnn_step: Exercise, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A step that fails in the child is the grader's fault, and nothing of the answer ran."""
    if name not in WALLS:
        return
    for module in (confined, namespaces):
        monkeypatch.setattr(module, "own", lambda _folder: ("/", "no such right"))

    report = grade(rnn_step, Submission("rnn_step.py", b"print('ran')"), seed=1, wall=wall(name))

    assert report.verdict is Verdict.GRADER_FAULT
    assert "ran" not in report.printed.split()
