"""The whole screen of ``tracer show``: header, strip, a block for each step, how to read it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from rich.cells import cell_len
from rich.text import Text

from tracer.equations import Kind, Quantity
from tracer.errors import InputError
from tracer.language import _
from tracer.view.parts import folding
from tracer.view.parts.headings import explained, header, how_to_read, step_title, unknown_words
from tracer.view.parts.output import output_block
from tracer.view.parts.rows import Layout, chosen_quantities, layout, left_out_numbers, rows, scales
from tracer.view.parts.strip import strip
from tracer.view.parts.unit import unit_block, unit_legend
from tracer.view.say.narration import narration
from tracer.view.say.numbers import number, percent
from tracer.view.say.sentence import Sentence
from tracer.view.terminal.columns import fit
from tracer.view.terminal.console import Abilities, folded
from tracer.view.terminal.palette import SIGNLESS, Palette, palette

if TYPE_CHECKING:
    from tracer.trace.trace import Trace


MOST_SENTENCES = 20
"""Sentences of a batch that are drawn when nobody asked for a certain one."""

NARROW_RULE = 60
"""Titles are at least this wide, so that those of small networks stand under each other too."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody asked to see.

    Attributes
    ----------
    steps : tuple of int or None
        First and last step as screens number them, both included; None for the most telling ones.
    unit : int or None
        A unit to look at closely, from 0.
    what : {"gates", "states", "output", "backward"} or None
    """

    steps: tuple[int, int] | None = None
    unit: int | None = None
    what: str | None = None


Draw: TypeAlias = Callable[[Sentence, Wish, Abilities], list[Text]]
"""What draws one sentence."""


def pictures(trace: Trace, wish: Wish, able: Abilities, draw: Draw | None = None) -> list[Text]:
    """The picture of every sentence of a batch, or of its first `MOST_SENTENCES`."""
    draw = draw or picture
    shown = min(trace.N, MOST_SENTENCES)
    sentences = [Sentence(trace, number, able.encoding) for number in range(shown)]
    lines = [line for sentence in sentences for line in draw(sentence, wish, able)]
    if shown < trace.N:
        said = _("{shown} of {count} sentences are drawn; --sentence {next} shows the next one.")
        text = Text(said.format(shown=shown, count=trace.N, next=shown + 1))
        lines += folded(text, able.width, "  ")
    return lines


def picture(sentence: Sentence, wish: Wish, able: Abilities) -> list[Text]:
    """The lines of the screen, none wider than ``able.width``.

    Raises
    ------
    InputError
        If the steps or the unit that were asked for do not exist.
    """
    asked = chosen_steps(sentence, wish)
    colours = palette(able)
    steps = asked or folding.telling_steps(sentence, folding.BLOCKS)
    quantities = chosen_quantities(sentence, wish.what)
    unit = chosen_unit(sentence, wish)
    plan = layout(sentence, quantities or chosen_quantities(sentence, None), steps, able.width)
    lines = [*header(sentence, able), Text("")]
    lines += strip(sentence, _strip_steps(sentence, asked), able)
    lines += [*unknown_words(sentence, able), Text("")]
    scale = scales(sentence, quantities)
    for step in steps:
        lines += [_title(sentence, step, _rule_width(plan, able), colours)]
        said = narration(sentence, step, unit)
        here = sentence.broken is not None and sentence.broken.step == step
        lines += folded(Text(said, style=colours.broken if here else "italic"), able.width, "  ")
        lines.append(Text(""))
        if wish.what == "output":
            lines += output_block(sentence, step, able)
        elif unit is not None:
            lines += unit_block(sentence, step, unit, able)
        else:
            lines += rows(sentence, step, quantities, plan, scale, able)
        lines.append(Text(""))
    lines += _left_out(sentence, steps if not asked else [], plan, wish, able)
    lines += [*legend(sentence, quantities, scale, wish, able), Text("")]
    for line in lines:
        line.rstrip()
    return lines


def _strip_steps(sentence: Sentence, asked: list[int] | None) -> list[int]:
    """The whole sentence if it is short; else the steps asked for, or the most telling ones."""
    if asked is None or sentence.T <= folding.STRIP:
        return folding.telling_steps(sentence, folding.STRIP)
    return asked


def chosen_steps(sentence: Sentence, wish: Wish) -> list[int] | None:
    """The steps that were asked for, from 0, or None where nothing was asked."""
    if wish.steps is None:
        return None
    first, last = (step - sentence.first for step in wish.steps)
    chosen = [step for step in range(sentence.T) if first <= step <= last]
    if not chosen:
        raise InputError(
            _(
                "steps {first}:{last} are none of this sentence's, which are {start} to {end}"
            ).format(
                first=wish.steps[0],
                last=wish.steps[1],
                start=sentence.first,
                end=sentence.first + sentence.T - 1,
            )
        )
    return chosen


def chosen_unit(sentence: Sentence, wish: Wish) -> int | None:
    """The index of the unit that was asked for, if it exists."""
    if wish.unit is None:
        return None
    if wish.unit not in sentence.unit_names:
        raise InputError(
            _("there is no unit {unit}; this layer has units 0 to {last}").format(
                unit=wish.unit, last=sentence.trace.H - 1
            )
        )
    return sentence.unit_names.index(wish.unit)


def _title(sentence: Sentence, step: int, width: int, colours: Palette) -> Text:
    """``── t = 5 · bad ─────────── insult 98 % ──``."""
    answer, style = "", None
    best = sentence.best
    if best is not None:
        share = percent(sentence.share(step))
        answer = f" {fit(sentence.label(best[step]), 16, colours.glyphs.cut).rstrip()} {share} "
        style = colours.of_class(best[step])
    return step_title(sentence, step, Text(answer, style or ""), width, colours)


def _rule_width(plan: Layout, able: Abilities) -> int:
    return min(max(plan.width, NARROW_RULE), able.width)


def _left_out(
    sentence: Sentence, steps: Sequence[int], plan: Layout, wish: Wish, able: Abilities
) -> list[Text]:
    said = [folding.left_out_steps(sentence, steps)] if steps else []
    if wish.unit is None and wish.what != "output":
        said.append(folding.left_out_units(sentence, plan.units))
        said.append(left_out_numbers(sentence, plan))
    return [
        line for text in said if text for line in [*folded(Text(text), able.width, "  "), Text("")]
    ]


def legend(
    sentence: Sentence,
    quantities: Sequence[Quantity],
    scale: Mapping[str, float],
    wish: Wish,
    able: Abilities,
) -> list[Text]:
    """How to read the screen: its rows, its cells, and what its sentences mean."""
    if wish.unit is not None:
        listed = [*unit_legend(sentence), *_words_used(sentence, wish)]
        return [how_to_read(), *explained(listed, able)]
    if wish.what == "output":
        score = (_("score"), _("what the head gives; softmax makes the probability of it"))
        return [how_to_read(), *explained([score, *_words_used(sentence, wish)], able)]
    rows = [(quantity.name, _(quantity.meaning)) for quantity in quantities]
    return [
        how_to_read(),
        *explained(rows, able),
        *_cells_explained(quantities, scale, able),
        *explained(_words_used(sentence, wish), able),
    ]


def _words_used(sentence: Sentence, wish: Wish) -> list[tuple[str, str]]:
    """What the sentences over each step leave open."""
    listed = []
    if wish.unit is None and all(sentence.has(name) for name in ("f", "c_prev")):
        said = _(
            "Σ|f·c_prev| / Σ|c_prev| over all units, c_prev being the memory before: "
            "a unit with a larger memory counts more"
        )
        listed.append((_("keeps … %"), said))
    if any(sentence.is_guess(step) for step in range(sentence.T)):
        said = _("less than {sure}, where chance gives {chance}; flips are counted without guesses")
        if sentence.unknown:
            said = _(
                "less than {sure}, where chance gives {chance}, or no word so far is known; "
                "flips are counted without guesses"
            )
        chance = 1 / sentence["probs"].shape[-1]
        listed.append(
            (_("a guess"), said.format(sure=percent(sentence.sure_share), chance=percent(chance)))
        )
    return listed


def _cells_explained(
    quantities: Sequence[Quantity], scale: Mapping[str, float], able: Abilities
) -> list[Text]:
    colours = palette(able)
    lines = []
    for kind, ends in (
        (Kind.SWITCH, _("a switch, from 0 (shut) to 1 (open)")),
        (Kind.INFORMATION, _("information, from -1 to 1; the sign is written too")),
    ):
        if any(q.kind == kind for q in quantities):
            shares = (0.0, 0.25, 0.5, 0.75, 1.0) if kind in SIGNLESS else (-1, -0.5, 0, 0.5, 1)
            line = Text("  ")
            for share in shares:
                line.append(*colours.cell(share, kind)).append(" ")
            first, *more = folded(Text(ends), able.width, " " * (cell_len(line.plain) + 1))
            lines += [line.append_text(first[cell_len(line.plain) :]), *more]
    scaled = [q for q in quantities if not q.kind.range]
    for quantity in scaled:
        size = number(scale[quantity.name], 1)
        clipped = f"{colours.cell(2, Kind.MEMORY)[0]} {colours.cell(-2, Kind.MEMORY)[0]}"
        said = _(
            "{name} has no bounds: a full cell is {size} or more; {clipped} are beyond it"
        ).format(name=quantity.name, size=f"±{size}", clipped=clipped)
        lines += folded(Text(said, style=colours.faint), able.width, "  ")
    return lines
