"""A sentence step by step: the student's cells beside the right ones, or one below the other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.text import Text

from tracer.language import _
from tracer.view.parts.said import Said, Tone
from tracer.view.parts.unrolled import SideBySide, StateRow, marks
from tracer.view.say.numbers import column
from tracer.view.say.reported import labels, right_label
from tracer.view.terminal.columns import fit, widest
from tracer.view.terminal.console import Abilities
from tracer.view.terminal.drawing.layout import GLYPHS, NUMBERED
from tracer.view.terminal.drawing.paragraphs import paragraph
from tracer.view.terminal.palette import Palette, palette

_BETWEEN = 3
"""Columns between the student's cells and the right ones."""


def side_by_side(part: SideBySide, able: Abilities) -> Iterator[Text]:
    """The whole of it: what is seen, a row for each state and step, what the marks mean."""
    yield from paragraph(part.said, able)
    yield Text("")
    colours = palette(able)
    steps = widest([_step(row) for row in part.rows])
    names = widest([row.called for row in part.rows])
    room = able.width - 4 - steps - 2 - names
    every = range(part.units)
    numbered = NUMBERED + part.digits - 2
    for cell in (numbered + 1, numbered):
        if 2 * part.units * cell + _BETWEEN + 2 <= room:
            yield from _beside(part, every, cell, (steps, names), colours)
            break
    else:
        room -= 2 + widest(_labels())
        cell = numbered + 1 if part.units * (numbered + 1) <= room else numbered
        most = max(room // cell, 1)
        start = max(min(part.unit - most // 2, part.units - most), 0)
        shown = every[start : start + most]
        yield from _below(part, shown, cell, (steps, names), colours)
        if len(shown) < part.units:
            said = _("Of {count} units, {first} to {last} are shown.")
            said = said.format(count=part.units, first=shown[0], last=shown[-1])
            yield from paragraph(Said(said, Tone.ASIDE), able, "    ")
    used = marks(part, colours.glyphs.mark, colours.glyphs.differs)
    meant = "   ".join(f"{one.mark} {one.meaning}" for one in used)
    yield from paragraph(Said(meant, Tone.ASIDE), able, "    ")
    for note in part.notes:
        yield from paragraph(note, able, "    ")


def _labels() -> tuple[str, str]:
    return labels()[0], right_label()


def _step(row: StateRow) -> str:
    return f"t = {row.t}"


def _beside(
    part: SideBySide, shown: Sequence[int], cell: int, label: tuple[int, int], colours: Palette
) -> Iterator[Text]:
    """Both in one line."""
    steps, names = label
    margin = 4 + steps + 2 + names + 2
    wide = len(shown) * cell
    yours, right = _labels()
    heading = " " * margin + fit(yours, wide) + " " * _BETWEEN + right
    yield Text(heading, style=colours.faint)
    heading = fit(f"    {_('unit'):>{margin - 6}}", margin) + _units(shown, cell)
    yield Text(
        (fit(heading, margin + wide + _BETWEEN) + _units(shown, cell)).rstrip(), colours.faint
    )
    before = None
    for row in part.rows:
        line = _named(row, before, steps, names)
        before = row.t
        line = _cells(line, row, shown, cell, colours, part.digits, yours=True)
        line.append(" " * _BETWEEN)
        line = _cells(line, row, shown, cell, colours, part.digits, yours=False)
        line.rstrip()
        yield line


def _below(
    part: SideBySide, shown: Sequence[int], cell: int, label: tuple[int, int], colours: Palette
) -> Iterator[Text]:
    """The right ones below the student's."""
    steps, names = label
    wide = widest(_labels())
    margin = 4 + steps + 2 + names + 2 + wide + 2
    heading = fit(f"    {_('unit'):>{margin - 6}}", margin) + _units(shown, cell)
    yield Text(heading.rstrip(), colours.faint)
    before = None
    for row in part.rows:
        line = _named(row, before, steps, names)
        before = row.t
        line.append(fit(_labels()[0] if row.t else "", wide + 2))
        line = _cells(line, row, shown, cell, colours, part.digits, yours=True)
        line.rstrip()
        yield line
        if row.t:  # the state before the first step is the same in both
            line = Text(" " * (margin - wide - 2)).append(fit(_labels()[1], wide + 2))
            line = _cells(line, row, shown, cell, colours, part.digits, yours=False)
            line.rstrip()
            yield line


def _named(row: StateRow, before: int | None, steps: int, names: int) -> Text:
    """The step where it is another one than before, and the quantity."""
    line = Text("    ").append(fit("" if row.t == before else _step(row), steps + 2))
    return line.append(fit(row.called, names + 2), "bold")


def _units(shown: Sequence[int], cell: int) -> str:
    return "".join(str(unit).rjust(2).ljust(cell) for unit in shown)


def _cells(
    line: Text, row: StateRow, shown: Sequence[int], cell: int, colours: Palette, digits: int,
    *, yours: bool,
) -> Text:  # fmt: skip
    """The cells of one row, each number beside its glyph, and a mark behind what is wrong."""
    numbers = row.yours if yours else row.right
    for unit in shown:
        value = numbers[unit]
        beside = column(value, digits=digits)
        drawn = 0.0 if set(beside) <= set(" 0.") else value  # a sign would contradict the number
        line.append(*colours.cell(drawn, row.kind, row.scale))
        wrong = row.differs[unit]
        mark = " "
        if yours and wrong:
            mark = colours.glyphs.mark if unit == row.first else colours.glyphs.differs
        plain = "bold" if wrong and not yours else colours.faint
        written = (beside + mark).ljust(cell - GLYPHS)
        line.append(written, colours.broken if wrong and yours else plain)
    return line
