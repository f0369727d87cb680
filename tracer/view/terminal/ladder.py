"""The screens of the whole ladder: ``tracer progress``, and the table of ``tracer check --all``."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len
from rich.text import Text

from tracer.grading.report import Verdict
from tracer.view.parts.ladder import CheckedRow, Ladder, how_many
from tracer.view.parts.said import Said
from tracer.view.say.verdict import points, verdict_name
from tracer.view.terminal.columns import fit, widest
from tracer.view.terminal.console import Abilities, folded
from tracer.view.terminal.drawing.paragraphs import paragraph
from tracer.view.terminal.palette import palette
from tracer.view.terminal.report import mark, style

BAR, SHORTEST = 30, 8
"""Columns of the bar, at most and at least."""

ROOM = 30
"""Columns that a sentence beside a row needs."""

LINES = 2
"""Of what is wrong with an exercise; its own report has the rest."""


def bar(passed: int, count: int, able: Abilities, name: str = "") -> Text:
    """How much of the ladder is climbed, and where somebody is; without room, only in words."""
    colours = palette(able)
    said = how_many(passed, count) + (f"  {name}" if name else "")
    wide = min(BAR, able.width - cell_len(said) - 4)
    line = Text("  ")
    if wide >= SHORTEST:
        share = passed / count if count else 0.0
        line.append(colours.bar(share, wide) + "  ", colours.of_class(0))
    return line.append(fit(said, able.width - line.cell_len, colours.glyphs.cut).rstrip(), "bold")


def progress(part: Ladder, able: Abilities) -> list[Text]:
    """The bar, and a line for each exercise; with little room without the time, or in part."""
    colours = palette(able)
    lines = [Text(""), bar(part.passed, len(part.rungs), able), Text("")]
    status, name = [rung.status for rung in part.rungs], widest([rung.name for rung in part.rungs])
    in_full = [status, [rung.when for rung in part.rungs], [rung.tried for rung in part.rungs]]
    in_short = [status, [rung.day for rung in part.rungs], [rung.counted for rung in part.rungs]]
    for columns in (in_full, in_short, in_short[:2], in_short[:1]):
        wide = [widest(column) for column in columns]
        if 4 + name + sum(width + 2 for width in wide) <= able.width:
            break
    for rung, *cells in zip(part.rungs, *columns, strict=True):
        sign = "→" if rung.following else mark(rung.verdict)
        line = Text("  ").append(sign, "bold" if rung.following else style(rung.verdict, colours))
        line.append(f" {fit(rung.name, name)}", "bold" if rung.following else "")
        said = "".join(f"  {fit(c, width)}" for c, width in zip(cells, wide, strict=True))
        room = able.width - line.cell_len
        line.append(fit(said.rstrip(), room, colours.glyphs.cut).rstrip(), colours.faint)
        lines.append(line)
    return [*lines, Text(""), *paragraph(part.advice, able), Text("")]


def checked(rows: Sequence[CheckedRow], advice: Said, able: Abilities) -> list[Text]:
    """A line for each exercise, and what is wrong first beside it, or below where room is short."""
    passed = sum(row.verdict is Verdict.PASSED for row in rows)
    return [Text(""), bar(passed, len(rows), able), *table(rows, advice, able)]


def table(rows: Sequence[CheckedRow], advice: Said, able: Abilities) -> list[Text]:
    """The table without the bar, for a screen that has one."""
    colours = palette(able)
    lines = [Text("")]
    name = widest([row.name for row in rows])
    scores = [f"{points(row.points)}/{row.out_of}" for row in rows]
    verdicts = [verdict_name(row.verdict, row.points) for row in rows]
    for row, score, verdict in zip(rows, scores, verdicts, strict=True):
        look = style(row.verdict, colours)
        line = Text("  ").append(mark(row.verdict), look).append(f" {fit(row.name, name)}", "bold")
        line.append(f"  {score:>{widest(scores)}}  ").append(fit(verdict, widest(verdicts)), look)
        below = able.width - line.cell_len < ROOM
        indent = 6 if below else line.cell_len + 2
        first = Text(row.first, colours.faint)
        told = folded(first, able.width, " " * indent, unicode=able.unicode) if row.first else []
        if len(told) > LINES:
            told[LINES - 1 :] = [_cut(told[LINES - 1], able)]
        if told and not below:
            line.append_text(told.pop(0)[line.cell_len :])
        line.rstrip()
        lines += [line, *told]
    return [*lines, Text(""), *paragraph(advice, able), Text("")]


def _cut(line: Text, able: Abilities) -> Text:
    """A line after which more would come."""
    cut = palette(able).glyphs.cut
    return Text(fit(f"{line.plain} {cut}", able.width, cut).rstrip(), palette(able).faint)
