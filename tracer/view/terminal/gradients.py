"""The screen of ``tracer gradients``: how far back the last word's loss is still felt.

First what it comes to in plain words; then a table of bars, one line a word and one column a
network, on one logarithmic scale; then a table of what stands in the way: for a cell whose only
state is h the Jacobian of its step, for a cell with a memory its forget gates.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import groupby
from math import isfinite

import numpy as np
from rich.cells import cell_len
from rich.style import Style
from rich.text import Text

from tracer.language import _
from tracer.model.gradientflow import GradientFlow
from tracer.view.parts.flows import Flows, Network, Series, flows
from tracer.view.parts.said import Said
from tracer.view.say.numbers import size
from tracer.view.terminal.columns import fit, widest
from tracer.view.terminal.console import Abilities, folded
from tracer.view.terminal.drawing.folding import no_gap_of_one
from tracer.view.terminal.drawing.logarithmic import Decades, decades, decades_axis, decades_bar
from tracer.view.terminal.drawing.paragraphs import explained, how_to_read, paragraph, paragraphs
from tracer.view.terminal.drawing.strip import left_out
from tracer.view.terminal.palette import Palette, palette

LINES = 40
"""Words of a long sentence that are drawn."""

NARROWEST = 21
"""Columns of one network beside another; with less they stand below each other."""

LONGEST_WORD = 24

WIDEST = 60
"""More columns would not make a bar easier to read."""

NUMBER = 7
"""Columns of a number and the gap before it."""


def gradients(found: Sequence[GradientFlow], able: Abilities, note: str = "") -> list[Text]:
    """The lines of the screen, none wider than ``able.width``; `note` is said below the title."""
    return draw_flows(flows(found, note, able.encoding), able)


def draw_flows(part: Flows, able: Abilities) -> list[Text]:
    """The screen: of a long sentence only some words have lines."""
    colours = palette(able)
    sentence = " ".join(part.words[:60])
    sentence += f" {colours.glyphs.cut}" if len(part.words) > 60 else ""
    title = fit(sentence, able.width - 4, colours.glyphs.cut).rstrip()
    lines = [Text(""), Text("  " + title, style="bold"), *paragraphs(part.notes, able), Text("")]
    for place, network in enumerate(part.networks):
        lines += _marked(network.summary, colours.of_class(place), able)
    lines += [*paragraph(part.comparison, able, "    "), Text("")]
    sizes = [value for network in part.networks for value in network.felt]
    if not any(map(isfinite, sizes)):
        return lines
    scale = decades(sizes, shares=True)
    numbered = list(enumerate(part.networks))
    for _same, group in groupby(numbered, key=lambda entry: entry[1].words):
        together = list(group)
        many = max((able.width - _label(together[0][1], able) + 2) // (NARROWEST + 2), 1)
        for start in range(0, len(together), many):
            lines += _table(together[start : start + many], scale, able, colours)
    lines += [how_to_read(), *explained(part.legend, able), Text("")]
    for line in lines:
        line.rstrip()
    return lines


def drawn_steps(flow: Network) -> list[int]:
    """The steps (from 0) that get a line: all, or of a long sentence its ends and a few between."""
    T = len(flow.words)
    if T <= LINES:
        return list(range(T))
    ends = LINES // 4
    between = np.linspace(ends, T - 2 * ends, LINES - 3 * ends, endpoint=False)
    steps = {*range(ends), *between.astype(int).tolist(), *range(T - 2 * ends, T)}
    return no_gap_of_one(sorted(steps))


def _marked(said: Said, style: Style, able: Abilities) -> Iterator[Text]:
    """A paragraph with a mark in its network's colour."""
    for number, line in enumerate(paragraph(said, able, "    ")):
        mark = "  █ " if number == 0 else "  │ "
        yield Text().append(mark, Style(color=style.color)).append(line.plain[4:])


def _label(flow: Network, able: Abilities) -> int:
    shown = [flow.words[t] for t in drawn_steps(flow)]
    digits = len(str(len(flow.words)))
    beside = 2 * NARROWEST + 2  # two networks and the gap between them
    most = min(max(able.width - beside - digits - 6, 6), LONGEST_WORD)
    return 2 + digits + 2 + widest(shown, least=4, most=most) + 2


def _table(
    columns: Sequence[tuple[int, Network]], scale: Decades, able: Abilities, colours: Palette
) -> Iterator[Text]:
    """The bars of networks that read the same words, and what stands in the gradients' way."""
    first = columns[0][1]
    label, steps = _label(first, able), drawn_steps(first)
    room = min((able.width - label + 2) // len(columns), WIDEST) - 2
    bar = room - NUMBER
    heads = [
        [(fit(flow.name, room, colours.glyphs.cut), colours.of_class(place))]
        for place, flow in columns
    ]
    title = Text(_("how much of the last word's gradient is left: ‖d_h_t‖"), style="bold")
    yield from folded(title, able.width, "  ")
    yield _line("", heads, label)
    axis = [(decades_axis(scale, bar).ljust(room), colours.faint)]
    yield _line(_head(first), [axis] * len(columns), label, colours.faint)
    yield from _each_step(first, steps, label, colours, lambda t: [
        _bar(flow.felt[t], scale, bar, colours.of_class(place), colours)
        for place, flow in columns
    ])  # fmt: skip
    yield Text("")
    yield _row(_("what multiplies it on the way back"), "bold")
    yield _line("", heads, label)
    three = [flow.ways for _place, flow in columns]
    names = [
        [("".join(f"{way.name:>{room // 3}}" for way in ways).ljust(room), colours.faint)]
        for ways in three
    ]
    yield _line(_head(first), names, label, colours.faint)
    yield from _each_step(first, steps, label, colours, lambda t: [
        [("".join(f"{_way(way, t):>{room // 3}}" for way in ways).ljust(room), None)]
        for ways in three
    ])  # fmt: skip
    yield Text("")
    if len(steps) < len(first.words):
        said = _("{shown} of {count} words are shown; --format csv writes all.")
        said = said.format(shown=len(steps), count=len(first.words))
        yield from paragraph(Said(said), able)
        yield Text("")


def _each_step(
    flow: Network,
    steps: Sequence[int],
    label: int,
    colours: Palette,
    cells: Callable[[int], list[list[tuple[str, Style | None]]]],
) -> Iterator[Text]:
    """A line for each word, and one of dots where words are left out."""
    digits = len(str(len(flow.words)))
    room = label - 6 - digits
    before = steps[0] - 1
    for t in steps:
        if t != before + 1:
            yield left_out(t - before - 1, digits, colours)
        before = t
        word = fit(flow.words[t], room, colours.glyphs.cut)
        yield _line(f"  {t + 1:>{digits}}  {word}", cells(t), label)


def _head(flow: Network) -> str:
    return f"  {'t':>{len(str(len(flow.words)))}}  {_('word')}"


def _row(said: str, style: str) -> Text:
    return Text(f"  {said}", style=style)


def _line(
    left: str,
    columns: Sequence[Sequence[tuple[str, Style | None]]],
    label: int,
    style: Style | None = None,
) -> Text:
    line = Text().append(left + " " * (label - cell_len(left)), style)
    for column in columns:
        for text, colour in column:
            line.append(text, colour)
        line.append("  ")
    line.rstrip()
    return line


def _bar(
    value: float, scale: Decades, width: int, style: Style, colours: Palette
) -> list[tuple[str, Style | None]]:
    drawn = decades_bar(scale, value, width, colours)
    filled = drawn.rstrip(colours.glyphs.empty)
    style = style if isfinite(value) else colours.broken
    number: tuple[str, Style | None] = (f"{size(value):>{NUMBER}}", None)
    return [(filled, style), (drawn[len(filled) :], colours.faint), number]


def _way(way: Series, t: int) -> str:
    """One number; none for the step of the first word, which leads to no word any more."""
    return "-" if way.name == "step" and t == 0 else size(way.values[t])
