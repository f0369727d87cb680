"""The block of one step: unit numbers, then a row of cells for each gate and state."""

from __future__ import annotations

import math

import numpy as np
from rich.cells import cell_len
from rich.text import Text

from tracer.equations import Kind
from tracer.language import _
from tracer.view.parts.step.cells import Cells, Row
from tracer.view.say.numbers import column, power
from tracer.view.terminal.console import Abilities
from tracer.view.terminal.drawing.layout import ALL_THREE, GLYPHS, Layout, kinds
from tracer.view.terminal.palette import Palette, palette


def cells(part: Cells, plan: Layout, able: Abilities) -> list[Text]:
    """Gates and states, with mean and range of all units beside them where there is room."""
    colours = palette(able)
    lines = [_heading(part, plan, colours)]
    for row in part.rows:
        line = Text("  ")
        line.append(row.name.ljust(plan.label - 3 - kinds(part)), "bold")
        line.append(
            row.kind_name + " " * (kinds(part) + 1 - cell_len(row.kind_name)), colours.faint
        )
        for place in plan.units:
            value = row.values[place]
            beside = _beside(value, plan) if plan.numbers else " " * (plan.cell - 2)
            shown = 0.0 if beside.strip() == "0.00" else value  # a sign would contradict the number
            line.append(*colours.cell(shown, row.kind, row.scale)).append(beside)
        line.append(_statistics(row, plan, colours), colours.faint)
        line.rstrip()
        lines.append(line)
    return lines


def gradient_cells(part: Cells, plan: Layout, able: Abilities) -> list[Text]:
    """Gradients, on the scale of their step; the numbers beside them in a power of ten."""
    colours = palette(able)
    exponent = _exponent(part)
    written = _("unit")
    if exponent:
        written = f"{_('unit')} ×{power(exponent)}"
    heading = _unit_numbers(part, plan, written) + f"  {_('size'):>5}"
    lines = [Text(heading, style=colours.faint)]
    for row in part.rows:
        whole = row.name in ("d_h", "d_c")
        line = Text("  ").append(row.name.ljust(plan.label - 2), "bold" if whole else "")
        for place in plan.units:
            value = row.values[place]
            beside = column(value / 10.0**exponent, 5).rjust(plan.cell - 3) + " "
            beside = beside if plan.numbers else " " * (plan.cell - GLYPHS)
            shown = 0.0 if beside.strip() == "0.00" else value
            glyphs, style = colours.cell(shown, Kind.GRADIENT, row.scale)
            line.append(glyphs if value else f" {colours.glyphs.empty}", style).append(beside)
        line.append(f"  {column(row.length / 10.0**exponent)}", colours.faint)
        lines.append(line)
    return lines


def _exponent(part: Cells) -> int:
    """The power of ten in which the numbers of a step are written; 0 where they need none."""
    sizes = np.abs(np.array([row.values for row in part.rows]))
    largest = float(sizes[np.isfinite(sizes)].max(initial=0.0))
    if largest == 0:
        return 0
    exponent = max(math.floor(math.log10(largest)), -307)
    return 0 if exponent in (-1, 0, 1) else exponent


def _beside(value: float, plan: Layout) -> str:
    return column(value, 5).rjust(plan.cell - 3) + " "


def _heading(part: Cells, plan: Layout, colours: Palette) -> Text:
    line = _unit_numbers(part, plan, _("unit"))
    if plan.statistics:
        line += f"  {_('mean'):>5}"
    if plan.statistics == ALL_THREE:
        line += f"  {_('min'):>5} {colours.glyphs.range} {_('max'):>5}"
    return Text(line.rstrip(), style=colours.faint)


def _unit_numbers(part: Cells, plan: Layout, said: str) -> str:
    """Unit numbers over their columns, each as often as there is room for it, after `said`."""
    line = f"  {said}".ljust(plan.label)
    names = [str(part.units[place]) for place in plan.units]
    room = len(names[-1]) + 1
    every = -(-room // plan.cell)
    for place, name in enumerate(names):
        number = name if place % every == 0 else ""
        line = line[: plan.label + place * plan.cell]
        line += number.rjust(2).ljust(plan.cell) if plan.cell > GLYPHS else number.ljust(plan.cell)
    return line.ljust(plan.label + len(plan.units) * plan.cell)


def _statistics(row: Row, plan: Layout, colours: Palette) -> str:
    if not plan.statistics:
        return ""
    found = row.spread
    if found is None:
        return f"  {'NaN':>5}"
    mean, least, greatest = found
    text = f"  {column(mean)}"
    if plan.statistics == ALL_THREE:
        text += f"  {column(least)} {colours.glyphs.range} {column(greatest)}"
    return text
