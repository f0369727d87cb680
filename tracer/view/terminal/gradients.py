"""The screen of ``tracer gradients``: how far back the last word's loss is still felt.

First what it comes to in plain words; then a table of bars, one line a word and one column a
network, on one logarithmic scale; then a table of what stands in the way: for a cell whose only
state is h the Jacobian of its step, for a cell with a memory its forget switches.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import groupby

import numpy as np
from rich.cells import cell_len
from rich.style import Style
from rich.text import Text

from tracer.cells.activations import Array
from tracer.language import _, plural
from tracer.model.gradientflow import GradientFlow, share_of_last
from tracer.view.parts.decades import Decades, decades
from tracer.view.say.flow_words import comparison, legend, model_name, summary
from tracer.view.say.magnitudes import size
from tracer.view.say.words import clean
from tracer.view.terminal.columns import fit, widest
from tracer.view.terminal.console import Abilities, folded
from tracer.view.terminal.logarithmic import decades_axis, decades_bar
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


def gradients(flows: Sequence[GradientFlow], able: Abilities, note: str = "") -> list[Text]:
    """The lines of the screen, none wider than ``able.width``; `note` is said below the title."""
    colours = palette(able)
    words = _words(flows[0], able)
    sentence = " ".join(words[:60]) + (f" {colours.glyphs.cut}" if len(words) > 60 else "")
    title = fit(sentence, able.width - 4, colours.glyphs.cut).rstrip()
    lines = [Text(""), Text("  " + title, style="bold")]
    faint = colours.faint
    for said in (*([note] if note else []), *(_loss(flow, able) for flow in flows)):
        lines += folded(Text(said, style=faint), able.width, "  ")
    lines.append(Text(""))
    for place, flow in enumerate(flows):
        lines += _marked(summary(flow, able), colours.of_class(place), able)
    lines += folded(Text(comparison(flows, able), style="bold"), able.width, "    ")
    lines.append(Text(""))
    if not any(np.isfinite(flow.share).any() for flow in flows):
        return lines
    sizes = (float(value) for flow in flows for value in flow.share)
    scale = decades(sizes, shares=True)
    numbered = list(enumerate(flows))
    for _same, group in groupby(numbered, key=lambda entry: entry[1].words):
        together = list(group)
        many = max((able.width - _label(together[0][1], able) + 2) // (NARROWEST + 2), 1)
        for start in range(0, len(together), many):
            lines += _table(together[start : start + many], scale, able, colours)
    lines += legend(flows, able)
    for line in lines:
        line.rstrip()
    return lines


def drawn_steps(flow: GradientFlow) -> list[int]:
    """The steps (from 0) that get a line: all, or of a long sentence its ends and a few between."""
    T = len(flow.d_h)
    if T <= LINES:
        return list(range(T))
    ends = LINES // 4
    between = np.linspace(ends, T - 2 * ends, LINES - 3 * ends, endpoint=False)
    return sorted({*range(ends), *between.astype(int).tolist(), *range(T - 2 * ends, T)})


def _words(flow: GradientFlow, able: Abilities) -> list[str]:
    return [clean(word, able.encoding) for word in flow.words]


def _loss(flow: GradientFlow, able: Abilities) -> str:
    """Against which answer the loss was taken, and how to ask otherwise."""
    trace, label = flow.trace, clean(flow.target, able.encoding)
    assert trace.labels is not None
    said = plural(
        "{model} ({title}, {units} unit): loss taken against '{label}', {loss}",
        "{model} ({title}, {units} units): loss taken against '{label}', {loss}",
        trace.H,
    ).format(
        model=model_name(flow, able), title=trace.equations.title, units=trace.H, label=label,
        loss=size(float(trace["loss"][-1, 0])),
    )  # fmt: skip
    if flow.own:
        said += _(", its own answer")
        others = [clean(other, able.encoding) for other in trace.labels if other != flow.target]
        if others:
            said += _("; --target {other} asks the other way").format(other=others[0])
    if trace.straight_through:
        said += _("; straight-through at the hard switches")
    return said


def _marked(said: str, style: Style, able: Abilities) -> Iterator[Text]:
    """A paragraph with a mark in its network's colour."""
    for number, line in enumerate(folded(Text(said), able.width, "    ")):
        mark = "  █ " if number == 0 else "  │ "
        yield Text().append(mark, Style(color=style.color)).append(line.plain[4:])


def _label(flow: GradientFlow, able: Abilities) -> int:
    words = _words(flow, able)
    shown = [words[t] for t in drawn_steps(flow)]
    digits = len(str(len(words)))
    beside = 2 * NARROWEST + 2  # two networks and the gap between them
    most = min(max(able.width - beside - digits - 6, 6), LONGEST_WORD)
    return 2 + digits + 2 + widest(shown, least=4, most=most) + 2


def _table(
    columns: Sequence[tuple[int, GradientFlow]], scale: Decades, able: Abilities, colours: Palette
) -> Iterator[Text]:
    """The bars of networks that read the same words, and what stands in the gradients' way."""
    first = columns[0][1]
    label, steps = _label(first, able), drawn_steps(first)
    room = min((able.width - label + 2) // len(columns), WIDEST) - 2
    bar = room - NUMBER
    heads = [
        [(fit(model_name(flow, able), room, colours.glyphs.cut), colours.of_class(place))]
        for place, flow in columns
    ]
    title = Text(_("how strongly the last word's loss is felt: ‖d_h_t‖"), style="bold")
    yield from folded(title, able.width, "  ")
    yield _line("", heads, label)
    axis = [(decades_axis(scale, bar).ljust(room), colours.faint)]
    yield _line(_head(first), [axis] * len(columns), label, colours.faint)
    yield from _each_step(first, steps, label, able, colours, lambda t: [
        _bar(float(flow.share[t]), scale, bar, colours.of_class(place), colours)
        for place, flow in columns
    ])  # fmt: skip
    yield Text("")
    yield _row(_("what stands in its way"), "bold")
    yield _line("", heads, label)
    three = [list(_ways(flow)) for _place, flow in columns]
    names = [
        [("".join(f"{name:>{room // 3}}" for name, _v in ways).ljust(room), colours.faint)]
        for ways in three
    ]
    yield _line(_head(first), names, label, colours.faint)
    yield from _each_step(first, steps, label, able, colours, lambda t: [
        [("".join(f"{_way(name, v, t):>{room // 3}}" for name, v in ways).ljust(room), None)]
        for ways in three
    ])  # fmt: skip
    yield Text("")
    if len(steps) < len(first.d_h):
        said = _("{shown} of {count} words are drawn; --format csv writes all.")
        yield from folded(
            Text(said.format(shown=len(steps), count=len(first.d_h))), able.width, "  "
        )
        yield Text("")


def _each_step(
    flow: GradientFlow,
    steps: Sequence[int],
    label: int,
    able: Abilities,
    colours: Palette,
    cells: Callable[[int], list[list[tuple[str, Style | None]]]],
) -> Iterator[Text]:
    """A line for each word, and one of dots where words are left out."""
    words, digits = _words(flow, able), len(str(len(flow.words)))
    room = label - 6 - digits
    before = steps[0] - 1
    for t in steps:
        if t != before + 1:
            said = _("left out here: {count}").format(count=t - before - 1)
            yield Text(f"  {colours.glyphs.cut:>{digits}}  {said}", style=colours.faint)
        before = t
        word = fit(words[t], room, colours.glyphs.cut)
        yield _line(f"  {t + 1:>{digits}}  {word}", cells(t), label)


def _head(flow: GradientFlow) -> str:
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
    style = style if np.isfinite(value) else colours.broken
    number: tuple[str, Style | None] = (f"{size(value):>{NUMBER}}", None)
    return [(filled, style), (drawn[len(filled) :], colours.faint), number]


def _way(name: str, values: Array, t: int) -> str:
    """One number; none for the step of the first word, which leads to no word any more."""
    return "-" if name == "step" and t == 0 else size(float(values[t]))


def _ways(flow: GradientFlow) -> Iterator[tuple[str, Array]]:
    """Up to three columns of numbers with their names."""
    if flow.step is not None and flow.bound is not None and flow.reach is not None:
        yield "step", flow.step
        yield "bound", flow.bound
        yield "reach", flow.reach
    if flow.forget is not None and flow.kept is not None:
        yield "f", flow.forget
        yield "kept", flow.kept
    if flow.d_c is not None:
        yield "‖d_c‖", share_of_last(flow.d_c)
