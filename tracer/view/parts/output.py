"""What the network says after a step: the classes with the best chances, as bars."""

from __future__ import annotations

import numpy as np
from rich.text import Text

from tracer.language import _, plural
from tracer.view.say.numbers import number, percent
from tracer.view.say.sentence import Sentence
from tracer.view.terminal.columns import column, fit, widest
from tracer.view.terminal.console import Abilities, folded
from tracer.view.terminal.palette import palette

CLASSES = 8
"""Classes that are listed; there may be as many as there are words."""


def output_block(sentence: Sentence, step: int, able: Abilities) -> list[Text]:
    """A line for each of the most probable classes: name, bar, probability, score; and the loss."""
    colours = palette(able)
    if not sentence.has("probs"):
        return [Text("  " + _("This trace has no output layer."), style=colours.faint)]
    probs, logits = (sentence[name][step].astype(float) for name in ("probs", "logits"))
    order = [int(k) for k in np.argsort(-np.nan_to_num(probs, nan=-1.0), kind="stable")][:CLASSES]
    label = widest([sentence.label(k) for k in order], most=20)
    bar = min(able.width - label - 30, 40)
    lines = []
    for k in order:
        drawn = colours.bar(probs[k], bar)
        filled = drawn.rstrip(colours.glyphs.empty)
        line = Text("  ").append(fit(sentence.label(k), label, colours.glyphs.cut), "bold")
        line.append("  ").append(filled, colours.of_class(k))
        line.append(drawn[len(filled) :], colours.faint).append(f" {percent(probs[k]):>5}")
        line.append("   " + _("score") + column(logits[k], 7), colours.faint)
        lines.append(line)
    if len(probs) > len(order):
        count = len(probs) - len(order)
        rest = plural(
            "{count} less probable one is left out; --format csv writes all.",
            "{count} less probable ones are left out; --format csv writes all.",
            count,
        )
        said = Text(rest.format(count=count), style=colours.faint)
        lines += folded(said, able.width, "  ")
    for said in _loss(sentence, step):
        lines += folded(said, able.width, "  ")
    return lines


def _loss(sentence: Sentence, step: int) -> list[Text]:
    target = sentence.trace.target
    if target is None or not sentence.has("loss") or target[step, sentence.number] < 0:
        return []
    said = _("right would be {label}: loss = {loss}").format(
        label=sentence.label(int(target[step, sentence.number])),
        loss=number(float(sentence["loss"][step])),
    )
    return [Text(said)]
