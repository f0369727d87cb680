"""The CPU device: hands whole sequences to the compiled loops, and gives back named arrays."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from tracer.cells import Cell, LSTMCell, RNNCell
from tracer.cells.activations import Array
from tracer.kernels import compiled
from tracer.kernels.compiled import Lengths


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
    compiled.rnn_forward(
        _plain(x), lengths, _plain(state["h"]), _transposed(cell.U), _transposed(cell.W),
        _plain(cell.a), compiled.CODE[cell.f], z, h,
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
    compiled.lstm_forward(
        _plain(x), lengths, _plain(state["h"]), _plain(state["c"]), _transposed(cell.U),
        _transposed(cell.W), _plain(cell.a), compiled.CODE[cell.gate], z, ifgo, c, tanh_c, h,
    )  # fmt: skip
    blocks: dict[str, Array] = {}
    for block, gate in enumerate(cell.equations.gates):
        rows = slice(block * H, (block + 1) * H)
        blocks |= {f"z_{gate}": z[..., rows], gate: ifgo[..., rows]}
    return {**blocks, "c": c, "tanh_c": tanh_c, "h": h}


_UNROLL: Mapping[str, Callable[..., dict[str, Array]]] = {"rnn": _rnn, "lstm": _lstm}
_KERNEL: Mapping[str, Any] = {"rnn": compiled.rnn_forward, "lstm": compiled.lstm_forward}


def forward(
    cell: Cell, x: Array, state: Mapping[str, Array], lengths: Lengths, level: str
) -> dict[str, Array]:
    """Unroll `cell` over x (T, N, D) in one compiled call; see `tracer.kernels.Device.forward`."""
    everything = _UNROLL[cell.equations.name](cell, x, state, lengths, level)
    return {name: v for name, v in everything.items() if cell.equations[name].stored_at(level)}


def backward(
    cell: Cell,
    numbers: Mapping[str, Array],
    lengths: Lengths,
    d_h: Array,
    d_last: Mapping[str, Array],
    window: int | None,
) -> dict[str, Array]:
    """Run backward through time in one compiled call; see `tracer.kernels.Device.backward`."""
    run_back = _BACKWARD[cell.equations.name]
    start = {f"d_{name}_0": np.array(d, order="C") for name, d in d_last.items()}
    return run_back(cell, numbers, lengths, _plain(d_h), start, window or 0)


def _rnn_back(
    cell: RNNCell, numbers: Mapping[str, Array], lengths: Lengths, d_h_from_loss: Array,
    start: dict[str, Array], window: int,
) -> dict[str, Array]:  # fmt: skip
    x, h = numbers["x"], numbers["h"]
    d = {name: np.empty_like(h) for name in ("d_h_from_next", "d_h", "d_z")}
    d |= {"d_x": np.empty(x.shape, x.dtype)}
    compiled.rnn_backward(
        lengths, _plain(cell.U), _plain(cell.W), compiled.CODE[cell.f], window,
        _plain(numbers["z"]), _plain(h), d_h_from_loss, *start.values(), *d.values(),
    )  # fmt: skip
    return {"d_h_from_loss": d_h_from_loss, **d, **start}


def _lstm_back(
    cell: LSTMCell, numbers: Mapping[str, Array], lengths: Lengths, d_h_from_loss: Array,
    start: dict[str, Array], window: int,
) -> dict[str, Array]:  # fmt: skip
    T, N, H = d_h_from_loss.shape
    x, gates = numbers["x"], cell.equations.gates
    names = ("d_h_from_next", "d_h", "d_tanh_c", "d_c_from_h", "d_c_from_next", "d_c")
    d: dict[str, Array] = {name: np.empty((T, N, H), x.dtype) for name in names}
    d_ifgo, d_z = (np.empty((T, N, 4 * H), x.dtype) for _ in range(2))
    d_x = np.empty(x.shape, x.dtype)
    c_0 = np.array(numbers["c_prev"][0], order="C")
    forward_pass = (
        c_0,
        _side_by_side(numbers, [f"z_{gate}" for gate in gates]),
        _side_by_side(numbers, gates),
        _plain(numbers["c"]),
        _plain(numbers["tanh_c"]),
    )
    gradients = (d_h_from_loss, *start.values(), *d.values(), d_ifgo, d_z, d_x)
    compiled.lstm_backward(
        lengths, _plain(cell.U), _plain(cell.W), compiled.CODE[cell.gate], window,
        *forward_pass, *gradients,
    )  # fmt: skip
    blocks: dict[str, Array] = {}
    for block, gate in enumerate(gates):
        rows = slice(block * H, (block + 1) * H)
        blocks |= {f"d_{gate}": d_ifgo[..., rows], f"d_z_{gate}": d_z[..., rows]}
    return {"d_h_from_loss": d_h_from_loss, **d, **blocks, "d_x": d_x, **start}


_BACKWARD: Mapping[str, Callable[..., dict[str, Array]]] = {"rnn": _rnn_back, "lstm": _lstm_back}


def _side_by_side(numbers: Mapping[str, Array], names: Iterable[str]) -> Array:
    """Several quantities (T, N, H) as the blocks of one array, as the loops want them."""
    return np.concatenate([numbers[name] for name in names], axis=-1)


def outer(d_z: Array, rows: Array, *, per_step: bool) -> Array:
    """The sum over sentences of ``d_z x^T``, in total or for each step."""
    T, _, J = d_z.shape
    shares = np.zeros((T if per_step else 1, J, rows.shape[2]), rows.dtype)
    compiled.outer(_plain(d_z), _plain(rows), shares)
    return shares if per_step else shares[0]


def project(rows: Array, M: Array) -> Array:
    """``rows @ M.T`` with the sums in the same order as in the kernels."""
    out = np.empty((*rows.shape[:2], M.shape[0]), rows.dtype)
    compiled.project(_plain(rows), _transposed(M), out)
    return out


def needs_compiling(cell: Cell) -> bool:
    """Whether the first call will have to compile: no machine code of this kernel is cached."""
    return is_new(_KERNEL[cell.equations.name])


def is_new(kernel: Any) -> bool:
    """Whether a compiled function has no machine code yet, here or in the cache."""
    # NUMBA_DISABLE_JIT leaves plain functions, which nobody compiles.
    if getattr(kernel, "signatures", True):
        return False
    if kernel.stats.cache_path is None:
        return True
    name = f"compiled.{kernel.py_func.__name__}-*.nbi"
    return not any(Path(kernel.stats.cache_path).glob(name))
