"""How much memory this machine can still give."""

from __future__ import annotations

from pathlib import Path

_LIMITS = (
    "/sys/fs/cgroup/memory.max",
    "/sys/fs/cgroup/memory/memory.limit_in_bytes",
)
"""What a container may take, in the two versions of Linux's control groups."""


def free_memory() -> int:
    """The bytes that can still be taken without writing other programs' memory to disk."""
    import psutil

    there = (int(psutil.virtual_memory().available), *map(_limit, _LIMITS))
    return min(size for size in there if size)


def _limit(file: str) -> int:
    """A number in a file; 0 where there is no such file, or it says ``max``."""
    try:
        return int(Path(file).read_text(encoding="ascii"))
    except (OSError, ValueError):
        return 0
