"""Stands between the grader and the student's code: whatever that code starts, ends with it.

`guard` forks. The process that goes on runs the student's code; the one that stays waits for it,
and for the grader, which holds the other end of a pipe. When either has ended, everything that
the student's code has left behind is ended too. On Linux that includes a process that has left its
group and its parents; elsewhere the grader ends the group. Without fork (Windows) there is nobody
in between.

The student's code runs as the same user, so it can end this process as well; only a real wall
would prevent that. Like `runner`, this file is copied beside the student's and imports the
standard library only.
"""

from __future__ import annotations

import os
import select
import signal
import struct
import sys
import time
from contextlib import suppress
from pathlib import Path

PAUSE = 5
"""Milliseconds between two looks at the student's process, where it cannot be waited for."""

SAYING = 0.2
"""Seconds in which the student's process may still say where it stands, before it is ended."""

PATIENCE = 3.0
"""Seconds in which everything that is left has to be ended."""

SET_PDEATHSIG, SET_CHILD_SUBREAPER = 1, 36


def guard(grader: int | None = None, told: int | None = None) -> None:
    """Return in a process of its own; the other one never returns.

    Parameters
    ----------
    grader : int, optional
        The pipe that reaches its end when the grader has ended or wants an end; none on Windows.
    told : int, optional
        The pipe on which the grader hears how the student's process has ended.
    """
    if grader is None or sys.platform == "win32":
        return
    _control(SET_CHILD_SUBREAPER, 1)  # who loses its parents becomes a child of this process
    here = os.getpid()
    child = os.fork()
    if child == 0:
        os.close(grader)
        if told is not None:
            os.close(told)
        end_with(here)
        return
    signal.signal(signal.SIGTERM, signal.SIG_IGN)  # it ends last, and then as the child has ended
    with suppress(OSError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # the results are the child's business
    status = _watch(child, grader)
    _end_all()
    if told is not None:
        with suppress(OSError):  # nobody may want to know any more
            os.write(told, struct.pack("i", status))
    if os.WIFSIGNALED(status):  # end as the child has ended
        number = os.WTERMSIG(status)
        with suppress(OSError, ValueError):  # SIGKILL cannot be set
            signal.signal(number, signal.SIG_DFL)
        _no_core()
        os.kill(here, number)
    os._exit(os.waitstatus_to_exitcode(status))


def end_with(parent: int | None) -> None:
    """End when the process ends that has forked this one, `parent`.

    Who sees no parent, in a namespace of processes that ends with it as well, gives None.
    """
    _control(SET_PDEATHSIG, signal.SIGKILL)
    if parent is not None and os.getppid() != parent:  # it ended before that was settled
        os._exit(1)


def _watch(child: int, grader: int) -> int:
    """Wait until the child has ended, by itself or because the grader has; its status."""
    ended = select.poll()
    ended.register(grader, select.POLLIN | select.POLLHUP)
    pause: int | None = PAUSE
    with suppress(OSError, AttributeError):  # a kernel before 5.3, or none of Linux
        ended.register(os.pidfd_open(child), select.POLLIN)
        pause = None  # there is no need to look now and then
    while True:
        pid, status = os.waitpid(child, os.WNOHANG)
        if pid:
            return status
        if any(ready == grader for ready, _event in ended.poll(pause)):
            return _ended(child)


def _ended(child: int) -> int:
    """End the child, which may say before where it stands; its status."""
    end = time.monotonic() + SAYING
    os.kill(child, signal.SIGTERM)
    while time.monotonic() < end:
        pid, status = os.waitpid(child, os.WNOHANG)
        if pid:
            return status
        time.sleep(0.005)
    os.kill(child, signal.SIGKILL)
    return os.waitpid(child, 0)[1]


def _end_all() -> None:
    """End every child, and with it the next ones that lose their parents, until none is left."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        try:
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        except ChildProcessError:
            return
        for pid in _children():
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        time.sleep(0.001)


def _children() -> list[int]:
    """The processes whose parent this one is; none where there is no ``/proc``."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError, ValueError, IndexError):
            # pid (name) state parent …; the name may hold blanks and brackets itself
            parent = stat.read_bytes().rpartition(b")")[2].split()[1]
            if int(parent) == os.getpid():
                found.append(int(stat.parent.name))
    return found


def _control(option: int, value: int) -> None:
    """``prctl``, which only Linux has."""
    if sys.platform != "linux":
        return
    import ctypes

    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(option, value, 0, 0, 0)


def _no_core() -> None:
    import resource

    with suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
