"""The CPU device: hands whole sequences to the compiled loops, and gives back named arrays."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np

from tracer.cells import COMPILED, Cell
from tracer.cells.activations import Array
from tracer.kernels import spare
from tracer.kernels.cpu import product, recording, through_time
from tracer.kernels.cpu.arrays import Places
from tracer.kernels.cpu.cells import CompiledCell, compiled_cell
from tracer.kernels.cpu.jit import kept
from tracer.kernels.cpu.meeting import NOBODY
from tracer.kernels.cpu.shares import in_shares
from tracer.kernels.cpu.teams import as_a_team, parts_of
from tracer.kernels.cpu.through_time import Lengths
from tracer.kernels.cpu.weights import (
    CellWeights,
    backward_parts,
    backward_weights,
    forward_parts,
    forward_weights,
    packed,
    plain,
)
from tracer.kernels.device import at_zero
from tracer.kernels.laid import Laid

WORTH = 100_000
"""Numbers that take longer to copy than it takes to ask where they lie."""


class _Layout(NamedTuple):
    """Where the quantities lie in a room of so many rows: what is kept comes first.

    Of that, each has N rows `before` the first step, in which only a state has numbers, and then
    those of all `steps`.
    """

    places: Places
    rows: int
    before: dict[str, slice]
    steps: dict[str, slice]
    shape: tuple[int, int, int]

    def arrays(self, room: Array) -> dict[str, Array]:
        """What is kept, each (T, N, H)."""
        T, N, _ = self.shape
        kept = room[: len(self.steps) * (T + 1) * N].reshape(len(self.steps), T + 1, N, -1)
        return dict(zip(self.steps, kept[:, 1:], strict=True))


@lru_cache(maxsize=256)
def _forward_layout(made: CompiledCell, level: str, T: int, N: int) -> _Layout:
    kept = np.array([made.equations[name].stored_at(level) for name in made.forward], np.int64)
    return _layout(made.forward, kept, T, N)


@lru_cache(maxsize=256)
def _backward_layout(made: CompiledCell, T: int, N: int) -> _Layout:
    return _layout(made.backward, np.ones(len(made.backward), np.int64), T, N)


def _layout(names: tuple[str, ...], kept: Places, T: int, N: int) -> _Layout:
    places, rows = through_time.lay_out(kept, T * N, N)
    begin = {name: int(at[0]) for name, at, keeps in zip(names, places, kept, strict=True) if keeps}
    return _Layout(
        places,
        rows + product.ROWS,  # a tile may read past the end
        {name: slice(row, row + N) for name, row in begin.items()},
        {name: slice(row + N, row + N + T * N) for name, row in begin.items()},
        (T, N, -1),
    )


def forward(cell: Cell, x: Array, state: Mapping[str, Array], lengths: Lengths, level: str) -> Laid:
    """Unroll `cell` over x (T, N, D) in one compiled call; see `Device.forward`."""
    (T, N, _), H = x.shape, cell.W.shape[1]
    made = compiled_cell(cell.equations.name)
    layout = _forward_layout(made, level, T, N)
    room = spare.empty((layout.rows, H), x.dtype)
    begun = _begun(made, state, at_zero(N, H, x.dtype.char))
    x, lengths = plain(x), plain(lengths)
    work = cell.U.size + cell.W.size  # of a step
    parts = parts_of(H, T, work) if N == 1 and made.by_units else []
    members = forward_parts(cell, made, parts) if parts else []
    done = parts and as_a_team(
        parts,
        lambda team, me: made.record(
            members[me].own, members[me].U, x, begun, lengths, made.states, layout.places, 0, 1,
            team, me, room,
        ),
    )  # fmt: skip
    if not done:
        laid = forward_weights(cell, made)
        in_shares(
            N, T * work,
            lambda first, last: made.record(
                laid.own, laid.U, x, begun, lengths, made.states, layout.places, first, last,
                NOBODY, 0, room,
            ),
        )  # fmt: skip
    return Laid(room, layout.steps, layout.shape, dict(state))


def _begun(made: CompiledCell, state: Mapping[str, Array], zero: Array) -> Array:
    """The state before the first step as `recording.record` takes it, empty where it is `zero`."""
    for before in state.values():
        if before is not zero:
            return np.stack([state[name] for name in made.forward if name in state])
    return _NO_STATE[zero.dtype.char]


_NO_STATE = {dtype: np.empty((0, 0, 0), dtype) for dtype in "fd"}


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
    there, layout = _forward_layout(made, "all", T, N), _backward_layout(made, T, N)
    room = _room_with(numbers, state, there)
    d_room = spare.empty((layout.rows, H), d_h.dtype)
    start = {}
    for name, last in d_last.items():
        from_next = f"d_{name}_from_next"
        d_room[layout.steps[from_next]][-N:] = last
        start[f"d_{name}_0"] = d_room[layout.before[from_next]]
    d_z = spare.empty((T * N + product.ROWS, len(cell.a)), d_h.dtype)
    d_x = spare.empty((T * N, D), d_h.dtype)
    d_h, lengths = plain(d_h), plain(lengths)
    d_h_flat, window = d_h.reshape(T * N * H), window or 0
    work = cell.U.size + cell.W.size  # of a step

    def run(laid: CellWeights, first: int, last: int, team: Places = NOBODY, me: int = 0) -> None:
        made.record_back(
            laid.own, laid.U, lengths, window, there.places, made.wholes, layout.places,
            first, last, team, me, d_h_flat, room, d_room, d_z, d_x,
        )  # fmt: skip

    parts = parts_of(H, T, work) if N == 1 and made.by_units else []
    members = backward_parts(cell, made, parts) if parts else []
    if not (parts and as_a_team(parts, lambda team, me: run(members[me], 0, 1, team, me))):
        laid = backward_weights(cell, made)
        in_shares(N, T * work, lambda first, last: run(laid, first, last))
    by_gate = d_z[: T * N].reshape(T, N, -1, H).transpose(2, 0, 1, 3)
    sums = zip(made.sums, by_gate, strict=True)
    return {
        "d_h_from_loss": d_h,
        **layout.arrays(d_room),
        **dict(sums),
        "d_x": d_x.reshape(T, N, D),
        **start,
    }


def _room_with(numbers: Mapping[str, Array], state: Mapping[str, Array], layout: _Layout) -> Array:
    """The room in which these quantities lie, or a new one with a copy of them."""
    laid = getattr(numbers, "recorded", None)
    if (
        isinstance(laid, Laid) and laid.places is layout.steps
        # Nobody can write to these arrays.
        and all(laid.begun.get(name) is before for name, before in state.items())
    ):  # fmt: skip
        return laid.room
    h = numbers["h"]
    room, shape = h.base, (layout.rows, h.shape[2])
    large = layout.rows * h.shape[2] > WORTH  # below, a copy is quicker than to ask
    if (
        large and isinstance(room, np.ndarray) and room.shape == shape
        and all(_same(array, numbers[name]) for name, array in layout.arrays(room).items())
        and all(np.array_equal(room[layout.before[name]], one) for name, one in state.items())
    ):  # fmt: skip
        return room
    room = spare.empty(shape, h.dtype)
    for name, array in layout.arrays(room).items():
        array[:] = numbers[name]
    for name, before in state.items():
        room[layout.before[name]] = before
    return room


def _same(a: Array, b: Array) -> bool:
    """Whether both are the same numbers in memory."""
    first, other = a.__array_interface__, b.__array_interface__
    same = first["data"][0] == other["data"][0] and a.dtype == b.dtype
    return same and a.shape == b.shape and a.strides == b.strides


def outer(d_z: Array, rows: Array, *, per_step: bool, total: Array | None = None) -> Array:
    """The sum over sentences of ``d_z x^T``, in total or for each step."""
    T, N, J = d_z.shape
    K = rows.shape[2]
    if per_step:
        shares = np.zeros((T, J, K), rows.dtype)
        recording.outer(plain(d_z), plain(rows), shares)
        return shares
    total = np.zeros((J, K), rows.dtype) if total is None else np.array(total, order="C")
    d_z, rows = plain(d_z).reshape(T * N, J), plain(rows).reshape(T * N, K)
    in_shares(J, T * N * K, lambda first, last: product.outer_total(d_z, rows, total, first, last))
    return total


def project(rows: Array, M: Array) -> Array:
    """``rows @ M.T`` with the sums in the same order as in the kernels."""
    T, N, J = rows.shape
    K = len(M)
    out = spare.empty((T, N, K), rows.dtype)
    flat, weights = plain(rows).reshape(T * N, J), packed(M)
    found = out.reshape(T * N, K)
    in_shares(
        T * N, M.size,
        lambda first, last: product.product(flat[first:last], weights, found[first:last]),
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
