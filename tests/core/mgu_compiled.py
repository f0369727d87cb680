"""The compiled step of the third cell, for speed; see `tests.core.mgu` and `tracer.kernels.cpu`."""

from __future__ import annotations

from typing import NamedTuple, cast

import numpy as np

from tracer.cells.activations import Array
from tracer.kernels.cpu.arrays import (
    BEGIN,
    Blocks,
    Moment,
    Places,
    Room,
    add,
    back_through,
    copy,
    in_blocks,
    multiply,
    piece,
    rows,
    sums,
)
from tracer.kernels.cpu.jit import compiled
from tracer.kernels.cpu.product import packed, packed_columns, product, whole_tiles
from tracer.kernels.cpu.squeezing import TANH, slope, squeeze

FORWARD = ("z_f", "f", "m", "z_g", "g", "h")
Z_F, F, M, Z_G, G, H_NOW = range(6)

BACKWARD = ("d_h_from_next", "d_h", "d_g", "d_m", "d_f")
FROM_NEXT, D_H, D_G, D_M, D_F = range(5)

OF_F, OF_G = cast("list[int]", np.arange(2))
SUM_F, SUM_G = np.array([Z_F]), np.array([Z_G])


class Weights(NamedTuple):
    """The blocks of W, laid out for products; the bias (2, H); and which function the switch is."""

    W_f: Array
    W_g: Array
    a: Array
    gate: int


@compiled
def forward_weights(W: Array, a: Array, options: Places) -> Weights:
    """For `step`."""
    H = W.shape[1]
    return Weights(packed(W[:H]), packed(W[H:]), a.reshape((2, H)), options[0])


@compiled
def backward_weights(W: Array, a: Array, options: Places) -> Weights:
    """For `step_back`."""
    H = W.shape[1]
    return Weights(packed_columns(W[:H]), packed_columns(W[H:]), a.reshape((2, H)), options[0])


@compiled
def _blend(f: Array, h_prev: Array, g: Array, h: Array) -> None:
    """``h = (1 - f) * h_prev + f * g``."""
    one = f.dtype.type(1)
    for j in range(h.size):
        h[j] = (one - f[j]) * h_prev[j] + f[j] * g[j]


@compiled
def step(
    cell: Weights, from_x: Array, which: Places, now: Moment, before: Moment,
    both: Blocks,  # noqa: ARG001 - the loops hand every cell the same
    spare: Room,
) -> None:  # fmt: skip
    """The equations of a minimal gated unit for all sentences of a step."""
    N = which.size
    z_f, f, m = piece(now, Z_F, N), piece(now, F, N), piece(now, M, N)
    z_g, g, h = piece(now, Z_G, N), piece(now, G, N), piece(now, H_NOW, N)
    h_prev = piece(before, H_NOW, N)
    from_h = in_blocks(spare.rows[: whole_tiles(N)], spare.rows.shape[1])

    product(rows(before, H_NOW, len(from_h.rows)), cell.W_f, from_h.rows)
    sums(from_x, which, from_h.blocks, cell.a, OF_F, BEGIN, now, SUM_F)
    squeeze(cell.gate, z_f, f)
    multiply(f, h_prev, m)
    product(rows(now, M, len(from_h.rows)), cell.W_g, from_h.rows)
    sums(from_x, which, from_h.blocks, cell.a, OF_G, BEGIN, now, SUM_G)
    squeeze(TANH, z_g, g)
    _blend(f, h_prev, g, h)


@compiled
def _back_to_switch(
    d_h: Array, g: Array, h_prev: Array, d_m: Array, d_f: Array
) -> None:  # fmt: skip
    """``d_f = d_h * (g - h_prev) + d_m * h_prev``."""
    for j in range(d_f.size):
        d_f[j] = d_h[j] * (g[j] - h_prev[j]) + d_m[j] * h_prev[j]


@compiled
def _back_to_state(
    d_h: Array, f: Array, d_m: Array, through_W: Array, d_h_prev: Array
) -> None:  # fmt: skip
    """``d_h_prev = d_h * (1 - f) + d_m * f + d_z_f @ W_f``."""
    one = f.dtype.type(1)
    for j in range(d_h_prev.size):
        d_h_prev[j] = d_h[j] * (one - f[j]) + d_m[j] * f[j] + through_W[j]


@compiled
def step_back(
    cell: Weights, d_h_from_loss: Array, now: Moment, before: Moment, d_now: Moment,
    d_before: Moment, d_z: Blocks, spare: Room,
) -> None:  # fmt: skip
    """The equations of `step`, differentiated from the last to the first."""
    size, H = d_h_from_loss.size, spare.rows.shape[1]
    N = size // H
    z_f, f, z_g = piece(now, Z_F, N), piece(now, F, N), piece(now, Z_G, N)
    g, h_prev = piece(now, G, N), piece(before, H_NOW, N)
    d_h, d_g = piece(d_now, D_H, N), piece(d_now, D_G, N)
    d_m, d_f = piece(d_now, D_M, N), piece(d_now, D_F, N)
    back = spare.rows[: whole_tiles(N)]
    one_block = np.zeros((len(back), H), back.dtype)
    d_z_one, slopes = one_block.reshape(one_block.size)[:size], np.empty((N, H), back.dtype)
    slopes_flat = slopes.reshape(size)

    add(d_h_from_loss, piece(d_now, FROM_NEXT, N), d_h)
    multiply(d_h, f, d_g)
    slope(TANH, z_g, g, slopes_flat)
    multiply(d_g, slopes_flat, d_z_one)
    back_through(rows(d_now, D_G, N), slopes, OF_G, d_z.blocks)
    product(one_block, cell.W_g, back)
    copy(spare.flat[:size], d_m)
    _back_to_switch(d_h, g, h_prev, d_m, d_f)
    slope(cell.gate, z_f, f, slopes_flat)
    multiply(d_f, slopes_flat, d_z_one)
    back_through(rows(d_now, D_F, N), slopes, OF_F, d_z.blocks)
    product(one_block, cell.W_f, back)
    _back_to_state(d_h, f, d_m, spare.flat[:size], piece(d_before, FROM_NEXT, N))
