"""A class graded anew, on the screen: a row for each submission that changes."""

from __future__ import annotations

from collections.abc import Iterator

from rich.text import Text

from tracer.language import _, plural
from tracer.view.parts.changes import ChangeRow, Changes, shown
from tracer.view.parts.said import Said, Tone
from tracer.view.terminal.columns import fit, widest
from tracer.view.terminal.console import Abilities, folded
from tracer.view.terminal.drawing.paragraphs import explained, paragraphs
from tracer.view.terminal.palette import palette

MOST = 40
"""Submissions that are shown; a file has them all."""

_LEFT = 26
"""The most columns of a name."""


def changes(part: Changes, able: Abilities, *, in_file: bool = False) -> list[Text]:
    """The table, what its signs mean, and how many change; `in_file` is whether a file has all."""
    lines = [Text("")]
    if part.rows:
        lines += [*_table(part.rows[:MOST], able), Text("")]
    more = len(part.rows) - MOST
    if more > 0:
        said = plural("and {count} more", "and {count} more", more).format(count=more)
        said += "" if in_file else _(": --csv FILE has them all")
        lines += [*paragraphs([Said(said, Tone.ASIDE)], able), Text("")]
    if part.meanings:
        lines += [*explained(part.meanings, able), Text("")]
    return [*lines, *paragraphs(part.remarks, able), Text("")]


def _table(rows: tuple[ChangeRow, ...], able: Abilities) -> Iterator[Text]:
    """Two lines for each: who and by how much, and under it through which checks."""
    heads = (_("points"), _("change"), _("result"))
    cells = [
        (row.points, f"{row.by:+g}", f"{shown(row.result_before)} → {shown(row.result_after)}")
        for row in rows
    ]
    widths = [widest([head, *(cell[k] for cell in cells)]) + 2 for k, head in enumerate(heads)]
    name = widest([row.name for row in rows], least=len(_("student")), most=_LEFT)
    exercise = widest([row.exercise for row in rows], least=len(_("exercise")), most=_LEFT) + 2
    while 4 + name + exercise + sum(widths) > able.width and len(widths) > 2:
        widths.pop()
    room = able.width - 4 - sum(widths)
    exercise = min(exercise, max(room - name, room // 2))
    name = min(name, room - exercise)
    faint = palette(able).faint

    def line(first: str, second: str, rest: tuple[str, ...], sign: str) -> str:
        ends = "".join(cell.rjust(width) for cell, width in zip(rest, widths, strict=False))
        return f"  {fit(first, name)}{fit(f'  {second}', exercise)}{ends} {sign}".rstrip()

    yield Text(line(_("student"), _("exercise"), heads, ""), faint)
    for row, cell in zip(rows, cells, strict=True):
        yield Text(line(row.name, row.exercise, cell, row.sign))
        why = Text("; ".join(row.why), faint)
        yield from folded(why, able.width, "    ", unicode=able.unicode)
