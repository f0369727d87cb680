"""The compiled loops: whole sequences forward and backward, by Numba.

Each runs some of the batch, the sequences first..last, through all steps: several threads may each
take a share. ``U`` and ``W`` come packed; see `tracer.kernels.cpu.product`.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from tracer.cells.activations import Array
from tracer.kernels.cpu.jit import compiled
from tracer.kernels.cpu.product import product
from tracer.kernels.cpu.squeezing import TANH, slope, squeeze

Lengths = npt.NDArray[np.int64]

MANY = 64
"""So many rows at once are multiplied at full speed."""


@compiled
def _steps_at_once(T: int, N: int, n: int) -> int:
    """For how many steps to multiply the words at once: several if the batch is small."""
    return min(T, max(1, MANY // N)) if n == N else 1


@compiled
def _end(lengths: Lengths, t: int, first: int, last: int) -> int:
    """Where the sequences end that still run at step t; fewer if the longest come first."""
    while last > first and t >= lengths[last - 1]:
        last -= 1
    return last


@compiled
def copy(row: Array, out: Array) -> None:
    """``out[:] = row``, which would compile an error message, for three seconds."""
    for j in range(out.size):
        out[j] = row[j]


@compiled
def _add(a: Array, b: Array, c: Array, out: Array) -> None:
    for j in range(out.size):
        out[j] = a[j] + b[j] + c[j]


@compiled
def rnn_forward(
    x: Array, lengths: Lengths, h_0: Array, U: Array, W: Array, a: Array, f: int,
    first: int, last: int, z: Array, h: Array,
) -> None:  # fmt: skip
    """Unroll an RNN over x (T·N, D) into z (T or 1, N, H) and h (T, N, H)."""
    T, N, H = h.shape
    size = last - first
    steps = _steps_at_once(T, N, size)
    from_x = np.empty((steps * size, H), x.dtype)
    from_h = np.empty((size, H), x.dtype)
    h_before = h_0[first:last]
    for t in range(T):
        end = _end(lengths, t, first, last)
        if t % steps == 0:
            final = min(t + steps, T) - 1
            words = x[t * N + first : final * N + _end(lengths, final, first, last)]
            product(words, U, from_x[: len(words)])
        product(h_before[: end - first], W, from_h[: end - first])
        z_now = z[min(t, z.shape[0] - 1)]  # a level that leaves z out keeps one step of it
        for n in range(first, last):
            if t < lengths[n]:
                _add(from_x[t % steps * size + n - first], from_h[n - first], a, z_now[n])
                squeeze(f, z_now[n], h[t, n])
            else:
                copy(h_before[n - first], h[t, n])
        h_before = h[t, first:last]


@compiled
def keep(f: Array, c_prev: Array, i: Array, g: Array, c: Array) -> None:
    """``c = f * c_prev + i * g``."""
    for j in range(c.size):
        c[j] = f[j] * c_prev[j] + i[j] * g[j]


@compiled
def show(o: Array, tanh_c: Array, h: Array) -> None:
    """``h = o * tanh_c``."""
    for j in range(h.size):
        h[j] = o[j] * tanh_c[j]


@compiled
def lstm_forward(
    x: Array, lengths: Lengths, h_0: Array, c_0: Array, U: Array, W: Array, a: Array, gate: int,
    first: int, last: int, z: Array, ifgo: Array, c: Array, tanh_c: Array, h: Array,
) -> None:  # fmt: skip
    """Unroll an LSTM over x (T·N, D): z, ifgo (T or 1, N, 4H), tanh_c (T or 1, N, H), c, h."""
    T, N, H = h.shape
    size = last - first
    steps = _steps_at_once(T, N, size)
    from_x = np.empty((steps * size, 4 * H), x.dtype)
    from_h = np.empty((size, 4 * H), x.dtype)
    h_before, c_before = h_0[first:last], c_0[first:last]
    for t in range(T):
        end = _end(lengths, t, first, last)
        if t % steps == 0:
            final = min(t + steps, T) - 1
            words = x[t * N + first : final * N + _end(lengths, final, first, last)]
            product(words, U, from_x[: len(words)])
        product(h_before[: end - first], W, from_h[: end - first])
        # A level that leaves a quantity out keeps one step of it to work in.
        z_now = z[min(t, z.shape[0] - 1)]
        gates_now = ifgo[min(t, ifgo.shape[0] - 1)]
        tanh_c_now = tanh_c[min(t, tanh_c.shape[0] - 1)]
        for n in range(first, last):
            c_prev, c_t = c_before[n - first], c[t, n]
            if t < lengths[n]:
                z_t, gates = z_now[n], gates_now[n]
                _add(from_x[t % steps * size + n - first], from_h[n - first], a, z_t)

                i, f = gates[:H], gates[H : 2 * H]
                g, o = gates[2 * H : 3 * H], gates[3 * H :]
                squeeze(gate, z_t[: 2 * H], gates[: 2 * H])  # i and f
                squeeze(TANH, z_t[2 * H : 3 * H], g)
                squeeze(gate, z_t[3 * H :], o)

                keep(f, c_prev, i, g, c_t)
                squeeze(TANH, c_t, tanh_c_now[n])
                show(o, tanh_c_now[n], h[t, n])
            else:
                copy(h_before[n - first], h[t, n])
                copy(c_prev, c_t)
        h_before, c_before = h[t, first:last], c[t, first:last]


@compiled
def rnn_backward(
    lengths: Lengths, Ut: Array, Wt: Array, f: int, window: int, first: int, last: int,
    z: Array, h: Array, d_h_from_loss: Array, d_h_0: Array,
    d_h_from_next: Array, d_h: Array, d_z: Array, d_x: Array,
) -> None:  # fmt: skip
    """Run an RNN backward; d_h_0 (N, H) comes in as the gradient of the final state.

    The arrays over time are (T, N, ·). With ``window > 0`` nothing goes back over the start of
    every window-th step.
    """
    T, _, H = d_h.shape
    df = np.empty(H, h.dtype)
    d_next = d_h_0[first:last]  # what the step after hands back; after the last turn, to h_0
    for t in range(T - 1, -1, -1):
        end = _end(lengths, t, first, last)
        for n in range(first, last):
            d_h_t, d_z_t = d_h[t, n], d_z[t, n]
            copy(d_h_0[n], d_h_from_next[t, n])
            for j in range(H):
                d_h_t[j] = d_h_from_loss[t, n, j] + d_h_0[n, j]
            if t < lengths[n]:
                slope(f, z[t, n], h[t, n], df)
                for j in range(H):
                    d_z_t[j] = d_h_t[j] * df[j]
            else:
                d_z_t[:] = 0
        product(d_z[t, first:end], Ut, d_x[t, first:end])
        product(d_z[t, first:end], Wt, d_next[: end - first])
        for n in range(first, last):
            if t >= lengths[n]:
                d_x[t, n] = 0  # also where 0 times a weight is not 0
                copy(d_h[t, n], d_h_0[n])
        if window > 0 and t > 0 and t % window == 0:
            for n in range(first, last):
                if t < lengths[n]:  # where it only stands still there is no step to cut at
                    d_h_0[n] = 0


@compiled
def _gate_gradients(
    d_h: Array, d_c_next: Array, gates: Array, tanh_c: Array, dtanh: Array, c_prev: Array,
    d_tanh_c: Array, d_c_from_h: Array, d_c: Array, d_gates: Array,
) -> None:  # fmt: skip
    H = d_h.size
    i, f, g, o = gates[:H], gates[H : 2 * H], gates[2 * H : 3 * H], gates[3 * H :]
    for j in range(H):
        d_gates[3 * H + j] = d_h[j] * tanh_c[j]  # d_o
        d_tanh_c[j] = d_h[j] * o[j]
    for j in range(H):
        d_c_from_h[j] = d_tanh_c[j] * dtanh[j]
        d_c[j] = d_c_from_h[j] + d_c_next[j]
    for j in range(H):
        d_gates[j] = d_c[j] * g[j]  # d_i
        d_gates[H + j] = d_c[j] * c_prev[j]  # d_f
    for j in range(H):
        d_gates[2 * H + j] = d_c[j] * i[j]  # d_g
        d_c_next[j] = d_c[j] * f[j]


@compiled
def lstm_backward(
    lengths: Lengths, Ut: Array, Wt: Array, gate: int, window: int, first: int, last: int,
    c_0: Array, z: Array, ifgo: Array, c: Array, tanh_c: Array,
    d_h_from_loss: Array, d_h_0: Array, d_c_0: Array,
    d_h_from_next: Array, d_h: Array, d_tanh_c: Array, d_c_from_h: Array, d_c_from_next: Array,
    d_c: Array, d_ifgo: Array, d_z: Array, d_x: Array,
) -> None:  # fmt: skip
    """Run an LSTM backward; d_h_0 and d_c_0 (N, H) come in as the gradients of the final state.

    The arrays over time are (T, N, ·); z, ifgo and their gradients (T, N, 4H).
    """
    T, _, H = d_h.shape
    slopes = np.empty(4 * H, c.dtype)
    dtanh = np.empty(H, c.dtype)
    for t in range(T - 1, -1, -1):
        end = _end(lengths, t, first, last)
        for n in range(first, last):
            d_h_next, d_c_next = d_h_0[n], d_c_0[n]  # what the step after hands back
            d_h_t, d_c_t, d_z_t, d_gates = d_h[t, n], d_c[t, n], d_z[t, n], d_ifgo[t, n]
            copy(d_h_next, d_h_from_next[t, n])
            copy(d_c_next, d_c_from_next[t, n])
            for j in range(H):
                d_h_t[j] = d_h_from_loss[t, n, j] + d_h_next[j]
            if t < lengths[n]:
                z_t, gates = z[t, n], ifgo[t, n]
                slope(TANH, c[t, n], tanh_c[t, n], dtanh)
                _gate_gradients(
                    d_h_t, d_c_next, gates, tanh_c[t, n], dtanh, c[t - 1, n] if t > 0 else c_0[n],
                    d_tanh_c[t, n], d_c_from_h[t, n], d_c_t, d_gates,
                )  # fmt: skip
                slope(gate, z_t[: 2 * H], gates[: 2 * H], slopes[: 2 * H])
                slope(TANH, z_t[2 * H : 3 * H], gates[2 * H : 3 * H], slopes[2 * H : 3 * H])
                slope(gate, z_t[3 * H :], gates[3 * H :], slopes[3 * H :])
                for j in range(4 * H):
                    d_z_t[j] = d_gates[j] * slopes[j]
            else:  # the state only stands still: its gradients pass through
                copy(d_c_next, d_c_t)
                d_c_from_h[t, n] = 0
                d_tanh_c[t, n] = 0
                d_gates[:] = 0
                d_z_t[:] = 0
        product(d_z[t, first:end], Ut, d_x[t, first:end])
        product(d_z[t, first:end], Wt, d_h_0[first:end])
        for n in range(first, last):
            if t >= lengths[n]:
                d_x[t, n] = 0  # also where 0 times a weight is not 0
                copy(d_h[t, n], d_h_0[n])
        if window > 0 and t > 0 and t % window == 0:
            for n in range(first, last):
                if t < lengths[n]:  # where it only stands still there is no step to cut at
                    d_h_0[n] = 0
                    d_c_0[n] = 0


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
