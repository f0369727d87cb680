"""Many units: all blocks take all sequences through a step together, then wait for each other.

A block computes some units of some sequences, all gates of them, in the registers of its threads:
each thread has one unit of several sequences, so no gate is handed on. W and h pass through the
block's shared memory in pieces. The launch is cooperative, which means that all blocks are there at
once; one barrier over the whole grid ends a step.
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
    units, lanes : int
        A block has ``units * lanes`` threads: so many units, so many times.
    each : int
        How many sequences a thread has.
    piece : int
        How many numbers of a row of W and of h are in shared memory at once.
    """

    units: int
    lanes: int
    each: int
    piece: int

    @property
    def threads(self) -> int:
        """Threads of a block."""
        return self.units * self.lanes

    @property
    def sequences(self) -> int:
        """Sequences of a block."""
        return self.lanes * self.each

    def items(self, N: int, H: int) -> int:
        """How many blocks there is work for."""
        return -(-H // self.units) * -(-N // self.sequences)


@cache
def forward(cell: ModuleType, dtype: str, shape: Shape) -> Any:
    """The kernel ``(plan, weights, room)`` that unrolls a kind of cell."""
    real, blocks = REAL[dtype], cell.BLOCKS
    squeeze, update, _ = cell.steps(dtype)
    units, lanes, each, piece = shape
    threads, sequences = shape.threads, shape.sequences
    of_h = (piece, lanes + 1, each)  # one lane more, so that neighbours rarely collide
    of_w, in_registers = (piece, units, blocks), blocks * each
    zero = real(0)

    def forward_grid(plan: Any, weights: Any, room: Any) -> None:
        grid = cuda.cg.this_grid()
        N, H = plan[BATCH], plan[HIDDEN]
        rows, groups = blocks * H, (H + units - 1) // units
        work = groups * ((N + sequences - 1) // sequences)
        thread = cuda.threadIdx.x
        mine, lane = thread % units, thread // units
        h_prev = cuda.shared.array(of_h, real, VECTOR)  # number k of a sequence: [k, lane, i]
        w = cuda.shared.array(of_w, real, VECTOR)  # number k of unit j, gate q: [k, j, q]
        from_h = cuda.local.array(in_registers, real)
        gates = cuda.local.array(blocks, real)
        for t in range(plan[BEGIN], plan[END]):
            before = plan[STATE_H] + t * N * H
            for item in range(cuda.blockIdx.x, work, cuda.gridDim.x):
                group, first = item % groups, item // groups * sequences

                # W h_prev, each sum in the order k = 0, 1, ...
                for i in range(in_registers):
                    from_h[i] = zero
                for start in range(0, H, piece):
                    for one in range(thread, piece * sequences, threads):
                        s, k = one // piece, one % piece
                        there = first + s < N and start + k < H
                        h_prev[k, s // each, s % each] = (
                            room[before + (first + s) * H + start + k] if there else zero
                        )
                    for one in range(thread, piece * blocks * units, threads):
                        k, row = one // (blocks * units), one % (blocks * units)
                        q, j = row // units, row % units
                        there = group * units + j < H and start + k < H
                        at = (start + k) * rows + q * H + group * units + j
                        w[k, j, q] = weights[at] if there else zero
                    cuda.syncthreads()
                    for k in range(piece):
                        for q in range(blocks):
                            for i in range(each):
                                from_h[q * each + i] = cuda.fma(
                                    h_prev[k, lane, i], w[k, mine, q], from_h[q * each + i]
                                )
                    cuda.syncthreads()

                j = group * units + mine
                for i in range(each):
                    n = first + lane * each + i
                    if n < N and j < H:
                        unit, wide = (t * N + n) * H + j, (t * N + n) * rows + j
                        going = t < plan[LENGTHS + n]
                        for q in range(blocks):
                            z = zero
                            gates[q] = zero
                            if going:
                                a = weights[plan[BIAS] + q * H + j]
                                z = room[plan[FROM_X] + wide + q * H] + from_h[q * each + i] + a
                                gates[q] = squeeze(plan[OPTION], q, z)
                            if plan[Z] != NOWHERE:
                                room[plan[Z] + wide + q * H] = z
                            if plan[GATES] != NOWHERE:
                                room[plan[GATES] + wide + q * H] = gates[q]
                        h, c = room[plan[STATE_H] + unit], zero
                        if plan[STATE_C] != NOWHERE:
                            c = room[plan[STATE_C] + unit]
                        if going:
                            h, c = update(gates, 0, 1, c, plan, room, unit)
                        elif plan[TANH_C] != NOWHERE:
                            room[plan[TANH_C] + unit] = zero
                        room[plan[STATE_H] + N * H + unit] = h
                        if plan[STATE_C] != NOWHERE:
                            room[plan[STATE_C] + N * H + unit] = c
            grid.sync()

    return kernel(forward_grid, threads)


@cache
def backward(cell: ModuleType, dtype: str, shape: Shape) -> Any:
    """The kernel ``(plan, weights, numbers, d_h_from_loss, gradients)``, backward through time."""
    real, blocks = REAL[dtype], cell.BLOCKS
    _, _, update_back = cell.steps(dtype)
    units, lanes, each, piece = shape
    threads, sequences = shape.threads, shape.sequences
    of_d_z, of_w = (piece, lanes + 1, each), (piece, units)
    zero = real(0)

    def backward_grid(
        plan: Any, weights: Any, numbers: Any, d_h_from_loss: Any, gradients: Any
    ) -> None:
        grid = cuda.cg.this_grid()
        N, H = plan[BATCH], plan[HIDDEN]
        rows, groups = blocks * H, (H + units - 1) // units
        work = groups * ((N + sequences - 1) // sequences)
        thread = cuda.threadIdx.x
        mine, lane = thread % units, thread // units
        d_z = cuda.shared.array(of_d_z, real, VECTOR)  # number k of a sequence: [k, lane, i]
        w = cuda.shared.array(of_w, real, VECTOR)  # number k of unit j: [k, j]
        d_h_prev = cuda.local.array(each, real)
        through = cuda.local.array(each, real)
        # What the step after hands back lies one step further on, as in a state.
        for t in range(plan[END] - 1, plan[BEGIN] - 1, -1):
            for item in range(cuda.blockIdx.x, work, cuda.gridDim.x):
                group, first = item % groups, item // groups * sequences
                j = group * units + mine
                for i in range(each):
                    n = first + lane * each + i
                    if n < N and j < H:
                        unit, wide = (t * N + n) * H + j, (t * N + n) * rows + j
                        at = plan[D_Z] + wide
                        d_h = d_h_from_loss[unit]
                        d_h += gradients[plan[D_H_FROM_NEXT] + N * H + unit]
                        gradients[plan[D_H] + unit] = d_h
                        c_prev, d_c = zero, zero
                        if plan[D_C] != NOWHERE:
                            c_prev = numbers[plan[STATE_C] + unit]
                            d_c = gradients[plan[D_C_FROM_NEXT] + N * H + unit]
                            gradients[plan[D_C] + unit] = d_c
                        if t < plan[LENGTHS + n]:
                            d_c = update_back(
                                plan, numbers, gradients, gradients, at, H,
                                unit, wide, d_h, d_c, c_prev,
                            )  # fmt: skip
                            if plan[WINDOW] > 0 and t > 0 and t % plan[WINDOW] == 0:
                                d_c = zero
                        else:  # it only stands still
                            gradients[plan[D_H_FROM_NEXT] + unit] = d_h
                            for gate in range(blocks):
                                gradients[at + gate * H] = zero
                            for one in range(FIRST_OF_A_STEP, LAST_OF_A_STEP + 1):
                                if plan[one] != NOWHERE:
                                    gradients[plan[one] + unit] = zero
                        if plan[D_C] != NOWHERE:
                            gradients[plan[D_C_FROM_NEXT] + unit] = d_c
            grid.sync()

            for item in range(cuda.blockIdx.x, work, cuda.gridDim.x):
                group, first = item % groups, item // groups * sequences
                j = group * units + mine

                # d_h_prev = d_z W, gate by gate
                for i in range(each):
                    d_h_prev[i] = zero
                for q in range(blocks):
                    for i in range(each):
                        through[i] = zero
                    for start in range(0, H, piece):
                        for one in range(thread, piece * sequences, threads):
                            s, k = one // piece, one % piece
                            there = first + s < N and start + k < H
                            wide = (t * N + first + s) * rows + q * H + start + k
                            d_z[k, s // each, s % each] = (
                                gradients[plan[D_Z] + wide] if there else zero
                            )
                        for one in range(thread, piece * units, threads):
                            k, unit = one // units, group * units + one % units
                            there = unit < H and start + k < H
                            at = plan[W_AT] + (q * H + start + k) * H + unit
                            w[k, one % units] = weights[at] if there else zero
                        cuda.syncthreads()
                        for k in range(piece):
                            for i in range(each):
                                through[i] = cuda.fma(d_z[k, lane, i], w[k, mine], through[i])
                        cuda.syncthreads()
                    for i in range(each):
                        d_h_prev[i] = through[i] if q == 0 else d_h_prev[i] + through[i]

                for i in range(each):
                    n = first + lane * each + i
                    if n < N and j < H and t < plan[LENGTHS + n]:
                        cut = plan[WINDOW] > 0 and t > 0 and t % plan[WINDOW] == 0
                        unit = (t * N + n) * H + j
                        gradients[plan[D_H_FROM_NEXT] + unit] = zero if cut else d_h_prev[i]

    return kernel(backward_grid, threads)
