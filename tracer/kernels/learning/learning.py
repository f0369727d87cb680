"""A cell learns from a batch: one compiled call, forward, backward and the optimiser's step.

The loops over time are those of `tracer.kernels.cpu.through_time`, and the steps are the cell's
own; kept is only what the gradients of the weights need. All sums run in the same order every time.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from tracer.cells.activations import Array
from tracer.kernels.cpu.arrays import BEGIN, ONE, Places, Room, alone, clear, in_blocks
from tracer.kernels.cpu.calls import uncounted
from tracer.kernels.cpu.jit import compiled
from tracer.kernels.cpu.product import outer_total, whole_tiles
from tracer.kernels.cpu.through_time import backward, forward, lay_out, room_of
from tracer.kernels.learning.head import Losses, Numbers, head_back, head_loss
from tracer.kernels.learning.steps import SLACK, part, starts_of, states_before
from tracer.kernels.learning.updating import update
from tracer.kernels.learning.words import back_to_words, distinct, from_words, rows_of


def forward_weights(W: Array, a: Array, options: Places) -> Any:
    """The cell's own; see `tracer.kernels.cpu.lstm.forward_weights`."""
    raise NotImplementedError((W, a, options))


def backward_weights(W: Array, a: Array, options: Places) -> Any:
    """The cell's own; see `tracer.kernels.cpu.lstm.backward_weights`."""
    raise NotImplementedError((W, a, options))


@compiled
def _first_states(states: Places, places: Places, N: int, room: Room) -> None:
    """Before the first step every state is 0."""
    for q in range(states.size):
        if states[q]:
            for n in range(N):
                clear(room.rows[places[q, 0] + n])


def learn(
    words: Numbers, running: Numbers, target: Numbers, weight: Array, options: Places, window: int,
    E: Array, U: Array, W: Array, a: Array, V: Array, b: Array,
    d_E: Array, d_U: Array, d_W: Array, d_a: Array, d_V: Array, d_b: Array, memory: Array,
    states: Places, wholes: Places, meets: Places, h_at: int,
    theta: Array, d_theta: Array, first: Array, second: Array, rule: int, step: int,
    rate: float, momentum: float, beta2: float, epsilon: float, decay: float,
    clip_norm: float, clip_value: float,
) -> tuple[float, int, int, float]:  # fmt: skip
    """Learn from one batch; returns its loss, right answers, answers, and the gradient's norm.

    The gradients (d_theta, of which d_E ... are views) are of the loss before this step. `meets`
    says what blocks of W are multiplied with: the first of them, the one past the last, and the
    quantity; -1 is h_prev.
    """
    E, U, W, a, V, b = uncounted((E, U, W, a, V, b))
    words, running, target, weight = uncounted((words, running, target, weight))
    S, N, H, width = words.size, running[0], W.shape[1], a.size
    none = running[:0]
    places, rows = lay_out(np.ones_like(states), S, N)
    rows += SLACK
    numbers = part(memory, BEGIN, rows, H)
    room = Room(numbers, numbers.reshape(numbers.size))
    d_z = part(memory, rows * H, S + SLACK, width)
    starts = starts_of(running)
    from_h = in_blocks(np.zeros((whole_tiles(N), width), E.dtype), H)
    spare = room_of(N, H, E)

    found, which = distinct(words, len(E))
    x = rows_of(E, found)
    _first_states(states, places, N, room)
    forward(
        forward_weights(W, a, options), in_blocks(from_words(x, U), H).blocks, which, running,
        starts, BEGIN, running.size, none, states, places, room, alone(numbers), from_h, spare, ONE,
    )  # fmt: skip
    h = numbers[places[h_at, 0] + N :][:S]
    answers, probs, loss, hits, counted = head_loss(h, target, weight, V, b)

    clear(d_theta)
    d_h = np.empty((S, H), h.dtype)
    head_back(answers, probs, target, weight, N, V, d_h, d_V, d_b)
    d_places, d_rows = lay_out(np.zeros_like(wholes), S, N)
    d_room = room_of(d_rows, H, E)
    backward(
        backward_weights(W, a, options), running, starts, none, window, d_h.reshape(d_h.size),
        places, room, wholes, d_places, d_room, alone(numbers), in_blocks(d_z, H), spare, ONE,
    )  # fmt: skip
    for block in range(len(meets)):
        begin, end, quantity = meets[block]
        if quantity < 0:  # before the first step h is 0
            h_prev = states_before(h, running)
            outer_total(d_z[N:S], h_prev, d_W, begin * H, end * H)
        else:
            at = places[quantity, 0] + N
            outer_total(d_z[:S], numbers[at : at + S], d_W, begin * H, end * H)
    back_to_words(d_z, which, found, x, U, d_E, d_U, d_a)
    norm = update(
        theta, d_theta, first, second, rule, step, rate, momentum, beta2, epsilon, decay,
        clip_norm, clip_value,
    )  # fmt: skip
    return loss, hits, counted, norm


def losses(
    words: Numbers, running: Numbers, target: Numbers, weight: Array, options: Places,
    E: Array, U: Array, W: Array, a: Array, V: Array, b: Array, states: Places, h_at: int,
) -> Losses:  # fmt: skip
    """Loss, right answers and answers of one batch; nothing is learned."""
    E, U, W, a, V, b = uncounted((E, U, W, a, V, b))
    words, running, target, weight = uncounted((words, running, target, weight))
    S, N, H = words.size, running[0], W.shape[1]
    places, rows = lay_out(states, S, N)  # of what is no state, one step
    numbers = np.empty((rows + SLACK, H), E.dtype)
    room = Room(numbers, numbers.reshape(numbers.size))
    _first_states(states, places, N, room)
    from_h = in_blocks(np.zeros((whole_tiles(N), a.size), E.dtype), H)
    found, which = distinct(words, len(E))
    forward(
        forward_weights(W, a, options), in_blocks(from_words(rows_of(E, found), U), H).blocks,
        which, running,
        starts_of(running), BEGIN, running.size, running[:0], states, places, room, alone(numbers),
        from_h, room_of(N, H, E), ONE,
    )  # fmt: skip
    h = room.rows[places[h_at, 0] + N :][:S]
    _answers, _probs, loss, hits, counted = head_loss(h, target, weight, V, b)
    return loss, hits, counted
