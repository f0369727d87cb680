"""A cell learns from a batch: one compiled call, forward, backward and the optimiser's step.

The loops over time are those of `tracer.kernels.cpu.through_time`, and the steps are the cell's
own; kept is only what the gradients of the weights need. All sums run in the same order every time.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from tracer.cells.activations import Array
from tracer.kernels.cpu.arrays import BEGIN, ONE, Places, Room, clear, in_blocks
from tracer.kernels.cpu.jit import compiled
from tracer.kernels.cpu.product import outer_total, whole_tiles
from tracer.kernels.cpu.through_time import backward, forward, lay_out, room_of
from tracer.kernels.learning.head import Losses, Numbers, head_back, head_loss
from tracer.kernels.learning.steps import SLACK, part, starts_of, states_before
from tracer.kernels.learning.updating import update
from tracer.kernels.learning.words import back_to_words, distinct, from_words, rows_of


def forward_weights(W: Array, a: Array, option: int) -> Any:
    """The cell's own; see `tracer.kernels.cpu.lstm.forward_weights`."""
    raise NotImplementedError((W, a, option))


def backward_weights(W: Array, a: Array, option: int) -> Any:
    """The cell's own; see `tracer.kernels.cpu.lstm.backward_weights`."""
    raise NotImplementedError((W, a, option))


@compiled
def _first_states(states: Places, base: Places, N: int, room: Room) -> None:
    """Before the first step every state is 0."""
    for q in range(states.size):
        if states[q]:
            for n in range(N):
                clear(room.rows[base[q] + n])


def learn(
    words: Numbers, running: Numbers, target: Numbers, weight: Array, option: int, window: int,
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
    S, N, H, width = words.size, running[0], W.shape[1], a.size
    none, kept, base = running[:0], np.ones_like(states), np.empty_like(states)
    rows = lay_out(kept, states, S, N, base) + SLACK
    numbers = part(memory, BEGIN, rows, H)
    room = Room(numbers, numbers.reshape(numbers.size))
    d_z = part(memory, rows * H, S + SLACK, width)
    starts = starts_of(running)
    from_h = in_blocks(np.zeros((whole_tiles(N), width), E.dtype), H)
    spare = room_of(N, H, E)

    found, which = distinct(words, len(E))
    x = rows_of(E, found)
    _first_states(states, base, N, room)
    forward(
        forward_weights(W, a, option), in_blocks(from_words(x, U), H).blocks, which, running,
        starts, BEGIN, running.size, BEGIN, none, kept, states, base, room, from_h, spare,
        ONE,
    )  # fmt: skip
    h = numbers[base[h_at] + N : base[h_at] + N + S]
    answers, probs, loss, hits, counted = head_loss(h, target, weight, V, b)

    clear(d_theta)
    d_h = np.empty((S, H), h.dtype)
    head_back(answers, probs, target, weight, N, V, d_h, d_V, d_b)
    d_kept, d_base = np.zeros_like(wholes), np.empty_like(wholes)
    d_room = room_of(lay_out(d_kept, d_kept, S, N, d_base), H, E)
    backward(
        backward_weights(W, a, option), running, starts, BEGIN, none, window, d_h.reshape(d_h.size),
        kept, base, room, d_kept, wholes, d_base, d_room, in_blocks(d_z, H), spare,
        ONE,
    )  # fmt: skip
    for block in range(len(meets)):
        begin, end, quantity = meets[block]
        if quantity < 0:  # before the first step h is 0
            h_prev = states_before(h, running)
            outer_total(d_z[N:S], h_prev, d_W, begin * H, end * H)
        else:
            at = base[quantity] + N
            outer_total(d_z[:S], numbers[at : at + S], d_W, begin * H, end * H)
    back_to_words(d_z, which, found, x, U, d_E, d_U, d_a)
    norm = update(
        theta, d_theta, first, second, rule, step, rate, momentum, beta2, epsilon, decay,
        clip_norm, clip_value,
    )  # fmt: skip
    return loss, hits, counted, norm


def losses(
    words: Numbers, running: Numbers, target: Numbers, weight: Array, option: int,
    E: Array, U: Array, W: Array, a: Array, V: Array, b: Array, states: Places, h_at: int,
) -> Losses:  # fmt: skip
    """Loss, right answers and answers of one batch; nothing is learned."""
    S, N, H = words.size, running[0], W.shape[1]
    base = np.empty_like(states)
    rows = lay_out(states, states, S, N, base) + SLACK  # of what is no state, one step
    numbers = np.empty((rows, H), E.dtype)
    room = Room(numbers, numbers.reshape(numbers.size))
    _first_states(states, base, N, room)
    from_h = in_blocks(np.zeros((whole_tiles(N), a.size), E.dtype), H)
    found, which = distinct(words, len(E))
    forward(
        forward_weights(W, a, option), in_blocks(from_words(rows_of(E, found), U), H).blocks,
        which, running,
        starts_of(running), BEGIN, running.size, BEGIN, running[:0], states, states, base, room,
        from_h, room_of(N, H, E), ONE,
    )  # fmt: skip
    h = room.rows[base[h_at] + N : base[h_at] + N + S]
    _answers, _probs, loss, hits, counted = head_loss(h, target, weight, V, b)
    return loss, hits, counted
