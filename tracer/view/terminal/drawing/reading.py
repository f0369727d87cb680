"""A sentence that a right answer reads: a row of cells for the state after each word."""

from __future__ import annotations

from collections.abc import Iterator

from rich.text import Text

from tracer.equations import Kind
from tracer.language import _
from tracer.view.parts.reading import ReadAloud
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
    colours = palette(able)
    yield from paragraph(part.said, able)
    words = widest([row.word for row in part.rows], least=len(_("unit")), most=LONGEST)
    steps = len(str(part.rows[-1].t))
    margin = 4 + steps + 2 + words + 2
    units = len(part.rows[0].h)
    fitting = (n for n in (NUMBERED + 1, NUMBERED, 3) if margin + units * n <= able.width + 1)
    cell = next(fitting, GLYPHS)
    heading = fit(" " * (6 + steps) + _("unit"), margin)
    numbers = "".join(f"{unit:>2}".ljust(cell) for unit in range(units))
    yield Text("")
    yield Text((heading + numbers).rstrip(), colours.faint)
    for row in part.rows:
        line = Text(f"    {row.t:>{steps}}  ", colours.faint)
        line = Text().append_text(line).append(fit(row.word, words + 2, colours.glyphs.cut), "bold")
        for value in row.h:
            beside = column(value).rjust(cell - 3) + " " if cell >= NUMBERED else ""
            shown = 0.0 if beside.strip() == "0.00" else value  # a sign would contradict it
            line.append(*colours.cell(shown, Kind.INFORMATION))
            line.append(beside.ljust(cell - GLYPHS), colours.faint)
        line.rstrip()
        yield line
    yield Text("")
    yield from paragraphs(part.after, able)
