"""A class at a glance, on the screen."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.cells import cell_len
from rich.text import Text

from tracer.gradebook.glance import Item, Scores
from tracer.language import _, plural
from tracer.view.parts.glance import BINS, Glance, GroupRow, MistakeRow, percent
from tracer.view.parts.said import Said, Tone
from tracer.view.terminal.columns import fit, widest
from tracer.view.terminal.console import Abilities
from tracer.view.terminal.drawing.paragraphs import paragraphs
from tracer.view.terminal.palette import palette

MOST = 15
"""Mistakes and groups that are shown; the page has all."""

_LEFT = 26
"""The most columns of a name."""


def glance(part: Glance, able: Abilities) -> list[Text]:
    """All of it, section by section."""
    lines = [Text(""), *paragraphs([Said(part.about)], able), Text("")]
    lines += [*_scores(part.scores, able), Text("")]
    lines += _titled(_("Mistakes, and where they show first"), able)
    lines += [*_mistakes(part.mistakes[:MOST], able), *_more(len(part.mistakes), able), Text("")]
    for title, items in (
        (_("Checks that everybody passes"), part.everybody),
        (_("Checks that nobody passes"), part.nobody),
    ):
        lines += [*_titled(title, able), *_items(items, able), Text("")]
    lines += _titled(_("Answers that are alike"), able)
    lines += paragraphs(part.about_groups, able, "    ")
    return [*lines, *_groups(part.groups[:MOST], able), *_more(len(part.groups), able), Text("")]


def _titled(title: str, able: Abilities) -> list[Text]:
    return paragraphs([Said(title, Tone.STRONG)], able)


def _scores(scores: Sequence[Scores], able: Abilities) -> Iterator[Text]:
    """A row an exercise; on a narrow terminal without the spread."""
    heads = (_("students"), _("mean"), _("median"), *BINS)
    cells = [
        (str(s.students), percent(s.mean), percent(s.median), *(str(n or "·") for n in s.counts))
        for s in scores
    ]
    widths = [widest([head, *(row[k] for row in cells)]) + 2 for k, head in enumerate(heads)]
    name = widest([s.exercise for s in scores], least=len(_("exercise")), most=_LEFT)
    if 2 + name + sum(widths) > able.width:
        widths = widths[:3]
    name = min(name, max(able.width - 2 - sum(widths), 1))

    def line(first: str, row: Sequence[str]) -> str:
        shown = (cell.rjust(width) for cell, width in zip(row, widths, strict=False))
        return f"  {fit(first, name)}{''.join(shown)}"

    faint = palette(able).faint
    if len(widths) > 3:
        left = 2 + name + sum(widths[:3])
        over = _("students by per cent of the points")
        yield Text(" " * (left + 2) + fit(over, able.width - left - 2).rstrip(), faint)
    yield Text(line(_("exercise"), heads), faint)
    for s, row in zip(scores, cells, strict=True):
        yield Text(line(s.exercise, row))


def _mistakes(mistakes: Sequence[MistakeRow], able: Abilities) -> Iterator[Text]:
    """How many, in which exercise and where; under it what it is."""
    if not mistakes:
        yield from paragraphs([Said(_("none"), Tone.ASIDE)], able, "    ")
    share = widest([m.share for m in mistakes])
    name = widest([m.exercise for m in mistakes], most=_LEFT)
    for m in mistakes:
        before = f"    {' ' * (share - cell_len(m.share))}{m.share}  {fit(m.exercise, name)}  "
        room = max(able.width - cell_len(before), 1)
        yield Text(before + fit(m.where, room).rstrip())
        yield from paragraphs([Said(m.said, Tone.ASIDE)], able, " " * 6)


def _items(items: Sequence[Item], able: Abilities) -> Iterator[Text]:
    """The checks, one exercise a line."""
    if not items:
        yield from paragraphs([Said(_("none"), Tone.ASIDE)], able, "    ")
    for exercise in dict.fromkeys(item.exercise for item in items):
        names = ", ".join(item.check for item in items if item.exercise == exercise)
        yield from paragraphs([Said(f"{exercise}: {names}")], able, "    ")


def _groups(groups: Sequence[GroupRow], able: Abilities) -> Iterator[Text]:
    if not groups:
        yield from paragraphs([Said(_("none"), Tone.ASIDE)], able, "    ")
    for group in groups:
        said = f"{group.exercise}: {', '.join(group.names)}"
        yield from paragraphs([Said(said)], able, "    ")
        about = [group.alike, *([group.known] if group.known else [])]
        yield from paragraphs([Said(": ".join(about), Tone.ASIDE)], able, "      ")


def _more(count: int, able: Abilities) -> list[Text]:
    """That there are more than are shown."""
    more = count - MOST
    if more <= 0:
        return []
    said = plural("and {count} more: --html FILE", "and {count} more: --html FILE", more)
    return paragraphs([Said(said.format(count=more), Tone.ASIDE)], able, "    ")
