"""The screen of ``tracer show --what backward``: from the last word to the first.

First the whole way back, a line a word with the size of its gradients on a logarithmic scale; then
a block for each step, the last one first. Gradients have no bounds and shrink by orders of
magnitude on their way, so every block has a scale of its own, and says which.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from rich.cells import cell_len
from rich.text import Text

from tracer.equations import Kind, Quantity
from tracer.errors import InputError
from tracer.language import _
from tracer.model.gradientflow import norms
from tracer.view.parts import folding
from tracer.view.parts.backward_unit import backward_unit, backward_unit_legend
from tracer.view.parts.decades import Decades, decades
from tracer.view.parts.headings import explained, header, how_to_read, step_title, unknown_words
from tracer.view.parts.rows import GLYPHS, NUMBERED, Layout, left_out_numbers, unit_numbers
from tracer.view.say.backward_words import backward_words, loss_words
from tracer.view.say.magnitudes import power, size
from tracer.view.say.sentence import Numbers, Sentence
from tracer.view.terminal.columns import column, fit, widest
from tracer.view.terminal.console import Abilities, folded
from tracer.view.terminal.logarithmic import decades_axis, decades_bar
from tracer.view.terminal.palette import Palette, palette
from tracer.view.terminal.picture import NARROW_RULE, Wish, chosen_steps, chosen_unit

LONGEST_BAR = 36


def backward_picture(sentence: Sentence, wish: Wish, able: Abilities) -> list[Text]:
    """The lines of the screen, none wider than ``able.width``.

    Raises
    ------
    InputError
        If the trace has no gradients, or the steps or the unit that were asked for do not exist.
    """
    check_gradients(sentence)
    asked = chosen_steps(sentence, wish)
    unit = chosen_unit(sentence, wish)
    colours = palette(able)
    steps = asked or _telling_steps(sentence)
    quantities = list(sentence.gradient_rows())
    plan = _layout(sentence, quantities, steps, able.width)
    wide = min(max(plan.width, NARROW_RULE), able.width)
    lines = header(sentence, able)
    for said in loss_words(sentence, able):
        lines += folded(Text(said, style=colours.faint), able.width, "  ")
    lines += [Text(""), *_way_back(sentence, asked, able), *unknown_words(sentence, able), Text("")]
    for step in reversed(steps):
        length = size(float(norms(sentence["d_h"][[step]])[0]))
        lines.append(step_title(sentence, step, Text(f" ‖d_h‖ {length} "), wide, colours))
        said = backward_words(sentence, step, unit)
        lines += [*folded(Text(said, style="italic"), able.width, "  "), Text("")]
        if unit is not None:
            lines += backward_unit(sentence, step, unit, able)
        else:
            lines += _rows(sentence, step, quantities, plan, colours)
        lines.append(Text(""))
    lines += _left_out(sentence, steps if not asked else [], plan, unit, able)
    if unit is None:
        lines += _legend(quantities, able)
    else:
        lines += [how_to_read(), *explained(backward_unit_legend(sentence), able), Text("")]
    for line in lines:
        line.rstrip()
    return lines


def check_gradients(sentence: Sentence) -> None:
    """An error that says what to do where there is nothing to show."""
    if not sentence.has("d_h"):
        raise InputError(
            _(
                'this trace has no gradients; make one that has: tracer show "SENTENCE" '
                "--what backward --save FILE, or model.trace(..., backward=True) in Python"
            )
        )


def _telling_steps(sentence: Sentence) -> list[int]:
    """The last steps, where the gradient still is large, and the first one."""
    if sentence.T <= folding.BLOCKS:
        return list(range(sentence.T))
    return [0, *range(sentence.T - folding.BLOCKS + 1, sentence.T)]


def _way_back(sentence: Sentence, asked: Sequence[int] | None, able: Abilities) -> Iterator[Text]:
    """The sizes of d_h, and of d_c where there is one, from the last word to the first."""
    colours = palette(able)
    names = [f"d_{name}" for name in sentence.trace.equations.state[::-1]]
    sizes = {name: norms(sentence[name]) for name in names if sentence.has(name)}
    scale = decades(float(value) for values in sizes.values() for value in values)
    steps = list(range(sentence.T))
    if len(steps) > folding.STRIP:
        steps = sorted(asked or [0, *range(sentence.T - folding.STRIP + 1, sentence.T)])
    digits = len(str(sentence.T + sentence.first - 1))
    words = widest([sentence.word(t) for t in steps], least=4, most=24 if able.width >= 80 else 10)
    room = (able.width - (2 + digits + 2 + words + 1)) // len(sizes)
    bar = min(room - 9, LONGEST_BAR)
    heads = "".join(f"  {f'‖{name}‖':<{bar}}" + " " * 7 for name in sizes)
    blanks = " " * (2 + digits + 2 + words)
    yield Text(f"  {'t':>{digits}}  {fit(_('word'), words)}{heads}", style=colours.faint)
    axis = f"  {decades_axis(scale, bar):<{bar}}" + " " * 7
    yield Text((blanks + axis * len(sizes)).rstrip(), style=colours.faint)
    after = None
    for t in reversed(steps):
        if after is not None and t != after - 1:
            said = _("left out here: {count}").format(count=after - t - 1)
            yield Text(f"  {colours.glyphs.cut:>{digits}}  {said}", style=colours.faint)
        after = t
        line = Text().append(f"  {t + sentence.first:>{digits}}  ", colours.faint)
        line.append(fit(sentence.word(t), words, colours.glyphs.cut), "bold")
        for place, values in enumerate(sizes.values()):
            _bar(line, float(values[t]), scale, bar, place, colours)
        yield line


def _bar(
    line: Text, value: float, scale: Decades, width: int, place: int, colours: Palette
) -> None:
    drawn = decades_bar(scale, value, width, colours)
    filled = drawn.rstrip(colours.glyphs.empty)
    style = colours.of_class(place) if math.isfinite(value) else colours.broken
    line.append("  ").append(filled, style).append(drawn[len(filled) :], colours.faint)
    line.append(f"{size(value):>7}")


def _layout(
    sentence: Sentence, quantities: Sequence[Quantity], steps: Sequence[int], width: int
) -> Layout:
    """The roomiest way to deal the columns out; the last one is for the size of a whole row."""
    label = 2 + max(len(quantity.name) for quantity in quantities) + 2
    wanted = tuple(range(sentence.H))
    gap = max(GLYPHS + 1, len(str(max(sentence.unit_names))) + 1)
    for cell in (NUMBERED + 1, NUMBERED, gap, GLYPHS):
        plan = Layout(wanted, cell, cell >= NUMBERED, 1, label)
        if plan.width <= width:
            return plan
    most = (width - label - 7) // gap
    sizes = np.abs(np.nan_to_num(sentence["d_h"][list(steps)])).max(axis=0)
    shown = sorted(np.argsort(-sizes, kind="stable")[:most].tolist())
    return Layout(tuple(shown), gap, numbers=False, statistics=1, label=label)


class _Scale(NamedTuple):
    """What fills a cell, and the power of ten in which the numbers beside it are written."""

    full: float
    exponent: int


def _scale(rows: Sequence[Numbers]) -> _Scale:
    """The scale of one step: its largest finite gradient, rounded up to one digit."""
    sizes = np.abs(np.concatenate([row.astype(float) for row in rows]))
    largest = float(sizes[np.isfinite(sizes)].max(initial=0.0))
    if largest == 0:
        return _Scale(1.0, 0)
    exponent = max(math.floor(math.log10(largest)), -307)
    exponent = 0 if exponent in (-1, 0, 1) else exponent
    digit = 10.0 ** math.floor(math.log10(largest)) if largest > 1e-307 else largest
    return _Scale(min(math.ceil(largest / digit - 1e-9) * digit, 1.7e308), exponent)


def _rows(
    sentence: Sentence, step: int, quantities: Sequence[Quantity], plan: Layout, colours: Palette
) -> Iterator[Text]:
    """The block of one step: unit numbers, then a row of cells for each gradient."""
    rows = [sentence[quantity.name][step] for quantity in quantities]
    scale = _scale(rows)
    written = _("unit")
    if scale.exponent:
        written = f"{_('unit')} ×{power(scale.exponent)}"
    heading = unit_numbers(sentence, plan, written) + f"  {_('size'):>5}"
    yield Text(heading, style=colours.faint)
    for quantity, numbers in zip(quantities, rows, strict=True):
        whole = quantity.name in ("d_h", "d_c")
        line = Text("  ").append(quantity.name.ljust(plan.label - 2), "bold" if whole else "")
        for unit in plan.units:
            value = float(numbers[unit])
            beside = column(value / 10.0**scale.exponent, 5).rjust(plan.cell - 3) + " "
            beside = beside if plan.numbers else " " * (plan.cell - GLYPHS)
            shown = 0.0 if beside.strip() == "0.00" else value
            glyphs, style = colours.cell(shown, Kind.GRADIENT, scale.full)
            line.append(glyphs if value else f" {colours.glyphs.empty}", style).append(beside)
        length = float(norms(numbers[np.newaxis].astype(float))[0])
        line.append(f"  {column(length / 10.0**scale.exponent)}", colours.faint)
        yield line


def _left_out(
    sentence: Sentence, steps: Sequence[int], plan: Layout, unit: int | None, able: Abilities
) -> Iterator[Text]:
    if steps and len(steps) < sentence.T:
        said = _(
            "{shown} of {count} steps are drawn: the last ones, and the first. "
            "--steps {first}:{last} shows others, --format csv writes all."
        ).format(
            shown=len(steps), count=sentence.T, first=sentence.first + 1,
            last=sentence.first + min(folding.BLOCKS, sentence.T - 1),
        )  # fmt: skip
        yield from [*folded(Text(said), able.width, "  "), Text("")]
    if unit is None and len(plan.units) < sentence.H:
        said = _(
            "{shown} of {count} units are drawn, those with the largest gradient of h; sizes are "
            "of all {count}. --unit shows any other one, --format csv writes all."
        ).format(shown=len(plan.units), count=sentence.H)
        yield from [*folded(Text(said), able.width, "  "), Text("")]
    if unit is None and (said := left_out_numbers(sentence, plan, statistics=1)):
        yield from [*folded(Text(said), able.width, "  "), Text("")]


def _legend(quantities: Sequence[Quantity], able: Abilities) -> Iterator[Text]:
    """One line for what each row means, and how its cells are read."""
    colours = palette(able)
    yield how_to_read()
    yield from explained([(q.name, _(q.meaning)) for q in quantities], able)
    line = Text("  ")
    for share in (-1, -0.5, 0, 0.5, 1):
        line.append(*colours.cell(share, Kind.GRADIENT)).append(" ")
    said = _(
        "+: more of it would raise the loss; -: more of it would lower it. A full cell is the "
        "largest number of its step; each step has its own scale, written over its numbers. "
        "Size is the length of the whole row."
    )
    first, *more = folded(Text(said), able.width, " " * (cell_len(line.plain) + 1))
    yield line.append_text(first[cell_len(line.plain) :])
    yield from more
    yield Text("")
