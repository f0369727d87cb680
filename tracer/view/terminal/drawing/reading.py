"""A sentence that a right answer reads: a row of cells for the state after each word."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.text import Text

from tracer.equations import Kind
from tracer.language import _
from tracer.view.parts.reading import ReadAloud, WordRow
from tracer.view.say.numbers import column
from tracer.view.terminal.columns import fit, widest
from tracer.view.terminal.console import Abilities
from tracer.view.terminal.drawing.layout import GLYPHS, NUMBERED
from tracer.view.terminal.drawing.paragraphs import paragraph, paragraphs
from tracer.view.terminal.palette import palette

LONGEST = 12
"""Columns of a word."""


def read_aloud(part: ReadAloud, able: Abilities) -> Iterator[Text]:
    """Who reads what, h after each word, what the network says."""
    yield from paragraph(part.said, able)
    yield Text("")
    yield from word_rows(part.rows, _("unit"), able)
    yield Text("")
    yield from paragraphs(part.after, able)


def word_rows(
    rows: Sequence[WordRow], said: str, able: Abilities, scale: float = 1.0
) -> Iterator[Text]:
    """A row for each word, under the numbers of the columns; `scale` fills a cell."""
    colours = palette(able)
    words = widest([row.word for row in rows], least=len(said), most=LONGEST)
    steps = len(str(rows[-1].t))
    margin = 4 + steps + 2 + words + 2
    units = len(rows[0].h)
    fitting = (n for n in (NUMBERED + 1, NUMBERED, 3) if margin + units * n <= able.width + 1)
    cell = next(fitting, GLYPHS)
    heading = fit(" " * (6 + steps) + said, margin)
    numbers = "".join(f"{unit:>2}".ljust(cell) for unit in range(units))
    yield Text((heading + numbers).rstrip(), colours.faint)
    for row in rows:
        line = Text(f"    {row.t:>{steps}}  ", colours.faint)
        line = Text().append_text(line).append(fit(row.word, words + 2, colours.glyphs.cut), "bold")
        for value in row.h:
            beside = column(value).rjust(cell - 3) + " " if cell >= NUMBERED else ""
            shown = 0.0 if beside.strip() == "0.00" else value  # a sign would contradict it
            line.append(*colours.cell(shown, Kind.INFORMATION, scale))
            line.append(beside.ljust(cell - GLYPHS), colours.faint)
        line.rstrip()
        yield line
