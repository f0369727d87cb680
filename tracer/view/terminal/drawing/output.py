"""The output after a step: a bar for each of the most probable classes; and the loss."""

from __future__ import annotations

from rich.text import Text

from tracer.language import _, plural
from tracer.view.parts.said import Said, Tone
from tracer.view.parts.step.output import Output
from tracer.view.say.numbers import column, number, percent
from tracer.view.terminal.columns import fit, widest
from tracer.view.terminal.console import Abilities
from tracer.view.terminal.drawing.paragraphs import paragraph
from tracer.view.terminal.palette import palette

CLASSES = 8
"""Classes that are drawn; there may be as many as there are words."""


def output(part: Output, able: Abilities) -> list[Text]:
    """A line for each of the most probable classes: name, bar, probability, score."""
    colours = palette(able)
    if not part.rows:
        return [Text("  " + _("This trace has no output layer."), style=colours.faint)]
    rows = part.rows[:CLASSES]
    label = widest([row.label for row in rows], most=20)
    bar = min(able.width - label - 30, 40)
    lines = []
    for row in rows:
        drawn = colours.bar(row.probability, bar)
        filled = drawn.rstrip(colours.glyphs.empty)
        line = Text("  ").append(fit(row.label, label, colours.glyphs.cut), "bold")
        line.append("  ").append(filled, colours.of_class(row.index))
        line.append(drawn[len(filled) :], colours.faint).append(f" {percent(row.probability):>5}")
        line.append("   " + _("score") + column(row.score, 7), colours.faint)
        lines.append(line)
    count = len(part.rows) - len(rows)
    if count:
        rest = plural(
            "{count} less likely class is not shown; --format csv writes all.",
            "{count} less likely classes are not shown; --format csv writes all.",
            count,
        )
        lines += paragraph(Said(rest.format(count=count), Tone.ASIDE), able)
    if part.right is not None:
        said = _("target {label}: loss = {loss}").format(
            label=part.right.label, loss=number(part.right.loss)
        )
        lines += paragraph(Said(said), able)
    return lines
