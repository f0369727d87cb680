"""The CPU device: hands whole sequences to the compiled loops, and gives back named arrays."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

import numpy as np

from tracer.cells import COMPILED, Cell
from tracer.cells.activations import Array
from tracer.equations import CELLS
from tracer.kernels.cpu import product, through_time
from tracer.kernels.cpu.arrays import Places
from tracer.kernels.cpu.cells import compiled_cell
from tracer.kernels.cpu.jit import kept
from tracer.kernels.cpu.shares import in_shares
from tracer.kernels.cpu.squeezing import CODE
from tracer.kernels.cpu.through_time import Lengths

WORTH = 100_000
"""Numbers that take longer to copy than it takes to ask where they lie."""


def _plain(array: Any) -> Any:
    """The same numbers as an array that the kernels are compiled for (no subclass, writable)."""
    if type(array) is np.ndarray and array.flags.carray:
        return array
    return np.require(np.asarray(array), requirements=["C", "A", "W"])


def _packed(M: Array) -> Array:
    """The weights M (K, J), laid out for products with many rows."""
    return product.packed(_plain(M))


_FORWARD: WeakKeyDictionary[Cell, tuple[Any, Array]] = WeakKeyDictionary()
_BACKWARD: WeakKeyDictionary[Cell, tuple[Any, Array]] = WeakKeyDictionary()
# Laid out once for each cell, whose weights cannot change.


def _forward_weights(cell: Cell) -> tuple[Any, Array]:
    """The cell's own weights and U, laid out for a step."""
    if cell not in _FORWARD:
        module = compiled_cell(cell.equations.name).module
        own = module.forward_weights(_plain(cell.W), _plain(cell.a), _option(cell))
        _FORWARD[cell] = own, _packed(cell.U)
    return _FORWARD[cell]


def _backward_weights(cell: Cell) -> tuple[Any, Array]:
    """The cell's own weights and U, laid out for a step back."""
    if cell not in _BACKWARD:
        module = compiled_cell(cell.equations.name).module
        own = module.backward_weights(_plain(cell.W), _plain(cell.a), _option(cell))
        _BACKWARD[cell] = own, _packed(cell.U.T)
    return _BACKWARD[cell]


def _option(cell: Cell) -> int:
    """The code of what was chosen for the cell's option."""
    (chosen,) = cell.options.values()
    return CODE[chosen]


class _Layout(NamedTuple):
    """Where the quantities lie in a room: its rows, and the first row and the steps of each."""

    kept: Places
    rows: int
    places: tuple[tuple[str, int, int], ...]

    def views(self, room: Array, N: int) -> dict[str, Array]:
        """Each quantity that is kept, (T, N, H); a state with the one before, (T + 1, N, H)."""
        H, row = room.shape[1], room.strides[0]
        return {
            name: np.ndarray((steps, N, H), room.dtype, room, first * row)
            for name, first, steps in self.places
        }


@lru_cache(maxsize=256)
def _forward_layout(kind: str, level: str, T: int, N: int) -> _Layout:
    cell = compiled_cell(kind)
    kept = np.array([CELLS[kind][name].stored_at(level) for name in cell.forward], np.int64)
    return _layout(cell.forward, kept, cell.states, T, N)


@lru_cache(maxsize=256)
def _backward_layout(kind: str, T: int, N: int) -> _Layout:
    cell = compiled_cell(kind)
    handed = (cell.wholes >= 0).astype(np.int64)
    return _layout(cell.backward, np.ones_like(handed), handed, T, N)


def _layout(names: tuple[str, ...], kept: Places, states: Places, T: int, N: int) -> _Layout:
    base = np.empty_like(kept)
    rows = through_time.lay_out(kept, states, T * N, N, base)
    places = tuple(
        (name, int(first), T + 1) if state else (name, int(first) + N, T)
        for name, first, keeps, state in zip(names, base, kept, states, strict=True)
        if keeps
    )
    return _Layout(kept, rows + product.ROWS, places)  # a tile may read past the end


def forward(
    cell: Cell, x: Array, state: Mapping[str, Array], lengths: Lengths, level: str
) -> dict[str, Array]:
    """Unroll `cell` over x (T, N, D) in one compiled call; see `Device.forward`."""
    (T, N, D), H = x.shape, cell.W.shape[1]
    made = compiled_cell(cell.equations.name)
    layout = _forward_layout(made.kind, level, T, N)
    room = np.empty((layout.rows, H), x.dtype)
    recorded = layout.views(room, N)
    for name, before in state.items():
        recorded[name][0] = before
        recorded[name] = recorded[name][1:]
    arguments = (
        *_forward_weights(cell), _plain(x).reshape(T * N, D), _plain(lengths),
        layout.kept, made.states,
    )  # fmt: skip
    in_shares(
        N, T * (cell.U.size + cell.W.size),
        lambda first, last: made.record(*arguments, first, last, room),
    )  # fmt: skip
    return recorded


def backward(
    cell: Cell,
    numbers: Mapping[str, Array],
    state: Mapping[str, Array],
    lengths: Lengths,
    d_h: Array,
    d_last: Mapping[str, Array],
    window: int | None,
) -> dict[str, Array]:
    """Run backward through time in one compiled call; see `Device.backward`."""
    (T, N, H), D = d_h.shape, cell.U.shape[1]
    made = compiled_cell(cell.equations.name)
    there = _forward_layout(made.kind, "all", T, N)
    room = _room_with(numbers, state, there, T, N)
    layout = _backward_layout(made.kind, T, N)
    d_room = np.empty((layout.rows, H), d_h.dtype)
    d = layout.views(d_room, N)
    start = {}
    for name, last in d_last.items():
        own = d[f"d_{name}_from_next"]
        own[-1] = last
        start[f"d_{name}_0"], d[f"d_{name}_from_next"] = own[0], own[1:]
    d_z = np.empty((T * N + product.ROWS, len(cell.a)), d_h.dtype)
    d_x = np.empty((T * N, D), d_h.dtype)
    arguments = (
        *_backward_weights(cell), _plain(lengths), window or 0,
        there.kept, made.states, made.wholes,
    )  # fmt: skip
    d_h = _plain(d_h)
    in_shares(
        N, T * (cell.U.size + cell.W.size),
        lambda first, last: made.record_back(
            *arguments, first, last, d_h.reshape(T * N * H), room, d_room, d_z, d_x
        ),
    )  # fmt: skip
    rows = d_z[: T * N].reshape(T, N, -1)
    gates = [f"d_z_{gate}" for gate in cell.equations.gates] or ["d_z"]
    sums = {gate: rows[..., b * H : (b + 1) * H] for b, gate in enumerate(gates)}
    return {"d_h_from_loss": d_h, **d, **sums, "d_x": d_x.reshape(T, N, D), **start}


def _room_with(
    numbers: Mapping[str, Array], state: Mapping[str, Array], layout: _Layout, T: int, N: int
) -> Array:
    """The room in which these quantities lie, or a new one with a copy of them."""
    room = numbers["h"].base
    H = numbers["h"].shape[2]
    large = layout.rows * H > WORTH  # below, a copy is quicker than to ask
    if large and isinstance(room, np.ndarray) and room.shape == (layout.rows, H):
        views = layout.views(room, N)
        if all(_same(view[-T:], numbers[name]) for name, view in views.items()) and all(
            np.array_equal(views[name][0], before) for name, before in state.items()
        ):
            return room
    room = np.empty((layout.rows, H), numbers["h"].dtype)
    parts = []
    for name, _, _ in layout.places:
        if name in state:
            parts.append(state[name][np.newaxis])
        parts.append(numbers[name])
    # They lie one after the other.
    np.concatenate(parts, out=room[: -product.ROWS].reshape(-1, N, H))
    return room


def _same(a: Array, b: Array) -> bool:
    """Whether both are the same numbers in memory."""
    first, other = a.__array_interface__, b.__array_interface__
    same = first["data"][0] == other["data"][0] and a.dtype == b.dtype
    return same and a.shape == b.shape and a.strides == b.strides


def outer(d_z: Array, rows: Array, *, per_step: bool) -> Array:
    """The sum over sentences of ``d_z x^T``, in total or for each step."""
    T, N, J = d_z.shape
    K = rows.shape[2]
    if per_step:
        shares = np.zeros((T, J, K), rows.dtype)
        through_time.outer(_plain(d_z), _plain(rows), shares)
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
    if cell.equations.name not in COMPILED:
        return False
    made, dtype = compiled_cell(cell.equations.name), str(cell.W.dtype)
    kernels = [made.record, made.record_back] if backward else [made.record]
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
