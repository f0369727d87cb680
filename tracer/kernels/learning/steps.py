"""How the compiled loops of training lay out a batch, and what both cells do with a step of it.

The sentences of a batch lie side by side, the longest first. The steps of all of them are S rows,
one after the other: the first step of every sentence, then the second of those that have one, ...
So nothing is ever computed past an end, and whatever belongs to one step lies in one piece. Inside
such a piece gate follows gate, each with the units of all sentences.
"""

from __future__ import annotations

import numpy as np

from tracer.cells.activations import Array
from tracer.kernels.cpu.jit import compiled
from tracer.kernels.cpu.product import ROWS, outer_total
from tracer.kernels.cpu.vectors import stand_apart
from tracer.kernels.learning.head import Numbers

SLACK = ROWS
"""Rows past the last, which a tile may read and nobody uses."""


@compiled
def part(room: Array, start: int, rows: int, width: int) -> Array:
    """An array (rows, width) in the room that is kept for all batches."""
    return room[start : start + rows * width].reshape((rows, width))


@compiled
def sums(table: Array, which: Numbers, from_h: Array, gates: int, z: Array) -> None:
    """``z = (U x + a) + W h_prev`` of one step, from rows (gates · H) to gate after gate."""
    stand_apart()
    N = which.size
    H = table.shape[1] // gates
    for q in range(gates):
        for n in range(N):
            word, block = which[n], (q * N + n) * H
            for j in range(H):
                z[block + j] = table[word, q * H + j] + from_h[n, q * H + j]


@compiled
def sum_gradients(d: Array, slopes: Array, gates: int, d_z: Array) -> None:
    """``d_z = d slope`` of one step, from gate after gate to rows (gates · H)."""
    stand_apart()
    N = len(d_z)
    H = d_z.shape[1] // gates
    for q in range(gates):
        for n in range(N):
            block = (q * N + n) * H
            for j in range(H):
                d_z[n, q * H + j] = d[block + j] * slopes[block + j]


@compiled
def add(d: Array, more: Array) -> None:
    """``d += more``, whose rest nobody wants."""
    for j in range(d.size):
        d[j] += more[j]


@compiled
def clear(d: Array) -> None:
    """``d = 0``."""
    for j in range(d.size):
        d[j] = 0


@compiled
def _states_before(h: Array, rows: int, running: Numbers) -> Array:
    """The h of the step before, for each of the rows from the second step on."""
    out = np.empty((rows - running[0], h.shape[1]), h.dtype)
    before, s = 0, 0
    for t in range(1, running.size):
        for n in range(running[t]):
            for j in range(out.shape[1]):
                out[s + n, j] = h[before + n, j]
        s += running[t]
        before += running[t - 1]
    return out


@compiled
def back_to_states(d_z: Array, h: Array, rows: int, running: Numbers, d_W: Array) -> None:
    """``d_W += d_z h_prev^T``; before the first step h is 0."""
    outer_total(d_z[running[0] : rows], _states_before(h, rows, running), d_W, 0, len(d_W))
