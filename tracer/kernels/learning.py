"""The compiled loops of training: loss and gradients of a whole batch, and the optimiser's step.

The sentences of a batch have different lengths, and few steps may have a target. Whatever is not
needed one step after the other is done for the rows that exist, gathered side by side: words,
answers, and the gradients of the weights. All sums run in the same order every time.
"""

from __future__ import annotations

import math
from typing import TypeAlias, cast

import numpy as np
import numpy.typing as npt

from tracer.cells.activations import Array
from tracer.kernels.compiled import (
    Lengths,
    copy,
    lstm_backward,
    lstm_forward,
    rnn_backward,
    rnn_forward,
)  # fmt: skip
from tracer.kernels.jit import compiled
from tracer.kernels.product import outer_total, pack, product
from tracer.kernels.squeezing import exp
from tracer.kernels.vectors import PANEL_BYTES

Words: TypeAlias = npt.NDArray[np.int64]
Losses: TypeAlias = tuple[float, int, int]

# Not of type int, for whose every constant Numba would compile a kernel of its own.
ZERO, ONE = cast("list[int]", np.arange(2))

ROOM = {"rnn": 6, "lstm": 26}
"""How many arrays (T, N, H) the gradients need room for."""


@compiled
def _part(room: Array, k: int, T: int, N: int, H: int) -> Array:
    """The k-th array (T, N, H) in the room that is kept for all batches."""
    return room[k * T * N * H : (k + 1) * T * N * H].reshape((T, N, H))


@compiled
def _packed(M: Array) -> Array:
    """The weights M (K, J) laid out for `product`; see `tracer.kernels.product.room_for`."""
    K, J = M.shape
    width, line = PANEL_BYTES // M.itemsize, 64 // M.itemsize
    panels = (K + width - 1) // width
    raw = np.zeros(panels * J * width + line, M.dtype)
    start = -(raw.ctypes.data // M.itemsize) % line
    packed = raw[start : start + panels * J * width].reshape((panels, J, width))
    pack(M, packed)
    return packed


@compiled
def _transposed(M: Array) -> Array:
    out = np.empty((M.shape[1], M.shape[0]), M.dtype)
    for j in range(M.shape[0]):
        for k in range(M.shape[1]):
            out[k, j] = M[j, k]
    return out


@compiled
def _read_words(E: Array, words: Words, lengths: Lengths) -> Array:
    """``x_t = E[word]`` (T·N, D); past the end of a sentence 0."""
    T, N = words.shape
    x = np.zeros((T * N, E.shape[1]), E.dtype)
    for t in range(T):
        for n in range(N):
            if t < lengths[n]:
                copy(E[words[t, n]], x[t * N + n])
    return x


@compiled
def _real_steps(rows: Array, lengths: Lengths, delay: int) -> Array:
    """The rows of (T, N, J) at real steps, one after the other; of ``t - delay`` for step t."""
    T, N, J = rows.shape
    count = 0
    for n in range(N):
        count += max(lengths[n] - delay, 0)
    out = np.empty((count, J), rows.dtype)
    s = 0
    for t in range(delay, T):
        for n in range(N):
            if t < lengths[n]:
                copy(rows[t - delay, n], out[s])
                s += 1
    return out


@compiled
def _answers(h: Array, target: Words) -> Array:
    """The rows of h (T, N, H) that have a target, one after the other."""
    T, N = target.shape
    out = np.empty(((target >= 0).sum(), h.shape[2]), h.dtype)
    r = 0
    for t in range(T):
        for n in range(N):
            if target[t, n] >= 0:
                copy(h[t, n], out[r])
                r += 1
    return out


@compiled
def _head_loss(
    rows: Array, target: Words, weight: Array, V: Array, b: Array, probs: Array
) -> Losses:
    """Scores, probabilities (R, K) and loss of the steps that have a target, rows (R, H).

    V is packed. Returns the weighted loss, summed, and among the steps of full weight the number of
    right answers and of all.
    """
    product(rows, V, probs)
    T, N = target.shape
    loss, hits, counted, r = 0.0, 0, 0, 0
    for t in range(T):
        for n in range(N):
            y = target[t, n]
            if y < 0:
                continue
            p = probs[r]
            best = 0
            for k in range(p.size):
                p[k] += b[k]
                if p[k] > p[best]:
                    best = k
            highest, right, total = p[best], p[y], p.dtype.type(0)
            for k in range(p.size):
                p[k] = exp(p[k] - highest)
            for k in range(p.size):
                total += p[k]
            for k in range(p.size):
                p[k] /= total
            loss += weight[t, n] * (math.log(total) - (right - highest))
            if weight[t, n] >= 1:
                hits += best == y
                counted += 1
            r += 1
    return loss, hits, counted


@compiled
def _head_back(
    rows: Array, target: Words, weight: Array, Vt: Array, probs: Array, d_h: Array, d_V: Array,
    d_b: Array,
) -> None:  # fmt: skip
    """``d_logits = weight * (p - y) / N``, in place of probs, and what it makes of h, V and b."""
    T, N = target.shape
    r = 0
    for t in range(T):
        for n in range(N):
            y = target[t, n]
            if y < 0:
                continue
            d_logits = probs[r]
            d_logits[y] -= d_logits.dtype.type(1)
            share = weight[t, n] / d_logits.dtype.type(N)
            for k in range(d_logits.size):
                d_logits[k] *= share
                d_b[k] += d_logits[k]
            r += 1
    d_rows = np.empty_like(rows)
    product(probs, Vt, d_rows)
    outer_total(probs, rows, d_V, ZERO, len(d_V))
    r = 0
    for t in range(T):
        for n in range(N):
            if target[t, n] < 0:
                d_h[t, n] = 0
            else:
                copy(d_rows[r], d_h[t, n])
                r += 1


@compiled
def _add_gradients(
    words: Words, lengths: Lengths, x: Array, h: Array, d_z: Array, d_x: Array,
    d_E: Array, d_U: Array, d_W: Array, d_a: Array,
) -> None:  # fmt: skip
    """The gradients of the weights from those of the sums z; the state before the first is 0."""
    T, N, J = d_z.shape
    d_z_real, h_prev = _real_steps(d_z, lengths, ZERO), _real_steps(h, lengths, ONE)
    outer_total(d_z_real, _real_steps(x, lengths, ZERO), d_U, ZERO, J)
    outer_total(d_z_real[len(d_z_real) - len(h_prev) :], h_prev, d_W, ZERO, J)
    for d in d_z_real:
        for j in range(J):
            d_a[j] += d[j]
    for t in range(T):
        for n in range(N):
            if t < lengths[n]:
                row = d_E[words[t, n]]
                for j in range(row.size):
                    row[j] += d_x[t, n, j]


@compiled
def rnn_gradients(
    words: Words, lengths: Lengths, target: Words, weight: Array, f: int, window: int,
    E: Array, U: Array, W: Array, a: Array, V: Array, b: Array,
    d_E: Array, d_U: Array, d_W: Array, d_a: Array, d_V: Array, d_b: Array, room: Array,
) -> Losses:  # fmt: skip
    """Loss of an RNN over one batch of sentences, words (T, N); adds to the gradients."""
    T, N = words.shape
    H, D, kind = W.shape[1], E.shape[1], E.dtype
    z, h, d_h_from_loss, d_h_from_next, d_h, d_z = [_part(room, k, T, N, H) for k in range(6)]
    d_x, d_h_0 = np.empty((T, N, D), kind), np.zeros((N, H), kind)

    x = _read_words(E, words, lengths)
    rnn_forward(
        x, lengths, np.zeros((N, H), kind), _packed(U), _packed(W), a, f, ZERO, N, z, h
    )  # fmt: skip
    answers = _answers(h, target)
    probs = np.empty((len(answers), len(V)), kind)
    losses = _head_loss(answers, target, weight, _packed(V), b, probs)
    _head_back(
        answers, target, weight, _packed(_transposed(V)), probs, d_h_from_loss, d_V, d_b
    )  # fmt: skip
    rnn_backward(
        lengths, _packed(_transposed(U)), _packed(_transposed(W)), f, window, ZERO, N, z, h,
        d_h_from_loss, d_h_0, d_h_from_next, d_h, d_z, d_x,
    )  # fmt: skip
    _add_gradients(words, lengths, x.reshape((T, N, D)), h, d_z, d_x, d_E, d_U, d_W, d_a)
    return losses


@compiled
def lstm_gradients(
    words: Words, lengths: Lengths, target: Words, weight: Array, gate: int, window: int,
    E: Array, U: Array, W: Array, a: Array, V: Array, b: Array,
    d_E: Array, d_U: Array, d_W: Array, d_a: Array, d_V: Array, d_b: Array, room: Array,
) -> Losses:  # fmt: skip
    """Loss of an LSTM over one batch of sentences, words (T, N); adds to the gradients."""
    T, N = words.shape
    H, D, kind = W.shape[1], E.shape[1], E.dtype
    z, ifgo, d_ifgo, d_z = [_part(room, k, T, N, 4 * H) for k in range(4)]
    rest = room[16 * T * N * H :]
    c, tanh_c, h, d_h_from_loss, d_h_from_next = [_part(rest, k, T, N, H) for k in range(5)]
    d_h, d_tanh_c, d_c_from_h, d_c_from_next, d_c = [_part(rest, k, T, N, H) for k in range(5, 10)]
    d_x = np.empty((T, N, D), kind)
    h_0, c_0, d_h_0, d_c_0 = [np.zeros((N, H), kind) for _ in range(4)]

    x = _read_words(E, words, lengths)
    lstm_forward(
        x, lengths, h_0, c_0, _packed(U), _packed(W), a, gate, ZERO, N, z, ifgo, c, tanh_c, h
    )  # fmt: skip
    answers = _answers(h, target)
    probs = np.empty((len(answers), len(V)), kind)
    losses = _head_loss(answers, target, weight, _packed(V), b, probs)
    _head_back(
        answers, target, weight, _packed(_transposed(V)), probs, d_h_from_loss, d_V, d_b
    )  # fmt: skip
    lstm_backward(
        lengths, _packed(_transposed(U)), _packed(_transposed(W)), gate, window, ZERO, N,
        c_0, z, ifgo, c, tanh_c, d_h_from_loss, d_h_0, d_c_0,
        d_h_from_next, d_h, d_tanh_c, d_c_from_h, d_c_from_next, d_c, d_ifgo, d_z, d_x,
    )  # fmt: skip
    _add_gradients(words, lengths, x.reshape((T, N, D)), h, d_z, d_x, d_E, d_U, d_W, d_a)
    return losses


@compiled
def rnn_losses(
    words: Words, lengths: Lengths, target: Words, weight: Array, f: int,
    E: Array, U: Array, W: Array, a: Array, V: Array, b: Array,
) -> Losses:  # fmt: skip
    """Loss, right answers and counted steps of an RNN over one batch; nothing is learned."""
    T, N = words.shape
    H, kind = W.shape[1], E.dtype
    z, h = np.empty((1, N, H), kind), np.empty((T, N, H), kind)
    x = _read_words(E, words, lengths)
    rnn_forward(
        x, lengths, np.zeros((N, H), kind), _packed(U), _packed(W), a, f, ZERO, N, z, h
    )  # fmt: skip
    answers = _answers(h, target)
    probs = np.empty((len(answers), len(V)), kind)
    return _head_loss(answers, target, weight, _packed(V), b, probs)


@compiled
def lstm_losses(
    words: Words, lengths: Lengths, target: Words, weight: Array, gate: int,
    E: Array, U: Array, W: Array, a: Array, V: Array, b: Array,
) -> Losses:  # fmt: skip
    """Loss, right answers and counted steps of an LSTM over one batch; nothing is learned."""
    T, N = words.shape
    H, kind = W.shape[1], E.dtype
    z, ifgo, tanh_c = [np.empty((1, N, width), kind) for width in (4 * H, 4 * H, H)]
    c, h = [np.empty((T, N, H), kind) for _ in range(2)]
    h_0, c_0 = [np.zeros((N, H), kind) for _ in range(2)]
    x = _read_words(E, words, lengths)
    lstm_forward(
        x, lengths, h_0, c_0, _packed(U), _packed(W), a, gate, ZERO, N, z, ifgo, c, tanh_c, h
    )  # fmt: skip
    answers = _answers(h, target)
    probs = np.empty((len(answers), len(V)), kind)
    return _head_loss(answers, target, weight, _packed(V), b, probs)
