"""How much memory this machine can still give."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from tracer.kernels import spare


class _Group(NamedTuple):
    """Where a container is told what it may take, and has taken; and what of that can go again."""

    folder: str
    limit: str
    taken: str
    copies: str


_GROUPS = (
    _Group("/sys/fs/cgroup", "memory.max", "memory.current", "inactive_file"),
    _Group(
        "/sys/fs/cgroup/memory", "memory.limit_in_bytes", "memory.usage_in_bytes",
        "total_inactive_file",
    ),
)  # fmt: skip
"""The two versions of Linux's control groups."""


GB = 10**9

SMALL = 2**26
"""Bytes below which nobody asks: every machine and card has them, and asking takes its time."""


def is_small(needed: float) -> bool:
    """Whether so many bytes are there without asking."""
    return needed < SMALL


def missing(needed: int) -> int:
    """The bytes that are free, where `needed` are more than those; else 0."""
    if is_small(needed):
        return 0
    free = free_memory()
    if needed > free and spare.held():
        spare.let_go()
        free = free_memory()
    return free if needed > free else 0


def free_memory() -> int:
    """The bytes that can still be taken without writing other programs' memory to disk."""
    import psutil

    there = (int(psutil.virtual_memory().available), *map(_left, _GROUPS))
    return min(size for size in there if size is not None)


def _left(group: _Group) -> int | None:
    """What a container may still take, at least 1; None where there is no limit.

    Copies of files that nobody uses count as taken, but make room when it is needed.
    """
    folder = Path(group.folder)
    try:
        limit = int((folder / group.limit).read_text(encoding="ascii"))
        taken = int((folder / group.taken).read_text(encoding="ascii"))
        lines = (folder / "memory.stat").read_text(encoding="ascii").splitlines()
        copies = int(dict(line.split() for line in lines)[group.copies])
    except (OSError, ValueError, KeyError):  # also where the limit is the word ``max``
        return None
    return max(limit - taken + copies, 1)
