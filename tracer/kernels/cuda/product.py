"""Matrix products on the card, a tile of the result in the registers of each block.

A number of the result is ``sum = fma(row[j], weight[j], sum)`` for j = 0, 1, ..., from 0, whatever
the tile: so is the sum in a step, and what a trace rebuilds has the bits of the first time.
"""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple

from numba import cuda

from tracer.kernels.cuda.package import REAL, kernel


class Shape(NamedTuple):
    """A block has side × side threads, and each of them has each × each numbers of the result."""

    side: int
    each: int
    piece: int

    @property
    def tile(self) -> int:
        """Rows, and columns, of a block's part of the result."""
        return self.side * self.each


class Strides(NamedTuple):
    """Where the first number of a matrix lies, and how far its neighbours are from each other.

    Of the number in the row below, of that in the next column, and of the next matrix.
    """

    first: int
    row: int
    column: int
    matrix: int = 0


ROWS_ARE_STEPS, TERMS_ARE_STEPS = 1, 2
"""Which of the sizes counts the steps of all sequences, of which those past an end are left out."""


@cache
def product(dtype: str, shape: Shape) -> Any:
    """The kernel ``(task, left, right, out)``: ``out = left @ right``, and many at once.

    A task is the sizes R, J, K of left (R, J) and right (J, K), what counts the steps, N, the
    strides of all three, and the lengths of the sequences.
    """
    real = REAL[dtype]
    side, each, piece = shape
    tile, threads = shape.tile, side * side
    pitch, in_registers = shape.tile + 1, each * each
    of_left, of_right = piece * pitch, piece * tile
    zero = real(0)

    def product_of(task: Any, left: Any, right: Any, out: Any) -> None:
        R, J, K, counts, N, lengths = task[0], task[1], task[2], task[3], task[4], 17
        b = cuda.blockIdx.z
        first_row, first_column = cuda.blockIdx.x * tile, cuda.blockIdx.y * tile
        thread = cuda.threadIdx.x
        down, across = thread // side, thread % side
        left_at, right_at = task[5] + b * task[8], task[9] + b * task[12]
        a = cuda.shared.array(of_left, real)  # [j * pitch + row]
        m = cuda.shared.array(of_right, real)  # [j * tile + column]
        sums = cuda.local.array(in_registers, real)
        for i in range(in_registers):
            sums[i] = zero
        for start in range(0, J, piece):
            for one in range(thread, piece * tile, threads):
                row, j = one // piece, one % piece
                r = first_row + row
                there = r < R and start + j < J
                if there and counts == TERMS_ARE_STEPS:
                    term = b * J + start + j
                    there = term // N < task[lengths + term % N]
                a[j * pitch + row] = (
                    left[left_at + r * task[6] + (start + j) * task[7]] if there else zero
                )
            for one in range(thread, of_right, threads):
                j, column = one // tile, one % tile
                k = first_column + column
                there = k < K and start + j < J
                if there and counts == TERMS_ARE_STEPS:
                    term = b * J + start + j
                    there = term // N < task[lengths + term % N]
                m[one] = right[right_at + (start + j) * task[10] + k * task[11]] if there else zero
            cuda.syncthreads()
            for j in range(piece):
                for v in range(each):
                    factor = m[j * tile + across + v * side]
                    for i in range(each):
                        sums[v * each + i] = cuda.fma(
                            a[j * pitch + down + i * side], factor, sums[v * each + i]
                        )
            cuda.syncthreads()
        for i in range(each):
            r = first_row + down + i * side
            if r < R:
                ended = counts == ROWS_ARE_STEPS and r // N >= task[lengths + r % N]
                for v in range(each):
                    k = first_column + across + v * side
                    if k < K:
                        at = task[13] + b * task[16] + r * task[14] + k * task[15]
                        out[at] = zero if ended else sums[v * each + i]

    return kernel(product_of, threads)
