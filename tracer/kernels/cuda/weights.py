"""A cell's weights on the card, in one buffer, laid out as the kernels read them."""

from __future__ import annotations

from typing import NamedTuple
from weakref import WeakKeyDictionary

import numpy as np

from tracer.cells import Cell
from tracer.kernels.cuda.numbers import Numbers, on_card
from tracer.kernels.cuda.product import CHAIN


class Weights(NamedTuple):
    """Where each of a cell's weights begins: W^T, W, a, a single 1, U^T and U.

    W^T, and W gate by gate, go on with zeros to a whole number of chains, so that nobody has to
    look where they end.
    """

    H: int
    rows: int
    D: int

    @property
    def whole(self) -> int:
        """The units, and zeros, that make whole chains."""
        return -(-self.H // CHAIN) * CHAIN

    @property
    def W(self) -> int:
        """W, of each gate (whole, H). Before it, at 0, is its transpose (whole, rows)."""
        return self.whole * self.rows

    @property
    def a(self) -> int:
        """The bias (rows,)."""
        return 2 * self.whole * self.rows

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

    @property
    def end(self) -> int:
        """How many numbers that makes."""
        return self.U + self.rows * self.D


_LYING: WeakKeyDictionary[Cell, Numbers] = WeakKeyDictionary()
# Copied to the card once for each cell, whose weights cannot change.


def places_of(cell: Cell) -> Weights:
    """Where the weights of this cell are in their buffer."""
    rows, H = cell.W.shape
    return Weights(H, rows, cell.U.shape[1])


def weights_of(cell: Cell) -> Numbers:
    """The cell's weights on the card."""
    if cell not in _LYING:
        at = places_of(cell)
        H, rows, _ = at
        made = np.zeros(at.end, cell.W.dtype)
        made[: at.W].reshape(at.whole, rows)[:H] = cell.W.T
        made[at.W : at.a].reshape(-1, at.whole, H)[:, :H] = cell.W.reshape(-1, H, H)
        made[at.a : at.one], made[at.one] = cell.a, 1
        made[at.Ut : at.U], made[at.U :] = cell.U.T.ravel(), cell.U.ravel()
        _LYING[cell] = on_card(made)
    return _LYING[cell]
