"""Python and NumPy, started in a folder of their own before it is known what they are to run.

Starting them takes longer than most answers compute. So a process is started early, beside whatever
the grader itself does first; it waits, with none of a student's code in it, until it is given a
file and a request. Each serves for one run only.
"""

from __future__ import annotations

import json
import mmap
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from tracer.sandbox import place
from tracer.sandbox.forked import Forked
from tracer.sandbox.packages import expose

ENDING, DROPPING = 5.0, 1.0
"""Seconds that the supervisor in the child has to end everything, and to end what was not used."""

COPIED = (
    "runner.py", "supervise.py", "describing.py", "misnamed.py", "ownmodules.py", "compiling.py",
    "simulating.py", "uncompilable.py", "launching.py", "recording.py", "standing.py", "frames.py",
    "returned.py", "confining.py", "landlock.py", "seccomp.py", "spaces.py", "lent.py",
    "rehearsing.py", "asking.py",
)  # fmt: skip
"""What runs in the child. It is copied, so that no path in there leads to the grader."""

REQUEST, HEAD = "request", 8
"""The file with the request, and in so many bytes how long it is; the program stands behind it.

The runner removes the file before it loads the program."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A process that waits for its request.

    Attributes
    ----------
    child : Popen or Forked
    folder : str
        Where it runs, and the student's file lies, as it sees it.
    lifeline : list of int
        Our end of a pipe: when it is closed, the child ends all that it has started, and itself.
    handed : Path or int
        The file that the request is written into: its path, or a descriptor of it.
    kept : Path or None
        The same folder on our disk; None where it is in memory that belongs to the child.
    """

    child: subprocess.Popen[bytes] | Forked
    folder: str
    lifeline: list[int]
    handed: Path | int
    kept: Path | None
    _left: ExitStack

    def give(self, source: bytes, request: bytes) -> None:
        """Let it run the program `source`, as the request says."""
        with open(self.handed, "wb", closefd=isinstance(self.handed, Path)) as file:
            file.write(len(request).to_bytes(HEAD, "big") + request + source)
        self._let_go()

    def holds(self, most: int) -> int:
        """How many bytes lie in its folder, as far as `most` has to be compared with them."""
        if self.kept is not None:
            return place.size(self.kept, most)
        try:
            there = os.statvfs(f"/proc/{self.child.pid}/root{self.folder}")
        except OSError:  # it has ended
            return 0
        found = (there.f_blocks - there.f_bfree) * there.f_frsize
        return found if there.f_ffree else most + 1

    def lent(self) -> bytes | mmap.mmap | None:
        """The memory in which the arguments were, if they were lent; it has ended before."""
        if isinstance(self.handed, Path):
            return None
        length = os.fstat(self.handed).st_size
        return mmap.mmap(self.handed, length, prot=mmap.PROT_READ) if length else b""

    def _let_go(self) -> None:
        """Close its standard input, at whose end it looks for the request."""
        assert self.child.stdin
        with suppress(OSError):
            self.child.stdin.close()

    def end(self, patience: float = ENDING) -> None:
        """End the child and all that it started: first by letting go, then by force."""
        while self.lifeline:
            os.close(self.lifeline.pop())
        with suppress(subprocess.TimeoutExpired):
            self.child.wait(patience if os.name == "posix" else 0)
        # Of what a zygote has forked the number may be somebody else's by now; it starts nothing
        # that does not end with it.
        if os.name == "posix" and isinstance(self.child, subprocess.Popen):
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self.child.pid, signal.SIGKILL)
        self.child.kill()
        self.child.wait()

    def remove(self) -> None:
        """Remove its folder, with whatever lies in it by now; it has ended before."""
        self._let_go()
        self._left.close()

    def drop(self) -> None:
        """End it, unused, and remove its folder."""
        try:
            # Nothing of anybody's has started in it; but who is to wait for what it has forked
            # is the supervisor, for not every system has somebody who waits for an orphan.
            self.end(DROPPING)
            for pipe in (self.child.stdout, self.child.stderr):
                assert pipe
                pipe.close()
        finally:
            self.remove()


class Around(NamedTuple):
    """What a wall adds: a program that runs Python, and what Python then does to itself.

    Attributes
    ----------
    command : tuple of str
        What stands before Python in the command.
    plan : dict or None
        For `tracer.sandbox.confining`; None where the student's code is not confined.
    python : str
        Python itself.
    """

    command: tuple[str, ...] = ()
    plan: dict[str, Any] | None = None
    python: str = sys.executable


def unwalled(_root: Path, _folder: Path) -> Around:
    """Nothing is added."""
    return Around()


def start(
    environment: Mapping[str, str], wall: Callable[[Path, Path], Around] = unwalled
) -> Waiting:
    """Start a process; `environment` is added to the little that it is given.

    `wall` says what stands around it, of the folder of all that it needs, which has the packages in
    ``packages``, and of the one in it that the student's file is put into.

    Raises
    ------
    FileError
        If nothing can be written anywhere.
    """
    with ExitStack() as left:
        root = left.enter_context(place.folder())
        ours, watched = left.enter_context(lifeline())
        folder = root / "answer"
        folder.mkdir()
        for name in COPIED:
            shutil.copyfile(Path(__file__).with_name(name), root / name)
        packages = expose(root / "packages")
        around = wall(root, folder)
        setting = json.dumps({"packages": packages, "wall": around.plan, "root": str(root)})
        child = subprocess.Popen(  # noqa: S603 - the student's file is data to this command
            [
                *(*around.command, around.python, "-I", "-S", "-B", "-u", "-X", "utf8"),
                *(str(root / "runner.py"), setting, *map(str, watched)),
            ],
            cwd=folder,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**environment_in(str(folder)), **environment},
            start_new_session=os.name == "posix",
            pass_fds=watched,
        )
        kept = left.pop_all()
    return Waiting(child, str(folder), ours, root / REQUEST, folder, kept)


def environment_in(folder: str) -> dict[str, str]:
    """The few variables that a process is given which runs in this folder."""
    kept = {n: v for n, v in os.environ.items() if n in ("PATH", "SYSTEMROOT", "NUMBA_DISABLE_JIT")}
    places = dict.fromkeys(("HOME", "TMPDIR", "TEMP", "TMP", "NUMBA_CACHE_DIR"), folder)
    threads = dict.fromkeys(
        ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"), "1"
    )
    return {**kept, **places, **threads, "LC_ALL": "C.UTF-8"}


@contextmanager
def lifeline() -> Iterator[tuple[list[int], tuple[int, ...]]]:
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
