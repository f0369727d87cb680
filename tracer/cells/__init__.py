"""The textbook: each kind of cell in plain NumPy, one step at a time, in the paper's order."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TypeAlias

from tracer.cells.lstm import LSTMCell
from tracer.cells.rnn import RNNCell

Cell: TypeAlias = RNNCell | LSTMCell

CELL_CLASSES: Mapping[str, type[RNNCell | LSTMCell]] = MappingProxyType(
    {cell.equations.name: cell for cell in (RNNCell, LSTMCell)}
)
"""The class of each kind of cell, by the name of its equations."""

__all__ = ["CELL_CLASSES", "Cell", "LSTMCell", "RNNCell"]
