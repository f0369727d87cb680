"""Numbers that are worked out, one below the other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from rich.cells import cell_len
from rich.text import Text

from tracer.view.parts.said import Tone
from tracer.view.parts.step.worked import Worked
from tracer.view.say.words import in_ascii
from tracer.view.terminal.console import Abilities, folded
from tracer.view.terminal.drawing.paragraphs import style_of
from tracer.view.terminal.palette import palette


def worked_lines(
    rows: Sequence[Worked], able: Abilities, *,
    indent: int = 2, aligned: bool = True, notes: Tone = Tone.ASIDE,
) -> list[Text]:  # fmt: skip
    """Each as ``place = letters = numbers = result``, and its note behind it.

    Parameters
    ----------
    rows : sequence of Worked
    able : Abilities
    indent : int
        Columns before each; what does not fit in a line goes on two further in.
    aligned : bool
        Whether the equals signs stand under each other where there is room for that.
    notes : Tone
    """
    colours = palette(able)
    rows = rows if able.unicode else [_in_ascii(row) for row in rows]
    columns = zip(*((row.place, row.letters, row.numbers) for row in rows), strict=True)
    wide = [max(map(len, column)) for column in columns]
    longest = max((len(f" = {row.result}   {row.note}") for row in rows), default=0)
    if not aligned or indent + sum(wide) + 2 * 3 + longest > able.width:
        wide = [0, 0, 0]
    lines = []
    for row in rows:
        line = Text().append(f"{row.place:<{wide[0]}}", "bold")
        if row.letters:
            line.append(f" = {row.letters:<{wide[1]}}", colours.faint)
        if row.numbers:
            line.append(f" = {row.numbers:<{wide[2]}}")
        if row.numbers != row.result:
            line.append(f" {row.equals} ").append(row.result, "bold")
        if row.note:
            line.append(f"   {row.note}", style_of(notes, able))
        line.rstrip()
        lines += _hanging(line, able.width, indent)
    return lines


def _in_ascii(row: Worked) -> Worked:
    """``σ(z)`` takes more room where it is ``sigmoid(z)``."""
    letters, numbers = in_ascii(row.letters), in_ascii(row.numbers)
    return replace(row, letters=letters, numbers=numbers, note=in_ascii(row.note))


def _hanging(line: Text, width: int, indent: int) -> list[Text]:
    """`line` set in, broken where it must be, and what follows set in by two more."""
    if indent + cell_len(line.plain) <= width:
        return [Text(" " * indent).append_text(line)]
    first, *rest = folded(line, width - indent - 2)
    return [
        Text(" " * indent).append_text(first),
        *(Text(" " * (indent + 2)).append_text(more) for more in rest),
    ]
