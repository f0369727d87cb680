"""The sentence as a strip: one line a word, with what the network would answer after it."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len
from rich.text import Text

from tracer.language import _
from tracer.view.say.numbers import percent
from tracer.view.say.sentence import NO_ANSWER, Sentence
from tracer.view.terminal.columns import fit, widest
from tracer.view.terminal.console import Abilities, folded
from tracer.view.terminal.palette import Palette, palette

LONGEST_BAR = 30

ROOMY = 80
"""Columns from which on long words and labels get more of the line."""

NARROW = 60
"""With fewer columns there is no room for bars."""

PERCENT = 6
"""Columns of a blank and ``>99 %``."""


def strip(sentence: Sentence, steps: Sequence[int], able: Abilities) -> list[Text]:
    """One line for each of `steps`, with a line of dots where some are left out.

    Parameters
    ----------
    sentence : Sentence
    steps : sequence of int
        From 0, ascending.
    able : Abilities

    Returns
    -------
    list of Text
        Number, word (unknown ones marked), answer, bar of its probability, and remarks: where
        the answer flips, and which answer counts.
    """
    colours = palette(able)
    numbers = len(str(sentence.T + sentence.first - 1))
    best = sentence.best
    used = [best[t] for t in steps] if best is not None else []
    roomy, narrow = able.width >= ROOMY, able.width < NARROW
    labels = widest([sentence.label(index) for index in used], most=16 if roomy else 10)
    most = 24 if roomy else 12 if narrow else 16
    words = widest([_marked(sentence, t) for t in steps], least=4, most=most)
    remarks = {t: _remark(sentence, t, colours) for t in steps}
    room = able.width - (2 + numbers + 2 + words + 3 + labels + 2 + PERCENT)
    bar = min(max(room - max(cell_len(text) for text in remarks.values()), 6), LONGEST_BAR)
    bar = 0 if narrow else bar

    lines = [_heading(sentence, numbers, words, able)]
    before = steps[0] - 1 if steps else -1
    for t in steps:
        if t != before + 1:
            lines.append(_gap(t - before - 1, numbers, colours))
        before = t
        if t == sentence.given:
            said = _("from here on the words are the network's own")
            indent = " " * (4 + numbers)
            lines += folded(Text(said, style=colours.faint), able.width, indent)
        line = Text().append(f"  {t + sentence.first:>{numbers}}  ", colours.faint)
        line.append(
            fit(_marked(sentence, t), words, colours.glyphs.cut),
            "italic" if t in sentence.unknown else "bold",
        )
        if best is not None:
            line.append("   ")
            line.append_text(_answer(sentence, t, best[t], labels, bar, colours))
            style = colours.of_class(best[t]) if sentence.counts(t) else "bold"
            style = colours.faint if sentence.is_guess(t) and not sentence.counts(t) else style
            remark = Text(remarks[t], style)
            if cell_len(line.plain + remark.plain) <= able.width:
                line.append_text(remark)
            else:  # below, under the answer it belongs to
                lines.append(line)
                line = Text(" " * (3 + numbers + words)).append_text(remark)
        line.rstrip()
        lines.append(line)
    return lines


def _marked(sentence: Sentence, step: int) -> str:
    return sentence.word(step) + (" (?)" if step in sentence.unknown else "")


def _heading(sentence: Sentence, numbers: int, words: int, able: Abilities) -> Text:
    colours = palette(able)
    after = {
        "classify": _("the answer so far"),
        "tag": _("its label"),
        "generate": _("the next word"),
    }.get(sentence.task or "", "")
    word = fit(_("word") if sentence.words is not None else "", words)
    line = fit(f"  {'t':>{numbers}}  {word}   {after}", able.width, colours.glyphs.cut)
    return Text(line.rstrip(), style=colours.faint)


def _gap(count: int, numbers: int, colours: Palette) -> Text:
    said = _("left out here: {count}").format(count=count)
    return Text(f"  {colours.glyphs.cut:>{numbers}}  {said}", style=colours.faint)


def _answer(
    sentence: Sentence, step: int, index: int, labels: int, bar: int, colours: Palette
) -> Text:
    """The most probable class after a step, its probability as a bar and in per cent."""
    share = sentence.share(step)
    counts = sentence.counts(step)
    style = colours.of_class(index) if counts or sentence.task != "classify" else ""
    line = Text()
    line.append(fit(sentence.label(index), labels, colours.glyphs.cut), style)
    line.append("  ")
    drawn = colours.bar(share, bar)
    filled = drawn.rstrip(colours.glyphs.empty)
    line.append(filled, colours.of_class(index))
    line.append(drawn[len(filled) :], colours.faint)
    line.append(f" {percent(share):>5}")
    return line


def _remark(sentence: Sentence, step: int, colours: Palette) -> str:
    """Whether the answer flips here or is a guess, and whether it is the one that counts."""
    if sentence.best is None or sentence.best[step] == NO_ANSWER:
        return ""
    counts = sentence.task == "classify" and sentence.counts(step)
    if sentence.is_guess(step):
        return "  " + (_("= the answer, a guess") if counts else _("a guess"))
    flips = f"  {colours.glyphs.mark} " + _("flips") if step in sentence.flips else ""
    return flips + ("  " + _("= the answer") if counts else "")
