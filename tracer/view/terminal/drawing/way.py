"""The way back: a line a word, the last one first, with bars on a logarithmic scale."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from rich.text import Text

from tracer.language import _
from tracer.view.parts.backward import Way
from tracer.view.say.numbers import size
from tracer.view.terminal.columns import fit, widest
from tracer.view.terminal.console import Abilities
from tracer.view.terminal.drawing.logarithmic import Decades, decades, decades_axis, decades_bar
from tracer.view.terminal.drawing.strip import left_out
from tracer.view.terminal.palette import Palette, palette

LONGEST_BAR = 36


def way(part: Way, steps: Sequence[int], able: Abilities) -> Iterator[Text]:
    """The lines for `steps` (from 0, ascending), with dots where some are left out."""
    colours = palette(able)
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


def _bar(
    line: Text, value: float, scale: Decades, width: int, place: int, colours: Palette
) -> None:
    drawn = decades_bar(scale, value, width, colours)
    filled = drawn.rstrip(colours.glyphs.empty)
    style = colours.of_class(place) if math.isfinite(value) else colours.broken
    line.append("  ").append(filled, style).append(drawn[len(filled) :], colours.faint)
    line.append(f"{size(value):>7}")
