"""A sum of very many terms is cut into parts, which blocks compute at once and others then add.

The gradient of a weight is such a sum: over all steps of all sequences, for a few numbers only.
"""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple

from numba import cuda, int64, types

from tracer.kernels.cuda.package import REAL, SIMULATED, THREAD, Kernel
from tracer.kernels.cuda.product import BIG, CHAIN, Strides

ADDERS = 4 if SIMULATED else 128
"""Threads in a block of `add_parts`."""

ENOUGH, LEAST = 500, 256
"""Parts are made until there are so many blocks, while each of them has so many terms."""


class Parts(NamedTuple):
    """Into how many parts a sum is cut, and how many terms each has, but for the last."""

    many: int
    terms: int


def parts_of(R: int, J: int, K: int) -> Parts:
    """How the sums over J terms are cut in a product (R, J) times (J, K).

    By the sizes alone, not by the card: so the bits of a sum are the same on every one.
    """
    tiles = -(-R // BIG.rows) * -(-K // BIG.columns)
    wanted = max(1, min(J // LEAST, -(-ENOUGH // max(tiles, 1))))
    terms = max(1, -(-J // (wanted * CHAIN))) * CHAIN
    return Parts(max(1, -(-J // terms)), terms)


@cache
def add_parts(dtype: str) -> Kernel:
    """The kernel ``(R, K, count, parts, out, *Strides)``: adds parts (many, count, R, K) in order.

    The blocks are (numbers of a matrix / `ADDERS`) × matrices.
    """
    real = REAL[dtype]
    zero = real(0)

    def add_parts_of(
        R: int, K: int, count: int, parts: Any,
        out: Any, o_first: int, o_row: int, o_column: int, o_matrix: int,
    ) -> None:  # fmt: skip
        one = cuda.blockIdx.x * ADDERS + (cuda.threadIdx.x & THREAD)
        if one < R * K:
            matrix = cuda.blockIdx.y
            total = zero
            for p in range(count):
                total += parts[(matrix * count + p) * (R * K) + one]
            out[o_first + matrix * o_matrix + one // K * o_row + one % K * o_column] = total

    numbers, strides = types.CPointer(real), [int64] * len(Strides._fields)
    signature = types.void(int64, int64, int64, numbers, numbers, *strides)
    return Kernel(add_parts_of, signature, ADDERS)
