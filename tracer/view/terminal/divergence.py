"""The screen of ``tracer diff``: why two traces part, how far at each word, and where it begins."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.text import Text

from tracer.language import _
from tracer.view.parts.first_place import FirstPlace, both
from tracer.view.parts.parting import Most, Parting, Side, StepApart, parting
from tracer.view.parts.said import Said, Tone
from tracer.view.say.numbers import number
from tracer.view.terminal.columns import fit, widest
from tracer.view.terminal.console import Abilities
from tracer.view.terminal.drawing.folding import no_gap_of_one
from tracer.view.terminal.drawing.paragraphs import paragraph, paragraphs, step_title
from tracer.view.terminal.drawing.strip import left_out
from tracer.view.terminal.drawing.worked import worked_lines
from tracer.view.terminal.palette import Palette, palette

if TYPE_CHECKING:
    from tracer.trace.differing import Divergence
    from tracer.trace.trace import Trace

LINES = 12
"""Equal steps that are listed before the first one that differs."""

STEPS = 30
"""Lines for the steps from there on: the first ones, and those that are farthest apart."""

LONGEST_BAR = 30

RULE = 80


def divergence(
    traces: Sequence[Trace], names: Sequence[str], found: Divergence | None, able: Abilities
) -> list[Text]:
    """The screen.

    Parameters
    ----------
    traces : two Traces
    names : two str
        What the screen calls them.
    found : Divergence or None
        What `tracer.compare` says.
    able : Abilities
    """
    return draw_parting(parting(traces, names, found, able.encoding), able)


def draw_parting(part: Parting, able: Abilities) -> list[Text]:
    """The lines of the screen, none wider than ``able.width``."""
    lines = [Text(""), *_sides(part.sides, able), Text("")]
    lines += [*paragraphs(part.said, able), Text("")] if part.said else []
    # Where two words explain it, what follows of them; else first the place where it begins.
    parts = [_how_far(part, able), _begins(part, able)]
    for section in parts if part.first is None else reversed(parts):
        lines += section
    for line in lines:
        line.rstrip()
    return lines


def _how_far(part: Parting, able: Abilities) -> list[Text]:
    """The distance at each step, and gate by gate at the most telling ones."""
    lines = [*_steps(part, able), Text("")] if part.steps else []
    if part.gates:
        lines += paragraph(Said(_("each gate and state, at the unit where it differs most")), able)
    for step, rows in part.gates:
        lines += [*_gates(step, rows, able), Text("")]
    return lines


def _begins(part: Parting, able: Abilities) -> list[Text]:
    """The first number that differs, and what else does."""
    lines: list[Text] = []
    if part.first is not None:
        lines += [*paragraph(part.first.said, able), Text("")]
        lines += [*_side_by_side(part.first, able), Text("")]
        for row in part.first.equations:
            lines += worked_lines([row], able, notes=Tone.STRONG)
        lines += [Text("")] if part.first.equations else []
    for said in part.follows:
        first, *more = paragraph(said, Abilities(width=able.width - 2, unicode=able.unicode))
        lines += [first, *(Text("  ").append_text(line) for line in more)]
    return [*lines, Text("")] if part.follows else lines


def _sides(sides: Sequence[Side], able: Abilities) -> Iterator[Text]:
    """Which letter is which file, and what it read."""
    colours = palette(able)
    room = able.width - 5
    wide = widest([side.name for side in sides], most=max(room // 2, 12))
    for side in sides:
        line = Text().append(f"  {side.letter}  ", "bold")
        if side.words is None:
            yield line.append(fit(side.name, room, colours.glyphs.cut))
            continue
        line.append(fit(side.name, wide, colours.glyphs.cut), colours.faint).append("  ")
        words = " ".join(side.words[:60]) + (" …" if len(side.words) > 60 else "")
        yield line.append(fit(words, room - wide - 2, colours.glyphs.cut).rstrip(), "bold")


def _drawn(steps: Sequence[StepApart]) -> list[int]:
    """The steps (from 0) that get a line: some equal ones before, and those farthest apart."""
    differs = [t for t, step in enumerate(steps) if step.most is not None or len(step.words) > 1]
    first = differs[0] if differs else 0
    begin = first - LINES
    before = range(begin if begin > 1 else 0, first)
    after = range(first, len(steps))
    if len(after) <= STEPS:
        return [*before, *after]
    sizes = {t: most.size if (most := steps[t].most) else 0.0 for t in after}
    turned = [t for t in after if steps[t].turns][:1]
    farthest = sorted(after, key=lambda t: -sizes[t])[: STEPS // 2 - 2]
    later = sorted({*after[: STEPS // 2], len(steps) - 1, *turned, *farthest})
    return no_gap_of_one([*before, *later])


def _words(step: StepApart) -> str:
    return " ".join(step.words) if len(step.words) < 2 else f"A {step.words[0]}, B {step.words[1]}"


def _answers(step: StepApart) -> str:
    labels = [one.label for one in step.answers]
    if step.turns:
        return f"A {labels[0]}, B {labels[1]}"
    return labels[0] if labels else ""


def _steps(part: Parting, able: Abilities) -> Iterator[Text]:
    """One line for each step: its words, how far apart, at which unit, and the answers."""
    colours = palette(able)
    numbers = len(str(part.steps[-1].step))
    drawn = _drawn(part.steps)
    shown = [part.steps[t] for t in drawn]
    largest = max((step.most.size for step in shown if step.most), default=1.0)
    words = widest(
        [_words(step) for step in shown],
        least=4,
        most=24 if able.width >= 80 else 16 if able.width >= 60 else 10,
    )
    sizes = widest([number(step.most.size) for step in shown if step.most], least=5)
    units = widest([str(step.most.unit) for step in shown if step.most], least=4)
    answers = widest([_answers(step) for step in shown])
    fixed = 2 + numbers + 2 + words + 2 + sizes + 2 + units
    room = able.width - fixed - 2 - (answers + 5 if answers else 0)
    bar = min(room, LONGEST_BAR) if room >= 6 else 0
    title = _("how much {name} differs: the largest difference over all its values")
    yield from paragraph(Said(title.format(name=part.measure)), able)
    of = _("unit") if all(step.most.of_units for step in shown if step.most) else _("no.")
    head = f"  {'t':>{numbers}}  {fit(_('word') if shown[0].words[0] else '', words)}  "
    head += (" " * (bar + 2) if bar else "") + f"{'|A-B|':>{sizes}}  {of:>{units}}"
    head += "  " + _("answer") if answers else ""
    yield Text(fit(head, able.width, colours.glyphs.cut).rstrip(), style=colours.faint)
    before = -1
    for t, step in zip(drawn, shown, strict=True):
        if t != before + 1:
            if before < 0:
                said = _("equal steps before: {count}").format(count=t)
                yield Text(f"  {colours.glyphs.cut:>{numbers}}  {said}", style=colours.faint)
            else:
                yield left_out(t - before - 1, numbers, colours)
        before = t
        line = Text().append(f"  {step.step:>{numbers}}  ", colours.faint)
        line.append(fit(_words(step), words, colours.glyphs.cut) + "  ", "bold")
        line.append_text(_distance(step.most, largest, bar, sizes, units, colours))
        if step.answers:
            line.append("  ").append_text(_answer(step, colours))
        if cell_len(line.plain) > able.width:
            line.truncate(able.width, overflow="ellipsis")
        line.rstrip()
        yield line


def _distance(
    most: Most | None, largest: float, bar: int, sizes: int, units: int, colours: Palette
) -> Text:
    """The bar of one step, its number and its unit; or that nothing differs."""
    if most is None:
        said = _("equal")
        gap = bar + 2 if bar else 0
        return Text(f"{'':{gap}}{said:>{sizes}}  {'':{units}}", style=colours.faint)
    line = Text()
    if bar:
        share = most.size / largest if largest < float("inf") else float(most.size == largest)
        drawn = colours.bar(share, bar)
        filled = drawn.rstrip(colours.glyphs.empty)
        line.append(filled, "bold").append(drawn[len(filled) :], colours.faint).append("  ")
    line.append(f"{number(most.size):>{sizes}}", "bold")
    return line.append(f"  {'' if most.unit is None else most.unit:>{units}}")


def _answer(step: StepApart, colours: Palette) -> Text:
    """The answer of both, or the two of them, marked."""
    line = Text()
    if not step.turns:
        return line.append(step.answers[0].label, colours.of_class(step.answers[0].index))
    for letter, one in zip("AB", step.answers, strict=True):
        line.append(", " if line else "").append(f"{letter} ")
        line.append(one.label, colours.of_class(one.index))
    return line.append(f"  {colours.glyphs.mark}", colours.broken)


def _gates(step: StepApart, rows: Sequence[Most], able: Abilities) -> Iterator[Text]:
    """Each gate and state of one step, at the unit where it is farthest apart."""
    colours = palette(able)
    yield step_title(step.step, _words(step), Text(""), min(RULE, able.width), colours)
    written = [both(most.a, most.b) for most in rows]
    name = max(len(most.name) for most in rows)
    wide = max(len(text) for pair in written for text in pair)
    units = max(4, *(len(str(most.unit)) for most in rows))
    sizes = max(5, *(len(number(most.size)) for most in rows))
    head = f"  {'':{name}}  {_('unit'):>{units}}  {'A':>{wide}}  {'B':>{wide}}  "
    yield Text((head + f"{'|A-B|':>{sizes}}").rstrip(), style=colours.faint)
    for most, (a, b) in zip(rows, written, strict=True):
        line = Text("  ").append(f"{most.name:<{name}}", "bold")
        line.append(f"  {'' if most.unit is None else most.unit:>{units}}", colours.faint)
        line.append(f"  {a:>{wide}}  {b:>{wide}}  ")
        yield line.append(f"{number(most.size):>{sizes}}", "bold")


def _side_by_side(first: FirstPlace, able: Abilities) -> Iterator[Text]:
    """Every number of the unit at that step, in computing order, in both traces."""
    colours = palette(able)
    label = max(len(name) for name, _a, _b in first.pairs)
    rows = [(name, *both(a, b)) for name, a, b in first.pairs]
    wide = max(len(text) for row in rows for text in row[1:])
    yield Text(f"  {'':{label}}  {'A':>{wide}}   {'B':>{wide}}", style=colours.faint)
    for name, a, b in rows:
        line = Text("  ").append(f"{name:<{label}}", "bold").append(f"  {a:>{wide}}   {b:>{wide}}")
        if name == first.quantity:
            remark = Text(f"  {colours.glyphs.mark} " + _("here"), colours.broken)
        else:
            remark = Text("  " + _("differs") if a != b else "", colours.faint)
        if cell_len(line.plain + remark.plain) > able.width:
            remark.truncate(able.width - cell_len(line.plain))
        yield line.append_text(remark)
