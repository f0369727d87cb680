"""How many processes may run at once: one for each processor that this process may use."""

from __future__ import annotations

import os


def processors() -> int:
    """Those that this process may use; a container or `taskset` may leave it some of them."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
