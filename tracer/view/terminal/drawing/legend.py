"""How to read a screen: its rows, its cells, and what its sentences mean."""

from __future__ import annotations

from rich.cells import cell_len
from rich.text import Text

from tracer.equations import Kind
from tracer.language import _
from tracer.view.parts.show import Legend
from tracer.view.say.numbers import number
from tracer.view.terminal.console import Abilities, folded
from tracer.view.terminal.drawing.paragraphs import explained, how_to_read
from tracer.view.terminal.palette import SIGNLESS, palette


def legend(part: Legend, able: Abilities) -> list[Text]:
    """The legend of ``tracer show``."""
    lines = [how_to_read(), *explained(part.rows, able)]
    for kind, ends in part.bounded:
        shares = (0.0, 0.25, 0.5, 0.75, 1.0) if kind in SIGNLESS else (-1, -0.5, 0, 0.5, 1)
        lines += cells_explained(kind, shares, ends, able)
    colours = palette(able)
    for scaled in part.unbounded:
        size = f"±{number(scaled.scale, 1)}"
        clipped = f"{colours.cell(2, Kind.MEMORY)[0]} {colours.cell(-2, Kind.MEMORY)[0]}"
        said = _("{name} is unbounded: a full cell is {size}; {clipped} are beyond that").format(
            name=scaled.name, size=size, clipped=clipped
        )
        lines += folded(Text(said, style=colours.faint), able.width, "  ")
    return [*lines, *explained(part.words, able)]


def cells_explained(
    kind: Kind, shares: tuple[float, ...], said: str, able: Abilities
) -> list[Text]:
    """Some cells of a kind, from the least to the greatest, and what they mean."""
    line = Text("  ")
    for share in shares:
        line.append(*palette(able).cell(share, kind)).append(" ")
    first, *more = folded(Text(said), able.width, " " * (cell_len(line.plain) + 1))
    return [line.append_text(first[cell_len(line.plain) :]), *more]
