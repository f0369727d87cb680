"""A cell as named arrays and a few words of header, for the files of traces and models."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tracer.cells import CELL_CLASSES, Cell
from tracer.cells.activations import Array
from tracer.errors import InputError, UnknownNameError


def pack_cell(cell: Cell, place: str) -> tuple[dict[str, Any], dict[str, Array]]:
    """The header entry of a cell, and its parameters named ``"<place>.U"`` and so on."""
    arrays = {f"{place}.{p.name}": getattr(cell, p.name) for p in cell.equations.parameters}
    return {"cell": cell.equations.name, "options": cell.options}, arrays


def unpack_cell(entry: Mapping[str, Any], arrays: Mapping[str, Any], place: str) -> Cell:
    """The cell that `pack_cell` described.

    Raises
    ------
    InputError, UnknownNameError
        If a parameter is missing, or what is there makes no cell.
    """
    if entry["cell"] not in CELL_CLASSES:
        raise UnknownNameError("cell", entry["cell"], CELL_CLASSES)
    make = CELL_CLASSES[entry["cell"]]
    weights = {}
    for p in make.equations.parameters:
        if f"{place}.{p.name}" not in arrays:
            raise InputError(f"the array '{place}.{p.name}' is missing")
        weights[p.name] = arrays[f"{place}.{p.name}"]
    return make(**weights, **{name: entry["options"][name] for name in make.equations.options})
