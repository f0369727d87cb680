"""The textbook: each kind of cell in plain NumPy, one step at a time, in the paper's order.

A kind of cell is added by one call of `register`, with its equations, its textbook step and, for
speed, its compiled step; everything else reads the lists.
"""

from __future__ import annotations

from tracer.cells.cell import Cell
from tracer.cells.lstm import LSTMCell
from tracer.cells.rnn import RNNCell
from tracer.equations import CELLS
from tracer.errors import InputError

CELL_CLASSES: dict[str, type[Cell]] = {}
"""The class of each kind of cell, by the name of its equations."""

COMPILED: dict[str, str] = {}
"""The module with the compiled step of a kind of cell, where there is one, by the same name."""

__all__ = ["CELL_CLASSES", "COMPILED", "Cell", "LSTMCell", "RNNCell", "register", "unregister"]


def register(cell: type[Cell], compiled: str | None = None) -> None:
    """Add a kind of cell.

    Parameters
    ----------
    cell : type
        A subclass of `Cell`, with ``equations``, ``step`` and ``step_back``.
    compiled : str, optional
        The module of its compiled step, such as `tracer.kernels.cpu.lstm`. Without one it
        runs in the textbook's loop, on the device ``"reference"``.

    Raises
    ------
    InputError
        If another kind of cell has that name already.
    """
    name = cell.equations.name
    if CELL_CLASSES.get(name, cell) is not cell:
        raise InputError(
            f"there is a cell '{name}' already, {CELL_CLASSES[name].__name__}; give the new one "
            "another name"
        )
    CELLS[name], CELL_CLASSES[name] = cell.equations, cell
    if compiled is not None:
        COMPILED[name] = compiled


def unregister(name: str) -> None:
    """Take a kind of cell off the lists again."""
    for listed in (CELLS, CELL_CLASSES, COMPILED):
        listed.pop(name, None)


register(RNNCell, "tracer.kernels.cpu.rnn")
register(LSTMCell, "tracer.kernels.cpu.lstm")
