"""The compiled step of the LSTM, forward and backward; the loops are in `through_time`."""

from __future__ import annotations

from typing import NamedTuple, cast

import numpy as np

from tracer.cells.activations import Array
from tracer.kernels.cpu.arrays import (
    Blocks,
    Moment,
    Places,
    Room,
    all_units,
    back_through,
    copy,
    keep,
    multiply,
    piece,
    rows,
    sums,
)  # fmt: skip
from tracer.kernels.cpu.calls import stand_apart
from tracer.kernels.cpu.jit import compiled
from tracer.kernels.cpu.meeting import meet
from tracer.kernels.cpu.product import packed, packed_columns, product
from tracer.kernels.cpu.squeezing import SIGMOID, TANH, slope, squeeze

FORWARD = ("z_i", "i", "z_f", "f", "z_g", "g", "z_o", "o", "c", "tanh_c", "h")
"""What a step computes, in the order of its places."""
Z_I, I, Z_F, F, Z_G, G, Z_O, O, C, TANH_C, H_NOW = range(11)
SUMS = np.array([Z_I, Z_F, Z_G, Z_O])

BACKWARD = (
    "d_h_from_next", "d_h", "d_o", "d_tanh_c", "d_c_from_h", "d_c_from_next", "d_c",
    "d_i", "d_f", "d_g",
)  # fmt: skip
"""What a step back computes besides d_z, in the order of its places."""
H_FROM_NEXT, D_H, D_O, D_TANH_C, FROM_H, C_FROM_NEXT, D_C, D_I, D_F, D_G = range(10)


# Not of type int: Numba would compile what they are handed to once for each.
OF_I, OF_F, OF_G, OF_O = cast("list[int]", np.arange(4))


BY_UNITS = True
"""A step meets its team before each product: several threads may compute one sentence."""


class Weights(NamedTuple):
    """W, laid out for products; the bias (4, H); and which function the switches are."""

    W: Array
    a: Array
    gate: int


@compiled
def forward_weights(W: Array, a: Array, options: Places) -> Weights:
    """For `step`: ``rows @ W.T``."""
    return Weights(packed(W), a.reshape((4, a.size // 4)), options[0])


@compiled
def backward_weights(W: Array, a: Array, options: Places) -> Weights:
    """For `step_back`: ``rows @ W``."""
    return Weights(packed_columns(W), a.reshape((4, a.size // 4)), options[0])


@compiled
def step(
    cell: Weights, from_x: Array, which: Places, now: Moment, before: Moment, from_h: Blocks,
    spare: Room,  # noqa: ARG001 - the loops hand every cell the same
) -> None:  # fmt: skip
    """The equations of an LSTM for all sentences of a step."""
    N = which.size
    z_i, i = piece(now, Z_I, N), piece(now, I, N)
    z_f, f = piece(now, Z_F, N), piece(now, F, N)
    z_g, g = piece(now, Z_G, N), piece(now, G, N)
    z_o, o = piece(now, Z_O, N), piece(now, O, N)
    c_prev, c = piece(before, C, N), piece(now, C, N)
    tanh_c, h = piece(now, TANH_C, N), piece(now, H_NOW, N)

    meet(before.part.team, before.part.me)
    product(all_units(before, H_NOW, len(from_h.rows)), cell.W, from_h.rows)
    sums(from_x, which, from_h.blocks, cell.a, OF_I, OF_I, now, SUMS)

    squeeze(cell.gate, z_i, i)
    squeeze(cell.gate, z_f, f)
    squeeze(TANH, z_g, g)
    squeeze(cell.gate, z_o, o)

    keep(f, c_prev, i, g, c)
    squeeze(TANH, c, tanh_c)
    multiply(o, tanh_c, h)


@compiled
def _back_through_h(
    d_h_from_loss: Array, d_h_from_next: Array, o: Array, tanh_c: Array, d_c_from_next: Array,
    d_h: Array, d_o: Array, d_tanh_c: Array, d_c_from_h: Array, d_c: Array, d_z: Array, H: int,
) -> None:  # fmt: skip
    """``h = o * tanh_c``, the two ways to c, and ``o = σ(z_o)``.

    No number is read again that was written here: it is still in a register.
    """
    stand_apart()
    one = o.dtype.type(1)
    for n in range(len(d_z)):
        for j in range(H):
            k = n * H + j
            d_h[k] = d_h_from_loss[k] + d_h_from_next[k]
            d_o[k] = d_h[k] * tanh_c[k]
            d_tanh_c[k] = d_h[k] * o[k]
            d_c_from_h[k] = d_tanh_c[k] * (one - tanh_c[k] * tanh_c[k])
            d_c[k] = d_c_from_h[k] + d_c_from_next[k]
            d_z[n, OF_O, j] = d_o[k] * (o[k] * (one - o[k]))


@compiled
def _back_through_c(
    d_c: Array, f: Array, c_prev: Array, i: Array, g: Array,
    d_c_prev: Array, d_i: Array, d_f: Array, d_g: Array, d_z: Array, H: int,
) -> None:  # fmt: skip
    """``c = f * c_prev + i * g``, and ``i = σ(z_i), f = σ(z_f), g = tanh(z_g)``."""
    stand_apart()
    one = f.dtype.type(1)
    for n in range(len(d_z)):
        for j in range(H):
            k = n * H + j
            d_c_prev[k] = d_c[k] * f[k]
            d_i[k] = d_c[k] * g[k]
            d_f[k] = d_c[k] * c_prev[k]
            d_g[k] = d_c[k] * i[k]
            d_z[n, OF_I, j] = d_i[k] * (i[k] * (one - i[k]))
            d_z[n, OF_F, j] = d_f[k] * (f[k] * (one - f[k]))
            d_z[n, OF_G, j] = d_g[k] * (one - g[k] * g[k])


@compiled
def step_back(
    cell: Weights, d_h_from_loss: Array, now: Moment, before: Moment, d_now: Moment,
    d_before: Moment, d_z: Blocks, spare: Room,
) -> None:  # fmt: skip
    """The equations of `step`, differentiated from the last to the first."""
    N = len(d_z.blocks)
    i, f = piece(now, I, N), piece(now, F, N)
    g, o = piece(now, G, N), piece(now, O, N)
    c_prev, tanh_c = piece(before, C, N), piece(now, TANH_C, N)
    d_h, d_o = piece(d_now, D_H, N), piece(d_now, D_O, N)
    d_tanh_c = piece(d_now, D_TANH_C, N)
    d_c_from_h, d_c = piece(d_now, FROM_H, N), piece(d_now, D_C, N)
    d_i, d_f = piece(d_now, D_I, N), piece(d_now, D_F, N)
    d_g = piece(d_now, D_G, N)
    H = now.part.units

    _back_through_h(
        d_h_from_loss, piece(d_now, H_FROM_NEXT, N), o, tanh_c, piece(d_now, C_FROM_NEXT, N),
        d_h, d_o, d_tanh_c, d_c_from_h, d_c, d_z.blocks, H,
    )  # fmt: skip
    _back_through_c(
        d_c, f, c_prev, i, g, piece(d_before, C_FROM_NEXT, N), d_i, d_f, d_g, d_z.blocks, H
    )
    if cell.gate != SIGMOID:  # another function than σ has another slope
        slopes = spare.flat[: d_h_from_loss.size]
        slope(cell.gate, piece(now, Z_I, N), i, slopes)
        back_through(rows(d_now, D_I, N), spare.rows, OF_I, d_z.blocks)
        slope(cell.gate, piece(now, Z_F, N), f, slopes)
        back_through(rows(d_now, D_F, N), spare.rows, OF_F, d_z.blocks)
        slope(cell.gate, piece(now, Z_O, N), o, slopes)
        back_through(rows(d_now, D_O, N), spare.rows, OF_O, d_z.blocks)

    # z = U x + W h_prev + a
    meet(now.part.team, now.part.me)
    product(d_z.rows, cell.W, spare.rows[: len(d_z.rows)])
    copy(spare.flat[: d_h_from_loss.size], piece(d_before, H_FROM_NEXT, N))
