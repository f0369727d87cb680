"""An LSTM learns from a batch: one compiled call, forward, backward and the optimiser's step.

Kept is only what the gradients of the weights need; the loops that record every quantity are in
`tracer.kernels.cpu.compiled`. All sums run in the same order every time.
"""

from __future__ import annotations

import numpy as np

from tracer.cells.activations import Array
from tracer.kernels.cpu.compiled import keep, show
from tracer.kernels.cpu.jit import compiled
from tracer.kernels.cpu.product import packed, packed_columns, product, whole_tiles
from tracer.kernels.cpu.squeezing import TANH, slope, squeeze
from tracer.kernels.cpu.vectors import stand_apart
from tracer.kernels.learning.head import Losses, Numbers, head_back, head_loss
from tracer.kernels.learning.steps import (
    SLACK,
    add,
    back_to_states,
    clear,
    part,
    sum_gradients,
    sums,
)  # fmt: skip
from tracer.kernels.learning.updating import update
from tracer.kernels.learning.words import back_to_words, distinct, from_words, rows_of

ROOM = 15
"""How many arrays (S, H) the gradients need room for."""


@compiled
def _forward(
    table: Array, which: Numbers, running: Numbers, W: Array, gate: int, kept: int,
    z: Array, ifgo: Array, c: Array, tanh_c: Array, h: Array,
) -> None:  # fmt: skip
    """Run all sentences; h (S, H). The others are kept of all steps (kept = 1) or of one (0)."""
    N, H = running[0], h.shape[1]
    from_h = np.zeros((whole_tiles(N), 4 * H), h.dtype)
    h_flat = h.reshape(h.size)
    c_prev = np.zeros(N * H, h.dtype)
    before = start = 0
    for t in range(running.size):
        N = running[t]
        stop, tiles, size, at = start + N, whole_tiles(N), N * H, kept * start * H
        if t > 0:
            product(h[before : before + tiles], W, from_h[:tiles])
        z_t, gates = z[4 * at : 4 * (at + size)], ifgo[4 * at : 4 * (at + size)]
        sums(table, which[start:stop], from_h, 4, z_t)

        i, f = gates[:size], gates[size : 2 * size]
        g, o = gates[2 * size : 3 * size], gates[3 * size :]
        squeeze(gate, z_t[: 2 * size], gates[: 2 * size])  # i and f
        squeeze(TANH, z_t[2 * size : 3 * size], g)
        squeeze(gate, z_t[3 * size :], o)

        c_t, tanh_c_t = c[at : at + size], tanh_c[at : at + size]
        keep(f, c_prev, i, g, c_t)
        squeeze(TANH, c_t, tanh_c_t)
        show(o, tanh_c_t, h_flat[start * H : stop * H])
        c_prev, before, start = c_t, start, stop


@compiled
def _gate_gradients(
    d_h: Array, d_c: Array, gates: Array, tanh_c: Array, dtanh: Array, c_prev: Array, d_gates: Array
) -> None:
    """From d_h and the d_c of the step after to the gates, and to the d_c of the step before."""
    stand_apart()
    size = d_h.size
    i, f = gates[:size], gates[size : 2 * size]
    g, o = gates[2 * size : 3 * size], gates[3 * size :]
    d_i, d_f = d_gates[:size], d_gates[size : 2 * size]
    d_g, d_o = d_gates[2 * size : 3 * size], d_gates[3 * size : 4 * size]
    for j in range(size):
        d_o[j] = d_h[j] * tanh_c[j]
    for j in range(size):
        d_c[j] += d_h[j] * o[j] * dtanh[j]
    for j in range(size):
        d_i[j] = d_c[j] * g[j]
    for j in range(size):
        d_f[j] = d_c[j] * c_prev[j]
    for j in range(size):
        d_g[j] = d_c[j] * i[j]
        d_c[j] = d_c[j] * f[j]


@compiled
def _backward(
    running: Numbers, W: Array, gate: int, window: int,
    z: Array, ifgo: Array, c: Array, tanh_c: Array, d_h: Array, d_z: Array,
) -> None:  # fmt: skip
    """From d_h (S, H), what the losses say, to d_z (S, 4H); d_h becomes the whole gradient."""
    N, H = running[0], d_h.shape[1]
    from_next = np.empty((whole_tiles(N), H), d_h.dtype)
    from_next_flat, d_h_flat = from_next.reshape(from_next.size), d_h.reshape(d_h.size)
    c_0, d_c = [np.zeros(N * H, d_h.dtype) for _ in range(2)]
    d_gates, slopes = [np.empty(4 * N * H, d_h.dtype) for _ in range(2)]
    stop, N_next = len(d_h), 0
    for t in range(running.size - 1, -1, -1):
        N = running[t]
        start, size = stop - N, N * H
        at = start * H
        d_h_t = d_h_flat[at : at + size]
        if N_next > 0:
            if window > 0 and (t + 1) % window == 0:
                clear(d_c)
            else:
                tiles = whole_tiles(N_next)
                product(d_z[stop : stop + tiles], W, from_next[:tiles])
                add(d_h_t[: N_next * H], from_next_flat)
        z_t, gates = z[4 * at : 4 * (at + size)], ifgo[4 * at : 4 * (at + size)]
        tanh_c_t = tanh_c[at : at + size]
        before = at - running[t - 1] * H
        slope(TANH, c[at : at + size], tanh_c_t, slopes)
        _gate_gradients(
            d_h_t, d_c, gates, tanh_c_t, slopes, c[before : before + size] if t > 0 else c_0,
            d_gates,
        )  # fmt: skip
        slope(gate, z_t[: 2 * size], gates[: 2 * size], slopes[: 2 * size])
        slope(
            TANH, z_t[2 * size : 3 * size], gates[2 * size : 3 * size], slopes[2 * size : 3 * size]
        )  # fmt: skip
        slope(gate, z_t[3 * size :], gates[3 * size :], slopes[3 * size : 4 * size])
        sum_gradients(d_gates, slopes, 4, d_z[start:stop])
        stop, N_next = start, N


@compiled
def lstm_learn(
    words: Numbers, running: Numbers, target: Numbers, weight: Array, gate: int, window: int,
    E: Array, U: Array, W: Array, a: Array, V: Array, b: Array,
    d_E: Array, d_U: Array, d_W: Array, d_a: Array, d_V: Array, d_b: Array, room: Array,
    theta: Array, d_theta: Array, first: Array, second: Array, rule: int, step: int,
    rate: float, momentum: float, beta2: float, epsilon: float, decay: float,
    clip_norm: float, clip_value: float,
) -> tuple[float, int, int, float]:  # fmt: skip
    """Learn from one batch; returns its loss, right answers, answers, and the gradient's norm.

    The gradients (d_theta, of which d_E ... are views) are of the loss before this step.
    """
    S, H = words.size, W.shape[1]
    rows = S + SLACK
    z, ifgo = room[: 4 * rows * H], room[4 * rows * H : 8 * rows * H]
    c, tanh_c = room[8 * rows * H : 9 * rows * H], room[9 * rows * H : 10 * rows * H]
    h = part(room, 10 * rows * H, rows, H)
    d_z = part(room, 11 * rows * H, rows, 4 * H)

    found, which = distinct(words, len(E))
    x = rows_of(E, found)
    _forward(from_words(x, U, a), which, running, packed(W), gate, 1, z, ifgo, c, tanh_c, h)
    answers, probs, loss, hits, counted = head_loss(h, target, weight, V, b)

    clear(d_theta)
    d_h = np.empty((S, H), h.dtype)
    head_back(answers, probs, target, weight, running[0], V, d_h, d_V, d_b)
    _backward(running, packed_columns(W), gate, window, z, ifgo, c, tanh_c, d_h, d_z)
    back_to_states(d_z, h, S, running, d_W)
    back_to_words(d_z, which, found, x, U, d_E, d_U, d_a)
    norm = update(
        theta, d_theta, first, second, rule, step, rate, momentum, beta2, epsilon, decay,
        clip_norm, clip_value,
    )  # fmt: skip
    return loss, hits, counted, norm


@compiled
def lstm_losses(
    words: Numbers, running: Numbers, target: Numbers, weight: Array, gate: int,
    E: Array, U: Array, W: Array, a: Array, V: Array, b: Array,
) -> Losses:  # fmt: skip
    """Loss, right answers and answers of one batch; nothing is learned."""
    H, N = W.shape[1], running[0]
    z, ifgo = [np.empty(4 * N * H, E.dtype) for _ in range(2)]
    c, tanh_c = [np.empty(N * H, E.dtype) for _ in range(2)]
    h = np.empty((words.size + SLACK, H), E.dtype)
    found, which = distinct(words, len(E))
    table = from_words(rows_of(E, found), U, a)
    _forward(table, which, running, packed(W), gate, 0, z, ifgo, c, tanh_c, h)
    _answers, _probs, loss, hits, counted = head_loss(h, target, weight, V, b)
    return loss, hits, counted
