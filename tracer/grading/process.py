"""Where a submission runs: behind a wall that takes bytes in and gives bytes out.

`Wall` is all that the judge knows of it. `PlainProcess` is the wall of a student at home: a child
process with limits on time and memory, which protects against accidents. It does not protect the
machine against a submission that wants to do harm.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from enum import StrEnum
from importlib.util import find_spec
from pathlib import Path
from stat import S_ISREG
from typing import IO, Protocol

from tracer.errors import FileError
from tracer.grading.frames import MAX_BYTES

LARGEST_FILE = 2**20
STARTUP = 60.0
"""Seconds that Python and NumPy may take to start on a machine that has much else to do."""

RUNNER = Path(__file__).with_name("runner.py")


@dataclass(frozen=True, slots=True)
class Submission:
    """A student's file, as bytes; nobody has looked into it yet."""

    name: str
    source: bytes

    @classmethod
    def read(cls, path: str | os.PathLike[str]) -> Submission:
        """Read a plain file of at most 1 MiB.

        Raises
        ------
        FileError
            If there is none, or it is a folder, a pipe, a device, or too large.
        """
        path = Path(path)
        try:
            status = path.stat()
            if not S_ISREG(status.st_mode):  # reading a pipe could wait for ever
                what = "a folder" if path.is_dir() else "not a plain file"
                raise FileError(f"cannot check {path}: it is {what}; give the .py file itself")
            if status.st_size > LARGEST_FILE:
                raise FileError(
                    f"cannot check {path}: it has {status.st_size} bytes; "
                    f"an answer has at most {LARGEST_FILE}"
                )
            return cls(str(path), path.read_bytes())
        except ValueError as error:
            raise FileError(f"cannot check {str(path)!r}: {error}") from error
        except OSError as error:
            if isinstance(error, FileError):
                raise
            raise FileError(f"cannot check {path}: {error.strerror or error}") from error


@dataclass(frozen=True, slots=True)
class Limits:
    """What a submission may use.

    Attributes
    ----------
    seconds : float
        For loading the file and for each single call of the function.
    memory : int
        Bytes of address space; Numba needs about 512 MiB of it before it computes anything.
    printed : int
        Bytes of output that are kept.
    """

    seconds: float = 5.0
    memory: int = 1536 * 2**20
    printed: int = 16 * 2**10


class How(StrEnum):
    """How a process ended."""

    EXITED = "exited"
    KILLED = "killed"  # by a signal that we did not send
    TIME = "time"
    FLOOD = "flood"  # more results than any answer has


@dataclass(frozen=True, slots=True)
class Run:
    """What came out of a wall. `status` is the exit code, or the signal if killed."""

    how: How
    status: int
    response: bytes
    printed: str
    seconds: float


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
            ``limits.seconds`` without a new result end the run.
        longest : float
            Seconds after which the run ends in any case, beside `STARTUP`.
        """
        with (
            tempfile.TemporaryDirectory(prefix="tracer-", ignore_cleanup_errors=True) as folder,
            tempfile.TemporaryFile() as stdin,
        ):
            Path(folder, file).write_bytes(source)
            stdin.write(request)
            stdin.seek(0)
            start = time.monotonic()
            child = subprocess.Popen(  # noqa: S603 - the student's file is data to this command
                [sys.executable, "-I", "-S", "-B", "-u", "-X", "utf8", RUNNER, *_package_folders()],
                cwd=folder,
                stdin=stdin,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                env=self._environment(folder),
                start_new_session=os.name == "posix",
            )
            assert child.stdout
            assert child.stderr
            results = _Collector(child.stdout, MAX_BYTES + 1)
            prints = _Collector(child.stderr, limits.printed)
            try:
                how = _wait(child, results, limits.seconds, start + STARTUP + longest)
            finally:
                _end(child)
                results.finish()
                prints.finish()
            seconds = time.monotonic() - start
        status = child.returncode
        if how is How.EXITED and status < 0:
            how, status = How.KILLED, -status
        if how is How.KILLED and status == getattr(signal, "SIGXCPU", None):
            how = How.TIME
        printed = bytes(prints.data).decode("utf-8", "replace")
        return Run(how, status, bytes(results.data), printed, seconds)

    def _environment(self, folder: str) -> dict[str, str]:
        kept = {
            n: v for n, v in os.environ.items() if n in ("PATH", "SYSTEMROOT", "NUMBA_DISABLE_JIT")
        }
        places = dict.fromkeys(("HOME", "TMPDIR", "TEMP", "TMP", "NUMBA_CACHE_DIR"), folder)
        threads = dict.fromkeys(
            ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"), "1"
        )
        return {**kept, **places, **threads, "LC_ALL": "C.UTF-8", **self.environment}


def _package_folders() -> list[str]:
    """Where NumPy and, if there, Numba and SciPy are installed."""
    folders = []
    for name in ("numpy", "numba", "scipy"):
        spec = find_spec(name)
        if spec is not None and spec.origin is not None:
            folders.append(str(Path(spec.origin).parents[1]))
    return list(dict.fromkeys(folders))


def _wait(child: subprocess.Popen[bytes], results: _Collector, patience: float, end: float) -> How:
    """Until it has ended, gives nothing new for too long, or gives too much."""
    while True:
        with suppress(subprocess.TimeoutExpired):
            child.wait(0.02)
            return How.EXITED
        now = time.monotonic()
        # The first bytes come when Python and NumPy are there, before any of the student's code.
        patient = patience if results.data else max(patience, STARTUP)
        if now > min(results.last + patient, end):
            return How.TIME
        if results.full:
            return How.FLOOD


def _end(child: subprocess.Popen[bytes]) -> None:
    """End the child and everything in its process group."""
    if os.name == "posix":
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(child.pid, signal.SIGKILL)
    child.kill()
    child.wait()


class _Collector:
    """Reads a pipe in a thread of its own and keeps the first `most` bytes."""

    def __init__(self, pipe: IO[bytes], most: int) -> None:
        self.data = bytearray()
        self.last = time.monotonic()
        self._pipe, self._most = pipe, most
        self._thread = threading.Thread(target=self._collect, daemon=True)
        self._thread.start()

    @property
    def full(self) -> bool:
        return len(self.data) >= self._most

    def _collect(self) -> None:
        with suppress(OSError, ValueError):
            while chunk := os.read(self._pipe.fileno(), 2**16):
                self.data += chunk[: self._most - len(self.data)]
                self.last = time.monotonic()

    def finish(self) -> None:
        """Take what is left; a process that escaped may hold the other end open for ever."""
        self._thread.join(0.5)
        if not self._thread.is_alive():
            self._pipe.close()
