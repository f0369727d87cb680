"""A cell's weights on the card, in one buffer, laid out as the kernels read them."""

from __future__ import annotations

from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

import numpy as np
from numba import cuda

from tracer.cells import Cell


class Weights(NamedTuple):
    """Where each of a cell's weights begins: W^T, W, a, a single 1, U^T and U."""

    H: int
    rows: int
    D: int

    @property
    def W(self) -> int:
        """W (rows, H). Before it, at 0, is its transpose, whose neighbours are read at once."""
        return self.rows * self.H

    @property
    def a(self) -> int:
        """The bias (rows,)."""
        return 2 * self.rows * self.H

    @property
    def one(self) -> int:
        """The number 1: what is multiplied with it is only added up."""
        return self.a + self.rows

    @property
    def Ut(self) -> int:
        """U^T (D, rows)."""
        return self.one + 1

    @property
    def U(self) -> int:
        """U (rows, D)."""
        return self.Ut + self.rows * self.D


_LYING: WeakKeyDictionary[Cell, Any] = WeakKeyDictionary()
# Copied to the card once for each cell, whose weights cannot change.


def places_of(cell: Cell) -> Weights:
    """Where the weights of this cell are in their buffer."""
    rows, H = cell.W.shape
    return Weights(H, rows, cell.U.shape[1])


def weights_of(cell: Cell) -> Any:
    """The cell's weights on the card, flat."""
    if cell not in _LYING:
        parts = (cell.W.T, cell.W, cell.a, np.ones(1, cell.W.dtype), cell.U.T, cell.U)
        _LYING[cell] = cuda.to_device(np.concatenate([part.ravel() for part in parts]))
    return _LYING[cell]
