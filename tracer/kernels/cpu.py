"""The unrolled forward pass on the CPU, compiled by Numba: the whole sequence in one call.

Everything that one kernel calls stays in this file: Numba's cache of a kernel does not notice a
change in a compiled function that it imports from another file.

``error_model="numpy"`` lets loops with a division vectorise. ``fastmath`` allows fused
multiply-add and nothing that could lose a NaN or reorder a sum.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar, cast

import numpy as np
import numpy.typing as npt
from numba import njit

from tracer.cells import Cell, LSTMCell, RNNCell
from tracer.cells.activations import ACTIVATIONS, Array

Lengths = npt.NDArray[np.int64]
Function = TypeVar("Function", bound=Callable[..., Any])

# A kernel compares integers faster than strings; both sides count along the same list.
TANH, RELU, SIGMOID, IDENTITY, HARD_SIGMOID, HARD = range(len(ACTIVATIONS))
_CODE = {name: code for code, name in enumerate(ACTIVATIONS)}


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
def _rnn_forward(
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
def _lstm_forward(
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
def _project(rows: Array, Mt: Array, out: Array) -> None:
    for t in range(rows.shape[0]):
        for n in range(rows.shape[1]):
            _product(Mt, rows[t, n], out[t, n])


def _plain(array: Array) -> Array:
    """The same numbers as an array that the kernels are compiled for (no subclass, writable)."""
    return np.require(np.asarray(array), requirements=["C", "A", "W"])


def _transposed(M: Array) -> Array:
    return np.array(M.T, order="C")


def _rnn(
    cell: RNNCell, x: Array, state: Mapping[str, Array], lengths: Lengths, level: str
) -> dict[str, Array]:
    T, N, _ = x.shape
    H = cell.W.shape[1]
    steps = {q.name: T if q.stored_at(level) else 1 for q in cell.equations}
    z = np.zeros((steps["z"], N, H), x.dtype)
    h = np.empty((T, N, H), x.dtype)
    _rnn_forward(
        _plain(x), lengths, _plain(state["h"]), _transposed(cell.U), _transposed(cell.W),
        _plain(cell.a), _CODE[cell.f], z, h,
    )  # fmt: skip
    return {"z": z, "h": h}


def _lstm(
    cell: LSTMCell, x: Array, state: Mapping[str, Array], lengths: Lengths, level: str
) -> dict[str, Array]:
    T, N, _ = x.shape
    H = cell.W.shape[1]
    steps = {q.name: T if q.stored_at(level) else 1 for q in cell.equations}
    z = np.zeros((steps["z_i"], N, 4 * H), x.dtype)
    ifgo = np.zeros((steps["i"], N, 4 * H), x.dtype)
    tanh_c = np.zeros((steps["tanh_c"], N, H), x.dtype)
    c = np.empty((T, N, H), x.dtype)
    h = np.empty((T, N, H), x.dtype)
    _lstm_forward(
        _plain(x), lengths, _plain(state["h"]), _plain(state["c"]), _transposed(cell.U),
        _transposed(cell.W), _plain(cell.a), _CODE[cell.gate], z, ifgo, c, tanh_c, h,
    )  # fmt: skip
    blocks: dict[str, Array] = {}
    for block, gate in enumerate(cell.equations.gates):
        rows = slice(block * H, (block + 1) * H)
        blocks |= {f"z_{gate}": z[..., rows], gate: ifgo[..., rows]}
    return {**blocks, "c": c, "tanh_c": tanh_c, "h": h}


_UNROLL: Mapping[str, Callable[..., dict[str, Array]]] = {"rnn": _rnn, "lstm": _lstm}
_KERNEL: Mapping[str, Any] = {"rnn": _rnn_forward, "lstm": _lstm_forward}


def forward(
    cell: Cell, x: Array, state: Mapping[str, Array], lengths: Lengths, level: str
) -> dict[str, Array]:
    """Unroll `cell` over x (T, N, D) in one compiled call; see `tracer.kernels.Device.forward`."""
    everything = _UNROLL[cell.equations.name](cell, x, state, lengths, level)
    return {name: v for name, v in everything.items() if cell.equations[name].stored_at(level)}


def project(rows: Array, M: Array) -> Array:
    """``rows @ M.T`` with the sums in the same order as in the kernels."""
    out = np.empty((*rows.shape[:2], M.shape[0]), rows.dtype)
    _project(_plain(rows), _transposed(M), out)
    return out


def needs_compiling(cell: Cell) -> bool:
    """Whether the first call will have to compile: no machine code of this kernel is cached."""
    kernel = _KERNEL[cell.equations.name]
    # NUMBA_DISABLE_JIT leaves plain functions, which nobody compiles.
    if getattr(kernel, "signatures", True):
        return False
    if kernel.stats.cache_path is None:
        return True
    name = f"cpu.{kernel.py_func.__name__}-*.nbi"
    return not any(Path(kernel.stats.cache_path).glob(name))
