"""Few units: a block of threads takes some sequences through all steps, and waits for no other.

Each thread has one row of W in its registers: the row of unit j of gate q, forward; backward, its
column. What the threads hand each other, h and the gates or d_z, stays in the memory that a block
shares. A step has two parts: every sum, and then every unit. What a step needs from the card's
memory is read one step before, so that nobody waits for it.
"""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple

from numba import cuda, int64, types, uint64

from tracer.kernels.cuda.package import REAL, THREAD, VECTOR, Kernel
from tracer.kernels.cuda.places import (
    BATCH,
    BEGIN,
    BIAS,
    D_C,
    D_C_FROM_NEXT,
    D_H,
    D_H_FROM_NEXT,
    D_Z,
    END,
    FROM_X,
    GATES,
    HIDDEN,
    NOWHERE,
    PLAN,
    RAGGED,
    STATE_C,
    STATE_H,
    TANH_C,
    W_AT,
    WINDOW,
    Z,
)
from tracer.kernels.cuda.product import CHAIN
from tracer.kernels.cuda.steps import Steps

FEW = 8
"""Weights that are not held are read so many at once, so that they are waited for together."""


GATE = 3
"""A gate is one of four. To know that it is not negative has its numbers read four at once."""


class Shape(NamedTuple):
    """What a kernel is compiled for.

    Attributes
    ----------
    width : int
        At least H, and a whole number of chains, if there is more than one: what a quantity has
        beyond H is zero.
    held : int
        How many weights each thread has in registers, whole chains; the others it reads at every
        step.
    together : int
        How many sequences a block takes.
    """

    width: int
    held: int
    together: int


@cache
def forward(steps: Steps, shape: Shape) -> Kernel:
    """The kernel ``(plan, lengths, weights, room)`` that unrolls a kind of cell."""
    real, blocks = REAL[steps.dtype], steps.blocks
    squeeze, update = steps.squeeze, steps.update
    width, held, together = shape
    chain, units, sums = min(CHAIN, width), width * together, blocks * width * together
    each = -(-together // blocks)  # of the sequences, those whose unit j a thread updates
    zero = real(0)

    def forward_tile(plan: Any, lengths: Any, weights: Any, room: Any) -> None:
        N, H = plan[BATCH], plan[HIDDEN]
        rows, first = blocks * H, cuda.blockIdx.x * together
        row = cuda.threadIdx.x & THREAD
        q, j = row // H & GATE, row % H
        a = weights[plan[BIAS] + row]
        h = cuda.shared.array(units, real, VECTOR)  # unit k of sequence s: h[k * together + s]
        gates = cuda.shared.array(sums, real, VECTOR)
        from_x = cuda.local.array(together, real)
        from_h = cuda.local.array(together, real)
        part = cuda.local.array(together, real)
        end = cuda.local.array(together, int64)
        h_now = cuda.local.array(each, real)
        c = cuda.local.array(each, real)
        end_of = cuda.local.array(each, int64)
        few = cuda.local.array(FEW, real)
        w = cuda.local.array(held, real)
        for k in range(held):
            w[k] = weights[k * rows + row]
        for s in range(together):
            end[s], from_x[s] = plan[END], zero
            if first + s < N:
                if plan[RAGGED] != 0:
                    end[s] = lengths[first + s]
                from_x[s] = room[plan[FROM_X] + (plan[BEGIN] * N + first + s) * rows + row]
        for k in range(row, units, rows):
            h[k] = zero
        cuda.syncthreads()
        for m in range(each):
            s = q + m * blocks
            h_now[m], c[m], end_of[m] = zero, zero, plan[END]
            if s < together and first + s < N:
                if plan[RAGGED] != 0:
                    end_of[m] = lengths[first + s]
                before = (plan[BEGIN] * N + first + s) * H + j
                h_now[m] = room[plan[STATE_H] + before]
                if plan[STATE_C] != NOWHERE:
                    c[m] = room[plan[STATE_C] + before]
                h[j * together + s] = h_now[m]
        cuda.syncthreads()

        for t in range(plan[BEGIN], plan[END]):
            # W h_prev
            for s in range(together):
                from_h[s] = zero
            for begin in range(0, held, chain):
                for s in range(together):
                    part[s] = zero
                for k in range(begin, begin + chain):
                    for s in range(together):
                        part[s] = cuda.fma(h[k * together + s], w[k], part[s])
                for s in range(together):
                    from_h[s] += part[s]
            at = held * rows + row
            for begin in range(held, width, chain):
                if begin < H:
                    for s in range(together):
                        part[s] = zero
                    for k in range(begin, begin + chain, FEW):
                        for i in range(FEW):
                            few[i] = weights[at]
                            at += rows
                        for i in range(FEW):
                            for s in range(together):
                                h_k = h[uint64((k + i) * together + s)]
                                part[s] = cuda.fma(h_k, few[i], part[s])
                    for s in range(together):
                        from_h[s] += part[s]

            for s in range(together):
                n = first + s
                if n < N:
                    wide = (t * N + n) * rows + row
                    z, gate = zero, zero
                    if t < end[s]:
                        z = from_x[s] + from_h[s] + a
                        gate = squeeze(q, z)
                    gates[s * rows + row] = gate
                    if t + 1 < plan[END]:
                        from_x[s] = room[plan[FROM_X] + wide + N * rows]
                    if plan[Z] != NOWHERE:
                        room[plan[Z] + wide] = z
                    if plan[GATES] != NOWHERE:
                        room[plan[GATES] + wide] = gate
            cuda.syncthreads()

            for m in range(each):
                s = q + m * blocks
                n = first + s
                if s < together and n < N:
                    unit = (t * N + n) * H + j
                    if t < end_of[m]:
                        h_now[m], c[m] = update(gates, s * rows + j, H, c[m], plan, room, unit)
                        h[j * together + s] = h_now[m]
                    elif plan[TANH_C] != NOWHERE:
                        room[plan[TANH_C] + unit] = zero
                    room[plan[STATE_H] + N * H + unit] = h_now[m]
                    if plan[STATE_C] != NOWHERE:
                        room[plan[STATE_C] + N * H + unit] = c[m]
            cuda.syncthreads()

    numbers = types.CPointer(real)
    signature = types.void(PLAN, types.CPointer(int64), numbers, numbers)
    return Kernel(forward_tile, signature, blocks * width)


@cache
def backward(steps: Steps, shape: Shape) -> Kernel:
    """The kernel ``(plan, lengths, weights, numbers, d_h_from_loss, gradients)``, backward."""
    real, blocks = REAL[steps.dtype], steps.blocks
    read, read_back, back, ended = steps.read, steps.read_back, steps.back, steps.ended
    width, held, together = shape
    chain, units, sums = min(CHAIN, width), width * together, blocks * width * together
    each = -(-together // blocks)  # of the sequences, those whose unit j a thread updates
    in_registers = read * each
    zero = real(0)

    def backward_tile(
        plan: Any, lengths: Any, weights: Any, numbers: Any, d_h_from_loss: Any, gradients: Any
    ) -> None:
        N, H = plan[BATCH], plan[HIDDEN]
        rows, first = blocks * H, cuda.blockIdx.x * together
        row = cuda.threadIdx.x & THREAD
        q, j = row // H & GATE, row % H
        # of gate q: d_z[q * units + j * together + s]
        d_z = cuda.shared.array(sums, real, VECTOR)
        # what comes back through gate q: through[s * rows + row]
        through = cuda.shared.array(sums, real, VECTOR)
        given = cuda.local.array(in_registers, real)
        from_loss = cuda.local.array(each, real)
        d_h_next = cuda.local.array(each, real)
        d_c_next = cuda.local.array(each, real)
        end_of = cuda.local.array(each, int64)
        d_z_now = cuda.local.array(blocks, real)
        sum_of = cuda.local.array(together, real)
        part = cuda.local.array(together, real)
        few = cuda.local.array(FEW, real)
        w = cuda.local.array(held, real)
        whole = (H + CHAIN - 1) // CHAIN * CHAIN
        column = plan[W_AT] + q * whole * H + j  # of W, the part of gate q: column j
        for k in range(held):
            w[k] = weights[column + k * H]
        for k in range(row, sums, rows):
            d_z[k] = zero
        for m in range(each):
            s = q + m * blocks
            n = first + s
            d_h_next[m], d_c_next[m], from_loss[m], end_of[m] = zero, zero, zero, plan[END]
            if s < together and n < N:
                if plan[RAGGED] != 0:
                    end_of[m] = lengths[n]
                last = (plan[END] * N + n) * H + j
                d_h_next[m] = gradients[plan[D_H_FROM_NEXT] + last]
                if plan[D_C_FROM_NEXT] != NOWHERE:
                    d_c_next[m] = gradients[plan[D_C_FROM_NEXT] + last]
                from_loss[m] = d_h_from_loss[last - N * H]
                wide = ((plan[END] - 1) * N + n) * rows + j
                read_back(plan, numbers, last - N * H, wide, given, m * read)
        cuda.syncthreads()

        for t in range(plan[END] - 1, plan[BEGIN] - 1, -1):
            for m in range(each):
                s = q + m * blocks
                n = first + s
                if s < together and n < N:
                    unit, wide = (t * N + n) * H + j, (t * N + n) * rows + j
                    d_h = from_loss[m] + d_h_next[m]
                    gradients[plan[D_H_FROM_NEXT] + N * H + unit] = d_h_next[m]
                    gradients[plan[D_H] + unit] = d_h
                    if plan[D_C] != NOWHERE:
                        gradients[plan[D_C_FROM_NEXT] + N * H + unit] = d_c_next[m]
                        gradients[plan[D_C] + unit] = d_c_next[m]
                    if t < end_of[m]:
                        d_c_next[m] = back(
                            plan, given, m * read, gradients, d_z_now, 0, 1, unit, d_h, d_c_next[m]
                        )
                    else:  # it only stands still
                        d_h_next[m] = d_h
                        for gate in range(blocks):
                            d_z_now[gate] = zero
                        ended(plan, gradients, unit)
                    for gate in range(blocks):
                        d_z[gate * units + j * together + s] = d_z_now[gate]
                        gradients[plan[D_Z] + wide + gate * H] = d_z_now[gate]
                    if t > plan[BEGIN]:
                        from_loss[m] = d_h_from_loss[unit - N * H]
                        read_back(plan, numbers, unit - N * H, wide - N * rows, given, m * read)
            cuda.syncthreads()

            # d_h_prev = d_z W, gate by gate
            for s in range(together):
                sum_of[s] = zero
            for begin in range(0, held, chain):
                for s in range(together):
                    part[s] = zero
                for k in range(begin, begin + chain):
                    for s in range(together):
                        d_z_k = d_z[uint64(q * units + k * together + s)]
                        part[s] = cuda.fma(d_z_k, w[k], part[s])
                for s in range(together):
                    sum_of[s] += part[s]
            at = column + held * H
            for begin in range(held, width, chain):
                if begin < H:
                    for s in range(together):
                        part[s] = zero
                    for k in range(begin, begin + chain, FEW):
                        for i in range(FEW):
                            few[i] = weights[at]
                            at += H
                        for i in range(FEW):
                            of = q * units + (k + i) * together
                            for s in range(together):
                                part[s] = cuda.fma(d_z[uint64(of + s)], few[i], part[s])
                    for s in range(together):
                        sum_of[s] += part[s]
            for s in range(together):
                through[s * rows + row] = sum_of[s]
            cuda.syncthreads()

            cut = plan[WINDOW] > 0 and t > 0 and t % plan[WINDOW] == 0
            for m in range(each):
                s = q + m * blocks
                if s < together and first + s < N and t < end_of[m]:
                    d_h_prev = through[s * rows + j]
                    for gate in range(1, blocks):
                        d_h_prev += through[s * rows + gate * H + j]
                    d_h_next[m] = zero if cut else d_h_prev
                    if cut:
                        d_c_next[m] = zero

        for m in range(each):
            s = q + m * blocks
            if s < together and first + s < N:
                initial = (plan[BEGIN] * N + first + s) * H + j
                gradients[plan[D_H_FROM_NEXT] + initial] = d_h_next[m]
                if plan[D_C_FROM_NEXT] != NOWHERE:
                    gradients[plan[D_C_FROM_NEXT] + initial] = d_c_next[m]

    floats = types.CPointer(real)
    signature = types.void(PLAN, types.CPointer(int64), floats, floats, floats, floats)
    return Kernel(backward_tile, signature, blocks * width)
