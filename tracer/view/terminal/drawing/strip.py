"""The strip: one line a word, with what the network would answer after it, and a bar for it."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len
from rich.text import Text

from tracer.language import _
from tracer.view.parts.said import Said, Tone
from tracer.view.parts.strip import Answer, Strip, StripRow
from tracer.view.say.numbers import percent
from tracer.view.terminal.columns import fit, widest
from tracer.view.terminal.console import Abilities
from tracer.view.terminal.drawing.paragraphs import paragraph
from tracer.view.terminal.palette import Palette, palette

LONGEST_BAR = 30

ROOMY = 80
"""Columns from which on long words and labels get more of the line."""

NARROW = 60
"""With fewer columns there is no room for bars."""

PERCENT = 6
"""Columns of a blank and ``>99 %``."""


def strip(part: Strip, steps: Sequence[int], able: Abilities) -> list[Text]:
    """One line for each of `steps` (from 0), with a line of dots where some are left out."""
    colours = palette(able)
    rows = [part.rows[t] for t in steps]
    numbers = len(str(part.rows[-1].step))
    roomy, narrow = able.width >= ROOMY, able.width < NARROW
    used = [row.answer.label for row in rows if row.answer is not None]
    labels = widest(used, most=16 if roomy else 10)
    most = 24 if roomy else 12 if narrow else 16
    words = widest([_marked(row) for row in rows], least=4, most=most)
    remarks = [_remark(row.answer, colours) for row in rows]
    room = able.width - (2 + numbers + 2 + words + 3 + labels + 2 + PERCENT)
    bar = min(max(room - max(cell_len(text) for text in remarks), 6), LONGEST_BAR)
    bar = 0 if narrow else bar

    lines = [_heading(part, numbers, words, able)]
    before = steps[0] - 1 if steps else -1
    for t, row, remark in zip(steps, rows, remarks, strict=True):
        if t != before + 1:
            lines.append(left_out(t - before - 1, numbers, colours))
        before = t
        if row.own and (t == 0 or not part.rows[t - 1].own):
            said = Said(_("from here on the words are the network's own"), Tone.ASIDE)
            lines += paragraph(said, able, " " * (4 + numbers))
        line = Text().append(f"  {row.step:>{numbers}}  ", colours.faint)
        shown = fit(_marked(row), words, colours.glyphs.cut)
        line.append(shown, "italic" if row.unknown else "bold")
        if row.answer is not None:
            line.append("   ")
            line.append_text(_answer(row.answer, part, labels, bar, colours))
            style = colours.of_class(row.answer.index) if row.answer.counts else "bold"
            style = colours.faint if row.answer.guess and not row.answer.counts else style
            said_beside = Text(remark, style)
            if cell_len(line.plain + said_beside.plain) <= able.width:
                line.append_text(said_beside)
            else:  # below, under the answer it belongs to
                lines.append(line)
                line = Text(" " * (3 + numbers + words)).append_text(said_beside)
        line.rstrip()
        lines.append(line)
    return lines


def left_out(count: int, numbers: int, colours: Palette) -> Text:
    """The line of dots in the place of `count` words; step numbers take `numbers` columns."""
    said = _("left out here: {count}").format(count=count)
    return Text(f"  {colours.glyphs.cut:>{numbers}}  {said}", style=colours.faint)


def _marked(row: StripRow) -> str:
    return row.word + (" (?)" if row.unknown else "")


def _heading(part: Strip, numbers: int, words: int, able: Abilities) -> Text:
    colours = palette(able)
    word = fit(_("word") if part.words else "", words)
    line = fit(f"  {'t':>{numbers}}  {word}   {part.asked}", able.width, colours.glyphs.cut)
    return Text(line.rstrip(), style=colours.faint)


def _answer(answer: Answer, part: Strip, labels: int, bar: int, colours: Palette) -> Text:
    """The most probable class after a step, its probability as a bar and in per cent."""
    style = colours.of_class(answer.index) if answer.counts or not part.one_answer else ""
    line = Text()
    line.append(fit(answer.label, labels, colours.glyphs.cut), style)
    line.append("  ")
    drawn = colours.bar(answer.share, bar)
    filled = drawn.rstrip(colours.glyphs.empty)
    line.append(filled, colours.of_class(answer.index))
    line.append(drawn[len(filled) :], colours.faint)
    line.append(f" {percent(answer.share):>5}")
    return line


def _remark(answer: Answer | None, colours: Palette) -> str:
    """Whether the answer flips here or is a guess, and whether it is the one that counts."""
    if answer is None or answer.index < 0:
        return ""
    if answer.guess:
        return "  " + (_("= the answer, a guess") if answer.final else _("a guess"))
    flips = f"  {colours.glyphs.mark} " + _("flips") if answer.flips_from else ""
    return flips + ("  " + _("= the answer") if answer.final else "")
