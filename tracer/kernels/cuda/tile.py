"""Few units: a block of threads takes some sequences through all steps, and waits for no other.

Each thread has one row of W in its registers: the row of unit j of gate q, forward; backward, its
column. What the threads hand each other, h and the gates or d_z, stays in the memory that a block
shares. A step has two parts: every sum, and then every unit.
"""

from __future__ import annotations

from functools import cache
from types import ModuleType
from typing import Any, NamedTuple

from numba import cuda

from tracer.kernels.cuda.package import REAL, VECTOR, kernel
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
    FIRST_OF_A_STEP,
    FROM_X,
    GATES,
    HIDDEN,
    LAST_OF_A_STEP,
    LENGTHS,
    NOWHERE,
    OPTION,
    STATE_C,
    STATE_H,
    TANH_C,
    W_AT,
    WINDOW,
    Z,
)


class Shape(NamedTuple):
    """What a kernel is compiled for.

    Attributes
    ----------
    width : int
        At least H: so much shared memory a quantity has.
    held : int
        How many weights each thread has in registers; it reads the others at every step.
    together : int
        How many sequences a block takes.
    """

    width: int
    held: int
    together: int


@cache
def forward(cell: ModuleType, dtype: str, shape: Shape) -> Any:
    """The kernel ``(plan, weights, room)`` that unrolls a kind of cell."""
    real, blocks = REAL[dtype], cell.BLOCKS
    squeeze, update, _ = cell.steps(dtype)
    width, held, together = shape
    units, sums = width * together, blocks * width * together
    zero = real(0)

    def forward_tile(plan: Any, weights: Any, room: Any) -> None:
        N, H = plan[BATCH], plan[HIDDEN]
        rows, first = blocks * H, cuda.blockIdx.x * together
        row = cuda.threadIdx.x
        q, a = row // H, weights[plan[BIAS] + row]
        h = cuda.shared.array(units, real, VECTOR)  # unit k of sequence s: h[k * together + s]
        c = cuda.shared.array(units, real, VECTOR)  # unit j of sequence s: c[s * H + j]
        gates = cuda.shared.array(sums, real, VECTOR)
        from_x = cuda.local.array(together, real)
        from_h = cuda.local.array(together, real)
        w = cuda.local.array(held, real)
        for k in range(held):
            w[k] = weights[k * rows + row] if k < H else zero
        for k in range(row, units, rows):
            h[k] = zero
        cuda.syncthreads()
        for item in range(row, together * H, rows):
            s, j = item // H, item % H
            c[item] = zero
            if first + s < N:
                before = (plan[BEGIN] * N + first + s) * H + j
                h[j * together + s] = room[plan[STATE_H] + before]
                if plan[STATE_C] != NOWHERE:
                    c[item] = room[plan[STATE_C] + before]
        cuda.syncthreads()

        for t in range(plan[BEGIN], plan[END]):
            # U x, read long before it is needed
            for s in range(together):
                from_h[s] = zero
                if first + s < N:
                    from_x[s] = room[plan[FROM_X] + (t * N + first + s) * rows + row]

            # W h_prev
            for k in range(held):
                for s in range(together):
                    from_h[s] = cuda.fma(h[k * together + s], w[k], from_h[s])
            for k in range(held, H):
                weight = weights[k * rows + row]
                for s in range(together):
                    from_h[s] = cuda.fma(h[k * together + s], weight, from_h[s])
            for s in range(together):
                n = first + s
                if n < N:
                    wide = (t * N + n) * rows + row
                    z, gate = zero, zero
                    if t < plan[LENGTHS + n]:
                        z = from_x[s] + from_h[s] + a
                        gate = squeeze(plan[OPTION], q, z)
                    gates[s * rows + row] = gate
                    if plan[Z] != NOWHERE:
                        room[plan[Z] + wide] = z
                    if plan[GATES] != NOWHERE:
                        room[plan[GATES] + wide] = gate
            cuda.syncthreads()

            for item in range(row, together * H, rows):
                s, j = item // H, item % H
                n = first + s
                if n < N:
                    unit = (t * N + n) * H + j
                    if t < plan[LENGTHS + n]:
                        h_now, c_now = update(gates, s * rows + j, H, c[item], plan, room, unit)
                        h[j * together + s], c[item] = h_now, c_now
                    elif plan[TANH_C] != NOWHERE:
                        room[plan[TANH_C] + unit] = zero
                    room[plan[STATE_H] + N * H + unit] = h[j * together + s]
                    if plan[STATE_C] != NOWHERE:
                        room[plan[STATE_C] + N * H + unit] = c[item]
            cuda.syncthreads()

    return kernel(forward_tile, blocks * width)


@cache
def backward(cell: ModuleType, dtype: str, shape: Shape) -> Any:
    """The kernel ``(plan, weights, numbers, d_h_from_loss, gradients)``, backward through time."""
    real, blocks = REAL[dtype], cell.BLOCKS
    _, _, update_back = cell.steps(dtype)
    width, held, together = shape
    units, sums = width * together, blocks * width * together
    by_gate = (blocks, units)
    zero = real(0)

    def backward_tile(
        plan: Any, weights: Any, numbers: Any, d_h_from_loss: Any, gradients: Any
    ) -> None:
        N, H = plan[BATCH], plan[HIDDEN]
        rows, first = blocks * H, cuda.blockIdx.x * together
        row = cuda.threadIdx.x
        q, column = row // H, row % H
        d_h_next = cuda.shared.array(units, real, VECTOR)  # of sequence s, unit j: [s * H + j]
        d_c_next = cuda.shared.array(units, real, VECTOR)
        d_z = cuda.shared.array(by_gate, real, VECTOR)  # of gate q: [q, j * together + s]
        through = cuda.shared.array(
            sums, real, VECTOR
        )  # what comes back through gate q: [s * rows + row]
        d_z_now = cuda.local.array(blocks, real)
        sum_of = cuda.local.array(together, real)
        w = cuda.local.array(held, real)
        for k in range(held):
            w[k] = weights[plan[W_AT] + (q * H + k) * H + column] if k < H else zero
        for k in range(row, sums, rows):
            d_z[k // units, k % units] = zero
        for item in range(row, together * H, rows):
            s, j = item // H, item % H
            d_h_next[item], d_c_next[item] = zero, zero
            if first + s < N:
                last = (plan[END] * N + first + s) * H + j
                d_h_next[item] = gradients[plan[D_H_FROM_NEXT] + last]
                if plan[D_C_FROM_NEXT] != NOWHERE:
                    d_c_next[item] = gradients[plan[D_C_FROM_NEXT] + last]
        cuda.syncthreads()

        for t in range(plan[END] - 1, plan[BEGIN] - 1, -1):
            for item in range(row, together * H, rows):
                s, j = item // H, item % H
                n = first + s
                if n < N:
                    unit, wide = (t * N + n) * H + j, (t * N + n) * rows + j
                    d_h = d_h_from_loss[unit] + d_h_next[item]
                    gradients[plan[D_H_FROM_NEXT] + N * H + unit] = d_h_next[item]
                    gradients[plan[D_H] + unit] = d_h
                    c_prev = zero
                    if plan[D_C] != NOWHERE:
                        gradients[plan[D_C_FROM_NEXT] + N * H + unit] = d_c_next[item]
                        gradients[plan[D_C] + unit] = d_c_next[item]
                        c_prev = numbers[plan[STATE_C] + unit]
                    if t < plan[LENGTHS + n]:
                        d_c_next[item] = update_back(
                            plan, numbers, gradients, d_z_now, 0, 1,
                            unit, wide, d_h, d_c_next[item], c_prev,
                        )  # fmt: skip
                    else:  # it only stands still
                        d_h_next[item] = d_h
                        for gate in range(blocks):
                            d_z_now[gate] = zero
                        for each in range(FIRST_OF_A_STEP, LAST_OF_A_STEP + 1):
                            if plan[each] != NOWHERE:
                                gradients[plan[each] + unit] = zero
                    for gate in range(blocks):
                        d_z[gate, j * together + s] = d_z_now[gate]
                        gradients[plan[D_Z] + wide + gate * H] = d_z_now[gate]
            cuda.syncthreads()

            # d_h_prev = d_z W, gate by gate
            for s in range(together):
                sum_of[s] = zero
            for k in range(held):
                for s in range(together):
                    sum_of[s] = cuda.fma(d_z[q, k * together + s], w[k], sum_of[s])
            for k in range(held, H):
                weight = weights[plan[W_AT] + (q * H + k) * H + column]
                for s in range(together):
                    sum_of[s] = cuda.fma(d_z[q, k * together + s], weight, sum_of[s])
            for s in range(together):
                through[s * rows + row] = sum_of[s]
            cuda.syncthreads()

            cut = plan[WINDOW] > 0 and t > 0 and t % plan[WINDOW] == 0
            for item in range(row, together * H, rows):
                s, j = item // H, item % H
                n = first + s
                if n < N and t < plan[LENGTHS + n]:
                    d_h_prev = through[s * rows + j]
                    for gate in range(1, blocks):
                        d_h_prev += through[s * rows + gate * H + j]
                    d_h_next[item] = zero if cut else d_h_prev
                    if cut:
                        d_c_next[item] = zero

        for item in range(row, together * H, rows):
            s, j = item // H, item % H
            if first + s < N:
                initial = (plan[BEGIN] * N + first + s) * H + j
                gradients[plan[D_H_FROM_NEXT] + initial] = d_h_next[item]
                if plan[D_C_FROM_NEXT] != NOWHERE:
                    gradients[plan[D_C_FROM_NEXT] + initial] = d_c_next[item]

    return kernel(backward_tile, blocks * width)
