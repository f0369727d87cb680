"""The compiled step of the RNN, forward and backward; the loops are in `through_time`."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from tracer.cells.activations import Array
from tracer.kernels.cpu.arrays import (
    BEGIN,
    Blocks,
    Moment,
    Places,
    Room,
    add,
    all_units,
    back_through,
    copy,
    piece,
    rows,
    sums,
)
from tracer.kernels.cpu.jit import compiled
from tracer.kernels.cpu.meeting import meet
from tracer.kernels.cpu.product import packed, packed_columns, product
from tracer.kernels.cpu.squeezing import slope, squeeze

FORWARD = ("z", "h")
"""What a step computes, in the order of its places."""
Z, H_NOW = range(2)
SUMS = np.array([Z])

BACKWARD = ("d_h_from_next", "d_h")
"""What a step back computes besides d_z, in the order of its places."""
FROM_NEXT, D_H = range(2)


BY_UNITS = True
"""A step meets its team before each product: several threads may compute one sentence."""


class Weights(NamedTuple):
    """W, laid out for products; the bias, as one block; and which function f is."""

    W: Array
    a: Array
    f: int


@compiled
def forward_weights(W: Array, a: Array, options: Places) -> Weights:
    """For `step`: ``rows @ W.T``."""
    return Weights(packed(W), a.reshape((1, a.size)), options[0])


@compiled
def backward_weights(W: Array, a: Array, options: Places) -> Weights:
    """For `step_back`: ``rows @ W``."""
    return Weights(packed_columns(W), a.reshape((1, a.size)), options[0])


@compiled
def step(
    cell: Weights, from_x: Array, which: Places, now: Moment, before: Moment, from_h: Blocks,
    spare: Room,  # noqa: ARG001 - the loops hand every cell the same
) -> None:  # fmt: skip
    """``h = f(U x + W h_prev + a)`` for all sentences of a step."""
    N = which.size

    meet(before.part.team, before.part.me)
    product(all_units(before, H_NOW, len(from_h.rows)), cell.W, from_h.rows)
    sums(from_x, which, from_h.blocks, cell.a, BEGIN, BEGIN, now, SUMS)
    squeeze(cell.f, piece(now, Z, N), piece(now, H_NOW, N))


@compiled
def step_back(
    cell: Weights, d_h_from_loss: Array, now: Moment,
    before: Moment,  # noqa: ARG001 - the loops hand every cell the same
    d_now: Moment, d_before: Moment, d_z: Blocks, spare: Room,
) -> None:  # fmt: skip
    """``d_z = d_h f'(z)`` and ``d_h_prev = d_z W`` for all sentences of a step."""
    N = d_h_from_loss.size // spare.rows.shape[1]
    slopes = spare.flat[: d_h_from_loss.size]
    z, h = piece(now, Z, N), piece(now, H_NOW, N)
    d_h = piece(d_now, D_H, N)

    add(d_h_from_loss, piece(d_now, FROM_NEXT, N), d_h)
    slope(cell.f, z, h, slopes)
    back_through(rows(d_now, D_H, N), spare.rows, BEGIN, d_z.blocks)
    meet(now.part.team, now.part.me)
    product(d_z.rows, cell.W, spare.rows[: len(d_z.rows)])
    copy(spare.flat[: d_h_from_loss.size], piece(d_before, FROM_NEXT, N))
