"""An RNN learns from a batch: one compiled call, forward, backward and the optimiser's step.

Kept is only what the gradients of the weights need; the loops that record every quantity are in
`tracer.kernels.cpu.compiled`. All sums run in the same order every time.
"""

from __future__ import annotations

import numpy as np

from tracer.cells.activations import Array
from tracer.kernels.cpu.jit import compiled
from tracer.kernels.cpu.product import packed, packed_columns, product, whole_tiles
from tracer.kernels.cpu.squeezing import slope, squeeze
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

ROOM = 3
"""How many arrays (S, H) the gradients need room for."""


@compiled
def _forward(
    table: Array, which: Numbers, running: Numbers, W: Array, f: int, kept: int, z: Array, h: Array
) -> None:
    """Run all sentences; h (S, H). z is kept of all steps (kept = 1) or of one (0)."""
    N, H = running[0], h.shape[1]
    from_h = np.zeros((whole_tiles(N), H), h.dtype)
    h_flat = h.reshape(h.size)
    before = start = 0
    for t in range(running.size):
        N = running[t]
        stop, tiles, at = start + N, whole_tiles(N), kept * start * H
        if t > 0:
            product(h[before : before + tiles], W, from_h[:tiles])
        z_t = z[at : at + N * H]
        sums(table, which[start:stop], from_h, 1, z_t)
        squeeze(f, z_t, h_flat[start * H : stop * H])
        before, start = start, stop


@compiled
def _backward(
    running: Numbers, W: Array, f: int, window: int, z: Array, h: Array, d_h: Array, d_z: Array
) -> None:
    """From d_h (S, H), what the losses say, to d_z (S, H); d_h becomes the whole gradient."""
    N, H = running[0], d_h.shape[1]
    from_next = np.empty((whole_tiles(N), H), h.dtype)
    from_next_flat, h_flat, d_h_flat = [each.reshape(each.size) for each in (from_next, h, d_h)]
    slopes = np.empty(N * H, h.dtype)
    stop, N_next = len(d_h), 0
    for t in range(running.size - 1, -1, -1):
        N = running[t]
        start, size = stop - N, N * H
        at = start * H
        d_h_t = d_h_flat[at : at + size]
        if N_next > 0 and (window == 0 or (t + 1) % window > 0):
            tiles = whole_tiles(N_next)
            product(d_z[stop : stop + tiles], W, from_next[:tiles])
            add(d_h_t[: N_next * H], from_next_flat)
        slope(f, z[at : at + size], h_flat[at : at + size], slopes)
        sum_gradients(d_h_t, slopes, 1, d_z[start:stop])
        stop, N_next = start, N


@compiled
def rnn_learn(
    words: Numbers, running: Numbers, target: Numbers, weight: Array, f: int, window: int,
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
    z, h, d_z = [part(room, k * rows * H, rows, H) for k in range(ROOM)]

    found, which = distinct(words, len(E))
    x = rows_of(E, found)
    z_flat = z.reshape(z.size)
    _forward(from_words(x, U, a), which, running, packed(W), f, 1, z_flat, h)
    answers, probs, loss, hits, counted = head_loss(h, target, weight, V, b)

    clear(d_theta)
    d_h = np.empty((S, H), h.dtype)
    head_back(answers, probs, target, weight, running[0], V, d_h, d_V, d_b)
    _backward(running, packed_columns(W), f, window, z_flat, h, d_h, d_z)
    back_to_states(d_z, h, S, running, d_W)
    back_to_words(d_z, which, found, x, U, d_E, d_U, d_a)
    norm = update(
        theta, d_theta, first, second, rule, step, rate, momentum, beta2, epsilon, decay,
        clip_norm, clip_value,
    )  # fmt: skip
    return loss, hits, counted, norm


@compiled
def rnn_losses(
    words: Numbers, running: Numbers, target: Numbers, weight: Array, f: int,
    E: Array, U: Array, W: Array, a: Array, V: Array, b: Array,
) -> Losses:  # fmt: skip
    """Loss, right answers and answers of one batch; nothing is learned."""
    H = W.shape[1]
    z = np.empty(running[0] * H, E.dtype)
    h = np.empty((words.size + SLACK, H), E.dtype)
    found, which = distinct(words, len(E))
    table = from_words(rows_of(E, found), U, a)
    _forward(table, which, running, packed(W), f, 0, z, h)
    _answers, _probs, loss, hits, counted = head_loss(h, target, weight, V, b)
    return loss, hits, counted
