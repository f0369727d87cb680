"""Where a submission runs: behind a wall that takes bytes in and gives bytes out.

`Wall` is all that the judge knows of it. `PlainProcess` is the wall of a student at home: a child
process with limits on time and memory, which protects against accidents. It does not protect the
machine, or the grade, against a submission that wants to do harm: that runs as the same user, and
can read what this user can read.
"""

from __future__ import annotations

import mmap
import os
import re
import subprocess
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, ClassVar, Protocol

from tracer.errors import FileError
from tracer.language import _
from tracer.sandbox.collector import Collector
from tracer.sandbox.forked import Forked
from tracer.sandbox.usage import NOTHING, Usage, usage
from tracer.sandbox.waiting import Waiting, start

if TYPE_CHECKING:
    from tracer.sandbox.cgroup import Group

STARTUP = 60.0
"""Seconds that Python and NumPy may take to start on a machine that has much else to do."""

LOOK = 0.2
"""Seconds between two looks at how much lies in its folder."""

OWN, PROCESSES = 2**26, 8
"""Bytes and processes of our own that stand around a run; a limit for all counts them too."""

CLOCK = 3
"""How many times as long as its processor time a file may take on the clock, beside `STARTUP`."""


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
    disk : int
        Bytes of all files in its folder together.
    clock : float
        Seconds on the clock that are left for the file.
    """

    seconds: float = 5.0
    memory: int = 1536 * 2**20
    printed: int = 16 * 2**10
    disk: int = 256 * 2**20
    clock: float = 360.0

    @property
    def waiting(self) -> float:
        """Seconds on the clock for the same: a busy machine, or code that waits for something."""
        return 12 * self.seconds

    @property
    def starting(self) -> float:
        """Seconds on the clock until Python and NumPy are there, before any of the answer runs."""
        return max(self.waiting, STARTUP)

    @property
    def budget(self) -> float:
        """Seconds of processor time for one file, all its checks and processes together."""
        return 20 * self.seconds

    @property
    def whole(self) -> float:
        """Seconds on the clock for the same."""
        return STARTUP + CLOCK * self.budget


class How(StrEnum):
    """How a process ended."""

    EXITED = "exited"
    KILLED = "killed"  # by a signal that we did not send
    TIME = "time"  # of the processor, without a new result
    WAITED = "waited"  # on the clock, without a new result
    SPENT = "spent"  # the processor time for all of it is used up
    LONG = "long"  # the time on the clock for all of it is
    FLOOD = "flood"  # more results than any answer has
    MEMORY = "memory"  # the kernel ended it, for all its processes used too much together
    DISK = "disk"  # more in its folder than it may keep there

    @property
    def late(self) -> bool:
        """Whether its time was over."""
        return self in (How.TIME, How.WAITED, How.SPENT, How.LONG)


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
    in_time : int or None
        How many bytes of the response were there when its time was over; None if it never was.
    lent : bytes or mmap, or None
        The memory of the arguments as it was in the end; None where the process had them alone.
    """

    how: How
    status: int
    response: bytes
    printed: str
    seconds: float
    used: Usage = NOTHING
    in_time: int | None = None
    lent: bytes | mmap.mmap | None = None


class Wall(Protocol):
    """Runs the submission's file with a request, within limits; gives back bytes.

    `name` is what it is called in a report: one of `tracer.sandbox.walls.WALLS`, or ``none``.
    """

    name: ClassVar[str] = "none"

    def run(self, source: bytes, file: str, request: bytes, limits: Limits, longest: float) -> Run:
        """Run `file` with the contents `source`, give it `request`, and end it and all it left."""
        ...

    def prepare(self, runs: int = 1) -> None:  # noqa: ARG002 - for the walls that do it
        """Get ready for so many runs that will come soon, or will not; a wall need not do anything.

        Only where no student's code runs before they do: it could write into what is ready.
        """
        return

    def close(self) -> None:
        """End what was prepared and not used."""
        return


@dataclass(slots=True)
class PlainProcess(Wall):
    """A child process: own folder, own process group, clean environment, limits, no stdin.

    `environment` is added to the little that the child is given.
    """

    name: ClassVar[str] = "plain"
    grouped: ClassVar[bool] = False  # with limits for all processes together, where there may be

    environment: Mapping[str, str] = field(default_factory=dict)
    _ready: list[Waiting] = field(default_factory=list, init=False)

    def prepare(self, runs: int = 1) -> None:
        """Start what is missing of the processes of runs to come; they need not wait for Python."""
        with suppress(FileError, OSError):  # if it cannot start, the run itself will say so
            while len(self._ready) < runs:
                self._ready.append(self._start())

    def close(self) -> None:
        """End the processes that were prepared and not used."""
        while self._ready:
            self._ready.pop().drop()

    def run(self, source: bytes, file: str, request: bytes, limits: Limits, longest: float) -> Run:
        """Run `file` with the contents `source`.

        Parameters
        ----------
        source : bytes
        file : str
            The name it has in the child's folder; the request says it too.
        request : bytes
            For the runner (`asking`).
        limits : Limits
            ``limits.seconds`` of processor time without a new result end the run, and so do
            ``limits.waiting`` seconds on the clock.
        longest : float
            Seconds of processor time after which the run ends in any case, beside `STARTUP`.
        """
        from tracer.sandbox.frames import MAX_BYTES  # NumPy, which no process has to wait for

        del file
        waiting = self._started()
        child, began = waiting.child, time.monotonic()
        assert child.stdout
        assert child.stderr
        results = Collector(child.stdout, MAX_BYTES + 1)
        prints = Collector(child.stderr, limits.printed)
        group = self._group(waiting, limits) if self.grouped else None
        try:
            waiting.give(source, request)
            how, used = _wait(waiting, results, limits, longest)
            in_time = len(results.data) if how.late else None
        finally:
            try:
                waiting.end()
                try:
                    results.finish()
                finally:
                    prints.finish()
                lent = waiting.lent()
                full = group is not None and group.out_of_memory()
            finally:
                if group is not None:
                    group.remove()
                waiting.remove()
        seconds, status = time.monotonic() - began, child.wait()
        if isinstance(child, Forked) and child.lost:  # whatever ended it, it was not the student
            why = _("the process has ended that starts the others")
            raise FileError(_("cannot run your code: {why}").format(why=why))
        if how is How.EXITED and status < 0:
            how, status = How.MEMORY if full else How.KILLED, -status
        printed = bytes(prints.data).decode("utf-8", "replace")
        printed = _without(f"{waiting.folder}{os.sep}", printed)
        return Run(how, status, bytes(results.data), printed, seconds, used, in_time, lent)

    def _group(self, waiting: Waiting, limits: Limits) -> Group | None:
        """The group of the processes of a run; its folder counts where it lies in memory."""
        from tracer.sandbox import cgroup  # only where there is a wall
        from tracer.sandbox.confining import THREADS

        folder = limits.disk * 3 // 2 if waiting.kept is None else 0
        made = None
        try:
            made = cgroup.group(limits.memory + folder + OWN, THREADS + PROCESSES)
            if made is not None:
                made.add(waiting.child.pid)
        except OSError:  # as many groups as there may be, say: each process has its own limits
            if made is not None:
                made.remove()
            return None
        return made

    def _started(self) -> Waiting:
        """A process that was prepared, if one is still there; else a new one."""
        while self._ready:
            waiting = self._ready.pop(0)
            if waiting.child.poll() is None:
                return waiting
            waiting.drop()  # somebody has ended it
        return self._start()

    def _start(self) -> Waiting:
        return start(self.environment)


def _without(place: str, printed: str) -> str:
    """What was printed, with the file alone where it stands with the folder it lay in."""
    if place not in printed:  # of each run another one, so that each has a pattern to compile
        return printed
    return re.sub(rf"(?<![\w.-]){re.escape(place)}", "", printed)


def _wait(
    waiting: Waiting, results: Collector, limits: Limits, longest: float
) -> tuple[How, Usage]:
    """Until it has ended, gives nothing new for too long, or gives too much; and what it used."""
    child = waiting.child
    start, last, used = time.monotonic(), results.last, NOTHING
    looked = start
    before = 0.0  # what was used up to the last result
    while True:
        with suppress(subprocess.TimeoutExpired):
            child.wait(0.02)
            return How.EXITED, used
        now = usage(child.pid)  # a process that has ended may be missing in a sum
        used = Usage(max(used.seconds, now.seconds), max(used.memory, now.memory))
        if results.full:
            return How.FLOOD, used
        if time.monotonic() - looked > LOOK:
            if waiting.holds(limits.disk) > limits.disk:
                return How.DISK, used
            looked = time.monotonic()
        if results.last != last:
            last, before = results.last, used.seconds
        waited = time.monotonic() - last
        # The first bytes come when Python and NumPy are there, before any of the student's code.
        starting = not results.data
        if not starting and waited > limits.seconds and used.seconds - before > limits.seconds:
            return How.TIME, used
        if waited > (limits.starting if starting else limits.waiting):
            return How.WAITED, used
        if used.seconds > longest and not starting:
            return How.SPENT, used
        if not starting and time.monotonic() - start > limits.clock:
            return How.LONG, used
