"""Matrix products of many rows at once, each sum in the order of the textbook.

A number of the result is ``sum = fma(row[j], weight[j], sum)`` for j = 0, 1, ..., from 0. No
blocking changes that, so a row has the same bits in any batch, and a replayed step those of the
first time.

Weights are packed once per cell: panels of a few columns each, row after row, just as the inner
loop reads them.
"""

from __future__ import annotations

import numpy as np

from tracer.cells.activations import Array
from tracer.kernels.cpu.arrays import BEGIN
from tracer.kernels.cpu.calls import stand_apart
from tracer.kernels.cpu.jit import compiled
from tracer.kernels.cpu.vectors import MANY_REGISTERS, PANEL_BYTES, tile_of

# The sums of a tile and two vectors of weights fill the registers.
ROWS = 8 if MANY_REGISTERS else 6
FEW = 4
"""Rows of the smallest tile that keeps the processor as busy as a large one."""
_wide = tile_of(ROWS, 1)
_less = tile_of(ROWS - 1, 1)
_few = tile_of(FEW, 1)
# One row alone needs many sums at once, or each fma would wait for the one before it.
_LONG = 4
_long = tile_of(1, _LONG)
_single = tile_of(1, 1)

_wide_outer = tile_of(ROWS, 1, outer=True)
_less_outer = tile_of(ROWS - 1, 1, outer=True)
_few_outer = tile_of(FEW, 1, outer=True)
_single_outer = tile_of(1, 1, outer=True)

AT_ONCE = 128
"""So many rows of an outer product at once: a tile's columns of them stay in the nearest cache."""
NEAR = 2**17 // (AT_ONCE * PANEL_BYTES)
"""So many panels of them at once: they stay in the second cache, for one tile after the other."""
MANY = 22 * ROWS
"""So many rows of a product at once: they stay in the second cache, beside a panel of weights."""


_LONG_ROW = 1024
"""Bytes of a row, from which its columns are copied beside each other for an outer product."""
_FEW = 7
"""So many panels do not pay for the copy."""


@compiled
def _room_for(K: int, J: int, like: Array) -> Array:
    """Zeros for packed weights (panels, J, width), where no vector crosses a line of the cache."""
    width, line = PANEL_BYTES // like.itemsize, 64 // like.itemsize
    panels = (K + width - 1) // width
    raw = np.zeros(panels * J * width + line, like.dtype)
    start = -(raw.ctypes.data // like.itemsize) % line
    return raw[start : start + panels * J * width].reshape((panels, J, width))


@compiled
def packed(M: Array) -> Array:
    """The weights M (K, J), laid out for ``rows @ M.T``; what is past K stays 0."""
    stand_apart()
    K, J = M.shape
    panels = _room_for(K, J, M)
    width = panels.shape[2]
    for p in range(panels.shape[0]):
        first = p * width
        many = min(width, K - first)
        for j in range(J):
            for k in range(many):
                panels[p, j, k] = M[first + k, j]
    return panels


@compiled
def packed_columns(M: Array) -> Array:
    """The weights M (J, K), laid out for ``rows @ M``."""
    stand_apart()
    J, K = M.shape
    panels = _room_for(K, J, M)
    width = panels.shape[2]
    for p in range(panels.shape[0]):
        first = p * width
        for j in range(J):
            row, line = M[j, first : first + width], panels[p, j]
            for k in range(row.size):
                line[k] = row[k]
    return panels


@compiled
def whole_tiles(rows: int) -> int:
    """How many rows are multiplied as fast as these: a tile not quite full costs no less."""
    if rows == 1:
        return rows
    while _tiles(rows)[2] % FEW > 0:
        rows += 1
    return rows


@compiled
def _tiles(rows: int) -> tuple[int, int, int]:
    """Where the tiles of `ROWS` rows end, and those of one row less, and how many rows are left.

    There are no more tiles than it takes, as long as each other as far as that goes; what is left
    makes tiles of `FEW`.
    """
    tiles = (rows + ROWS - 1) // ROWS
    missing = tiles * ROWS - rows
    if missing <= tiles:
        return rows - missing * (ROWS - 1), rows, 0
    if FEW == ROWS - 2 and missing <= 2 * tiles:
        less = (2 * tiles - missing) * (ROWS - 1)
        return 0, less, rows - less
    wide = rows - rows % ROWS
    return wide, wide, rows - wide


@compiled
def product(rows: Array, packed: Array, out: Array) -> None:
    """``out = rows @ M.T`` for rows (R, J), packed M and out (R, K)."""
    stand_apart()
    R, panels = rows.shape[0], packed.shape[0]
    begin, share = 0, R
    if R > MANY:
        shares = (R + MANY - 1) // MANY
        share = (R + shares - 1) // shares  # all alike: a small one would cost as much
    while begin < R:
        end = min(begin + share, R)
        wide, less, rest = _tiles(end - begin)
        few = begin + less + rest - rest % FEW
        for p in range(panels if less + rest > 1 else 0):
            for r in range(begin, begin + wide, ROWS):
                _wide(rows, r, packed, p, out)
            for r in range(begin + wide, begin + less, ROWS - 1):
                _less(rows, r, packed, p, out)
            for r in range(begin + less, few, FEW):
                _few(rows, r, packed, p, out)
        for r in range(few, end):
            p = 0
            while p + _LONG <= panels:
                _long(rows, r, packed, p, out)
                p += _LONG
            while p < panels:
                _single(rows, r, packed, p, out)
                p += 1
        begin = end


@compiled
def _tile_by_tile(d_z: Array, first: int, wide: int, out: Array) -> None:
    """The columns of d_z (S, J) from `first` on, as tiles take them: (tiles, S, `ROWS`).

    Those of the first `wide` columns have `ROWS` of them, the others one less.
    """
    stand_apart()
    tiles = wide // ROWS
    for s in range(len(d_z)):
        row = d_z[s]
        for tile in range(tiles):
            for k in range(ROWS):
                out[tile, s, k] = row[first + tile * ROWS + k]
        for tile in range(tiles, len(out)):
            for k in range(ROWS - 1):
                out[tile, s, k] = row[first + tile * (ROWS - 1) + tiles + k]


@compiled
def outer_total(d_z: Array, rows: Array, out: Array, first: int, last: int) -> None:
    """Add ``d_z^T rows``, the sum over all S rows of d_z (S, J) and rows (S, K), to out (J, K).

    Only the numbers first..last of each row of d_z. The sums run in the order of S.
    """
    stand_apart()
    wide, less, rest = _tiles(last - first)
    done, tiles = first + less, wide // ROWS + (less - wide) // (ROWS - 1)
    few = done + rest - rest % FEW
    # The columns of long rows lie so far apart that the cache keeps few of them.
    long = d_z.shape[1] * out.itemsize >= _LONG_ROW
    copied = long and out.shape[1] * out.itemsize > _FEW * PANEL_BYTES
    columns = np.empty((tiles if copied else 0, AT_ONCE, ROWS), out.dtype)
    for start in range(0, len(rows), AT_ONCE):
        d, panels = d_z[start : start + AT_ONCE], packed_columns(rows[start : start + AT_ONCE])
        if copied:
            _tile_by_tile(d, first, wide, columns)
        for near in range(0, panels.shape[0], NEAR):
            end = min(near + NEAR, panels.shape[0])
            for tile in range(tiles):
                j = first + tile * ROWS - max(tile - wide // ROWS, 0)
                mine, r, sums = (columns[tile], BEGIN, out[j:]) if copied else (d, j, out)
                if j < first + wide:
                    for p in range(near, end):
                        _wide_outer(mine, r, panels, p, sums)
                else:
                    for p in range(near, end):
                        _less_outer(mine, r, panels, p, sums)
        for p in range(panels.shape[0] if rest else 0):
            for j in range(done, few, FEW):
                _few_outer(d, j, panels, p, out)
            for j in range(few, last):
                _single_outer(d, j, panels, p, out)
