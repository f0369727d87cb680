"""How the columns of a step's cells are dealt out, and what is said of what has none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from rich.cells import cell_len

from tracer.language import _
from tracer.view.parts.show import Moves
from tracer.view.parts.step.cells import Cells
from tracer.view.terminal.console import WIDEST
from tracer.view.terminal.drawing.folding import telling_units

GLYPHS, NUMBERED = 2, 8
"""Columns of a cell that is only its glyphs, and of one with its number beside it."""

ROOMY = 100
"""Columns from which on least and greatest are shown although units are left out."""

ALL_THREE = 3
"""Mean, least and greatest."""

_STATISTICS = {0: 0, 1: 7, ALL_THREE: 22}


@dataclass(frozen=True, slots=True)
class Layout:
    """How the columns are dealt out.

    Attributes
    ----------
    units : tuple of int
        The places of the units that have a column.
    cell : int
        Columns a unit: 2 for the glyphs, 3 to 5 with a gap (unit numbers need it), 8 or 9
        with numbers.
    numbers : bool
        Whether each glyph has its number beside it.
    statistics : int
        0: none; 1: the mean; 3: mean, least and greatest.
    label : int
        Columns before the first cell.
    """

    units: tuple[int, ...]
    cell: int
    numbers: bool
    statistics: int
    label: int

    @property
    def width(self) -> int:
        """The columns that a row takes; the gap after the last cell needs none."""
        cells = len(self.units) * self.cell - (self.cell > GLYPHS and not self.statistics)
        return self.label + cells + _STATISTICS[self.statistics]


def layout(cells: Cells, moves: Moves, steps: Sequence[int], width: int) -> Layout:
    """The roomiest way to deal `width` columns out: all units with numbers, or fewer and narrower.

    Parameters
    ----------
    cells : Cells
        Of any step: they have the same rows and units at all.
    moves : Moves
    steps : sequence of int
        The steps that are drawn, from 0; they decide which units are, if not all can be.
    width : int
    """
    label = 2 + max(len(row.name) for row in cells.rows) + 2 + kinds(cells) + 1
    wanted = tuple(range(len(cells.units)))
    gap = _gap(cells)
    choices = (
        *((NUMBERED + 1, ALL_THREE), (NUMBERED + 1, 0), (NUMBERED, 0)),
        *((gap, ALL_THREE), (gap, 1), (GLYPHS, ALL_THREE), (GLYPHS, 1), (GLYPHS, 0)),
    )
    for cell, statistics in choices:
        plan = Layout(wanted, cell, cell >= NUMBERED, statistics, label)
        if plan.width <= width:
            return plan
    statistics = ALL_THREE if width >= ROOMY else 1
    most = (width - label - _STATISTICS[statistics]) // gap
    shown = tuple(telling_units(moves, most, steps))
    return Layout(shown, gap, numbers=False, statistics=statistics, label=label)


def gradient_layout(cells: Sequence[Cells], width: int) -> Layout:
    """The same for the gradients of all steps drawn; the last column is the size of a whole row.

    If not all units can be drawn, those are with the largest gradient of h, the first row.
    """
    label = 2 + max(len(row.name) for row in cells[0].rows) + 2
    wanted = tuple(range(len(cells[0].units)))
    gap = _gap(cells[0])
    for cell in (NUMBERED + 1, NUMBERED, gap, GLYPHS):
        plan = Layout(wanted, cell, cell >= NUMBERED, 1, label)
        if plan.width <= width:
            return plan
    most = (width - label - 7) // gap
    d_h = [next(row.values for row in step.rows if row.name == "d_h") for step in cells]
    sizes = np.abs(np.nan_to_num(np.array(d_h))).max(axis=0)
    shown = sorted(np.argsort(-sizes, kind="stable")[:most].tolist())
    return Layout(tuple(shown), gap, numbers=False, statistics=1, label=label)


def left_out_numbers(cells: Cells, plan: Layout, statistics: int = 0) -> str:
    """The sentence about cells without their numbers, or nothing where those are there.

    `statistics` is what stands beside the cells however little room there is.
    """
    if plan.numbers:
        return ""
    wanted = tuple(range(len(cells.units)))
    needed = Layout(wanted, NUMBERED, numbers=True, statistics=statistics, label=plan.label).width
    unit = cells.units[0]
    if needed <= WIDEST:
        return _(
            "No numbers beside the cells: they need {needed} columns. --unit {unit} shows one "
            "unit's numbers, --format csv all."
        ).format(needed=needed, unit=unit)
    return _(
        "No numbers beside the cells: there are too many units. --unit {unit} shows one unit's "
        "numbers, --format csv all."
    ).format(unit=unit)


def kinds(cells: Cells) -> int:
    """The columns that the names of the kinds of numbers take."""
    return max(cell_len(row.kind_name) for row in cells.rows)


def _gap(cells: Cells) -> int:
    return max(GLYPHS + 1, len(str(max(cells.units))) + 1)
