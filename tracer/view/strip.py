"""The sentence as a strip: one line a word, with what the network would answer after it."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len
from rich.text import Text

from tracer.language import _
from tracer.view.console import Abilities
from tracer.view.numbers import percent
from tracer.view.palette import Palette, palette
from tracer.view.sentence import NO_ANSWER, Sentence
from tracer.view.words import fit, widest

LONGEST_BAR = 30

ROOMY = 80
"""Columns from which on long words and labels get more of the line."""

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
    roomy = able.width >= ROOMY
    labels = widest([sentence.label(index) for index in used], most=16 if roomy else 10)
    words = widest([_marked(sentence, t) for t in steps], least=4, most=24 if roomy else 16)
    remarks = {t: _remark(sentence, t, colours) for t in steps}
    room = able.width - (2 + numbers + 2 + words + 3 + labels + 2 + PERCENT)
    bar = min(max(room - max(cell_len(text) for text in remarks.values()), 6), LONGEST_BAR)

    lines = [_heading(sentence, numbers, words, colours)]
    before = steps[0] - 1 if steps else -1
    for t in steps:
        if t != before + 1:
            lines.append(_gap(t - before - 1, numbers, colours))
        before = t
        line = Text().append(f"  {t + sentence.first:>{numbers}}  ", colours.faint)
        line.append(
            fit(_marked(sentence, t), words, colours.glyphs.cut),
            "italic" if t in sentence.unknown else "bold",
        )
        if best is not None:
            line.append("   ")
            line.append_text(_answer(sentence, t, best[t], labels, bar, colours))
            style = colours.of_class(best[t]) if sentence.counts(t) else "bold"
            line.append(fit(remarks[t], max(room - bar, 0), "").rstrip(), style)
        line.rstrip()
        lines.append(line)
    return lines


def _marked(sentence: Sentence, step: int) -> str:
    return sentence.word(step) + (" (?)" if step in sentence.unknown else "")


def _heading(sentence: Sentence, numbers: int, words: int, colours: Palette) -> Text:
    after = {
        "classify": _("the answer so far"),
        "tag": _("its label"),
        "generate": _("the next word"),
    }.get(sentence.task or "", "")
    word = fit(_("word") if sentence.words is not None else "", words)
    return Text(f"  {'t':>{numbers}}  {word}   {after}".rstrip(), style=colours.faint)


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
    """Whether the answer flips here, and whether it is the one that counts."""
    remark = f"  {colours.glyphs.mark} " + _("flips") if step in sentence.flips else ""
    answered = sentence.best is not None and sentence.best[step] != NO_ANSWER
    if sentence.task == "classify" and sentence.counts(step) and answered:
        remark += "  = " + _("the answer")
    return remark
