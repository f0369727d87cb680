"""The CUDA device: hands whole sequences to the kernels, and gives back named numbers.

A run is two launches: the words' part of all sums by one product, put where the sums or the gates
will be, and then all steps, which find it there.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType, ModuleType
from typing import Any

import numpy as np
import numpy.typing as npt

from tracer.cells import CELL_CLASSES, Cell, LSTMCell, RNNCell
from tracer.cells.activations import Array
from tracer.cells.parameters import DTYPES
from tracer.equations import LEVELS
from tracer.errors import InputError
from tracer.kernels.cuda import choice, grid, lstm, rnn, tile
from tracer.kernels.cuda.numbers import Numbers, allocated, on_card
from tracer.kernels.cuda.oncard import Block, OnCard, adopted, lying
from tracer.kernels.cuda.package import SIMULATED, card, check_ready, trouble
from tracer.kernels.cuda.parts import ADDERS, add_parts, parts_of
from tracer.kernels.cuda.places import (
    D_C_FROM_NEXT,
    D_H_FROM_NEXT,
    D_Z,
    FROM_X,
    GATES,
    STATE_C,
    STATE_H,
    Place,
    Plan,
    Sizes,
    Z,
    plan_of,
)
from tracer.kernels.cuda.product import (
    ROWS_ARE_STEPS,
    TERMS_ARE_STEPS,
    Strides,
    lying_so,
    product,
)
from tracer.kernels.cuda.room import Room, begin_with, filled, make_room, put
from tracer.kernels.cuda.weights import places_of, weights_of

__all__ = ["adopted", "backward", "forward", "needs_compiling", "outer", "project", "trouble"]

Lengths = npt.NDArray[np.int64]

STEPS: Mapping[type[Cell], ModuleType] = MappingProxyType({LSTMCell: lstm, RNNCell: rnn})
"""The steps of each kind of cell that runs here."""

STATES = MappingProxyType({"h": STATE_H, "c": STATE_C})
FROM_NEXT = MappingProxyType({"h": D_H_FROM_NEXT, "c": D_C_FROM_NEXT})

NAME = {np.dtype(name): name for name in DTYPES}
"""NumPy works out the name of a dtype each time it is asked for it."""

MOST_BLOCKS = 65_535
"""So many blocks a grid has at most in its second and third direction."""

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
    kept = _kept(cell.equations.name, level)
    there = {place.at for place in kept.values()} & {Z, GATES}
    many = T if there else min(T, max(1, SCRATCH // (N * at.rows)))
    scratch = 0 if there else many * N * at.rows
    room, free = make_room(sizes, kept, cell.W.dtype, scratch)
    begin_with(room, state, STATES)
    ends = _ends(lengths, T)
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
            sizes, {**room.places, FROM_X: to - begin * N * at.rows}, at,
            begin=begin, end=end, ragged=len(ends),
        )  # fmt: skip
        _run(steps, cell, sizes, "forward", plan, ends, weights, room.numbers)
    return room.all()


@cache
def _kept(name: str, level: str) -> Mapping[str, Place]:
    """Where each quantity goes that a trace of this level has, for the cell of this name."""
    kind = CELL_CLASSES[name]
    places = STEPS[kind].FORWARD.items()
    return {name: place for name, place in places if kind.equations[name].stored_at(level)}


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
        put(room.after(FROM_NEXT[name]), last)
    from_loss, ends = lying(d_h), _ends(lengths, T)
    plan = plan_of(
        sizes, {**there.places, **room.places}, at,
        window=window or 0, ragged=len(ends),
    )  # fmt: skip
    _run(
        steps, cell, sizes, "backward", plan, ends, weights,
        there.numbers, from_loss, room.numbers,
    )  # fmt: skip
    d_x = allocated(T * N * D, cell.W.dtype)
    _multiply(
        T * N, at.rows, D,
        (room.numbers, Strides(room.places[D_Z], at.rows, 1)),
        (weights, Strides(at.U, D, 1)),
        (d_x, Strides(0, D, 1)),
        counts=ROWS_ARE_STEPS, ends=ends,
    )  # fmt: skip
    h_prev = (there.numbers, there.places[STATE_H])
    x = lying(getattr(numbers, "as_it_lies", numbers.__getitem__)("x"))
    found = {
        name: _gradient(room, other, K, ends)
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


def _ends(lengths: Lengths, T: int) -> Numbers:
    """The lengths on the card; none where no sequence ends before the last step."""
    return on_card(lengths) if min(lengths.tolist()) < T else _none()


@cache
def _none() -> Numbers:
    return allocated(0, np.int64)


def _gradient(room: Room, other: tuple[Numbers, int], K: int, ends: Numbers) -> OnCard:
    """``d_z^T rows`` over all steps and sequences, (4H, K); for K = 0 the sum of d_z, (4H,)."""
    T, N, H, blocks = room.sizes
    rows, (met, first) = blocks * H, other
    out = allocated(rows * max(K, 1), room.numbers.dtype)
    _multiply(
        rows, T * N, max(K, 1),
        (room.numbers, Strides(room.places[D_Z], 1, rows)),
        (met, Strides(first, K, min(K, 1))),
        (out, Strides(0, max(K, 1), 1)),
        counts=TERMS_ARE_STEPS, ends=ends,
    )  # fmt: skip
    return OnCard(Block(out, (rows, K) if K else (rows,)))


def outer(d_z: Array, rows: Array, *, per_step: bool, total: Array | None = None) -> Array:
    """The sum over sentences of ``d_z x^T``, in total or for each step; takes no `total`."""
    assert total is None
    (T, N, J), K = d_z.shape, rows.shape[2]
    many, terms = (T, N) if per_step else (1, T * N)
    out = allocated(many * J * K, rows.dtype)
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
    out = allocated(T * N * K, rows.dtype)
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
        and all(room.begun.get(name) is before for name, before in state.items())
    ):
        return room
    made, _ = make_room(sizes, steps.FORWARD, cell.W.dtype)
    return filled(made, numbers, state, STATES)


def _run(
    steps: ModuleType, cell: Cell, sizes: Sizes, way: str, plan: Plan, *numbers: Numbers
) -> None:
    """All steps of a run, by the kernel that `choice` takes for it."""
    _T, N, H, blocks = sizes
    dtype = cell.W.dtype
    (option,) = cell.options.values()
    made = steps.steps(NAME[dtype], option)
    shape = choice.tile_shape(card(), blocks, N, H, dtype.itemsize, way)
    if shape is not None:
        kernel = getattr(tile, way)(made, shape)
        kernel.start((-(-N // shape.together), 1, 1), blocks * H, plan, *numbers)
        return
    cut = choice.grid_shape(card(), N, H, dtype.itemsize)
    kernel = getattr(grid, way)(made, cut)
    # As many blocks as there is work for, and as can be on the card together.
    together = min(cut.items(N, H), kernel.blocks_at_once())
    kernel.start((together, 1, 1), cut.threads, plan, *numbers)


def _multiply(
    R: int, J: int, K: int,
    left: tuple[Numbers, Strides], right: tuple[Numbers, Strides], out: tuple[Numbers, Strides],
    *, many: int = 1, counts: int = 0, ends: Numbers | None = None,
) -> None:  # fmt: skip
    """``out = left @ right`` for left (R, J) and right (J, K), of so many matrices."""
    dtype = out[0].dtype
    parts = parts_of(R, J, K)
    shape = choice.product_shape(card(), R, K, many * parts.many, dtype.itemsize)
    ends = _none() if ends is None else ends
    N = len(ends)
    assert many == 1 or not N  # steps are counted from the first matrix on
    lies = lying_so(left[1], right[1], ragged=counts == TERMS_ARE_STEPS and N > 0)
    made, adder = product(NAME[dtype], shape, lies), add_parts(NAME[dtype])
    # A grid has so many blocks at most that some matrices may have to wait for others.
    some = max(1, MOST_BLOCKS // parts.many)
    for first in range(0, many, some):
        now = min(some, many - first)
        (a, at_a), (m, at_m), (found, at) = (
            (numbers, strides._replace(first=strides.first + first * strides.matrix))
            for numbers, strides in (left, right, out)
        )
        to, at_to = found, at
        if parts.many > 1:
            to = allocated(now * parts.many * R * K, dtype)
            at_to = Strides(0, K, 1, R * K)
        made.start(
            (-(-R // shape.rows), -(-K // shape.columns), now * parts.many), shape.threads,
            R, J, K, counts if N else 0, N, ends, a, *at_a, m, *at_m, to, *at_to, parts.terms,
        )  # fmt: skip
        if parts.many > 1:
            adder.start((-(-R * K // ADDERS), now, 1), ADDERS, R, K, parts.many, to, found, *at)
