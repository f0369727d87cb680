"""The CUDA device: hands whole sequences to the kernels, and gives back named numbers.

A run is two launches: the words' part of all sums by one product, put where the sums or the gates
will be, and then all steps, which find it there.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType, ModuleType
from typing import Any

import numpy as np
import numpy.typing as npt
from numba import cuda

from tracer.cells import Cell, LSTMCell, RNNCell
from tracer.cells.activations import Array
from tracer.equations import LEVELS
from tracer.errors import InputError
from tracer.kernels.cuda import choice, grid, lstm, rnn, tile
from tracer.kernels.cuda.activations import CODE
from tracer.kernels.cuda.choice import PRODUCT
from tracer.kernels.cuda.oncard import Block, OnCard, adopted, lying
from tracer.kernels.cuda.package import SIMULATED, card, check_ready, launch, room_for, trouble
from tracer.kernels.cuda.places import (
    D_C_FROM_NEXT,
    D_H_FROM_NEXT,
    D_Z,
    FROM_X,
    GATES,
    STATE_C,
    STATE_H,
    Sizes,
    Z,
    plan_of,
)
from tracer.kernels.cuda.product import ROWS_ARE_STEPS, TERMS_ARE_STEPS, Strides, product
from tracer.kernels.cuda.room import Room, filled, make_room
from tracer.kernels.cuda.weights import places_of, weights_of

__all__ = ["adopted", "backward", "forward", "needs_compiling", "outer", "project", "trouble"]

Lengths = npt.NDArray[np.int64]

STEPS: Mapping[type[Cell], ModuleType] = MappingProxyType({LSTMCell: lstm, RNNCell: rnn})
"""The steps of each kind of cell that runs here."""

STATES = MappingProxyType({"h": STATE_H, "c": STATE_C})
FROM_NEXT = MappingProxyType({"h": D_H_FROM_NEXT, "c": D_C_FROM_NEXT})

SCRATCH = 2**24
"""So many of the sums that a lean trace does not keep may be there at once."""


def _steps_of(cell: Cell) -> ModuleType:
    check_ready()
    if type(cell) not in STEPS:
        raise InputError(
            f"{cell.equations.with_article} has no step for CUDA; leave it at device='cpu'"
        )
    return STEPS[type(cell)]


def forward(
    cell: Cell, x: Array, state: Mapping[str, Array], lengths: Lengths, level: str
) -> dict[str, Any]:
    """Unroll `cell` over x (T, N, D); see `Device.forward`. What comes back lies on the card."""
    steps = _steps_of(cell)
    (T, N, D), H = x.shape, cell.W.shape[1]
    sizes, weights, at = Sizes(T, N, H, steps.BLOCKS), weights_of(cell), places_of(cell)
    kept = {
        name: place
        for name, place in steps.FORWARD.items()
        if cell.equations[name].stored_at(level)
    }
    there = {place.at for place in kept.values()} & {Z, GATES}
    many = T if there else min(T, max(1, SCRATCH // (N * at.rows)))
    scratch = 0 if there else many * N * at.rows
    room, free = make_room(sizes, kept, cell.W.dtype, scratch)
    for name, before in state.items():
        room.before(STATES[name]).copy_to_device(lying(before))
    words = lying(x)
    for begin in range(0, T, many):
        end = min(begin + many, T)
        to = room.places[Z if Z in there else GATES] if there else free
        _multiply(
            (end - begin) * N, D, at.rows,
            (words, Strides(begin * N * D, D, 1)),
            (weights, Strides(at.Ut, at.rows, 1)),
            (room.numbers, Strides(to, at.rows, 1)),
        )  # fmt: skip
        plan = plan_of(
            sizes, {**room.places, FROM_X: to - begin * N * at.rows}, at, lengths,
            option=_option(cell), begin=begin, end=end,
        )  # fmt: skip
        _run(steps, cell, sizes, "forward", cuda.to_device(plan), weights, room.numbers)
    return room.all()


def backward(
    cell: Cell,
    numbers: Mapping[str, Array],
    state: Mapping[str, Array],
    lengths: Lengths,
    d_h: Array,
    d_last: Mapping[str, Array],
    window: int | None,
) -> dict[str, Any]:
    """Run backward through time; see `Device.backward`. What comes back lies on the card."""
    steps = _steps_of(cell)
    (T, N, H), D = d_h.shape, cell.U.shape[1]
    sizes, weights, at = Sizes(T, N, H, steps.BLOCKS), weights_of(cell), places_of(cell)
    there = _room_with(cell, steps, sizes, numbers, state)
    room, _ = make_room(sizes, steps.BACKWARD, cell.W.dtype)
    for name, last in d_last.items():
        room.after(FROM_NEXT[name]).copy_to_device(lying(last))
    from_loss = lying(d_h)
    plan = plan_of(
        sizes, {**there.places, **room.places}, at, lengths,
        option=_option(cell), window=window or 0,
    )  # fmt: skip
    _run(
        steps, cell, sizes, "backward",
        cuda.to_device(plan), weights, there.numbers, from_loss, room.numbers,
    )  # fmt: skip
    d_x = room_for(T * N * D, cell.W.dtype)
    _multiply(
        T * N, at.rows, D,
        (room.numbers, Strides(room.places[D_Z], at.rows, 1)),
        (weights, Strides(at.U, D, 1)),
        (d_x, Strides(0, D, 1)),
        counts=ROWS_ARE_STEPS, lengths=lengths,
    )  # fmt: skip
    h_prev = (there.numbers, there.places[STATE_H])
    x = lying(getattr(numbers, "as_it_lies", numbers.__getitem__)("x"))
    found = {
        name: _gradient(room, other, K, lengths)
        for name, other, K in (
            ("d_U", (x, 0), D), ("d_W", h_prev, H), ("d_a", (weights, at.one), 0),
        )
    }  # fmt: skip
    return {
        "d_h_from_loss": OnCard(Block(from_loss, (T, N, H))),
        **room.all(),
        "d_x": OnCard(Block(d_x, (T, N, D))),
        **found,
        **{f"d_{name}_0": room.initial(FROM_NEXT[name]) for name in d_last},
    }


def _gradient(room: Room, other: tuple[Any, int], K: int, lengths: Lengths) -> OnCard:
    """``d_z^T rows`` over all steps and sequences, (4H, K); for K = 0 the sum of d_z, (4H,)."""
    T, N, H, blocks = room.sizes
    rows, (met, first) = blocks * H, other
    out = room_for(rows * max(K, 1), room.numbers.dtype)
    _multiply(
        rows, T * N, max(K, 1),
        (room.numbers, Strides(room.places[D_Z], 1, rows)),
        (met, Strides(first, K, min(K, 1))),
        (out, Strides(0, max(K, 1), 1)),
        counts=TERMS_ARE_STEPS, lengths=lengths,
    )  # fmt: skip
    return OnCard(Block(out, (rows, K) if K else (rows,)))


def outer(d_z: Array, rows: Array, *, per_step: bool, total: Array | None = None) -> Array:
    """The sum over sentences of ``d_z x^T``, in total or for each step; takes no `total`."""
    assert total is None
    (T, N, J), K = d_z.shape, rows.shape[2]
    many, terms = (T, N) if per_step else (1, T * N)
    out = cuda.device_array(many * J * K, rows.dtype)
    _multiply(
        J, terms, K,
        (lying(d_z), Strides(0, 1, J, N * J)),
        (lying(rows), Strides(0, K, 1, N * K)),
        (out, Strides(0, K, 1, J * K)),
        many=many,
    )  # fmt: skip
    return Block(out, (T, J, K) if per_step else (J, K)).host


def project(rows: Array, M: Array) -> Array:
    """``rows @ M.T`` with the sums in the same order as in the kernels."""
    check_ready()
    (T, N, J), K = rows.shape, len(M)
    out = room_for(T * N * K, rows.dtype)
    _multiply(
        T * N, J, K,
        (lying(rows), Strides(0, J, 1)),
        (lying(M), Strides(0, 1, J)),
        (out, Strides(0, K, 1)),
    )  # fmt: skip
    return Block(out, (T, N, K)).host


def needs_compiling(cell: Cell) -> bool:
    """Whether the first call will compile: no kernel is kept from one process to the next."""
    return type(cell) in STEPS and not SIMULATED and not trouble()


def _option(cell: Cell) -> int:
    """The code of what was chosen for the cell's option."""
    (chosen,) = cell.options.values()
    return CODE[chosen]


def _room_with(
    cell: Cell, steps: ModuleType, sizes: Sizes, numbers: Mapping[str, Array],
    state: Mapping[str, Array],
) -> Room:  # fmt: skip
    """The room on the card in which all these quantities are, or a new one with a copy of them."""
    as_it_lies = getattr(numbers, "as_it_lies", numbers.__getitem__)
    full = next(q.name for q in cell.equations if q.level == LEVELS[-1] and q.name in steps.FORWARD)
    room = getattr(as_it_lies(full), "room", None)
    if (
        isinstance(room, Room)
        and room.sizes == sizes
        and set(room.quantities) == set(steps.FORWARD)
    ):
        return room
    made, _ = make_room(sizes, steps.FORWARD, cell.W.dtype)
    return filled(made, numbers, state, STATES)


def _run(steps: ModuleType, cell: Cell, sizes: Sizes, way: str, plan: Any, *arrays: Any) -> None:
    """All steps of a run, by the kernel that `choice` takes for it."""
    _T, N, H, blocks = sizes
    dtype = cell.W.dtype
    shape = choice.tile_shape(card(), blocks, N, H, dtype.itemsize)
    if shape is not None:
        kernel = getattr(tile, way)(steps, dtype.name, shape)
        launch(kernel, -(-N // shape.together), blocks * H, plan, *arrays)
        return
    cut = choice.grid_shape(card(), N, H, dtype.itemsize)
    kernel = getattr(grid, way)(steps, dtype.name, cut)
    if not SIMULATED:
        kernel = kernel.specialize(plan, *arrays)
    launch(kernel, _blocks_at_once(kernel, cut, N, H), cut.threads, plan, *arrays)


def _blocks_at_once(kernel: Any, cut: grid.Shape, N: int, H: int) -> int:
    """As many blocks as there is work for, and as can be on the card together."""
    if SIMULATED:
        return 1
    (compiled,) = kernel.overloads.values()
    return min(cut.items(N, H), int(compiled.max_cooperative_grid_blocks(cut.threads)))


def _multiply(
    R: int, J: int, K: int,
    left: tuple[Any, Strides], right: tuple[Any, Strides], out: tuple[Any, Strides],
    *, many: int = 1, counts: int = 0, lengths: Lengths | None = None,
) -> None:  # fmt: skip
    """``out = left @ right`` for left (R, J) and right (J, K), of so many matrices."""
    lengths = np.empty(0, np.int64) if lengths is None else lengths
    task = np.array([R, J, K, counts, len(lengths), *left[1], *right[1], *out[1], *lengths])
    side, tile_ = PRODUCT.side, PRODUCT.tile
    launch(
        product(str(out[0].dtype), PRODUCT), (-(-R // tile_), -(-K // tile_), many), side * side,
        cuda.to_device(task.astype(np.int64)), left[0], right[0], out[0],
    )  # fmt: skip
