"""Where a submission runs: what it gets, what it may use, and that nothing of it stays."""

from __future__ import annotations

import errno
import os
import sys
import tempfile
import threading
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tracer.errors import FileError
from tracer.exercises.exercise import Exercise
from tracer.exercises.submission import LARGEST_NOTEBOOK, Submission
from tracer.grading import session
from tracer.grading.report import Verdict
from tracer.grading.session import grade
from tracer.grading.task import tasks
from tracer.sandbox import collector, place, process
from tracer.sandbox.process import Limits, PlainProcess, Run, Wall
from tracer.view.export.report_json import as_record
from tracer.view.terminal.console import Abilities
from tracer.view.terminal.report import screen

RIGHT = "    return np.tanh(x @ U.T + h_prev @ W.T + a)\n"


def step(body: str, before: str = "") -> Submission:
    """A submission with a right answer after `body`."""
    source = f"import numpy as np\n{before}\ndef rnn_step(x, h_prev, U, W, a):\n{body}{RIGHT}"
    return Submission("rnn_step.py", source.encode())


def printed(exercise: Exercise, body: str) -> set[str]:
    """What the submission prints, each line once."""
    report = grade(exercise, step(body), seed=1)
    assert report.verdict is Verdict.PASSED
    return set(report.printed.splitlines())


def test_it_runs_alone_in_a_folder_of_its_own(rnn_step: Exercise) -> None:
    """Only its own file is there, and the folder is gone afterwards."""
    body = "    import os\n    print(os.getcwd(), *os.listdir())\n"

    (line,) = printed(rnn_step, body)
    folder, *files = line.split()

    assert files == ["rnn_step.py"]
    assert not Path(folder).exists()


def test_nothing_is_lost_that_is_read_late(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a busy machine the reader has read nothing when the process has ended and is waited for.

    Somebody else may still hold the pipe open: then what lies in it is all there is.
    """
    if os.name != "posix":
        return
    reading, writing = os.pipe()
    os.write(writing, b"ready")
    made, late = threading.Event(), threading.Event()
    readable = collector._readable

    def held_up(file: int, milliseconds: int) -> bool:
        """Not scheduled until nobody waits for more."""
        if not late.is_set():
            late.set()
            made.wait()
            results._stop.wait()
            return False
        return readable(file, milliseconds)

    monkeypatch.setattr(collector, "_readable", held_up)
    results = collector.Collector(os.fdopen(reading, "rb"), 100)
    made.set()
    assert late.wait(60)
    results.finish()
    os.close(writing)

    assert results.data == b"ready"


def test_a_full_disk_costs_no_report(rnn_step: Exercise, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where no temporary file can be written it runs in memory, or a sentence says why not."""
    found: list[str] = []

    def full() -> str:
        raise FileNotFoundError(errno.ENOENT, "No usable temporary directory found in ['/tmp']")

    monkeypatch.setattr(tempfile, "gettempdir", full)
    if sys.platform == "linux":
        found += printed(rnn_step, "    import os\n    print(os.getcwd())\n")
        assert found[0].startswith(f"{place.MEMORY}/tracer-")
        assert not Path(found[0]).exists()

    monkeypatch.setattr(place, "MEMORY", "/nowhere")
    with pytest.raises(FileError, match="cannot run your code: No usable temporary directory"):
        grade(rnn_step, step(""))


def test_nothing_that_it_makes_stays(
    rnn_step: Exercise, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Folders 2,000 deep, without rights, with links to elsewhere: only what they lead to stays."""
    if os.name != "posix":
        return
    (tmp_path / "kept").mkdir()
    (tmp_path / "kept/file").touch()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(process, "LOOK", 0.0)  # how much lies there is looked at meanwhile
    before = (
        "import os\n"
        "def make():\n"
        "    here = os.getcwd()\n"
        f"    os.symlink({str(tmp_path / 'kept')!r}, 'link')\n"
        "    os.makedirs('closed/within')\n"
        "    os.chmod('closed/within', 0)\n"
        "    os.chmod('closed', 0o500)\n"
        "    for _ in range(2000):\n"
        "        os.mkdir('deep')\n"
        "        os.chdir('deep')\n"
        "    open('file', 'w').close()\n"
        "    os.chdir(here)\n"
        "if not os.path.lexists('link'):\n"
        "    make()\n"
    )

    report = grade(rnn_step, step("", before), seed=1)

    assert report.checks[0].verdict is Verdict.PASSED
    assert sorted(path.name for path in tmp_path.iterdir()) == ["kept"]
    assert (tmp_path / "kept/file").exists()


def test_what_was_started_early_runs_the_answer_or_nothing(
    rnn_step: Exercise, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A process is there before the answer is known; unused it ends, and its folder goes."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with closing(PlainProcess()) as wall:
        wall.prepare()
        (folder,) = tmp_path.iterdir()
        assert list((folder / "answer").iterdir()) == []

        report = grade(rnn_step, step("    import os\n    print(os.getcwd())\n"), wall=wall)
        assert set(report.printed.splitlines()) == {str(folder / "answer")}

        wall.prepare()
        assert len(list(tmp_path.iterdir())) == 1
    assert list(tmp_path.iterdir()) == []


@dataclass
class Counting(Wall):
    """A plain process that remembers how long each of its runs would have waited."""

    patience: list[float] = field(default_factory=list)

    def run(self, source: bytes, file: str, request: bytes, limits: Limits, longest: float) -> Run:
        """Run it, as usual."""
        self.patience.append(limits.seconds)
        return PlainProcess().run(source, file, request, limits, longest)


def test_nobody_waits_for_eight_endless_loops(
    rnn_step: Exercise, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After the first one there is little patience: of the others, only two are tried."""
    wall = Counting()
    monkeypatch.setattr(session, "HURRY", 1.0)

    report = grade(rnn_step, step("    while True: pass\n"), limits=Limits(seconds=1.5), wall=wall)

    assert wall.patience == [1.5, 1.0, 1.0]
    tried = [c.check.name for c in report.checks if c.verdict is Verdict.TIMED_OUT]
    assert tried == ["one word", "state carried", "inputs kept"]
    assert [c.told_in for c in report.checks if c.check.name in tried] == ["", *["one word"] * 2]


def test_a_check_that_was_not_tried_is_called_so(
    rnn_step: Exercise, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither the screen nor the record says that it ran, how long, or where it was stopped."""
    monkeypatch.setattr(session, "HURRY", 0.3)

    report = grade(rnn_step, step("    while True: pass\n"), limits=Limits(seconds=0.3))
    lines = [line.plain.strip() for line in screen(report, Abilities(width=200))]
    record = as_record(report)["checks"][2]

    (line,) = (line for line in lines if "batch" in line)
    assert line.startswith("· batch")
    assert "not tried · " in line
    assert "· not tried: other checks timed out; mend those first" in lines
    assert (record["verdict_said"], record["run"]) == ("not tried", False)
    assert (record["trouble"], record["told_in"]) == (None, None)


def test_a_loop_in_two_sizes_costs_no_other(
    rnn_unroll: Exercise, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first check and the last have no end; one of another size has, so all are tried."""
    monkeypatch.setattr(session, "HURRY", 0.5)
    last = next(task.case.sizes["T"] for task in tasks(rnn_unroll, 1, PlainProcess())[::-1])
    source = (
        "import numpy as np\ndef rnn_unroll(x, h_0, U, W, a):\n"
        f"    while len(x) in (1, {last}): pass\n"
        "    h = []\n"
        "    for x_t in x:\n"
        "        h.append(np.tanh(x_t @ U.T + (h[-1] if h else h_0) @ W.T + a))\n"
        "    return np.stack(h)\n"
    )

    report = grade(
        rnn_unroll, Submission("rnn_unroll.py", source.encode()), seed=1, limits=Limits(0.5)
    )

    ends = [task.case.sizes["T"] not in (1, last) for task in tasks(rnn_unroll, 1, PlainProcess())]
    assert True in ends
    assert [c.verdict is Verdict.PASSED for c in report.checks] == ends
    assert {c.verdict for c in report.checks} == {Verdict.PASSED, Verdict.TIMED_OUT}


def test_it_knows_nothing_of_the_environment(
    rnn_step: Exercise, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No variable of the grader's reaches it, and libraries compute in one thread."""
    monkeypatch.setenv("SECRET_OF_THE_GRADER", "42")
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[2]))

    names = printed(rnn_step, "    import os\n    print(*sorted(os.environ), sep='\\n')\n")

    assert "OPENBLAS_NUM_THREADS" in names
    assert {"SECRET_OF_THE_GRADER", "PYTHONPATH"}.isdisjoint(names)


def test_no_frame_of_the_runner_holds_an_expectation(rnn_step: Exercise) -> None:
    """All arrays that can be reached from the submission are inputs."""
    body = (
        "    import gc\n"
        "    right = np.tanh(x @ U.T + h_prev @ W.T + a)\n"
        "    arrays = [o for o in gc.get_objects() if isinstance(o, np.ndarray)]\n"
        "    import sys\n"
        "    frame = sys._getframe(1)\n"
        "    while frame:\n"
        "        for value in frame.f_locals.values():\n"
        "            if isinstance(value, dict):\n"
        "                arrays += [v for v in value.values() if isinstance(v, np.ndarray)]\n"
        "        frame = frame.f_back\n"
        "    near = [1 for v in arrays if v.shape == right.shape and np.allclose(v, right)]\n"
        "    print(len(near))\n"
    )

    assert "0" in printed(rnn_step, body)


def test_threads_and_exit_functions_come_too_late(rnn_step: Exercise) -> None:
    """After the last frame nothing of the submission runs any more."""
    before = (
        "import atexit, threading, time\n"
        "atexit.register(print, 'from atexit')\n"
        "threading.Thread(target=lambda: (time.sleep(0.5), print('from a thread'))).start()\n"
    )

    report = grade(rnn_step, step("", before), seed=1)

    assert (report.verdict, report.printed) == (Verdict.PASSED, "")


def test_output_is_kept_up_to_a_limit(rnn_step: Exercise) -> None:
    """A flood costs neither memory nor the result."""
    report = grade(rnn_step, step("    print('z' * 10**6)\n"), limits=Limits(20, printed=100))

    assert (report.verdict, report.printed) == (Verdict.PASSED, "z" * 100)


@pytest.mark.parametrize(
    ("source", "message"),
    [
        (b"x = '\0'", "null byte"),
        (b"x = '\xff\xfe'", "undecodable"),
        ("x = 'água'".encode("latin-1"), "undecodable"),
        (b"# -*- coding: no-such -*-\n", "no-such"),
        (b"(" * 100_000, ""),
        (b"-" * 500_000 + b"1", ""),
        (b"", "no function"),
        (bytes(range(256)) * 100, ""),
    ],
)
def test_files_that_are_no_program(rnn_step: Exercise, source: bytes, message: str) -> None:
    """Any bytes at all: a verdict without points, and never an error of the grader's."""
    report = grade(rnn_step, Submission("rnn_step.py", source), seed=1)

    assert report.verdict in (Verdict.CRASHED, Verdict.WRONG, Verdict.OUT_OF_MEMORY)
    assert report.points == 0
    trouble = report.checks[0].trouble
    assert trouble is not None
    assert message in f"{trouble.kind} {trouble.facts}"


@pytest.mark.parametrize("encoding", ["latin-1", "utf-8-sig", "utf-8"])
def test_a_declared_encoding_is_respected(rnn_step: Exercise, encoding: str) -> None:
    """A file may say how it is written."""
    text = f"# -*- coding: {encoding} -*-\n# água\n" + step("").source.decode()

    assert grade(rnn_step, Submission("a.py", text.encode(encoding))).verdict is Verdict.PASSED


def test_only_a_plain_file_is_read(tmp_path: Path) -> None:
    """A folder, a pipe, a device, something huge or missing: a clear error at once."""
    large = tmp_path / "large.py"
    large.write_bytes(b"#" * (2**20 + 1))
    missing = tmp_path / "missing.py"
    odd = {tmp_path: "a folder", large: "more than 1048576 bytes", missing: "No such file"}
    if os.name == "posix":
        os.mkfifo(tmp_path / "pipe.py")
        odd |= {tmp_path / "pipe.py": "not a plain file", Path("/dev/zero"): "not a plain file"}

    for path, message in odd.items():
        with pytest.raises(FileError, match=message):
            Submission.read(path)
    with pytest.raises(FileError, match="null"):
        Submission.read("rnn\0step.py")


def test_a_file_is_read_as_it_was_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A pipe that takes its place in between is refused, and nobody waits for it."""
    if os.name != "posix":
        return
    path = tmp_path / "rnn_step.py"
    path.touch()
    plain = path.stat()
    path.unlink()
    os.mkfifo(path)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "stat", lambda *_args, **_named: plain)
        with pytest.raises(FileError, match="not a plain file"):
            Submission.read(path)


def test_a_file_that_says_it_is_empty() -> None:
    """What counts is what is read: files of the system's own give a size of 0."""
    if sys.platform != "linux":
        return
    assert Submission.read("/proc/self/status").source.startswith(b"Name:")


def test_a_link_is_read_only_where_it_may_be(tmp_path: Path) -> None:
    """A student's own answer may lie elsewhere; a link of somebody else's is refused."""
    if os.name != "posix":
        return
    (tmp_path / "real.py").write_bytes(b"x = 1")
    link = tmp_path / "rnn_step.py"
    link.symlink_to("real.py")

    assert Submission.read(link).source == b"x = 1"
    assert Submission.read(tmp_path / "real.py", links=False).source == b"x = 1"
    with pytest.raises(FileError, match="it is a link"):
        Submission.read(link, links=False)


def test_a_notebook_may_hold_pictures(tmp_path: Path) -> None:
    """It is larger than a program, also when renamed, and not of any size."""
    for name in ("rnn_step.ipynb", "rnn_step.py"):
        path = tmp_path / name
        path.write_bytes(b'{"cells": "' + b"x" * 2**21 + b'"}')
        assert len(Submission.read(path).source) == 2**21 + 13

    with path.open("r+b") as file:
        file.truncate(LARGEST_NOTEBOOK + 1)
    with pytest.raises(FileError, match="clear the outputs of its cells"):
        Submission.read(path)


def test_a_loop_that_does_not_end_in_some_checks_costs_only_those(
    rnn_step: Exercise, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first check has no end and the last one has, so the ones between are tried as well."""
    wall = Counting()
    monkeypatch.setattr(session, "HURRY", 1.0)
    source = "    while len(x) == 1: pass\n"

    report = grade(rnn_step, step(source), limits=Limits(seconds=1.5), wall=wall)

    assert wall.patience == [1.5, 1.0, 1.0, 1.0]
    assert [c.verdict for c in report.checks] == [Verdict.TIMED_OUT] * 2 + [Verdict.PASSED] * 6


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (
            "    for row in x:\n        while len(x):\n            h = x + 1\n",
            "inside the loop that begins at line 5 of rnn_step.py: while len(x):",
        ),
        ("    import time\n    time.sleep(100)\n", "at line 5 of rnn_step.py: time.sleep(100)"),
    ],
)
def test_where_it_was_stopped_is_told(rnn_step: Exercise, body: str, said: str) -> None:
    """The loop that does not end, not the line in it at which it happened to stand."""
    if os.name != "posix":
        return

    report = grade(rnn_step, step(body), limits=Limits(seconds=0.1))

    text = " ".join(line.plain.strip() for line in screen(report, Abilities(width=200)))
    assert f"It was stopped {said}" in text
