"""The screen of ``tracer show --what backward``: from the last word to the first.

First the whole way back, a line a word with the size of its gradients on a logarithmic scale; then
a block for each step, the last one first. Gradients have no bounds and shrink by orders of
magnitude on their way, so every block has a scale of its own, and says which.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from rich.text import Text

from tracer.equations import Kind
from tracer.language import _
from tracer.view.parts.backward import Backward
from tracer.view.parts.said import Said
from tracer.view.parts.step.backward_unit import BackwardUnit
from tracer.view.parts.step.cells import Cells
from tracer.view.parts.wish import Wish
from tracer.view.say.numbers import size
from tracer.view.say.sentence import Sentence
from tracer.view.terminal.console import Abilities
from tracer.view.terminal.drawing import folding
from tracer.view.terminal.drawing.cells import gradient_cells
from tracer.view.terminal.drawing.layout import Layout, gradient_layout, left_out_numbers
from tracer.view.terminal.drawing.legend import cells_explained
from tracer.view.terminal.drawing.paragraphs import (
    explained,
    heading,
    how_to_read,
    paragraph,
    paragraphs,
    step_title,
    unknown_words,
)
from tracer.view.terminal.drawing.way import backward_unit, way
from tracer.view.terminal.palette import palette
from tracer.view.terminal.picture import NARROW_RULE


def backward_picture(sentence: Sentence, wish: Wish, able: Abilities) -> list[Text]:
    """The lines of the screen, none wider than ``able.width``.

    Raises
    ------
    InputError
        If the trace has no gradients, or the steps or the unit that were asked for do not exist.
    """
    return draw_backward(Backward(sentence, wish), able)


def draw_backward(back: Backward, able: Abilities) -> list[Text]:
    """The screen: of a long sentence only the last steps and the first."""
    asked = None if back.asked is None else list(back.asked)
    steps = asked or _last_steps(back.sentence.T, folding.BLOCKS)
    plan = gradient_layout([back.cells(t) for t in steps], able.width)
    lines = [*heading(back.heading, able), *paragraphs(back.loss, able), Text("")]
    drawn = list(range(back.sentence.T))
    if back.sentence.T > folding.STRIP:
        drawn = sorted(asked or _last_steps(back.sentence.T, folding.STRIP))
    lines += way(back.way, drawn, able)
    if back.unknown is not None:
        lines += unknown_words(back.unknown, able)
    lines.append(Text(""))
    for t in reversed(steps):
        lines += [*_step(back, t, plan, able), Text("")]
    lines += _left_out(back, steps if not asked else [], plan, able)
    lines += [how_to_read(), *_legend(back, able), Text("")]
    for line in lines:
        line.rstrip()
    return lines


def _last_steps(count: int, most: int) -> list[int]:
    """The last steps, where the gradient still is large, and the first one."""
    if count <= most:
        return list(range(count))
    return [0, *range(count - most + 1, count)]


def _step(back: Backward, t: int, plan: Layout, able: Abilities) -> list[Text]:
    """One step: its title, what happens to the gradient, its numbers."""
    part, colours = back.step(t), palette(able)
    wide = min(max(plan.width, NARROW_RULE), able.width)
    length = Text(f" ‖d_h‖ {size(part.size)} ")
    lines = [step_title(part.step, part.word, length, wide, colours)]
    lines += [*paragraph(part.said, replace(able, width=wide)), Text("")]
    match part.body:
        case BackwardUnit() as body:
            return lines + backward_unit(body, able)
        case Cells() as body:
            return lines + gradient_cells(body, plan, able)


def _left_out(
    back: Backward, steps: Sequence[int], plan: Layout, able: Abilities
) -> Iterator[Text]:
    count, first = back.sentence.T, back.sentence.first
    said = []
    if steps and len(steps) < count:
        text = _(
            "{shown} of {count} steps are shown: the last ones and the first. --steps "
            "{first}:{last} shows others, --format csv writes all."
        )
        last = first + min(folding.BLOCKS, count - 1)
        said.append(text.format(shown=len(steps), count=count, first=first + 1, last=last))
    if back.unit is None and len(plan.units) < back.sentence.H:
        text = _(
            "{shown} of {count} units are shown, those with the largest gradient of h; sizes "
            "are over all {count}. --unit shows another one, --format csv writes all."
        )
        said.append(text.format(shown=len(plan.units), count=back.sentence.H))
    if back.unit is None:
        said.append(left_out_numbers(back.cells(0), plan, statistics=1))
    for text in said:
        if text:
            yield from [*paragraph(Said(text), able), Text("")]


def _legend(back: Backward, able: Abilities) -> list[Text]:
    """One line for what each row means, and how its cells are read."""
    if back.unit is not None:
        return explained(back.legend, able)
    said = _(
        "+: increasing it raises the loss; -: lowers it. A full cell is the scale of its step: the "
        "largest number there, rounded up. It stands above the numbers where there is room for "
        "them. size: the norm of the whole row."
    )
    shares = (-1, -0.5, 0, 0.5, 1)
    return [*explained(back.legend, able), *cells_explained(Kind.GRADIENT, shares, said, able)]
