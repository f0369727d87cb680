"""One unit at one step: where each sum z comes from, and the arithmetic with the actual numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from rich.cells import cell_len
from rich.text import Text

from tracer.equations import Kind, Quantity
from tracer.language import _
from tracer.view.parts.worked import Worked, in_trace, rounded
from tracer.view.say.arithmetic import functions
from tracer.view.say.numbers import signed
from tracer.view.say.sentence import Sentence
from tracer.view.terminal.console import Abilities
from tracer.view.terminal.palette import Palette, palette
from tracer.view.terminal.worked import worked_lines

SHARES = ("x", "h", "a")
"""The three shares of a sum z, by the end of their names: the word, the step before, the bias."""

NUMBER = 8
"""Columns of the longest number with its sign."""

NEEDED_BAR, LONGEST_BAR = 2, 6
"""Columns of a share's bar on one side of its axis; with less room there are only numbers."""


def unit_block(sentence: Sentence, step: int, unit: int, able: Abilities) -> list[Text]:
    """The table of shares and the arithmetic of one unit.

    Parameters
    ----------
    sentence : Sentence
    step, unit : int
        Both from 0.
    able : Abilities
    """
    colours = palette(able)
    return [
        *_shares(sentence, step, unit, able, colours),
        Text(""),
        *worked_lines(_arithmetic(sentence, step, unit, able), able),
    ]


def unit_legend(sentence: Sentence) -> list[tuple[str, str]]:
    """What is to be known to read the table and the arithmetic: marks and their meanings."""
    gate = "_q" if sentence.trace.equations.gates else ""
    listed = [
        (_("the word"), f"U{gate} x_t"),
        (_("the step before"), _("W{gate} h_(t-1): from h, not from the memory c").format(gate=gate)
         if sentence.has("c") else f"W{gate} h_(t-1)"),
        (_("the bias"), _("a{gate}, the same at every step").format(gate=gate)),
        (_("sum"), _("z{gate}, the three added up; what follows squeezes it").format(gate=gate)),
        (_("bars"), _("to the right pushes up, to the left down; one scale for a whole table")),
    ]  # fmt: skip
    if sentence.has("c_prev"):
        listed.append(("c_prev", _("the memory c of the step before")))
    return [*listed, rounded()]


def numbers_of_unit(sentence: Sentence, step: int, unit: int) -> dict[str, float]:
    """Every quantity and every gradient of one unit at one step, by name."""
    return {
        quantity.name: float(sentence[quantity.name][step, unit])
        for quantity in (*sentence.rows(), *sentence.gradient_rows())
    }


def _shares(
    sentence: Sentence, step: int, unit: int, able: Abilities, colours: Palette
) -> list[Text]:
    """A row for each sum z: its three shares as signed bars on one scale, and the sum."""
    called = functions(sentence.trace.cell, unicode=able.unicode)
    sums = [q for q in sentence.rows() if sentence.has(f"{q.name}_from_x")]
    names = [f"{q.name}_from_{share}" for q in sums for share in SHARES]
    values = {name: float(sentence[name][step, unit]) for name in names}
    finite = [abs(value) for value in values.values() if np.isfinite(value)]
    scale = max(finite, default=1.0) or 1.0
    label = max(len(q.name) for q in sums)
    room = able.width - (2 + label + 2) - 3 * (NUMBER + 2) - (2 + NUMBER)
    half = min((room // 3 - 1) // 2, LONGEST_BAR)
    if half < NEEDED_BAR:
        return _shares_without_bars(sentence, sums, values, (step, unit), label, colours)
    column = 2 * half + 1 + NUMBER

    titles = (_("the word"), _("the step before"), _("the bias"))
    heading = f"  {'':{label}}  "
    for title in titles:
        heading += title + " " * max(column + 2 - cell_len(title), 1)
    lines = [Text((heading + _("sum")).rstrip(), style=colours.faint)]
    for quantity in sums:
        line = Text("  ").append(f"{quantity.name:<{label}}", "bold").append("  ")
        for share in SHARES:
            value = values[f"{quantity.name}_from_{share}"]
            bar = colours.signed_bar(value, scale, half)
            style = colours.style(value / scale, Kind.PRE_ACTIVATION)
            line.append(bar, style).append(f"{signed(value):>{NUMBER}}  ")
        row = in_trace(sentence, quantity, step, unit, called)
        line.append(f"{row.equals} {signed(float(sentence[quantity.name][step, unit]))}")
        lines.append(line)
    return lines


def _shares_without_bars(
    sentence: Sentence,
    sums: Sequence[Quantity],
    values: Mapping[str, float],
    place: tuple[int, int],
    label: int,
    colours: Palette,
) -> list[Text]:
    """The same in numbers alone, for a narrow terminal."""
    titles = (_("word"), _("before"), _("bias"), _("sum"))
    heading = "".join(" " * max(NUMBER - cell_len(title), 0) + title for title in titles)
    lines = [Text(f"  {'':{label}}{heading}", style=colours.faint)]
    for quantity in sums:
        line = Text("  ").append(f"{quantity.name:<{label}}", "bold")
        for share in SHARES:
            line.append(f"{signed(values[f'{quantity.name}_from_{share}']):>{NUMBER}}")
        lines.append(line.append(f"{signed(float(sentence[quantity.name][place])):>{NUMBER}}"))
    return lines


def _arithmetic(sentence: Sentence, step: int, unit: int, able: Abilities) -> list[Worked]:
    """``c_2[3] = f * c_prev + i * g = 0.73·(-0.41) + 0.12·0.88 = -0.19`` for every quantity.

    The sums z are left out, for their table is their arithmetic.
    """
    called = functions(sentence.trace.cell, unicode=able.unicode)
    return [
        in_trace(sentence, quantity, step, unit, called)
        for quantity in sentence.rows()
        if quantity.equation and quantity.level is not None
        if quantity.kind != Kind.PRE_ACTIVATION
    ]
