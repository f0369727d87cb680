"""How the compiled loops of training lay out a batch.

The sentences of a batch lie side by side, the longest first. The steps of all of them are S rows,
one after the other: the first step of every sentence, then the second of those that have one, ...
So nothing is ever computed past an end, and whatever belongs to one step lies in one piece.
"""

from __future__ import annotations

import numpy as np

from tracer.cells.activations import Array
from tracer.kernels.cpu.jit import compiled
from tracer.kernels.cpu.product import ROWS
from tracer.kernels.learning.head import Numbers

SLACK = ROWS
"""Rows past the last, which a tile may read and nobody uses."""


@compiled
def part(room: Array, start: int, rows: int, width: int) -> Array:
    """An array (rows, width) in the room that is kept for all batches."""
    return room[start : start + rows * width].reshape((rows, width))


@compiled
def starts_of(running: Numbers) -> Numbers:
    """At which row each step begins, after the state before the first one."""
    starts = np.empty(running.size + 1, running.dtype)
    starts[0], row = 0, running[0]
    for t in range(running.size):
        starts[t + 1] = row
        row += running[t]
    return starts


@compiled
def states_before(h: Array, running: Numbers) -> Array:
    """The h of the step before, for each row of h (S, H) from the second step on."""
    out = np.empty((len(h) - running[0], h.shape[1]), h.dtype)
    before, s = 0, 0
    for t in range(1, running.size):
        for n in range(running[t]):
            for j in range(out.shape[1]):
                out[s + n, j] = h[before + n, j]
        s += running[t]
        before += running[t - 1]
    return out
