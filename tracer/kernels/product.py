"""Matrix products of many rows at once, each sum in the order of the textbook.

A number of the result is ``sum = fma(row[j], weight[j], sum)`` for j = 0, 1, ..., from 0. No
blocking changes that, so a row has the same bits in any batch, and a replayed step those of the
first time.

The weights M (K, J) are packed once per call: panels of a few columns each, row after row, just as
the inner loop reads them.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from tracer.cells.activations import Array
from tracer.kernels.jit import compiled
from tracer.kernels.vectors import MANY_REGISTERS, PANEL_BYTES, stand_apart, tile_of

# The sums of a tile and two vectors of weights fill the registers.
ROWS = 8 if MANY_REGISTERS else 6
_wide = tile_of(ROWS, 1)
_four = tile_of(4, 1)
# One row alone needs many sums at once, or each fma would wait for the one before it.
_long = tile_of(1, 4 if MANY_REGISTERS else 3)
_LONG = 4 if MANY_REGISTERS else 3
_single = tile_of(1, 1)


def room_for(K: int, J: int, dtype: np.dtype[np.floating[Any]]) -> Array:
    """Zeros for packed weights (panels, J, width), where no vector crosses a line of the cache."""
    width = PANEL_BYTES // dtype.itemsize
    panels = -(-K // width)
    line = 64 // dtype.itemsize
    raw = np.zeros(panels * J * width + line, dtype)
    start = -(raw.__array_interface__["data"][0] // dtype.itemsize) % line
    return raw[start : start + panels * J * width].reshape(panels, J, width)


@compiled
def pack(M: Array, packed: Array) -> None:
    """Lay M (K, J) into panels (panels, J, width); what is past K stays 0."""
    K, J = M.shape
    width = packed.shape[2]
    for start in range(0, J, 64):  # what is written in one round stays in the nearest cache
        stop = min(start + 64, J)
        for k in range(K):
            p, column = k // width, k % width
            for j in range(start, stop):
                packed[p, j, column] = M[k, j]


@compiled
def add_product(rows: Array, packed: Array, out: Array) -> None:
    """``out += rows @ M.T`` for rows (R, J), packed M and out (R, K)."""
    stand_apart()
    R, panels = rows.shape[0], packed.shape[0]
    done = R - R % ROWS
    four = done + 4 if R - done >= 4 else done
    for p in range(panels):
        for r in range(0, done, ROWS):
            _wide(rows, r, packed, p, out)
        if four > done:
            _four(rows, done, packed, p, out)
    for r in range(four, R):
        p = 0
        while p + _LONG <= panels:
            _long(rows, r, packed, p, out)
            p += _LONG
        while p < panels:
            _single(rows, r, packed, p, out)
            p += 1


@compiled
def product(rows: Array, packed: Array, out: Array) -> None:
    """``out = rows @ M.T`` for rows (R, J), packed M and out (R, K)."""
    out[:] = 0
    add_product(rows, packed, out)


@compiled
def outer_total(d_z: Array, rows: Array, out: Array, first: int, last: int) -> None:
    """Add ``d_z^T rows``, the sum over all S rows of d_z (S, J) and rows (S, K), to out (J, K).

    Only the numbers first..last of each row of d_z; 256 rows at a time, so that both stay in the
    cache. The sums still run in the order of S.
    """
    S, K = rows.shape
    width = PANEL_BYTES // rows.itemsize
    panels = (K + width - 1) // width
    for start in range(0, S, 256):
        size = min(256, S - start)
        turned = np.empty((last - first, size), rows.dtype)
        packed = np.zeros((panels, size, width), rows.dtype)
        for s in range(size):
            for j in range(first, last):
                turned[j - first, s] = d_z[start + s, j]
            for p in range(panels):
                for k in range(p * width, min(K, (p + 1) * width)):
                    packed[p, s, k - p * width] = rows[start + s, k]
        add_product(turned, packed, out[first:last])
