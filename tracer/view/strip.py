"""The sentence as a strip: one line a word, with what the network would answer after it."""

from __future__ import annotations

from collections.abc import Sequence

from rich.text import Text

from tracer.language import _
from tracer.view.console import Abilities
from tracer.view.numbers import percent
from tracer.view.palette import Palette, palette
from tracer.view.sentence import Sentence
from tracer.view.words import fit, widest

LONGEST_BAR = 30


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
    labels = widest([sentence.label(index) for index in used], most=16)
    words = widest([_marked(sentence, t) for t in steps], least=4, most=24)
    bar = min(max(able.width - numbers - words - labels - 34, 6), LONGEST_BAR)

    lines = [_heading(sentence, numbers, words, colours)]
    before = steps[0] - 1 if steps else -1
    for t in steps:
        if t != before + 1:
            lines.append(_gap(t - before - 1, numbers, colours))
        before = t
        line = Text(f"  {t + sentence.first:>{numbers}}  ", style=colours.faint)
        line.append(
            fit(_marked(sentence, t), words, colours.glyphs.cut),
            "italic" if t in sentence.unknown else "bold",
        )
        if best is not None:
            line.append("   ")
            line.append_text(_answer(sentence, t, best[t], labels, bar, colours))
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
    said = _("{count} words are left out here").format(count=count)
    return Text(f"  {colours.glyphs.cut:>{numbers}}  {said}", style=colours.faint)


def _answer(
    sentence: Sentence, step: int, index: int, labels: int, bar: int, colours: Palette
) -> Text:
    """The most probable class after a step, its probability as a bar and in per cent."""
    share = float(sentence["probs"][step, index])
    counts = sentence.counts(step)
    style = colours.of_class(index) if counts or sentence.task != "classify" else None
    line = Text()
    line.append(fit(sentence.label(index), labels, colours.glyphs.cut), style)
    line.append("  ")
    drawn = colours.bar(share, bar)
    filled = drawn.rstrip(colours.glyphs.empty)
    line.append(filled, colours.of_class(index))
    line.append(drawn[len(filled) :], colours.faint)
    line.append(f" {percent(share):>5}")
    if step in sentence.flips:
        line.append(f"  {colours.glyphs.mark} " + _("flips"), "bold")
    if sentence.task == "classify" and counts:
        line.append("  = " + _("the answer"), colours.of_class(index))
    return line
