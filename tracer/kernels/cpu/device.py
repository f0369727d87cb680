"""The CPU device: hands whole sequences to the compiled loops, and gives back named arrays."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from typing import Any

import numpy as np

from tracer.cells import COMPILED, Cell, LSTMCell, RNNCell
from tracer.cells.activations import Array
from tracer.equations import CELLS
from tracer.kernels.cpu import compiled, product
from tracer.kernels.cpu.compiled import Lengths
from tracer.kernels.cpu.jit import kept
from tracer.kernels.cpu.shares import in_shares
from tracer.kernels.cpu.squeezing import CODE


def _plain(array: Array) -> Array:
    """The same numbers as an array that the kernels are compiled for (no subclass, writable)."""
    if type(array) is np.ndarray and array.flags.carray:
        return array
    return np.require(np.asarray(array), requirements=["C", "A", "W"])


def _packed(M: Array) -> Array:
    """The weights M (K, J), laid out for products with many rows."""
    return product.packed(_plain(M))


@cache
def _stored(kind: str, level: str) -> frozenset[str]:
    """What the level records; looked up once, for a short sentence takes less time than this."""
    return frozenset(q.name for q in CELLS[kind] if q.stored_at(level))


def _rnn(
    cell: RNNCell, x: Array, state: Mapping[str, Array], lengths: Lengths, level: str
) -> dict[str, Array]:
    T, N, _ = x.shape
    H = cell.W.shape[1]
    z = np.zeros((T if "z" in _stored(cell.equations.name, level) else 1, N, H), x.dtype)
    h = np.empty((T, N, H), x.dtype)
    before = (
        _plain(x).reshape(T * N, -1), lengths, _plain(state["h"]), _packed(cell.U),
        _packed(cell.W), _plain(cell.a), CODE[cell.f],
    )  # fmt: skip
    in_shares(
        N, T * (cell.U.size + cell.W.size),
        lambda first, last: compiled.rnn_forward(*before, first, last, z, h),
    )  # fmt: skip
    return {"z": z, "h": h}


def _lstm(
    cell: LSTMCell, x: Array, state: Mapping[str, Array], lengths: Lengths, level: str
) -> dict[str, Array]:
    T, N, _ = x.shape
    H = cell.W.shape[1]
    stored = _stored(cell.equations.name, level)
    z, ifgo, tanh_c = (
        np.zeros((T if name in stored else 1, N, width), x.dtype)
        for name, width in (("z_i", 4 * H), ("i", 4 * H), ("tanh_c", H))
    )
    c = np.empty((T, N, H), x.dtype)
    h = np.empty((T, N, H), x.dtype)
    before = (
        _plain(x).reshape(T * N, -1), lengths, _plain(state["h"]), _plain(state["c"]),
        _packed(cell.U), _packed(cell.W), _plain(cell.a), CODE[cell.gate],
    )  # fmt: skip
    in_shares(
        N, T * (cell.U.size + cell.W.size),
        lambda first, last: compiled.lstm_forward(
            *before, first, last, z, ifgo, c, tanh_c, h
        ),
    )  # fmt: skip
    blocks: dict[str, Array] = {}
    for block, gate in enumerate(cell.equations.gates):
        rows = slice(block * H, (block + 1) * H)
        blocks |= {f"z_{gate}": z[..., rows], gate: ifgo[..., rows]}
    return {**blocks, "c": c, "tanh_c": tanh_c, "h": h}


_UNROLL: Mapping[str, Callable[..., dict[str, Array]]] = {"rnn": _rnn, "lstm": _lstm}
_KERNEL: Mapping[str, Any] = {"rnn": compiled.rnn_forward, "lstm": compiled.lstm_forward}
_BACKWARD_KERNEL: Mapping[str, Any] = {
    "rnn": compiled.rnn_backward,
    "lstm": compiled.lstm_backward,
}


def forward(
    cell: Cell, x: Array, state: Mapping[str, Array], lengths: Lengths, level: str
) -> dict[str, Array]:
    """Unroll `cell` over x (T, N, D) in one compiled call; see `tracer.kernels.Device.forward`."""
    everything = _UNROLL[cell.equations.name](cell, x, state, lengths, level)
    stored = _stored(cell.equations.name, level)
    return {name: array for name, array in everything.items() if name in stored}


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
    before = (lengths, _packed(cell.U.T), _packed(cell.W.T), CODE[cell.f], window)
    after = (_plain(numbers["z"]), _plain(h), d_h_from_loss, *start.values(), *d.values())
    in_shares(
        x.shape[1], len(x) * (cell.U.size + cell.W.size),
        lambda first, last: compiled.rnn_backward(*before, first, last, *after),
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
    before = (lengths, _packed(cell.U.T), _packed(cell.W.T), CODE[cell.gate], window)
    in_shares(
        N, T * (cell.U.size + cell.W.size),
        lambda first, last: compiled.lstm_backward(
            *before, first, last, *forward_pass, *gradients
        ),
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
    T, N, J = d_z.shape
    K = rows.shape[2]
    if per_step:
        shares = np.zeros((T, J, K), rows.dtype)
        compiled.outer(_plain(d_z), _plain(rows), shares)
        return shares
    total = np.zeros((J, K), rows.dtype)
    d_z, rows = _plain(d_z).reshape(T * N, J), _plain(rows).reshape(T * N, K)
    in_shares(J, T * N * K, lambda first, last: product.outer_total(d_z, rows, total, first, last))
    return total


def project(rows: Array, M: Array) -> Array:
    """``rows @ M.T`` with the sums in the same order as in the kernels."""
    T, N, J = rows.shape
    K = len(M)
    out = np.empty((T, N, K), rows.dtype)
    flat, packed = _plain(rows).reshape(T * N, J), _packed(M)
    found = out.reshape(T * N, K)
    in_shares(
        T * N, M.size,
        lambda first, last: product.product(flat[first:last], packed, found[first:last]),
    )  # fmt: skip
    return out


def needs_compiling(cell: Cell, *, backward: bool = False) -> bool:
    """Whether the first call will have to compile: no machine code for this cell's dtype is kept.

    With `backward`, also where only that of the way back is missing.
    """
    name, dtype = cell.equations.name, str(cell.W.dtype)
    if name not in COMPILED:
        return False
    kernels = [_KERNEL[name], _BACKWARD_KERNEL[name]] if backward else [_KERNEL[name]]
    return any(is_new(kernel, dtype) for kernel in kernels)


def is_new(kernel: Any, dtype: str) -> bool:
    """Whether a compiled function has no machine code for this dtype yet, here or in the cache."""
    # NUMBA_DISABLE_JIT leaves plain functions, which nobody compiles.
    if not hasattr(kernel, "signatures"):
        return False
    return not any(dtype == _float_of(signature) for signature in _signatures(kernel))


def _signatures(kernel: Any) -> Iterator[tuple[Any, ...]]:
    """The types of arguments for which there is machine code, in this process and in the cache."""
    yield from kernel.signatures
    code = kept(kernel)
    if code is not None:
        yield from code.signatures()


def _float_of(signature: tuple[Any, ...]) -> str:
    """The dtype of the first array of floats among the arguments."""
    dtypes = (str(getattr(argument, "dtype", "")) for argument in signature)
    return next((dtype for dtype in dtypes if dtype.startswith("float")), "")
