"""Many units: all blocks take all sequences through a step together, then wait for each other.

A block has some units of some sequences. W and h pass through the memory that its threads share, a
piece at a time; while one is multiplied, the numbers of the next are on their way. The sums stay in
registers. A sum is cut into chains, as in `product`; where there are few sequences for a block's
threads, its chains are shared out among them, and then added in their order.

The launch is cooperative, which means that all blocks are there at once; one barrier over the whole
grid ends a step.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from numba import cuda, int64, types, uint64

from tracer.kernels.cuda.package import REAL, VECTOR, Kernel, on_card
from tracer.kernels.cuda.pieces import Shape, layout, staging
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


@cache
def _adding(dtype: str, blocks: int, shape: Shape, apart: int) -> Any:
    """The function of a thread that adds its chains of a piece to the sums of its block.

    Sum q of sequence i is ``total[q * own + i]``. Number k of the vector of sequence i is at
    ``at + i * lanes * pitch + k``, that of the weights of sum q at ``at_w + k * apart + q``.

    It is in the file of its kernels: only there the simulator has `cuda` played for all threads.
    """
    real = REAL[dtype]
    units, lanes, each, parts = shape
    own, columns = shape.own, units * blocks
    further = lanes * (CHAIN + VECTOR * 8 // real.bitwidth)
    zero = real(0)

    @on_card
    def add(
        vectors: Any, at: int, weights: Any, at_w: int, chain: Any, total: Any, found: Any,
        mine: int, lane: int, part: int,
    ) -> None:  # fmt: skip
        for i in range(blocks * each):
            chain[i] = zero
        for k in range(0, CHAIN, 4):
            for q in range(blocks):
                w_0 = weights[uint64(at_w + k * apart + q)]
                w_1 = weights[uint64(at_w + (k + 1) * apart + q)]
                w_2 = weights[uint64(at_w + (k + 2) * apart + q)]
                w_3 = weights[uint64(at_w + (k + 3) * apart + q)]
                for i in range(each):
                    v = at + i * further
                    one = cuda.fma(vectors[uint64(v + k)], w_0, chain[q * each + i])
                    one = cuda.fma(vectors[uint64(v + k + 1)], w_1, one)
                    one = cuda.fma(vectors[uint64(v + k + 2)], w_2, one)
                    one = cuda.fma(vectors[uint64(v + k + 3)], w_3, one)
                    chain[q * each + i] = one
        if parts == 1:
            for i in range(blocks * each):
                total[i] += chain[i]
        else:
            column = lane * columns + mine * blocks
            for i in range(each):
                for q in range(blocks):
                    to = (part * each + i) * lanes * columns + column + q
                    found[uint64(to)] = chain[q * each + i]
            cuda.syncthreads()
            if part * own < each:
                for p in range(parts):
                    for i in range(own):
                        there = (p * each + part * own + i) * lanes * columns + column
                        for q in range(blocks):
                            total[q * own + i] += found[uint64(there + q)]

    return add


@cache
def forward(steps: Steps, shape: Shape) -> Kernel:
    """The kernel ``(plan, lengths, weights, room)`` that unrolls a kind of cell."""
    real, blocks = REAL[steps.dtype], steps.blocks
    squeeze, update = steps.squeeze, steps.update
    units, lanes, each, parts = shape
    threads, sequences, own, piece = shape.threads, shape.sequences, shape.own, shape.piece
    columns = units * blocks
    laid = layout(shape, blocks, real.bitwidth // 8, 1)
    pitch, of_h, of_w, of_found, pieces = laid
    all_h, all_w = pieces * of_h, pieces * of_w
    some_h, some_w = CHAIN * each // units, CHAIN * blocks // lanes
    chains, totals = blocks * each, blocks * own
    zero = real(0)
    read_h, read_w, put_h, put_w = staging(steps.dtype, shape, laid, blocks, 1, columns, 1)
    add = _adding(steps.dtype, blocks, shape, columns)

    def forward_grid(plan: Any, lengths: Any, weights: Any, room: Any) -> None:
        grid = cuda.cg.this_grid()
        N, H = plan[BATCH], plan[HIDDEN]
        rows, groups = blocks * H, (H + units - 1) // units
        work = groups * ((N + sequences - 1) // sequences)
        thread = cuda.threadIdx.x & (threads - 1)
        mine, lane, part = thread % units, thread // units % lanes, thread // (units * lanes)
        # Number k of sequence s, in chain p: [(p * sequences + s) * pitch + k]
        h_prev = cuda.shared.array(all_h, real, VECTOR)
        # and of unit j, gate q: [(p * (CHAIN + 1) + k) * columns + j * blocks + q]
        w = cuda.shared.array(all_w, real, VECTOR)
        found = cuda.shared.array(of_found, real, VECTOR)
        next_h = cuda.local.array(some_h, real)
        next_w = cuda.local.array(some_w, real)
        chain = cuda.local.array(chains, real)
        from_h = cuda.local.array(totals, real)
        from_x = cuda.local.array(totals, real)
        a = cuda.local.array(blocks, real)
        gates = cuda.local.array(blocks, real)
        before = cuda.local.array(own, real)
        # What the thread reads of a piece begins with these sequences and terms.
        s_h, k_h, k_w = thread // piece, thread % piece, thread // units
        to_h = (k_h // CHAIN * sequences + s_h) * pitch + k_h % CHAIN
        to_w = (k_w // CHAIN + k_w) * columns + mine * blocks
        my_h = (part * sequences + lane) * pitch
        my_w = part * (CHAIN + 1) * columns + mine * blocks
        side = 0
        for t in range(plan[BEGIN], plan[END]):
            state = plan[STATE_H] + t * N * H
            for item in range(cuda.blockIdx.x, work, cuda.gridDim.x):
                first, j = item // groups * sequences, item % groups * units + mine

                # What is needed when the sums are there is read long before.
                for q in range(blocks):
                    a[q] = weights[plan[BIAS] + q * H + j] if j < H else zero
                for i in range(own):
                    s = lane + (part * own + i) * lanes
                    n = first + s
                    there = s < sequences and n < N and j < H
                    before[i] = zero
                    if there and plan[STATE_C] != NOWHERE:
                        before[i] = room[plan[STATE_C] + (t * N + n) * H + j]
                    for q in range(blocks):
                        at = plan[FROM_X] + (t * N + n) * rows + q * H + j
                        from_x[q * own + i] = room[at] if there else zero
                        from_h[q * own + i] = zero

                # W h_prev
                at_h = state + (first + s_h) * H + k_h
                at_w = k_w * rows + j
                terms_w = H - k_w if j < H else 0
                for start in range(-piece, H, piece):
                    ahead = start + piece
                    if start >= 0:
                        put_h(next_h, h_prev, side * of_h + to_h)
                        put_w(next_w, w, side * of_w + to_w)
                        cuda.syncthreads()
                    read_h(room, at_h + ahead, H, 0, N - first - s_h, H - ahead - k_h, next_h)
                    read_w(weights, at_w + ahead * rows, rows, H, terms_w - ahead, next_w)
                    if start >= 0:
                        add(
                            h_prev, side * of_h + my_h, w, side * of_w + my_w, chain, from_h, found,
                            mine, lane, part,
                        )  # fmt: skip
                        if pieces == 2:
                            side = (side + 1) & 1
                        elif parts == 1:
                            cuda.syncthreads()

                for i in range(own):
                    s = lane + (part * own + i) * lanes
                    n = first + s
                    if s < sequences and n < N and j < H:
                        unit, wide = (t * N + n) * H + j, (t * N + n) * rows + j
                        going = plan[RAGGED] == 0 or t < lengths[n]
                        for q in range(blocks):
                            z = zero
                            gates[q] = zero
                            if going:
                                z = from_x[q * own] + from_h[q * own] + a[q]
                                gates[q] = squeeze(q, z)
                            if plan[Z] != NOWHERE:
                                room[plan[Z] + wide + q * H] = z
                            if plan[GATES] != NOWHERE:
                                room[plan[GATES] + wide + q * H] = gates[q]
                        c = before[0]
                        if going:
                            h, c = update(gates, 0, 1, c, plan, room, unit)
                        else:  # it stands still
                            h = room[plan[STATE_H] + unit]
                            if plan[TANH_C] != NOWHERE:
                                room[plan[TANH_C] + unit] = zero
                        room[plan[STATE_H] + N * H + unit] = h
                        if plan[STATE_C] != NOWHERE:
                            room[plan[STATE_C] + N * H + unit] = c
                    # The next sequence moves up, so that what is read has the same place each time.
                    for m in range(totals - 1):
                        from_x[m], from_h[m] = from_x[m + 1], from_h[m + 1]
                    for m in range(own - 1):
                        before[m] = before[m + 1]
            grid.sync()

    floats = types.CPointer(real)
    signature = types.void(PLAN, types.CPointer(int64), floats, floats)
    return Kernel(forward_grid, signature, threads)


@cache
def backward(steps: Steps, shape: Shape) -> Kernel:
    """The kernel ``(plan, lengths, weights, numbers, d_h_from_loss, gradients)``, backward."""
    real, blocks = REAL[steps.dtype], steps.blocks
    read, read_back, back, ended = steps.read, steps.read_back, steps.back, steps.ended
    units, lanes, each, parts = shape
    threads, sequences, own, piece = shape.threads, shape.sequences, shape.own, shape.piece
    laid = layout(shape, blocks, real.bitwidth // 8, blocks)
    pitch, of_d_z, of_w, of_found, pieces = laid
    all_d_z, all_w, of_gate = pieces * of_d_z, pieces * of_w, of_d_z // blocks
    some_d_z, some_w = blocks * CHAIN * each // units, CHAIN * blocks // lanes
    chains, totals, side_by_side = blocks * each, blocks * own, units // blocks
    zero = real(0)
    read_d_z, read_w, put_d_z, put_w = staging(
        steps.dtype, shape, laid, blocks, blocks, units, parts * (CHAIN + 1) * units
    )
    add = _adding(steps.dtype, blocks, shape, units)

    def backward_grid(
        plan: Any, lengths: Any, weights: Any, numbers: Any, d_h_from_loss: Any, gradients: Any
    ) -> None:
        grid = cuda.cg.this_grid()
        N, H = plan[BATCH], plan[HIDDEN]
        rows, groups = blocks * H, (H + units - 1) // units
        work = groups * ((N + sequences - 1) // sequences)
        thread = cuda.threadIdx.x & (threads - 1)
        mine, lane, part = thread % units, thread // units % lanes, thread // (units * lanes)
        # The sums of a thread are those of some neighbouring units, beginning there, for a gate.
        beside, gate = mine % side_by_side * blocks, mine // side_by_side
        # Number k of sequence s, gate q: [q * of_gate + (p * sequences + s) * pitch + k] in chain p
        d_z = cuda.shared.array(all_d_z, real, VECTOR)
        # and of unit j: [((q * parts + p) * (CHAIN + 1) + k) * units + j]
        w = cuda.shared.array(all_w, real, VECTOR)
        found = cuda.shared.array(of_found, real, VECTOR)
        next_d_z = cuda.local.array(some_d_z, real)
        next_w = cuda.local.array(some_w, real)
        given = cuda.local.array(read, real)
        chain = cuda.local.array(chains, real)
        through = cuda.local.array(totals, real)
        # What the thread reads of a piece begins with these sequences and terms.
        s_z, k_z, k_w = thread // piece, thread % piece, thread // units
        to_d_z = (k_z // CHAIN * sequences + s_z) * pitch + k_z % CHAIN
        to_w = (k_w // CHAIN + k_w) * units + mine
        my_d_z = gate * of_gate + (part * sequences + lane) * pitch
        my_w = (gate * parts + part) * (CHAIN + 1) * units + beside
        side, whole = 0, (H + CHAIN - 1) // CHAIN * CHAIN
        # What the step after hands back lies one step further on, as in a state.
        for t in range(plan[END] - 1, plan[BEGIN] - 1, -1):
            cut = plan[WINDOW] > 0 and t > 0 and t % plan[WINDOW] == 0
            for item in range(cuda.blockIdx.x, work, cuda.gridDim.x):
                first, j = item // groups * sequences, item % groups * units + mine
                for i in range(own):
                    s = lane + (part * own + i) * lanes
                    n = first + s
                    if s < sequences and n < N and j < H:
                        unit, wide = (t * N + n) * H + j, (t * N + n) * rows + j
                        at = plan[D_Z] + wide
                        d_h = d_h_from_loss[unit]
                        d_h += gradients[plan[D_H_FROM_NEXT] + N * H + unit]
                        d_c = zero
                        if plan[D_C] != NOWHERE:
                            d_c = gradients[plan[D_C_FROM_NEXT] + N * H + unit]
                        if plan[RAGGED] == 0 or t < lengths[n]:
                            read_back(plan, numbers, unit, wide, given, 0)
                            d_c = back(plan, given, 0, gradients, gradients, at, H, unit, d_h, d_c)
                            if cut:
                                d_c = zero
                        else:  # it only stands still
                            gradients[plan[D_H_FROM_NEXT] + unit] = d_h
                            for q in range(blocks):
                                gradients[at + q * H] = zero
                            ended(plan, gradients, unit)
                            if plan[D_C] != NOWHERE:
                                gradients[plan[D_C] + unit] = d_c
                        gradients[plan[D_H] + unit] = d_h
                        if plan[D_C] != NOWHERE:
                            gradients[plan[D_C_FROM_NEXT] + unit] = d_c
            grid.sync()

            for item in range(cuda.blockIdx.x, work, cuda.gridDim.x):
                first, j = item // groups * sequences, item % groups * units + mine

                # d_z W, for each gate
                for i in range(totals):
                    through[i] = zero
                at_d_z = plan[D_Z] + (t * N + first + s_z) * rows + k_z
                at_w = plan[W_AT] + k_w * H + j
                terms_w = H - k_w if j < H else 0
                for start in range(-piece, H, piece):
                    ahead = start + piece
                    if start >= 0:
                        put_d_z(next_d_z, d_z, side * of_d_z + to_d_z)
                        put_w(next_w, w, side * of_w + to_w)
                        cuda.syncthreads()
                    read_d_z(
                        gradients, at_d_z + ahead, rows, H, N - first - s_z, H - ahead - k_z,
                        next_d_z,
                    )  # fmt: skip
                    read_w(weights, at_w + ahead * H, H, whole * H, terms_w - ahead, next_w)
                    if start >= 0:
                        add(
                            d_z, side * of_d_z + my_d_z, w, side * of_w + my_w,
                            chain, through, found,
                            mine, lane, part,
                        )  # fmt: skip
                        if pieces == 2:
                            side = (side + 1) & 1
                        elif parts == 1:
                            cuda.syncthreads()

                # d_h_prev, gate by gate; the sums lie where d_z was.
                cuda.syncthreads()
                for i in range(own):
                    s = lane + (part * own + i) * lanes
                    if s < sequences:
                        for v in range(blocks):
                            to = (gate * sequences + s) * units + beside + v
                            d_z[uint64(to)] = through[v * own + i]
                cuda.syncthreads()
                for i in range(own):
                    s = lane + (part * own + i) * lanes
                    n = first + s
                    if s < sequences and n < N and j < H:
                        d_h_prev = d_z[uint64(s * units + mine)]
                        for q in range(1, blocks):
                            d_h_prev += d_z[uint64((q * sequences + s) * units + mine)]
                        if plan[RAGGED] == 0 or t < lengths[n]:
                            unit = (t * N + n) * H + j
                            gradients[plan[D_H_FROM_NEXT] + unit] = zero if cut else d_h_prev
                cuda.syncthreads()

    floats = types.CPointer(real)
    signature = types.void(PLAN, types.CPointer(int64), floats, floats, floats, floats)
    return Kernel(backward_grid, signature, threads)
