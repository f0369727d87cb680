"""Matrix products on the card, a tile of the result in the registers of each block.

A sum over j is cut into chains of 32 neighbours. A chain is ``fma(row[j], weight[j], chain)`` for
its j in order, from 0, and the chains are added in order. So is the sum in a step, and what a trace
rebuilds has the bits of the first time. A sum of very many terms is cut into parts before, by its
sizes alone: the parts are sums of their own, and are added in order (`parts`).
"""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple

from numba import cuda, float32, int32, int64, types

from tracer.kernels.cuda.package import REAL, THREAD, VECTOR, Kernel, on_card
from tracer.kernels.cuda.staging import PLACES, Side, side_of

CHAIN = 32
"""So many neighbours make a chain. Past the last term of a sum a chain goes on with zeros."""

ROWS_ARE_STEPS, TERMS_ARE_STEPS = 1, 2
"""Which of the sizes counts the steps of all sequences, where some have ended before others.

Rows past an end come out as zero; terms past an end are zero times zero, whatever is there.
"""

AT_ONCE = 512
"""So many threads of a processor have 128 registers each, which is enough for float32."""


class Shape(NamedTuple):
    """A block has down × across threads, and each of them each_down × each_across numbers.

    Shared memory has ``piece`` terms, a power of two, of the block's rows and columns at once, and
    as many to come.
    The threads are a multiple of the rows, of the columns, and of across × piece / 2.
    """

    down: int
    across: int
    each_down: int
    each_across: int
    piece: int

    @property
    def threads(self) -> int:
        """Threads of a block."""
        return self.down * self.across

    @property
    def rows(self) -> int:
        """Rows of a block's tile of the result."""
        return self.down * self.each_down

    @property
    def columns(self) -> int:
        """Columns of a block's tile of the result."""
        return self.across * self.each_across


class Strides(NamedTuple):
    """Where the first number of a matrix lies, and how far its neighbours are from each other.

    Of the number in the row below, of that in the next column, and of the next matrix.
    """

    first: int
    row: int
    column: int
    matrix: int = 0


class Lies(NamedTuple):
    """How the numbers lie that are multiplied; a kernel is compiled for each way.

    Attributes
    ----------
    left_in_j, right_in_j : bool
        Whether neighbours in a row of left, or in a column of right, lie side by side.
    ragged : bool
        Whether terms past an end are left out.
    """

    left_in_j: bool
    right_in_j: bool
    ragged: bool


def lying_so(left: Strides, right: Strides, *, ragged: bool) -> Lies:
    """What the strides say."""
    return Lies(left.column == 1, right.row == 1 and right.column != 1, ragged)


BIG, SMALL = Shape(16, 16, 8, 4, 16), Shape(8, 8, 4, 4, 16)
PLAYED = Shape(2, 2, 2, 2, 4)
"""The simulator's: it plays each thread by a thread of Python."""


@cache
def product(dtype: str, shape: Shape, lies: Lies) -> Kernel:
    """The kernel of ``out = left @ right`` for left (R, J), right (J, K), and many at once.

    How the two lie is known when it is compiled: what a thread does beside its sums for a piece is
    a third of its instructions, and was half of them when it asked that at each piece.

    It takes ``(R, J, K, counts, N, lengths, left, *Strides, right, *Strides, out, *Strides, part)``
    and reads lengths (N,) only where `counts` is not 0: then row r, or term j, is step r // N of
    sequence r % N. The blocks are row tiles × column tiles × (matrices × parts), and each part of
    `part` terms has a result of its own. The last tile lies at the end, over the one before it.
    """
    real = REAL[dtype]
    down, across, each_down, each_across, piece = shape
    threads, rows, columns = shape.threads, shape.rows, shape.columns
    together = VECTOR * 8 // real.bitwidth  # numbers that a thread reads at once
    vector = min(together, each_down)
    pitch_a, pitch_m = rows + together, columns + together
    aligned = PLACES & -min(vector, each_across)  # tells the compiler where they begin
    # The columns begin one vector on: of one at place 0 the compiler reads each number by itself.
    first_m = together
    both, both_a, both_m = 2 * piece, 2 * piece * pitch_a, first_m + 2 * piece * pitch_m
    # Threads of a warp: neighbours share what they read, of rows or of columns.
    tall, wide = min(4, down), min(8, across)
    half = piece // 2
    lines = threads // half
    in_j_a, in_j_m, ragged = lies
    to_a: Side = side_of(real, threads, piece, rows, pitch_a, lines, in_j=in_j_a)
    to_m: Side = side_of(real, threads, piece, columns, pitch_m, lines // across, in_j=in_j_m)
    read_a, read_inside_a, leave_out_a, put_a, terms_a = to_a
    read_m, read_inside_m, leave_out_m, put_m, terms_m = to_m
    in_a, in_m = piece * rows // threads, piece * columns // threads
    results = each_down * each_across
    zero = real(0)

    def add_term(
        a: Any, from_a: int, m: Any, from_m: int, row_of: Any, column_of: Any, chain: Any
    ) -> None:
        for i in range(each_down):
            row_of[i] = a[from_a + i // vector * (down * vector) + i % vector]
        for v in range(each_across):
            column_of[v] = m[from_m + v]
        for v in range(each_across):
            for i in range(each_down):
                place = v * each_down + i
                chain[place] = cuda.fma(row_of[i], column_of[v], chain[place])

    def add_terms(count: int) -> Any:
        """The same for so many neighbours, a power of two, without a loop: no place is computed."""
        if count == 1:
            return on_card(add_term)
        some, on = add_terms(count // 2), count // 2

        def twice(
            a: Any, from_a: int, m: Any, from_m: int, row_of: Any, column_of: Any, chain: Any
        ) -> None:
            some(a, from_a, m, from_m, row_of, column_of, chain)
            some(a, from_a + on * pitch_a, m, from_m + on * pitch_m, row_of, column_of, chain)

        return on_card(twice)

    add_piece = add_terms(piece)

    def product_of(
        R: int, J: int, K: int, counts: int, N: int, lengths: Any,
        left: Any, l_first: int, l_row: int, l_column: int, l_matrix: int,
        right: Any, r_first: int, r_row: int, r_column: int, r_matrix: int,
        out: Any, o_first: int, o_row: int, o_column: int, o_matrix: int,
        part: int,
    ) -> None:  # fmt: skip
        thread = cuda.threadIdx.x & THREAD
        parts = max(1, (J + part - 1) // part)
        matrix = cuda.blockIdx.z // parts
        begin = (cuda.blockIdx.z - matrix * parts) * part
        terms = min(part, J - begin)
        first_term = matrix * J + begin
        first_row = max(0, min(cuda.blockIdx.x * rows, R - rows))
        first_column = max(0, min(cuda.blockIdx.y * columns, K - columns))
        whole = rows <= R and columns <= K

        a = cuda.shared.array(both_a, real, VECTOR)  # [j * pitch_a + row]
        m = cuda.shared.array(both_m, real, VECTOR)  # a thread's columns are neighbours
        alive = cuda.shared.array(both, int32)
        my_a = cuda.local.array(in_a, real)
        my_m = cuda.local.array(in_m, real)
        row_of = cuda.local.array(each_down, real)
        column_of = cuda.local.array(each_across, real)
        chain = cuda.local.array(results, real)
        total = cuda.local.array(results, real)

        # Which numbers of a piece of left, and of right, this thread brings
        line_a, j_a, step_a = thread % rows, thread // rows, terms_a * l_column
        if in_j_a:
            line_a, j_a, step_a = thread // half, thread % half, lines * l_row
        line_m, j_m, step_m = thread % columns, thread // columns, terms_m * r_row
        if in_j_m:
            line_m, j_m, step_m = thread // half, thread % half, lines * r_column
        at_a = l_first + matrix * l_matrix + (first_row + line_a) * l_row + (begin + j_a) * l_column
        at_m = (
            r_first + matrix * r_matrix + (first_column + line_m) * r_column + (begin + j_m) * r_row
        )
        put_at_a = j_a * pitch_a + line_a
        put_at_m = first_m + j_m * pitch_m + line_m % across * each_across + line_m // across

        # Which numbers of the result are its own
        lane, warp = thread % (tall * wide), thread // (tall * wide)
        d = lane % 2 + lane // (2 * wide) * 2 + warp // (across // wide) * tall
        c = lane // 2 % wide + warp % (across // wide) * wide

        for i in range(results):
            chain[i] = zero
            total[i] = zero

        if ragged:
            for ahead in range(2):
                if thread < piece:
                    there, term = 0, ahead * piece + thread
                    if term < terms:
                        step = first_term + term
                        there = 1 if step // N < lengths[step % N] else 0
                    alive[term] = there
            cuda.syncthreads()

        # The next piece is on its way while this one is multiplied. Before the first there is none.
        start = -piece
        while start < terms:
            ahead = start + piece
            now, then = start & piece, ahead & piece
            there = 0
            if ahead < terms:
                if whole and ahead + piece <= terms:
                    read_a(left, at_a, step_a, my_a)
                    read_m(right, at_m, step_m, my_m)
                else:
                    lines_left, terms_left = R - first_row - line_a, terms - ahead - j_a
                    read_inside_a(left, at_a, step_a, my_a, lines_left, terms_left)
                    lines_left, terms_left = K - first_column - line_m, terms - ahead - j_m
                    read_inside_m(right, at_m, step_m, my_m, lines_left, terms_left)
                at_a += piece if in_j_a else piece * l_column
                at_m += piece if in_j_m else piece * r_row
            if ragged and start >= 0 and thread < piece and ahead + piece + thread < terms:
                step = first_term + ahead + piece + thread
                there = 1 if step // N < lengths[step % N] else 0

            if start >= 0:
                at_j = (now * pitch_a + d * vector) & aligned
                at_k = (first_m + now * pitch_m + c * each_across) & aligned
                add_piece(a, at_j, m, at_k, row_of, column_of, chain)
                if ahead & (CHAIN - 1) == 0:
                    for i in range(results):
                        total[i] += chain[i]
                        chain[i] = zero

            if ahead < terms:
                if ragged:
                    leave_out_a(alive, then + j_a, my_a)
                    leave_out_m(alive, then + j_m, my_m)
                    if start >= 0 and thread < piece:
                        alive[now + thread] = there
                put_a(my_a, a, then * pitch_a + put_at_a)
                put_m(my_m, m, then * pitch_m + put_at_m)
            cuda.syncthreads()
            start = ahead

        at_out = o_first + cuda.blockIdx.z * o_matrix
        for i in range(each_down):
            r = first_row + i // vector * (down * vector) + d * vector + i % vector
            if r < R:
                ended = counts == ROWS_ARE_STEPS and r // N >= lengths[r % N]
                for v in range(each_across):
                    k = first_column + v * across + c
                    if k < K:
                        # The last chain may be short, or there is none: then zero is added.
                        result = total[v * each_down + i] + chain[v * each_down + i]
                        out[at_out + r * o_row + k * o_column] = zero if ended else result

    numbers, strides = types.CPointer(real), [int64] * len(Strides._fields)
    sizes = [int64] * 5  # R, J, K, counts, N
    signature = types.void(*sizes, types.CPointer(int64), *[numbers, *strides] * 3, int64)
    at_once = AT_ONCE // threads if real is float32 and results <= 32 else 1
    return Kernel(product_of, signature, threads, at_once)
