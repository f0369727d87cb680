"""Time several contestants in turns, so that whatever else the machine does falls on each alike."""

from __future__ import annotations

import random
import statistics
import time
from collections.abc import Callable, Mapping
from typing import Any

LEAST = 3
"""How often each is timed, however long it takes."""

SLOW = 0.1
"""A contestant whose turn takes more than this share of the row's seconds stops after `LEAST`."""

REST = 0.02
"""Seconds before each turn where several threads compute. PyTorch's and ONNX Runtime's wait in a
busy loop for their next call at first, and so take a core from whoever is next."""

RESTED = 20
"""So many turns of each are not to be fewer for the rest."""


def medians(
    contestants: Mapping[str, Callable[[], Any]],
    seconds: float,
    look: Callable[[str, Any], object] = lambda _name, _result: None,
    clock: Callable[[], float] = time.perf_counter,
    rest: float = 0.0,
) -> dict[str, float]:
    """Milliseconds of each: the median of all its turns.

    Parameters
    ----------
    contestants : name to function
    seconds : float
        For how long turns are taken. Each contestant has at least `LEAST`, after one that is not
        counted, in which kernels are compiled and caches filled.
    look : function of a name and what the contestant returned
        Called after the turn that is not counted.
    clock : function
        What a turn is timed by: `time.process_time` leaves out what other programs took.
    rest : float
        Seconds before each turn in which this thread does nothing, but is awake; see `REST`.
    """
    for name, run in contestants.items():
        look(name, run())
    times: dict[str, list[float]] = {name: [] for name in contestants}
    end = time.perf_counter() + seconds + RESTED * rest * len(contestants)
    while still := [name for name in contestants if _goes_on(times[name], seconds, end)]:
        random.shuffle(still)  # each finds the caches as any other left them
        for name in still:
            rested = time.perf_counter() + rest
            while time.perf_counter() < rested:  # a core that has slept computes slowly at first
                pass
            start = clock()
            contestants[name]()
            times[name].append(clock() - start)
    return {name: 1e3 * statistics.median(each) for name, each in times.items()}


def _goes_on(times: list[float], seconds: float, end: float) -> bool:
    if len(times) < LEAST:
        return True
    return time.perf_counter() < end and statistics.median(times[:LEAST]) <= SLOW * seconds
