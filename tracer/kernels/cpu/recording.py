"""Whole traces: a share of the sentences goes through all steps, forward or backward.

A thread takes some of the sentences; or, of one sentence, some of the units, as one of a team.

`forward`, `backward` and `Weights` are the cell's own; see `tracer.kernels.cpu.cells`.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from tracer.cells.activations import Array
from tracer.kernels.cpu.arrays import BEGIN, Blocks, Part, Places, Room, clear, copy, in_blocks
from tracer.kernels.cpu.calls import stand_apart, uncounted
from tracer.kernels.cpu.jit import compiled, inlined
from tracer.kernels.cpu.meeting import FIRST, LINE, MEMBERS, UNITS, gave_up, meet
from tracer.kernels.cpu.product import product, whole_tiles
from tracer.kernels.cpu.through_time import Lengths, backward, forward, room_of

MANY = 64
"""So many rows at once are multiplied at full speed."""


def Weights(*arguments: Any) -> Any:
    """The cell's own weights, laid out; see `tracer.kernels.cpu.lstm.Weights`."""
    raise NotImplementedError(arguments)


@compiled
def _rows_from(numbers: Array, first: int, unit: int) -> Array:
    """The rows (R, K) from the first, each beginning at that unit and ending in the next row."""
    rows, K = numbers[first:], numbers.shape[1]
    if unit == 0:
        return rows
    flat: Array = rows.reshape(rows.size)
    return flat[unit : unit + (len(rows) - 1) * K].reshape((len(rows) - 1, K))


@inlined
def _room_from(numbers: Array, first: int, unit: int) -> Room:
    rows = _rows_from(numbers, first, unit)
    return Room(rows, rows.reshape(rows.size))


@compiled
def _units_of(team: Places, me: int, H: int) -> tuple[int, int]:
    """The first of a member's units, and how many it has; of nobody's team, all."""
    if team.size == 0:
        return 0, H
    line = MEMBERS + me * LINE
    return team[line + FIRST], team[line + UNITS]


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
        starts[t] = t * lengths.size
    return counts, starts


@compiled
def _ends(lengths: Lengths, T: int) -> Lengths:
    """The lengths, or none where no sentence is shorter than T."""
    for n in range(lengths.size):
        if lengths[n] < T:
            return lengths
    return lengths[:0]


@compiled
def _begin(
    begun: Array, first: int, unit: int, states: Places, places: Places, room: Room, part: Part,
    size: int,
) -> None:  # fmt: skip
    """Put the state before the first step into its place, from that unit and sentence on."""
    stand_apart()
    state = 0
    for q in range(states.size):
        if states[q]:
            for n in range(size):
                row = room.rows[places[q, 0] + n, : part.units]
                if begun.size > 0:
                    copy(begun[state, first + n, unit : unit + part.units], row)
                else:
                    clear(row)
            state += 1


def record(
    own: Any, U: Array, x: Array, begun: Array, lengths: Lengths, states: Places, places: Places,
    first: int, last: int, team: Places, me: int, numbers: Array,
) -> None:  # fmt: skip
    """Unroll the sentences first..last of x (T, N, D) into `numbers` (rows, H), all their room.

    `begun` is the state before the first step, (states, N, H), or empty where it is 0. ``U`` comes
    packed. Several threads may each take a share of the sentences, or form a team, of
    which each brings the weights of its units.
    """
    cell, U, x, lengths = Weights(*uncounted(own)), uncounted(U), uncounted(x), uncounted(lengths)
    states, places, numbers, team = uncounted((states, places, numbers, team))
    T, N, D = x.shape
    size, width, rows = last - first, cell.a.size, x.reshape((T * N, D))
    counts, starts = _all_steps(lengths, T, first, last)
    # Several steps' words at once if the batch is small.
    steps = min(T, max(1, MANY // N)) if size == N else 1
    ends = _ends(lengths[first:last], T)
    unit, units = _units_of(team, me, numbers.shape[1])
    part = Part(numbers[first:], units, team, me)
    from_x = in_blocks(np.empty((steps * size, width), x.dtype), units)
    which = np.arange(steps * size)
    room = _room_from(numbers, first, unit)
    from_h = in_blocks(np.zeros((whole_tiles(size), width), x.dtype), units)
    spare = room_of(size, units, rows)
    _begin(uncounted(begun), first, unit, states, places, room, part, size)
    if not meet(team, me):
        return
    for t in range(0, T, steps):
        if gave_up(team):
            return
        end = min(t + steps, T)
        words = rows[t * N + first : (end - 1) * N + first + counts[end - 1]]
        product(words, U, from_x.rows[: len(words)])
        forward(
            cell, from_x.blocks, which, counts, starts, t, end, ends, states, places, room, part,
            from_h, spare, BEGIN,
        )  # fmt: skip


def record_back(
    own: Any, Ut: Array, lengths: Lengths, window: int, places: Places, wholes: Places,
    d_places: Places, first: int, last: int, team: Places, me: int, d_h_from_loss: Array,
    numbers: Array, gradients: Array, d_z: Array, d_x: Array,
) -> None:  # fmt: skip
    """Run the sentences first..last backward; everything is kept. d_x is (T·N, D).

    The last step of what is handed back, such as d_h_from_next, comes in as the gradient of the
    final state.
    """
    cell, Ut, lengths = Weights(*uncounted(own)), uncounted(Ut), uncounted(lengths)
    places, wholes, d_places, team = uncounted((places, wholes, d_places, team))
    d_h_from_loss, numbers, gradients, d_z, d_x = uncounted(
        (d_h_from_loss, numbers, gradients, d_z, d_x)
    )
    N, H = lengths.size, numbers.shape[1]
    T = len(d_x) // N
    counts, starts = _all_steps(lengths, T, first, last)
    unit, units = _units_of(team, me, H)
    part = Part(numbers[first:], units, team, me)
    spare = room_of(last - first, units, d_z)
    ends = _ends(lengths[first:last], T)
    mine = in_blocks(_rows_from(d_z, first, unit), H)
    if not meet(team, me):
        return
    backward(
        cell, counts, starts, ends, window, d_h_from_loss[first * H + unit :], places,
        _room_from(numbers, first, unit), wholes, d_places, _room_from(gradients, first, unit),
        part, Blocks(d_z[first:], mine.blocks), spare, BEGIN,
    )  # fmt: skip
    if gave_up(team):
        return
    if team.size > 0:
        _d_x_of_one(d_z, Ut, lengths[0], unit * T // H, (unit + units) * T // H, d_x)
        return
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
def _d_x_of_one(d_z: Array, Ut: Array, length: int, begin: int, end: int, d_x: Array) -> None:
    """The steps begin..end of one sentence's d_x, once the whole team has met."""
    product(d_z[begin:end], Ut, d_x[begin:end])
    for t in range(max(begin, length), end):
        clear(d_x[t])


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
