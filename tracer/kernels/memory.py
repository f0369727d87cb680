"""How much memory this machine can still give."""

from __future__ import annotations

import ctypes
import os
import sys
from contextlib import suppress
from pathlib import Path

_LIMITS = (
    "/sys/fs/cgroup/memory.max",
    "/sys/fs/cgroup/memory/memory.limit_in_bytes",
)
"""What a container may take, in the two versions of Linux's control groups."""


def free_memory() -> int:
    """The bytes that can still be taken, as far as the machine says; 0 where it does not."""
    said = (_available(), _physical(), *map(_limit, _LIMITS))
    return min((size for size in said if size), default=0)


def _available() -> int:
    """What the system could give without writing other programs' memory to disk."""
    if sys.platform == "win32":
        return _available_on_windows()
    with suppress(OSError, ValueError, IndexError):  # only Linux has this file
        for line in Path("/proc/meminfo").read_text(encoding="ascii").splitlines():
            if line.startswith("MemAvailable:"):
                return int(line.split()[1]) * 1024
    return 0


def _available_on_windows() -> int:
    class Status(ctypes.Structure):
        """``MEMORYSTATUSEX``."""

        _fields_ = [
            ("length", ctypes.c_uint32),
            ("load", ctypes.c_uint32),
            *((name, ctypes.c_uint64) for name in (
                "physical", "available", "page", "page_left", "virtual", "virtual_left", "extended"
            )),
        ]  # fmt: skip

    status = Status(length=ctypes.sizeof(Status))
    ask = getattr(ctypes, "windll").kernel32.GlobalMemoryStatusEx  # noqa: B009 - only there
    return int(status.available) if ask(ctypes.byref(status)) else 0


def _physical() -> int:
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):  # Windows has no sysconf
        return 0


def _limit(file: str) -> int:
    """A number in a file; 0 where there is no such file, or it says ``max``."""
    try:
        return int(Path(file).read_text(encoding="ascii"))
    except (OSError, ValueError):
        return 0
