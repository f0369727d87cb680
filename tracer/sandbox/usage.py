"""What a process and all that it has started have used, as the system counts it.

Processor time is what a submission is given, not time on the clock: on a busy machine, where eight
checks share two cores, a right answer needs as much of it as on an idle one.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

MOST_PROCESSES = 1000
"""More are not counted: what is far beyond every limit need not be known exactly."""

_PROC = Path("/proc")


class Usage(NamedTuple):
    """Seconds of processor time, and the most address space that one of the processes has had."""

    seconds: float = 0.0
    memory: int = 0


NOTHING = Usage()


def usage(pid: int) -> Usage:
    """What the process `pid` and those below it have used so far, the ended ones included.

    Where ``/proc`` does not tell a process's children (not Linux, or some containers), the memory
    stays 0.
    """
    if not (_PROC / "thread-self/children").exists():
        return Usage(_elsewhere(pid))
    seconds, memory = 0.0, 0
    for process in processes(pid):
        with suppress(OSError, ValueError, IndexError):
            # pid (name) state parent …; the name may hold blanks and brackets itself
            stat = (process / "stat").read_bytes().rpartition(b")")[2].split()
            # utime, stime, and those of the children that have ended and were waited for
            seconds += sum(map(int, stat[11:15])) / os.sysconf("SC_CLK_TCK")
        with suppress(OSError, ValueError, IndexError):
            for line in (process / "status").read_bytes().splitlines():
                if line.startswith(b"VmPeak:"):
                    memory = max(memory, int(line.split()[1]) * 1024)
    return Usage(seconds, memory)


def processes(pid: int) -> Iterator[Path]:
    """The folder of each process from `pid` on downwards."""
    waiting, seen = [pid], 0
    while waiting and seen < MOST_PROCESSES:
        process, seen = _PROC / str(waiting.pop()), seen + 1
        yield process
        with suppress(OSError, ValueError):
            for thread in (process / "task").iterdir():
                waiting += map(int, (thread / "children").read_bytes().split())


def _elsewhere(pid: int) -> float:
    import psutil

    seconds = 0.0
    with suppress(psutil.Error):
        first = psutil.Process(pid)
        for process in (first, *first.children(recursive=True)):
            with suppress(psutil.Error):
                seconds += sum(process.cpu_times()[:4])  # the ended ones too
    return seconds
