"""One unit at one step: the shares of its sums as bars on one scale, and its arithmetic."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from rich.cells import cell_len
from rich.text import Text

from tracer.equations import Kind
from tracer.language import _
from tracer.view.parts.step.unit import Sum, Unit
from tracer.view.say.numbers import signed
from tracer.view.terminal.console import Abilities
from tracer.view.terminal.drawing.worked import worked_lines
from tracer.view.terminal.palette import palette

NUMBER = 8
"""Columns of the longest number with its sign."""

NEEDED_BAR, LONGEST_BAR = 2, 6
"""Columns of a share's bar on one side of its axis; with less room there are only numbers."""


def unit(part: Unit, able: Abilities) -> list[Text]:
    """The table of shares and the arithmetic of one unit."""
    return [*_shares(part.sums, able), Text(""), *worked_lines(part.worked, able)]


def _shares(sums: Sequence[Sum], able: Abilities) -> list[Text]:
    """A row for each sum z: its three shares as signed bars on one scale, and the sum."""
    colours = palette(able)
    label = max(len(row.name) for row in sums)
    room = able.width - (2 + label + 2) - 3 * (NUMBER + 2) - (2 + NUMBER)
    half = min((room // 3 - 1) // 2, LONGEST_BAR)
    if half < NEEDED_BAR:
        return _shares_without_bars(sums, label, able)
    scale = full_bar(value for row in sums for value in row.shares)
    column = 2 * half + 1 + NUMBER

    titles = (_("word"), _("previous step"), _("bias"))
    heading = f"  {'':{label}}  "
    for title in titles:
        heading += title + " " * max(column + 2 - cell_len(title), 1)
    lines = [Text((heading + _("sum")).rstrip(), style=colours.faint)]
    for row in sums:
        line = Text("  ").append(f"{row.name:<{label}}", "bold").append("  ")
        for value in row.shares:
            bar = colours.signed_bar(value, scale, half)
            style = colours.style(value / scale, Kind.PRE_ACTIVATION)
            line.append(bar, style).append(f"{signed(value):>{NUMBER}}  ")
        lines.append(line.append(f"{row.worked.equals} {signed(row.value)}"))
    return lines


def _shares_without_bars(sums: Sequence[Sum], label: int, able: Abilities) -> list[Text]:
    """The same in numbers alone, for a narrow terminal."""
    titles = (_("word"), _("before"), _("bias"), _("sum"))
    heading = "".join(" " * max(NUMBER - cell_len(title), 0) + title for title in titles)
    lines = [Text(f"  {'':{label}}{heading}", style=palette(able).faint)]
    for row in sums:
        line = Text("  ").append(f"{row.name:<{label}}", "bold")
        for value in (*row.shares, row.value):
            line.append(f"{signed(value):>{NUMBER}}")
        lines.append(line)
    return lines


def full_bar(values: Iterable[float]) -> float:
    """What fills a bar: the largest size of those that are finite, or 1."""
    return max((abs(value) for value in values if np.isfinite(value)), default=1.0) or 1.0
