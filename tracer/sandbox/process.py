"""Where a submission runs: behind a wall that takes bytes in and gives bytes out.

`Wall` is all that the judge knows of it. `PlainProcess` is the wall of a student at home: a child
process with limits on time and memory, which protects against accidents. It does not protect the
machine, or the grade, against a submission that wants to do harm: that runs as the same user, and
can read what this user can read.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from tracer.sandbox import place
from tracer.sandbox.collector import Collector
from tracer.sandbox.frames import MAX_BYTES, pack_note
from tracer.sandbox.packages import expose
from tracer.sandbox.usage import NOTHING, Usage, usage

STARTUP = 60.0
"""Seconds that Python and NumPy may take to start on a machine that has much else to do."""

CLOCK = 3
"""How many times as long as its processor time a run may take on the clock, in all."""

ENDING = 5.0
"""Seconds that the supervisor in the child has to end everything."""

COPIED = ("runner.py", "supervise.py", "describing.py", "recording.py", "frames.py")
"""What runs in the child. It is copied, so that no path in there leads to the grader."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What a submission may use.

    Attributes
    ----------
    seconds : float
        Of processor time, for loading the file and for each single call of a function.
    memory : int
        Bytes of address space; Numba needs about 512 MiB of it before it computes anything.
    printed : int
        Bytes of output that are kept.
    """

    seconds: float = 5.0
    memory: int = 1536 * 2**20
    printed: int = 16 * 2**10

    @property
    def waiting(self) -> float:
        """Seconds on the clock for the same: a busy machine, or code that waits for something."""
        return 12 * self.seconds

    @property
    def budget(self) -> float:
        """Seconds of processor time for one file, all its checks and processes together."""
        return 20 * self.seconds


class How(StrEnum):
    """How a process ended."""

    EXITED = "exited"
    KILLED = "killed"  # by a signal that we did not send
    TIME = "time"  # of the processor, without a new result
    WAITED = "waited"  # on the clock, without a new result
    SPENT = "spent"  # the processor time for all of it is used up
    FLOOD = "flood"  # more results than any answer has


@dataclass(frozen=True, slots=True)
class Run:
    """What came out of a wall.

    Attributes
    ----------
    how : How
    status : int
        The exit code, or the signal if killed.
    response : bytes
    printed : str
    seconds : float
        On the clock.
    used : Usage
        As the system has counted it; the student's code has no say in it.
    """

    how: How
    status: int
    response: bytes
    printed: str
    seconds: float
    used: Usage = NOTHING


class Wall(Protocol):
    """Runs the submission's file with a request (frames), within limits; gives back bytes."""

    def run(self, source: bytes, file: str, request: bytes, limits: Limits, longest: float) -> Run:
        """Run `file` with the contents `source`, give it `request`, and end it and all it left."""
        ...


@dataclass(frozen=True, slots=True)
class PlainProcess:
    """A child process: own folder, own process group, clean environment, limits, no stdin.

    `environment` is added to the little that the child is given.
    """

    environment: Mapping[str, str] = field(default_factory=dict)

    def run(self, source: bytes, file: str, request: bytes, limits: Limits, longest: float) -> Run:
        """Run `file` with the contents `source`.

        Parameters
        ----------
        source : bytes
        file : str
            The name it has in the child's folder.
        request : bytes
            Frames for the runner.
        limits : Limits
            ``limits.seconds`` of processor time without a new result end the run, and so do
            ``limits.waiting`` seconds on the clock.
        longest : float
            Seconds of processor time after which the run ends in any case, beside `STARTUP`.
        """
        with (
            place.folder() as root,
            tempfile.TemporaryFile(dir=place.temporary()) as stdin,
            _lifeline() as (held, watched),
        ):
            folder = root / "answer"
            folder.mkdir()
            (folder / file).write_bytes(source)
            for name in COPIED:
                shutil.copyfile(Path(__file__).with_name(name), root / name)
            packages = expose(root / "packages")
            stdin.write(pack_note("packages", {"folders": packages}) + request)
            stdin.seek(0)
            start = time.monotonic()
            child = subprocess.Popen(  # noqa: S603 - the student's file is data to this command
                [
                    *(sys.executable, "-I", "-S", "-B", "-u", "-X", "utf8"),
                    *(str(root / "runner.py"), *map(str, watched)),
                ],
                cwd=folder,
                stdin=stdin,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                env=self._environment(str(folder)),
                start_new_session=os.name == "posix",
                pass_fds=watched,
            )
            assert child.stdout
            assert child.stderr
            results = Collector(child.stdout, MAX_BYTES + 1)
            prints = Collector(child.stderr, limits.printed)
            try:
                how, used = _wait(child, results, limits, longest)
            finally:
                _end(child, held)
                try:
                    results.finish()
                finally:
                    prints.finish()
            seconds = time.monotonic() - start
        status = child.returncode
        if how is How.EXITED and status < 0:
            how, status = How.KILLED, -status
        printed = bytes(prints.data).decode("utf-8", "replace")
        printed = printed.replace(f"{folder}{os.sep}", "")  # a traceback names the file alone
        return Run(how, status, bytes(results.data), printed, seconds, used)

    def _environment(self, folder: str) -> dict[str, str]:
        kept = {
            n: v for n, v in os.environ.items() if n in ("PATH", "SYSTEMROOT", "NUMBA_DISABLE_JIT")
        }
        places = dict.fromkeys(("HOME", "TMPDIR", "TEMP", "TMP", "NUMBA_CACHE_DIR"), folder)
        threads = dict.fromkeys(
            ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"), "1"
        )
        return {**kept, **places, **threads, "LC_ALL": "C.UTF-8", **self.environment}


@contextmanager
def _lifeline() -> Iterator[tuple[list[int], tuple[int, ...]]]:
    """A pipe whose reader sees its end when we end, in whatever way: our end, the child's end."""
    if os.name != "posix":  # nobody could be told of it
        yield [], ()
        return
    watched, ours = os.pipe()
    held = [ours]
    try:
        yield held, (watched,)
    finally:
        for file in (*held, watched):
            os.close(file)


def _wait(
    child: subprocess.Popen[bytes], results: Collector, limits: Limits, longest: float
) -> tuple[How, Usage]:
    """Until it has ended, gives nothing new for too long, or gives too much; and what it used."""
    start, last, used = time.monotonic(), results.last, NOTHING
    before = 0.0  # what was used up to the last result
    while True:
        with suppress(subprocess.TimeoutExpired):
            child.wait(0.02)
            return How.EXITED, used
        now = usage(child.pid)  # a process that has ended may be missing in a sum
        used = Usage(max(used.seconds, now.seconds), max(used.memory, now.memory))
        if results.full:
            return How.FLOOD, used
        if results.last != last:
            last, before = results.last, used.seconds
        waited = time.monotonic() - last
        # The first bytes come when Python and NumPy are there, before any of the student's code.
        starting = not results.data
        if not starting and waited > limits.seconds and used.seconds - before > limits.seconds:
            return How.TIME, used
        if waited > (max(limits.waiting, STARTUP) if starting else limits.waiting):
            return How.WAITED, used
        if used.seconds > longest and not starting:
            return How.SPENT, used
        if time.monotonic() - start > STARTUP + CLOCK * longest:
            return How.WAITED, used


def _end(child: subprocess.Popen[bytes], held: list[int]) -> None:
    """End the child and all that it started: first by letting go, then by force."""
    while held:
        os.close(held.pop())
    with suppress(subprocess.TimeoutExpired):
        child.wait(ENDING if os.name == "posix" else 0)
    if os.name == "posix":
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(child.pid, signal.SIGKILL)
    child.kill()
    child.wait()
