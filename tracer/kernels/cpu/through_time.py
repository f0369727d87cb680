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
    Blocks,
    Moment,
    Part,
    Places,
    Room,
    add,
    clear,
    copy,
)
from tracer.kernels.cpu.calls import uncounted
from tracer.kernels.cpu.jit import compiled, inlined
from tracer.kernels.cpu.meeting import gave_up
from tracer.kernels.cpu.product import ROWS, whole_tiles

Lengths = npt.NDArray[np.int64]

WHOLE, NOT_OF_A_STATE = -1, -2
"""In `wholes`: the gradient of a state, such as d_h; and any that has nothing to do with one."""


def step(*arguments: Any) -> None:
    """The cell's own step; see `tracer.kernels.cpu.lstm.step`."""
    raise NotImplementedError(arguments)


def step_back(*arguments: Any) -> None:
    """The cell's own step back; see `tracer.kernels.cpu.lstm.step_back`."""
    raise NotImplementedError(arguments)


# -- where the numbers lie -----------------------------------------------------------------------


@compiled
def lay_out(kept: Places, steps_rows: int, N: int) -> tuple[Places, int]:
    """The place of each quantity, for so many rows of all steps; and how many rows there are.

    What is kept comes first, and has N rows more, for the step before the first one. What is not
    kept has the room of one step.
    """
    places, size = np.empty((kept.size, 2), np.int64), 0
    for keeps in (1, 0):
        for q in range(kept.size):
            if kept[q] == keeps:
                places[q, 0], places[q, 1] = size, keeps
                size += steps_rows + N if keeps else N + 1  # each in another part of the cache
    return places, size


@inlined
def _moment(room: Room, part: Part, places: Places, row: int) -> Moment:
    return Moment(room.rows, room.flat, places, row, part)


@compiled
def room_of(rows: int, H: int, like: Array) -> Room:
    """A new room, of whole tiles and of what a tile may read past them."""
    made = np.zeros((whole_tiles(rows) + ROWS, H), like.dtype)
    return Room(made, made.reshape(made.size))


@compiled
def _piece_of(moment: Moment, q: int, n: int) -> Array:
    """The numbers of one sentence."""
    row: Array = moment.rows[moment.places[q, 0] + moment.places[q, 1] * moment.row + n]
    return row[: moment.part.units]


# -- one loop forward, one backward --------------------------------------------------------------


def forward(
    cell: Any, from_x: Array, which: Places, counts: Places, starts: Places, begin: int, end: int,
    lengths: Lengths, states: Places, places: Places, room: Room, part: Part, from_h: Blocks,
    spare: Room, from_zero: int,
) -> None:  # fmt: skip
    """Run the steps begin..end; `which` says which of from_x (·, blocks, H) each of them reads.

    With `lengths` those sentences stand still that have ended; without, no step has one of them.
    The state before the first `from_zero` steps (0 or 1) is 0, and from_h comes in as 0: a step is
    to multiply as many rows as from_h has, which are then none.
    """
    cell, from_x, which = uncounted(cell), uncounted(from_x), uncounted(which)
    room, part, places, from_h, spare = uncounted((room, part, places, from_h, spare))
    for t in range(begin, end):
        if gave_up(part.team):
            return
        before, now = (
            _moment(room, part, places, starts[t]),
            _moment(room, part, places, starts[t + 1]),
        )
        at = starts[t + 1] - starts[begin + 1]
        through = 0 if t < from_zero else whole_tiles(counts[t])
        step(
            cell, from_x, which[at : at + counts[t]], now, before,
            Blocks(from_h.rows[:through], from_h.blocks), spare,
        )  # fmt: skip
        for n in range(lengths.size):
            if t >= lengths[n]:
                for q in range(states.size):
                    if states[q]:
                        copy(_piece_of(before, q, n), _piece_of(now, q, n))
                    else:
                        clear(_piece_of(now, q, n))


def backward(
    cell: Any, counts: Places, starts: Places, lengths: Lengths, window: int,
    d_h_from_loss: Array, places: Places, room: Room, wholes: Places, d_places: Places,
    d_room: Room, part: Part, d_z: Blocks, spare: Room, from_zero: int,
) -> None:  # fmt: skip
    """Run all steps back; d_h_from_loss (flat) and d_z have a row for each row of each step.

    `wholes` says of each gradient that the step after hands back, such as d_h_from_next, to which
    it belongs, such as d_h; that one is `WHOLE`, and all others are `NOT_OF_A_STATE`. With
    ``window > 0`` nothing goes back over the start of every window-th step. What the first
    `from_zero` steps (0 or 1) hand back nobody wants: they are to multiply no rows of d_z.
    """
    cell, d_h_from_loss, d_z = uncounted(cell), uncounted(d_h_from_loss), uncounted(d_z)
    room, places, d_room, d_places, spare = uncounted((room, places, d_room, d_places, spare))
    part = uncounted(part)
    H = room.rows.shape[1]
    for t in range(counts.size - 1, -1, -1):
        if gave_up(part.team):
            return
        before, now = (
            _moment(room, part, places, starts[t]),
            _moment(room, part, places, starts[t + 1]),
        )
        d_before = _moment(d_room, part, d_places, starts[t])
        d_now = _moment(d_room, part, d_places, starts[t + 1])
        N, row = counts[t], starts[t + 1] - starts[1]
        through = 0 if t < from_zero else whole_tiles(N)
        step_back(
            cell, d_h_from_loss[row * H : row * H + N * part.units], now, before, d_now, d_before,
            Blocks(d_z.rows[row : row + through], d_z.blocks[row : row + N]), spare,
        )  # fmt: skip
        for n in range(lengths.size):
            if t >= lengths[n]:
                loss = d_h_from_loss[(row + n) * H : (row + n) * H + part.units]
                _stand_still(loss, n, wholes, d_now, d_before, d_z.blocks[row + n])
        if window > 0 and t > 0 and t % window == 0:
            for q in range(wholes.size):
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
    for block in range(len(d_z)):
        clear(d_z[block, : d_now.part.units])
    for q in range(wholes.size):
        if wholes[q] >= 0:
            whole = _piece_of(d_now, wholes[q], n)
            copy(_piece_of(d_now, q, n), whole)
            if q == 0:  # of h
                add(whole, d_h_from_loss, whole)
            copy(whole, _piece_of(d_before, q, n))
