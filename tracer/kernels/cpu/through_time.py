"""The loops over time, forward and backward, of every kind of cell: for traces and for training.

The sentences of a batch lie side by side. All numbers of a quantity are in one place of a `room`:
those of the first step, of all sentences, then those of the second, ... Step t has ``counts[t]``
sentences and begins at row ``starts[t + 1]``; before it, at ``starts[t]``, begins the step before,
and the first of all is the state before the first step. What is not kept has the room of one step,
in which every step works.

`step` and `step_back` are the cell's own: `tracer.kernels.cpu.cells` compiles each loop once for
each kind of cell, with its steps in their place.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from tracer.cells.activations import Array
from tracer.kernels.cpu.arrays import (
    BEGIN,
    Blocks,
    Moment,
    Places,
    Room,
    add,
    clear,
    copy,
    in_blocks,
)
from tracer.kernels.cpu.jit import compiled
from tracer.kernels.cpu.product import ROWS, product, whole_tiles

Lengths = npt.NDArray[np.int64]

WHOLE, NOT_OF_A_STATE = -1, -2
"""In `wholes`: the gradient of a state, such as d_h; and any that has nothing to do with one."""

MANY = 64
"""So many rows at once are multiplied at full speed."""


def step(*arguments: Any) -> None:
    """The cell's own step; see `tracer.kernels.cpu.lstm.step`."""
    raise NotImplementedError(arguments)


def step_back(*arguments: Any) -> None:
    """The cell's own step back; see `tracer.kernels.cpu.lstm.step_back`."""
    raise NotImplementedError(arguments)


# -- where the numbers lie -----------------------------------------------------------------------


@compiled
def lay_out(kept: Places, states: Places, steps_rows: int, N: int, base: Places) -> int:
    """At which row each quantity begins, for so many rows of all steps; returns how many in all.

    A state has N rows more, for the one before the first step. The numbers of any other quantity
    that is kept seem to begin N rows earlier, so that ``starts`` counts for both.
    """
    size = 0
    for q in range(kept.size):
        base[q] = size
        if states[q]:
            size += steps_rows + N
        elif kept[q]:
            base[q] -= N
            size += steps_rows
        else:
            size += N
    return size


@compiled
def _go_to(start: int, first: int, kept: Places, base: Places, moment: Moment) -> None:
    """The rows of the step that begins at row `start`."""
    for q in range(base.size):
        moment.at[q] = base[q] + (start if kept[q] else first)


@compiled
def moment_of(room: Room, base: Places) -> Moment:
    """A moment that is yet to be gone to."""
    return Moment(room.rows, room.flat, np.empty_like(base))


@compiled
def room_of(rows: int, H: int, like: Array) -> Room:
    """A new room, of whole tiles and of what a tile may read past them."""
    made = np.zeros((whole_tiles(rows) + ROWS, H), like.dtype)
    return Room(made, made.reshape(made.size))


@compiled
def _piece_of(moment: Moment, q: int, n: int) -> Array:
    """The numbers of one sentence."""
    row: Array = moment.rows[moment.at[q] + n]
    return row


# -- one loop forward, one backward --------------------------------------------------------------


def forward(
    cell: Any, from_x: Array, which: Places, counts: Places, starts: Places, begin: int, end: int,
    first: int, lengths: Lengths, kept: Places, states: Places, base: Places, room: Room,
    from_h: Blocks, spare: Room, from_zero: int,
) -> None:  # fmt: skip
    """Run the steps begin..end; `which` says which of from_x (·, blocks, H) each of them reads.

    With `lengths` those sentences stand still that have ended; without, no step has one of them.
    The state before the first `from_zero` steps (0 or 1) is 0, and from_h comes in as 0: a step is
    to multiply as many rows as from_h has, which are then none.
    """
    now, before = moment_of(room, base), moment_of(room, base)
    for t in range(begin, end):
        _go_to(starts[t], first, kept, base, before)
        _go_to(starts[t + 1], first, kept, base, now)
        at = starts[t + 1] - starts[begin + 1]
        through = 0 if t < from_zero else whole_tiles(counts[t])
        step(
            cell, from_x, which[at : at + counts[t]], now, before,
            Blocks(from_h.rows[:through], from_h.blocks), spare,
        )  # fmt: skip
        for n in range(lengths.size):
            if t >= lengths[n]:
                for q in range(base.size):
                    if states[q]:
                        copy(_piece_of(before, q, n), _piece_of(now, q, n))
                    else:
                        clear(_piece_of(now, q, n))


def backward(
    cell: Any, counts: Places, starts: Places, first: int, lengths: Lengths, window: int,
    d_h_from_loss: Array, kept: Places, base: Places, room: Room,
    d_kept: Places, wholes: Places, d_base: Places, d_room: Room, d_z: Blocks, spare: Room,
    from_zero: int,
) -> None:  # fmt: skip
    """Run all steps back; d_h_from_loss (flat) and d_z have a row for each row of each step.

    `wholes` says of each gradient that the step after hands back, such as d_h_from_next, to which
    it belongs, such as d_h; that one is `WHOLE`, and all others are `NOT_OF_A_STATE`. With
    ``window > 0`` nothing goes back over the start of every window-th step. What the first
    `from_zero` steps (0 or 1) hand back nobody wants: they are to multiply no rows of d_z.
    """
    H = room.rows.shape[1]
    now, before = moment_of(room, base), moment_of(room, base)
    d_now, d_before = moment_of(d_room, d_base), moment_of(d_room, d_base)
    for t in range(counts.size - 1, -1, -1):
        _go_to(starts[t], first, kept, base, before)
        _go_to(starts[t + 1], first, kept, base, now)
        _go_to(starts[t], first, d_kept, d_base, d_before)
        _go_to(starts[t + 1], first, d_kept, d_base, d_now)
        N, row = counts[t], starts[t + 1] - starts[1] + first
        through = 0 if t < from_zero else whole_tiles(N)
        step_back(
            cell, d_h_from_loss[row * H : (row + N) * H], now, before, d_now, d_before,
            Blocks(d_z.rows[row : row + through], d_z.blocks[row : row + N]), spare,
        )  # fmt: skip
        for n in range(lengths.size):
            if t >= lengths[n]:
                loss = d_h_from_loss[(row + n) * H : (row + n + 1) * H]
                _stand_still(loss, n, wholes, d_now, d_before, d_z.rows[row + n])
        if window > 0 and t > 0 and t % window == 0:
            for q in range(d_base.size):
                for n in range(N):
                    # Where it only stands still there is no step to cut at.
                    if wholes[q] >= 0 and (lengths.size == 0 or t < lengths[n]):
                        clear(_piece_of(d_before, q, n))


@compiled
def _stand_still(
    d_h_from_loss: Array, n: int, wholes: Places, d_now: Moment, d_before: Moment, d_z: Array
) -> None:
    """Past its end the gradients of a sentence's state pass through; all others are 0."""
    for q in range(wholes.size):
        if wholes[q] == NOT_OF_A_STATE:
            clear(_piece_of(d_now, q, n))
    clear(d_z)
    for q in range(wholes.size):
        if wholes[q] >= 0:
            whole = _piece_of(d_now, wholes[q], n)
            copy(_piece_of(d_now, q, n), whole)
            if q == 0:  # of h
                add(whole, d_h_from_loss, whole)
            copy(whole, _piece_of(d_before, q, n))


# -- whole traces --------------------------------------------------------------------------------


@compiled
def _all_steps(lengths: Lengths, T: int, first: int, last: int) -> tuple[Places, Places]:
    """Counts and starts of a batch whose steps all have the same sentences.

    Sentences at the end of the share that have ended are left out, so the longest best come first.
    """
    counts, starts = np.empty(T, np.int64), np.empty(T + 1, np.int64)
    end = last
    for t in range(T):
        while end > first and t >= lengths[end - 1]:
            end -= 1
        counts[t] = end - first
    for t in range(T + 1):
        starts[t] = t * lengths.size + first
    return counts, starts


@compiled
def _ends(lengths: Lengths, T: int) -> Lengths:
    """The lengths, or none where no sentence is shorter than T."""
    for n in range(lengths.size):
        if lengths[n] < T:
            return lengths
    return lengths[:0]


def record(
    cell: Any, U: Array, x: Array, lengths: Lengths, kept: Places, states: Places,
    first: int, last: int, numbers: Array,
) -> None:  # fmt: skip
    """Unroll the sentences first..last of x (T·N, D) and keep what is `kept`.

    ``U`` comes packed. Several threads may each take a share of the sentences.
    `numbers` (rows, H) is the room of all quantities.
    """
    N, size, width = lengths.size, last - first, cell.a.size
    T = len(x) // N
    base = np.empty_like(kept)
    lay_out(kept, states, T * N, N, base)
    counts, starts = _all_steps(lengths, T, first, last)
    # Several steps' words at once if the batch is small.
    steps = min(T, max(1, MANY // N)) if size == N else 1
    ends = _ends(lengths[first:last], T)
    from_x = in_blocks(np.empty((steps * size, width), x.dtype), numbers.shape[1])
    which = np.arange(steps * size)
    room = Room(numbers, numbers.reshape(numbers.size))
    from_h = in_blocks(np.zeros((whole_tiles(size), width), x.dtype), numbers.shape[1])
    spare = room_of(size, numbers.shape[1], x)
    for t in range(0, T, steps):
        end = min(t + steps, T)
        words = x[t * N + first : (end - 1) * N + first + counts[end - 1]]
        product(words, U, from_x.rows[: len(words)])
        forward(
            cell, from_x.blocks, which, counts, starts, t, end, first, ends, kept, states, base,
            room, from_h, spare, BEGIN,
        )  # fmt: skip


def record_back(
    cell: Any, Ut: Array, lengths: Lengths, window: int, kept: Places, states: Places,
    wholes: Places, first: int, last: int, d_h_from_loss: Array, numbers: Array,
    gradients: Array, d_z: Array, d_x: Array,
) -> None:  # fmt: skip
    """Run the sentences first..last backward; everything is kept. d_x is (T·N, D).

    The last step of what is handed back, such as d_h_from_next, comes in as the gradient of the
    final state.
    """
    N = lengths.size
    T = len(d_x) // N
    base, d_base, d_kept = np.empty_like(kept), np.empty_like(wholes), np.ones_like(wholes)
    lay_out(kept, states, T * N, N, base)
    handed = np.empty_like(wholes)
    for q in range(wholes.size):
        handed[q] = wholes[q] >= 0
    lay_out(d_kept, handed, T * N, N, d_base)
    counts, starts = _all_steps(lengths, T, first, last)
    room = Room(numbers, numbers.reshape(numbers.size))
    d_room = Room(gradients, gradients.reshape(gradients.size))
    spare = room_of(last - first, numbers.shape[1], d_z)
    ends = _ends(lengths[first:last], T)
    backward(
        cell, counts, starts, first, ends, window, d_h_from_loss, kept, base, room,
        d_kept, wholes, d_base, d_room, in_blocks(d_z, numbers.shape[1]), spare,
        BEGIN,
    )  # fmt: skip
    if last - first == N:
        product(d_z[: T * N], Ut, d_x)
    else:
        for at in range(first, T * N, N):
            product(d_z[at : at + last - first], Ut, d_x[at : at + last - first])
    for t in range(T):
        for n in range(first, last):
            if t >= lengths[n]:
                clear(d_x[t * N + n])  # also where 0 times a weight is not 0


@compiled
def outer(d_z: Array, rows: Array, shares: Array) -> None:
    """Add ``d_z x^T`` of every sentence into the shares (T, J, K), step by step."""
    T, N, J = d_z.shape
    for t in range(T):
        share = shares[t]
        for n in range(N):
            x = rows[t, n]
            for j in range(J):
                d, row = d_z[t, n, j], share[j]
                for k in range(x.size):
                    row[k] += d * x[k]
