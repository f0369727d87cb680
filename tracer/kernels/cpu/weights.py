"""A cell's weights, laid out for the compiled loops once: whole, and for the members of a team."""

from __future__ import annotations

from typing import Any, NamedTuple, TypeAlias
from weakref import WeakKeyDictionary

import numpy as np

from tracer.cells import Cell
from tracer.cells.activations import Array
from tracer.kernels.cpu import product
from tracer.kernels.cpu.arrays import Places
from tracer.kernels.cpu.cells import CompiledCell
from tracer.kernels.cpu.squeezing import CODE

MUCH = 2**16
"""Bytes that take longer to copy than it takes to find them under another name."""


def plain(array: Any) -> Any:
    """The same numbers as an array that the kernels are compiled for (no subclass, writable).

    To be read only: nobody may write to the numbers of a trace, which lie here as they are.
    """
    if type(array) is not np.ndarray:
        array = np.asarray(array)
    if array.flags.carray:
        return array
    whole = array.flags.c_contiguous and array.flags.aligned
    return np.asarray(_AsWritable(array)) if whole and array.nbytes > MUCH else array.copy("C")


class _AsWritable:
    """The same memory, that of an array which nobody may write to, for those who only read it."""

    def __init__(self, array: Array) -> None:
        self.array = array  # keeps its memory
        address, _ = array.__array_interface__["data"]
        self.__array_interface__ = {**array.__array_interface__, "data": (address, False)}


def packed(M: Array) -> Array:
    """The weights M (K, J), laid out for `product.product`."""
    return product.packed(plain(M))


class CellWeights(NamedTuple):
    """What a kind of cell made of the weights of a cell, and U, laid out for products."""

    made: CompiledCell
    own: tuple[Any, ...]  # Numba takes a plain tuple much faster than one with names
    U: Array


_FORWARD: WeakKeyDictionary[Cell, CellWeights] = WeakKeyDictionary()
_BACKWARD: WeakKeyDictionary[Cell, CellWeights] = WeakKeyDictionary()
_Parts: TypeAlias = tuple[list[slice], list[CellWeights]]
_FORWARD_PARTS: WeakKeyDictionary[Cell, _Parts] = WeakKeyDictionary()
_BACKWARD_PARTS: WeakKeyDictionary[Cell, _Parts] = WeakKeyDictionary()
# Laid out once for each cell, whose weights cannot change; of parts only those asked for last.


def forward_weights(cell: Cell, made: CompiledCell) -> CellWeights:
    """The cell's weights, laid out for a step."""
    laid = _FORWARD.get(cell)
    if laid is None or laid.made is not made:
        own = made.module.forward_weights(plain(cell.W), plain(cell.a), _options(cell))
        laid = _FORWARD[cell] = CellWeights(made, tuple(own), packed(cell.U))
    return laid


def backward_weights(cell: Cell, made: CompiledCell) -> CellWeights:
    """The cell's weights, laid out for a step back."""
    laid = _BACKWARD.get(cell)
    if laid is None or laid.made is not made:
        own = made.module.backward_weights(plain(cell.W), plain(cell.a), _options(cell))
        laid = _BACKWARD[cell] = CellWeights(made, tuple(own), packed(cell.U.T))
    return laid


def forward_parts(cell: Cell, made: CompiledCell, parts: list[slice]) -> list[CellWeights]:
    """For each of these parts of the units what of the weights computes their sums."""
    known = _FORWARD_PARTS.get(cell)
    if known is None or known[0] != parts or known[1][0].made is not made:
        U, W, a = (_by_block(M, cell) for M in (cell.U, cell.W, cell.a))
        laid = []
        for units in parts:
            own = made.module.forward_weights(
                _together(W[:, units]), _together(a[:, units]), _options(cell)
            )
            laid.append(CellWeights(made, tuple(own), packed(_together(U[:, units]))))
        known = _FORWARD_PARTS[cell] = parts, laid
    return known[1]


def backward_parts(cell: Cell, made: CompiledCell, parts: list[slice]) -> list[CellWeights]:
    """For each of these parts of the units what of the weights computes the d_h handed to them."""
    known = _BACKWARD_PARTS.get(cell)
    if known is None or known[0] != parts or known[1][0].made is not made:
        whole = backward_weights(cell, made)
        laid = []
        for units in parts:
            own = made.module.backward_weights(
                plain(cell.W[:, units]), plain(cell.a), _options(cell)
            )
            laid.append(CellWeights(made, tuple(own), whole.U))
        known = _BACKWARD_PARTS[cell] = parts, laid
    return known[1]


def _by_block(M: Array, cell: Cell) -> Array:
    """The rows of M block by block, (blocks, H, ...)."""
    return M.reshape(-1, cell.W.shape[1], *M.shape[1:])


def _together(blocks: Array) -> Any:
    """The rows of all blocks one below the other."""
    return plain(blocks.reshape(-1, *blocks.shape[2:]))


def _options(cell: Cell) -> Places:
    """The codes of what was chosen for the cell's options, in their order."""
    return np.array([CODE[chosen] for chosen in cell.options.values()], np.int64)
