"""The compiled loops: whole sequences forward and backward, by Numba.

All compiled code stays in this one file: Numba's cache of a kernel does not notice a change in a
compiled function that it imports from another file.

``error_model="numpy"`` lets loops with a division vectorise. ``fastmath`` allows fused
multiply-add and nothing that could lose a NaN or reorder a sum.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, TypeAlias, TypeVar, cast

import numpy as np
import numpy.typing as npt
from numba import njit

from tracer.cells.activations import ACTIVATIONS, Array

Lengths: TypeAlias = npt.NDArray[np.int64]
Words: TypeAlias = npt.NDArray[np.int64]
Losses: TypeAlias = tuple[float, int, int]
Function = TypeVar("Function", bound=Callable[..., Any])

# A kernel compares integers faster than strings; both sides count along the same list.
TANH, RELU, SIGMOID, IDENTITY, HARD_SIGMOID, HARD = range(len(ACTIVATIONS))
CODE = {name: code for code, name in enumerate(ACTIVATIONS)}


def _compiled(function: Function) -> Function:
    options = {"error_model": "numpy", "fastmath": {"contract"}}
    try:
        compiled = njit(cache=True, **options)(function)
    except RuntimeError:  # no folder where this user may keep machine code
        compiled = njit(**options)(function)
    return cast("Function", compiled)


@_compiled
def _product(Mt: Array, v: Array, out: Array) -> None:
    """``out = M v`` for M given as its transpose (J, K), so that the inner loop runs along memory.

    Four rows at a time, to load and store `out` less often; each sum still runs in the order of J.
    """
    J, K = Mt.shape
    out[:] = 0
    j = 0
    while j + 4 <= J:
        v0, v1, v2, v3 = v[j], v[j + 1], v[j + 2], v[j + 3]
        M0, M1, M2, M3 = Mt[j], Mt[j + 1], Mt[j + 2], Mt[j + 3]
        for k in range(K):
            out[k] = (((out[k] + v0 * M0[k]) + v1 * M1[k]) + v2 * M2[k]) + v3 * M3[k]
        j += 4
    while j < J:
        v0, M0 = v[j], Mt[j]
        for k in range(K):
            out[k] += v0 * M0[k]
        j += 1


@_compiled
def _squeeze(activation: int, z: Array, out: Array) -> None:
    """``out = activation(z)``, one row."""
    one = z.dtype.type(1)
    half = z.dtype.type(0.5)
    zero = z.dtype.type(0)
    if activation == TANH:
        for j in range(z.size):
            out[j] = math.tanh(z[j])
    elif activation == SIGMOID:
        for j in range(z.size):
            e = math.exp(-abs(z[j]))  # at most 1: never overflows
            out[j] = (e if z[j] < zero else one) / (one + e)
    elif activation == RELU:
        for j in range(z.size):
            out[j] = zero if z[j] < zero else z[j]
    elif activation == IDENTITY:
        for j in range(z.size):
            out[j] = z[j]
    elif activation == HARD_SIGMOID:
        for j in range(z.size):
            s = z[j] / z.dtype.type(6) + half
            out[j] = zero if s < zero else (one if s > one else s)
    else:
        for j in range(z.size):
            out[j] = one if z[j] > zero else (zero if z[j] <= zero else z[j])  # NaN stays NaN


@_compiled
def rnn_forward(
    x: Array, lengths: Lengths, h_0: Array, Ut: Array, Wt: Array, a: Array, f: int,
    z: Array, h: Array,
) -> None:  # fmt: skip
    """Unroll an RNN over x (T, N, D) into z (T or 1, N, H) and h (T, N, H)."""
    T, N, _ = x.shape
    H = h.shape[2]
    from_x = np.empty(H, x.dtype)
    from_h = np.empty(H, x.dtype)
    for n in range(N):
        h_prev = h_0[n]
        for t in range(T):
            h_t = h[t, n]
            if t < lengths[n]:
                z_t = z[min(t, z.shape[0] - 1), n]  # a level that leaves z out keeps one row
                _product(Ut, x[t, n], from_x)
                _product(Wt, h_prev, from_h)
                for j in range(H):
                    z_t[j] = from_x[j] + from_h[j] + a[j]
                _squeeze(f, z_t, h_t)
            else:
                h_t[:] = h_prev
            h_prev = h_t


@_compiled
def lstm_forward(
    x: Array, lengths: Lengths, h_0: Array, c_0: Array, Ut: Array, Wt: Array, a: Array, gate: int,
    z: Array, ifgo: Array, c: Array, tanh_c: Array, h: Array,
) -> None:  # fmt: skip
    """Unroll an LSTM over x (T, N, D): z, ifgo (T or 1, N, 4H), tanh_c (T or 1, N, H), c, h."""
    T, N, _ = x.shape
    H = h.shape[2]
    from_x = np.empty(4 * H, x.dtype)
    from_h = np.empty(4 * H, x.dtype)
    for n in range(N):
        h_prev = h_0[n]
        c_prev = c_0[n]
        for t in range(T):
            h_t = h[t, n]
            c_t = c[t, n]
            if t < lengths[n]:
                # A level that leaves a quantity out keeps one row of it to work in.
                z_t = z[min(t, z.shape[0] - 1), n]
                gates_t = ifgo[min(t, ifgo.shape[0] - 1), n]
                tanh_c_t = tanh_c[min(t, tanh_c.shape[0] - 1), n]

                _product(Ut, x[t, n], from_x)
                _product(Wt, h_prev, from_h)
                for j in range(4 * H):
                    z_t[j] = from_x[j] + from_h[j] + a[j]

                i, f = gates_t[:H], gates_t[H : 2 * H]
                g, o = gates_t[2 * H : 3 * H], gates_t[3 * H :]
                _squeeze(gate, z_t[: 2 * H], gates_t[: 2 * H])  # i and f
                _squeeze(TANH, z_t[2 * H : 3 * H], g)
                _squeeze(gate, z_t[3 * H :], o)

                for j in range(H):
                    c_t[j] = f[j] * c_prev[j] + i[j] * g[j]
                _squeeze(TANH, c_t, tanh_c_t)
                for j in range(H):
                    h_t[j] = o[j] * tanh_c_t[j]
            else:
                h_t[:] = h_prev
                c_t[:] = c_prev
            h_prev = h_t
            c_prev = c_t


@_compiled
def project(rows: Array, Mt: Array, out: Array) -> None:
    """``out = rows @ M.T`` for rows (T, N, J), given the transpose of M."""
    for t in range(rows.shape[0]):
        for n in range(rows.shape[1]):
            _product(Mt, rows[t, n], out[t, n])


@_compiled
def _slope(activation: int, z: Array, value: Array, out: Array) -> None:
    """``out = activation'(z)``, one row; `value` is ``activation(z)``."""
    one = z.dtype.type(1)
    zero = z.dtype.type(0)
    if activation == TANH:
        for j in range(z.size):
            out[j] = one - value[j] * value[j]
    elif activation == SIGMOID:
        for j in range(z.size):
            out[j] = value[j] * (one - value[j])
    elif activation == RELU:
        for j in range(z.size):
            out[j] = one if z[j] > zero else (zero if z[j] <= zero else z[j])  # NaN stays NaN
    elif activation == IDENTITY:
        for j in range(z.size):
            out[j] = one if z[j] == z[j] else z[j]
    elif activation == HARD_SIGMOID:
        for j in range(z.size):
            inside = abs(z[j]) < z.dtype.type(3)
            out[j] = one / z.dtype.type(6) if inside else (zero if z[j] == z[j] else z[j])
    else:  # a hard switch: straight through, with the slope of the sigmoid
        _squeeze(SIGMOID, z, out)
        for j in range(z.size):
            out[j] = out[j] * (one - out[j])


@_compiled
def rnn_backward(
    lengths: Lengths, U: Array, W: Array, f: int, window: int, z: Array, h: Array,
    d_h_from_loss: Array, d_h_0: Array, d_h_from_next: Array, d_h: Array, d_z: Array, d_x: Array,
) -> None:  # fmt: skip
    """Run an RNN backward; d_h_0 (N, H) comes in as the gradient of the final state.

    The arrays over time are (T, N, ·). With ``window > 0`` nothing goes back over the start of
    every window-th step.
    """
    T, N, H = d_h.shape
    df = np.empty(H, h.dtype)
    for n in range(N):
        d_next = d_h_0[n]  # what the step after hands back; after the last turn, to h_0
        for t in range(T - 1, -1, -1):
            d_h_t, d_z_t = d_h[t, n], d_z[t, n]
            d_h_from_next[t, n] = d_next
            for j in range(H):
                d_h_t[j] = d_h_from_loss[t, n, j] + d_next[j]
            if t < lengths[n]:
                _slope(f, z[t, n], h[t, n], df)
                for j in range(H):
                    d_z_t[j] = d_h_t[j] * df[j]
                _product(U, d_z_t, d_x[t, n])
                _product(W, d_z_t, d_next)
            else:
                d_z_t[:] = 0
                d_x[t, n] = 0
                d_next[:] = d_h_t
            if window > 0 and 0 < t < lengths[n] and t % window == 0:
                d_next[:] = 0


@_compiled
def lstm_backward(
    lengths: Lengths, U: Array, W: Array, gate: int, window: int,
    c_0: Array, z: Array, ifgo: Array, c: Array, tanh_c: Array,
    d_h_from_loss: Array, d_h_0: Array, d_c_0: Array,
    d_h_from_next: Array, d_h: Array, d_tanh_c: Array, d_c_from_h: Array, d_c_from_next: Array,
    d_c: Array, d_ifgo: Array, d_z: Array, d_x: Array,
) -> None:  # fmt: skip
    """Run an LSTM backward; d_h_0 and d_c_0 (N, H) come in as the gradients of the final state.

    The arrays over time are (T, N, ·); z, ifgo and their gradients (T, N, 4H).
    """
    T, N, H = d_h.shape
    slope = np.empty(4 * H, c.dtype)
    dtanh = np.empty(H, c.dtype)
    for n in range(N):
        d_h_next, d_c_next = d_h_0[n], d_c_0[n]  # what the step after hands back
        for t in range(T - 1, -1, -1):
            d_h_t, d_c_t, d_z_t = d_h[t, n], d_c[t, n], d_z[t, n]
            d_gates, d_tanh_c_t = d_ifgo[t, n], d_tanh_c[t, n]
            d_h_from_next[t, n] = d_h_next
            d_c_from_next[t, n] = d_c_next
            for j in range(H):
                d_h_t[j] = d_h_from_loss[t, n, j] + d_h_next[j]
            if t < lengths[n]:
                z_t, gates, tanh_c_t = z[t, n], ifgo[t, n], tanh_c[t, n]
                i, f = gates[:H], gates[H : 2 * H]
                g, o = gates[2 * H : 3 * H], gates[3 * H :]
                c_prev = c[t - 1, n] if t > 0 else c_0[n]

                _slope(TANH, c[t, n], tanh_c_t, dtanh)
                for j in range(H):
                    d_gates[3 * H + j] = d_h_t[j] * tanh_c_t[j]  # d_o
                    d_tanh_c_t[j] = d_h_t[j] * o[j]
                    d_c_from_h[t, n, j] = d_tanh_c_t[j] * dtanh[j]
                    d_c_t[j] = d_c_from_h[t, n, j] + d_c_next[j]

                for j in range(H):
                    d_gates[j] = d_c_t[j] * g[j]  # d_i
                    d_gates[H + j] = d_c_t[j] * c_prev[j]  # d_f
                    d_gates[2 * H + j] = d_c_t[j] * i[j]  # d_g
                    d_c_next[j] = d_c_t[j] * f[j]

                _slope(gate, z_t[: 2 * H], gates[: 2 * H], slope[: 2 * H])
                _slope(TANH, z_t[2 * H : 3 * H], g, slope[2 * H : 3 * H])
                _slope(gate, z_t[3 * H :], o, slope[3 * H :])
                for j in range(4 * H):
                    d_z_t[j] = d_gates[j] * slope[j]

                _product(U, d_z_t, d_x[t, n])
                _product(W, d_z_t, d_h_next)
            else:  # the state only stands still: its gradients pass through
                d_c_t[:] = d_c_next
                d_h_next[:] = d_h_t
                d_c_from_h[t, n] = 0
                d_tanh_c_t[:] = 0
                d_gates[:] = 0
                d_z_t[:] = 0
                d_x[t, n] = 0
            if window > 0 and 0 < t < lengths[n] and t % window == 0:
                d_h_next[:] = 0
                d_c_next[:] = 0


@_compiled
def outer(d_z: Array, rows: Array, shares: Array) -> None:
    """Add ``d_z x^T`` of every step and sentence into shares (T or 1, J, K)."""
    T, N, J = d_z.shape
    for t in range(T):
        share = shares[min(t, shares.shape[0] - 1)]
        for n in range(N):
            x = rows[t, n]
            for j in range(J):
                d, row = d_z[t, n, j], share[j]
                for k in range(x.size):
                    row[k] += d * x[k]


# -- training: one call for a whole batch --------------------------------------------------------

SGD, MOMENTUM, ADAM = range(3)


@_compiled
def _transpose(M: Array, out: Array) -> None:
    for j in range(M.shape[0]):
        for k in range(M.shape[1]):
            out[k, j] = M[j, k]


@_compiled
def _read_words(E: Array, words: Words, lengths: Lengths, x: Array) -> None:
    """``x_t = E[word]`` for every real step."""
    for t in range(words.shape[0]):
        for n in range(words.shape[1]):
            if t < lengths[n]:
                x[t, n] = E[words[t, n]]
            else:
                x[t, n] = 0


@_compiled
def head_loss(h: Array, target: Words, weight: Array, Vt: Array, b: Array, probs: Array) -> Losses:
    """Scores, probabilities and loss of every step that has a target.

    probs (T, N, K) is written where there is a target. Returns the weighted loss, summed, and among
    the steps of full weight the number of right answers and of all.
    """
    T, N = target.shape
    loss, hits, counted = 0.0, 0, 0
    for t in range(T):
        for n in range(N):
            y = target[t, n]
            if y < 0:
                continue
            p = probs[t, n]
            _product(Vt, h[t, n], p)
            best = 0
            for k in range(p.size):
                p[k] += b[k]
                if p[k] > p[best]:
                    best = k
            highest, right, total = p[best], p[y], p.dtype.type(0)
            for k in range(p.size):
                p[k] = math.exp(p[k] - highest)
                total += p[k]
            for k in range(p.size):
                p[k] /= total
            loss += weight[t, n] * (math.log(total) - (right - highest))
            if weight[t, n] >= 1:
                hits += best == y
                counted += 1
    return loss, hits, counted


@_compiled
def _head_back(
    h: Array, target: Words, weight: Array, V: Array, probs: Array, d_h: Array, d_V: Array,
    d_b: Array,
) -> None:  # fmt: skip
    """``d_logits = weight * (p - y) / N``, in place of probs, and what it makes of h, V and b."""
    T, N = target.shape
    for t in range(T):
        for n in range(N):
            y = target[t, n]
            if y < 0:
                d_h[t, n] = 0
                continue
            d_logits = probs[t, n]
            d_logits[y] -= d_logits.dtype.type(1)
            share = weight[t, n] / d_logits.dtype.type(N)
            for k in range(d_logits.size):
                d_logits[k] *= share
            _product(V, d_logits, d_h[t, n])
            for k in range(d_logits.size):
                d, row = d_logits[k], d_V[k]
                d_b[k] += d
                for j in range(row.size):
                    row[j] += d * h[t, n, j]


@_compiled
def _add_gradients(
    words: Words, lengths: Lengths, x: Array, h: Array, d_z: Array, d_x: Array,
    d_E: Array, d_U: Array, d_W: Array, d_a: Array,
) -> None:  # fmt: skip
    """The gradients of the weights from those of the sums z; the state before the first is 0."""
    T, N, J = d_z.shape
    outer(d_z, x, d_U.reshape((1, J, d_U.shape[1])))
    outer(d_z[1:], h[:-1], d_W.reshape((1, J, d_W.shape[1])))
    for t in range(T):
        for n in range(N):
            if t < lengths[n]:
                row = d_E[words[t, n]]
                for j in range(J):
                    d_a[j] += d_z[t, n, j]
                for j in range(row.size):
                    row[j] += d_x[t, n, j]


@_compiled
def update(
    theta: Array, d_theta: Array, first: Array, second: Array, rule: int, step: int,
    rate: float, momentum: float, beta2: float, epsilon: float, decay: float,
    clip_norm: float, clip_value: float,
) -> float:  # fmt: skip
    """Clip the gradient, then take one step of the optimiser; returns the norm before clipping.

    Nothing is changed where the norm is not finite. See `tracer.training.optimisers` for the same
    rules in NumPy.
    """
    squares = 0.0
    for j in range(theta.size):
        squares += float(d_theta[j]) * float(d_theta[j])
    norm = math.sqrt(squares)
    if not math.isfinite(norm):
        return norm
    kind = theta.dtype.type
    scale = kind(clip_norm / norm) if 0 < clip_norm < norm else kind(1)
    value = kind(clip_value) if clip_value > 0 else kind(np.inf)
    keep = kind(1 - rate * decay)
    lr, mu, nu, eps = kind(rate), kind(momentum), kind(beta2), kind(epsilon)
    one = kind(1)
    correct1 = kind(1 - momentum**step)
    correct2 = kind(math.sqrt(1 - beta2**step))
    for j in range(theta.size):
        d = min(max(d_theta[j] * scale, -value), value)
        theta[j] *= keep
        if rule == SGD:
            theta[j] -= lr * d
        elif rule == MOMENTUM:
            first[j] = mu * first[j] + d
            theta[j] -= lr * first[j]
        else:
            first[j] = mu * first[j] + (one - mu) * d
            second[j] = nu * second[j] + (one - nu) * d * d
            theta[j] -= lr / correct1 * first[j] / (math.sqrt(second[j]) / correct2 + eps)
    return norm


@_compiled
def _rnn_gradients(
    words: Words, lengths: Lengths, target: Words, weight: Array, f: int, window: int,
    E: Array, U: Array, W: Array, a: Array, V: Array, b: Array,
    d_E: Array, d_U: Array, d_W: Array, d_a: Array, d_V: Array, d_b: Array,
) -> Losses:  # fmt: skip
    """Loss and gradients of an RNN over one batch of sentences, words (T, N)."""
    T, N = words.shape
    H, D, K = W.shape[0], E.shape[1], V.shape[0]
    kind = E.dtype
    x, d_x = np.empty((T, N, D), kind), np.empty((T, N, D), kind)
    z, h, d_h_from_loss, d_h_from_next, d_h, d_z = [np.empty((T, N, H), kind) for _ in range(6)]
    probs = np.empty((T, N, K), kind)
    h_0, d_h_0 = np.zeros((N, H), kind), np.zeros((N, H), kind)
    Ut, Wt, Vt = np.empty((D, H), kind), np.empty((H, H), kind), np.empty((H, K), kind)
    _transpose(U, Ut)
    _transpose(W, Wt)
    _transpose(V, Vt)

    _read_words(E, words, lengths, x)
    rnn_forward(x, lengths, h_0, Ut, Wt, a, f, z, h)
    losses = head_loss(h, target, weight, Vt, b, probs)
    _head_back(h, target, weight, V, probs, d_h_from_loss, d_V, d_b)
    rnn_backward(lengths, U, W, f, window, z, h, d_h_from_loss, d_h_0, d_h_from_next, d_h, d_z, d_x)
    _add_gradients(words, lengths, x, h, d_z, d_x, d_E, d_U, d_W, d_a)
    return losses


@_compiled
def _lstm_gradients(
    words: Words, lengths: Lengths, target: Words, weight: Array, gate: int, window: int,
    E: Array, U: Array, W: Array, a: Array, V: Array, b: Array,
    d_E: Array, d_U: Array, d_W: Array, d_a: Array, d_V: Array, d_b: Array,
) -> Losses:  # fmt: skip
    """Loss and gradients of an LSTM over one batch of sentences, words (T, N)."""
    T, N = words.shape
    H, D, K = W.shape[1], E.shape[1], V.shape[0]
    kind = E.dtype
    x, d_x = np.empty((T, N, D), kind), np.empty((T, N, D), kind)
    c, tanh_c, h, d_h_from_loss = [np.empty((T, N, H), kind) for _ in range(4)]
    d_h_from_next, d_h, d_tanh_c = [np.empty((T, N, H), kind) for _ in range(3)]
    d_c_from_h, d_c_from_next, d_c = [np.empty((T, N, H), kind) for _ in range(3)]
    z, ifgo, d_ifgo, d_z = [np.empty((T, N, 4 * H), kind) for _ in range(4)]
    probs = np.empty((T, N, K), kind)
    h_0, c_0, d_h_0, d_c_0 = [np.zeros((N, H), kind) for _ in range(4)]
    Ut, Wt, Vt = np.empty((D, 4 * H), kind), np.empty((H, 4 * H), kind), np.empty((H, K), kind)
    _transpose(U, Ut)
    _transpose(W, Wt)
    _transpose(V, Vt)

    _read_words(E, words, lengths, x)
    lstm_forward(x, lengths, h_0, c_0, Ut, Wt, a, gate, z, ifgo, c, tanh_c, h)
    losses = head_loss(h, target, weight, Vt, b, probs)
    _head_back(h, target, weight, V, probs, d_h_from_loss, d_V, d_b)
    lstm_backward(
        lengths, U, W, gate, window, c_0, z, ifgo, c, tanh_c, d_h_from_loss, d_h_0, d_c_0,
        d_h_from_next, d_h, d_tanh_c, d_c_from_h, d_c_from_next, d_c, d_ifgo, d_z, d_x,
    )  # fmt: skip
    _add_gradients(words, lengths, x, h, d_z, d_x, d_E, d_U, d_W, d_a)
    return losses


@_compiled
def rnn_train(
    words: Words, lengths: Lengths, target: Words, weight: Array, f: int, window: int,
    E: Array, U: Array, W: Array, a: Array, V: Array, b: Array,
    d_E: Array, d_U: Array, d_W: Array, d_a: Array, d_V: Array, d_b: Array,
    theta: Array, d_theta: Array, first: Array, second: Array, rule: int, step: int,
    rate: float, momentum: float, beta2: float, epsilon: float, decay: float,
    clip_norm: float, clip_value: float,
) -> tuple[float, int, int, float]:  # fmt: skip
    """One batch: forward, loss, backward, and one step of the optimiser on theta.

    The weights are views of theta, their gradients of d_theta. Returns the loss, summed, the number
    of right answers, the number of steps that count, and the norm of the gradient.
    """
    d_theta[:] = 0
    loss, hits, counted = _rnn_gradients(
        words, lengths, target, weight, f, window,
        E, U, W, a, V, b, d_E, d_U, d_W, d_a, d_V, d_b,
    )  # fmt: skip
    norm = update(
        theta, d_theta, first, second, rule, step, rate, momentum, beta2, epsilon, decay,
        clip_norm, clip_value,
    )  # fmt: skip
    return loss, hits, counted, norm


@_compiled
def lstm_train(
    words: Words, lengths: Lengths, target: Words, weight: Array, gate: int, window: int,
    E: Array, U: Array, W: Array, a: Array, V: Array, b: Array,
    d_E: Array, d_U: Array, d_W: Array, d_a: Array, d_V: Array, d_b: Array,
    theta: Array, d_theta: Array, first: Array, second: Array, rule: int, step: int,
    rate: float, momentum: float, beta2: float, epsilon: float, decay: float,
    clip_norm: float, clip_value: float,
) -> tuple[float, int, int, float]:  # fmt: skip
    """One batch: forward, loss, backward, and one step of the optimiser on theta.

    The weights are views of theta, their gradients of d_theta. Returns the loss, summed, the number
    of right answers, the number of steps that count, and the norm of the gradient.
    """
    d_theta[:] = 0
    loss, hits, counted = _lstm_gradients(
        words, lengths, target, weight, gate, window,
        E, U, W, a, V, b, d_E, d_U, d_W, d_a, d_V, d_b,
    )  # fmt: skip
    norm = update(
        theta, d_theta, first, second, rule, step, rate, momentum, beta2, epsilon, decay,
        clip_norm, clip_value,
    )  # fmt: skip
    return loss, hits, counted, norm


@_compiled
def rnn_losses(
    words: Words, lengths: Lengths, target: Words, weight: Array, f: int,
    E: Array, U: Array, W: Array, a: Array, V: Array, b: Array,
) -> Losses:  # fmt: skip
    """Loss, right answers and counted steps of an RNN over one batch; nothing is learned."""
    T, N = words.shape
    H, D, K = W.shape[0], E.shape[1], V.shape[0]
    kind = E.dtype
    x, z, h = np.empty((T, N, D), kind), np.empty((1, N, H), kind), np.empty((T, N, H), kind)
    Ut, Wt, Vt = np.empty((D, H), kind), np.empty((H, H), kind), np.empty((H, K), kind)
    _transpose(U, Ut)
    _transpose(W, Wt)
    _transpose(V, Vt)
    _read_words(E, words, lengths, x)
    rnn_forward(x, lengths, np.zeros((N, H), kind), Ut, Wt, a, f, z, h)
    return head_loss(h, target, weight, Vt, b, np.empty((T, N, K), kind))


@_compiled
def lstm_losses(
    words: Words, lengths: Lengths, target: Words, weight: Array, gate: int,
    E: Array, U: Array, W: Array, a: Array, V: Array, b: Array,
) -> Losses:  # fmt: skip
    """Loss, right answers and counted steps of an LSTM over one batch; nothing is learned."""
    T, N = words.shape
    H, D, K = W.shape[1], E.shape[1], V.shape[0]
    kind = E.dtype
    x, h, c = np.empty((T, N, D), kind), np.empty((T, N, H), kind), np.empty((T, N, H), kind)
    z, ifgo, tanh_c = (
        np.empty((1, N, 4 * H), kind), np.empty((1, N, 4 * H), kind), np.empty((1, N, H), kind),
    )  # fmt: skip
    Ut, Wt, Vt = np.empty((D, 4 * H), kind), np.empty((H, 4 * H), kind), np.empty((H, K), kind)
    _transpose(U, Ut)
    _transpose(W, Wt)
    _transpose(V, Vt)
    _read_words(E, words, lengths, x)
    zeros = np.zeros((N, H), kind)
    lstm_forward(x, lengths, zeros, zeros, Ut, Wt, a, gate, z, ifgo, c, tanh_c, h)
    return head_loss(h, target, weight, Vt, b, np.empty((T, N, K), kind))
