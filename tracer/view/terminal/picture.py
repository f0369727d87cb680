"""The whole screen of ``tracer show``: header, strip, a block for each step, how to read it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, TypeAlias

from rich.text import Text

from tracer.language import _
from tracer.view.parts.said import Said
from tracer.view.parts.show import Show, Step
from tracer.view.parts.step.cells import Cells
from tracer.view.parts.step.output import Output
from tracer.view.parts.step.unit import Unit
from tracer.view.parts.strip import Answer
from tracer.view.parts.wish import Wish
from tracer.view.say.numbers import percent
from tracer.view.say.sentence import Sentence
from tracer.view.terminal.columns import fit
from tracer.view.terminal.console import Abilities
from tracer.view.terminal.drawing import folding
from tracer.view.terminal.drawing.cells import cells
from tracer.view.terminal.drawing.layout import Layout, layout, left_out_numbers
from tracer.view.terminal.drawing.legend import legend
from tracer.view.terminal.drawing.output import output
from tracer.view.terminal.drawing.paragraphs import heading, paragraph, step_title, unknown_words
from tracer.view.terminal.drawing.strip import strip
from tracer.view.terminal.drawing.unit import unit
from tracer.view.terminal.palette import palette

if TYPE_CHECKING:
    from tracer.trace.trace import Trace


NARROW_RULE = 80
"""Titles, and what is said under them, are at least this wide where the screen is."""


Draw: TypeAlias = Callable[[Sentence, Wish, Abilities], list[Text]]
"""What draws one sentence."""


def pictures(
    traces: Iterable[Trace], wish: Wish, able: Abilities, draw: Draw | None = None
) -> list[Text]:
    """One picture below the other, each of a trace of one sentence."""
    draw = draw or picture
    # One after the other, so that only one trace has to be in memory at a time.
    return [line for t in traces for line in draw(Sentence(t, encoding=able.encoding), wish, able)]


def other_sentences(shown: int, count: int, able: Abilities) -> list[Text]:
    """How to see the sentences that are not drawn, where there are any."""
    if shown == count:
        return []
    said = _("{shown} of {count} sentences are shown; --sentence {next} shows the next one.")
    return paragraph(Said(said.format(shown=shown, count=count, next=shown + 1)), able)


def picture(sentence: Sentence, wish: Wish, able: Abilities) -> list[Text]:
    """The lines of the screen, none wider than ``able.width``.

    Raises
    ------
    InputError
        If the steps or the unit that were asked for do not exist.
    """
    return draw_show(Show(sentence, wish), able)


def draw_show(show: Show, able: Abilities) -> list[Text]:
    """The screen: of a long sentence only the most telling steps, of a wide layer so many units."""
    asked = None if show.asked is None else list(show.asked)
    steps = asked or folding.telling_steps(show.moves, folding.BLOCKS)
    plan = layout(show.cells(steps[0]), show.moves, steps, able.width)
    lines = [*heading(show.heading, able), Text("")]
    lines += strip(show.strip, _strip_steps(show, asked), able)
    if show.unknown is not None:
        lines += unknown_words(show.unknown, able)
    lines.append(Text(""))
    for t in steps:
        lines += [*_step(show, t, plan, able), Text("")]
    lines += _left_out(show, steps if not asked else [], plan, able)
    lines += [*legend(show.legend, able), Text("")]
    for line in lines:
        line.rstrip()
    return lines


def _strip_steps(show: Show, asked: list[int] | None) -> list[int]:
    """The whole sentence if it is short; else the steps asked for, or the most telling ones."""
    if asked is None or show.sentence.T <= folding.STRIP:
        return folding.telling_steps(show.moves, folding.STRIP)
    return asked


def _step(show: Show, t: int, plan: Layout, able: Abilities) -> list[Text]:
    """One step: its title, what happens, its numbers."""
    part = show.step(t)
    wide = min(max(plan.width, NARROW_RULE), able.width)
    said = paragraph(part.said, replace(able, width=wide))  # no wider than the rule over it
    lines = [_title(part, wide, able), *said, Text("")]
    match part.body:
        case Unit() as body:
            return lines + unit(body, able)
        case Output() as body:
            return lines + output(body, able)
        case Cells() as body:
            return lines + cells(body, plan, able)


def _title(part: Step, width: int, able: Abilities) -> Text:
    """``── t = 5 · bad ─────────── insult 98 % ──``."""
    colours = palette(able)
    answer = Text("") if part.answer is None else _answer(part.answer, able)
    return step_title(part.step, part.word, answer, width, colours)


def _answer(answer: Answer, able: Abilities) -> Text:
    colours = palette(able)
    label = fit(answer.label, 16, colours.glyphs.cut).rstrip()
    return Text(f" {label} {percent(answer.share)} ", colours.of_class(answer.index))


def _left_out(show: Show, steps: Sequence[int], plan: Layout, able: Abilities) -> list[Text]:
    sentence = show.sentence
    said = [folding.left_out_steps(steps, sentence.T, sentence.first)] if steps else []
    if show.unit is None and show.wish.what != "output":
        said.append(folding.left_out_units(sentence.unit_names, plan.units))
        said.append(left_out_numbers(show.cells(0), plan))
    return [line for text in said if text for line in [*paragraph(Said(text), able), Text("")]]
