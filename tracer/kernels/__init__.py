"""The textbook's equations over whole sequences, on a device chosen by name.

A device is a module with two functions:

``forward(cell, x, state, lengths, level)``
    unrolls a cell over all steps in one call and returns what the level records;
``project(rows, M)``
    multiplies each row by a weight matrix with the arithmetic that ``forward`` uses, to the bit,
    so that a share of a sum can be rebuilt exactly.

``reference`` is the oracle: a plain loop over `tracer.cells`. Only this package imports Numba.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from types import MappingProxyType
from typing import Protocol, cast

import numpy as np
import numpy.typing as npt

from tracer.cells import Cell
from tracer.cells.activations import Array
from tracer.errors import UnknownNameError

DEVICES: Mapping[str, str] = MappingProxyType(
    {"cpu": "tracer.kernels.cpu", "reference": "tracer.kernels.reference"}
)
"""Module of each device, by the name that users give."""


class Device(Protocol):
    """What a device module offers."""

    def forward(
        self,
        cell: Cell,
        x: Array,
        state: Mapping[str, Array],
        lengths: npt.NDArray[np.int64],
        level: str,
    ) -> dict[str, Array]:
        """Unroll `cell` over x (T, N, D) from `state`, each (N, H).

        Returns the quantities that `level` stores, each (T, N, H). Past its length a sequence's
        state stands still and its other quantities are 0.
        """

    def project(self, rows: Array, M: Array) -> Array:
        """``rows @ M.T`` for rows (T, N, J) and M (K, J), as (T, N, K)."""

    def needs_compiling(self, cell: Cell) -> bool:
        """Whether the first call for this kind of cell will have to compile its kernel."""


def device(name: str) -> Device:
    """The device of that name, or an `UnknownNameError`."""
    if name not in DEVICES:
        raise UnknownNameError("device", name, DEVICES)
    return cast("Device", import_module(DEVICES[name]))
