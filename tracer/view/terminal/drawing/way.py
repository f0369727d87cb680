"""The way back: a line a word with bars on a logarithmic scale; and one unit at one step."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from rich.cells import cell_len
from rich.text import Text

from tracer.language import _
from tracer.view.parts.backward import Way
from tracer.view.parts.step.backward_unit import BackwardUnit
from tracer.view.say.numbers import signed, size
from tracer.view.terminal.columns import fit, widest
from tracer.view.terminal.console import Abilities
from tracer.view.terminal.drawing.folding import no_gap_of_one
from tracer.view.terminal.drawing.logarithmic import Decades, decades, decades_axis, decades_bar
from tracer.view.terminal.drawing.paragraphs import paragraph
from tracer.view.terminal.drawing.strip import left_out
from tracer.view.terminal.drawing.unit import full_bar
from tracer.view.terminal.drawing.worked import worked_lines
from tracer.view.terminal.palette import Palette, palette

LONGEST_BAR = 36

SIGNED_BAR = 6
"""Columns of the bar of what was sent back, on one side of its axis."""


def way(part: Way, steps: Sequence[int], able: Abilities) -> Iterator[Text]:
    """The lines for `steps` (from 0, ascending), with dots where some are left out."""
    colours, steps = palette(able), no_gap_of_one(steps)
    scale = decades(value for row in part.rows for value in row.sizes)
    digits = len(str(part.rows[-1].step))
    shown = [part.rows[t].word for t in steps]
    words = widest(shown, least=4, most=24 if able.width >= 80 else 10)
    room = (able.width - (2 + digits + 2 + words + 1)) // len(part.names)
    bar = min(room - 9, LONGEST_BAR)
    heads = "".join(f"  {f'‖{name}‖':<{bar}}" + " " * 7 for name in part.names)
    blanks = " " * (2 + digits + 2 + words)
    yield Text(f"  {'t':>{digits}}  {fit(_('word'), words)}{heads}", style=colours.faint)
    axis = f"  {decades_axis(scale, bar):<{bar}}" + " " * 7
    yield Text((blanks + axis * len(part.names)).rstrip(), style=colours.faint)
    after = None
    for t in reversed(steps):
        if after is not None and t != after - 1:
            yield left_out(after - t - 1, digits, colours)
        after = t
        row = part.rows[t]
        line = Text().append(f"  {row.step:>{digits}}  ", colours.faint)
        line.append(fit(row.word, words, colours.glyphs.cut), "bold")
        for place, value in enumerate(row.sizes):
            _bar(line, value, scale, bar, place, colours)
        yield line


def backward_unit(part: BackwardUnit, able: Abilities) -> list[Text]:
    """The table of what comes back, and every equation with its numbers put in."""
    return [*_sent_back(part, able), *worked_lines(part.worked, able)]


def _sent_back(part: BackwardUnit, able: Abilities) -> list[Text]:
    """What each term of the step after sends back, as bars on one scale."""
    if not part.sent_back:
        return []
    colours = palette(able)
    scale = full_bar(sent.value for sent in part.sent_back)
    gates = widest([sent.gate for sent in part.sent_back])
    lines = paragraph(part.heading, able)
    for sent in part.sent_back:
        line = Text("  ").append(f"{sent.gate:<{gates}}", "bold").append("  ")
        bar = colours.signed_bar(sent.value, scale, SIGNED_BAR)
        line.append(bar, colours.of_class(sent.value > 0)).append(f" {signed(sent.value):>9}")
        if cell_len(line.plain) + 2 + len(sent.term) <= able.width:
            line.append(f"  {sent.term}", colours.faint)
        lines.append(line)
    return [*lines, Text("")]


def _bar(
    line: Text, value: float, scale: Decades, width: int, place: int, colours: Palette
) -> None:
    drawn = decades_bar(scale, value, width, colours)
    filled = drawn.rstrip(colours.glyphs.empty)
    style = colours.of_class(place) if math.isfinite(value) else colours.broken
    line.append("  ").append(filled, style).append(drawn[len(filled) :], colours.faint)
    line.append(f"{size(value):>7}")
