"""What is said where a network labels too few words right after it has learned."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from tracer.language import _, plural
from tracer.view.say.difference import listed

APART = 0.15
"""Shares of words that are so far apart tell where it fails."""

MOST = 0.7
"""Nobody gives so many words a class of another word by chance."""

CHANCE = math.log(4)
"""The loss of who knows nothing: four classes, each as probable as the others."""


def learned_too_little(facts: Mapping[str, Any], function: str) -> list[str]:
    """How many words are right, and what is known of the others; all of it is measured."""
    lines = [
        _(
            "The weights that {function} returned label {got} of the words of other sentences "
            "right; at least {wanted} is asked for."
        ).format(
            function=function, got=_percent(facts["got"]), wanted=_percent(facts["wanted"])
        )
    ]  # fmt: skip
    lost, same = facts["lost"], facts["same"]
    if lost:
        said = plural(
            "In {names} is NaN or infinity. Steps that are too large end like that, and so do "
            "steps along the gradient of the loss in the place of against it.",
            "In {names} are NaN or infinity. Steps that are too large end like that, and so do "
            "steps along the gradient of the loss in the place of against it.",
            len(lost),
        )
        return [*lines, said.format(names=listed(lost))]
    if same == facts["weights"]:
        return [*lines, _("They are the ones that it was given: nothing was learned.")]
    if same:
        said = plural("{names} is as it was given.", "{names} are as they were given.", len(same))
        lines.append(said.format(names=listed(same)))
    return [*lines, _cause(facts) or _went(facts)]


def _cause(facts: Mapping[str, Any]) -> str:
    """What was learned in the place of what should be, where a measurement shows it."""
    if facts["of_next"] > MOST:
        said = _(
            "{share} of the words to learn from get the class of the word after them. Is label "
            "moved by one?"
        )
        return said.format(share=_percent(facts["of_next"]))
    (was, padding), (_first, alone) = facts["padding"], facts["alone"]
    _begin, after = facts["losses"]
    if padding < min(was, CHANCE):
        said = _(
            "The padding was learned as well. Its labels mean nothing, and their mean loss went "
            "down, from {was} to {now}. Does the mask reach the gradient?"
        )
        return said.format(was=_loss(was), now=_loss(padding))
    (was, last), (others_were, others) = facts["last"], facts["others"]
    if last < was and others > others_were:
        said = _(
            "The mean loss of the last words of the sentences to learn from went down, from {was} "
            "to {now}; that of all others went up, from {others_were} to {others}. Every word of a "
            "tagger counts."
        )
        return said.format(
            was=_loss(was), now=_loss(last), others_were=_loss(others_were), others=_loss(others)
        )
    if alone < _first and alone < after / 2:
        said = _(
            "With the state of the word before, the mean loss of a word to learn from is {after}; "
            "with a state of 0 before each word it is {alone}. So each word is read as if it were "
            "the first."
        )
        return said.format(after=_loss(after), alone=_loss(alone))
    return ""


def _went(facts: Mapping[str, Any]) -> str:
    """Where the loss went, and which words are right now."""
    before, after = facts["losses"]
    losses = {"before": _loss(before), "after": _loss(after)}
    if after > before or not math.isfinite(after):
        said = _(
            "Over the sentences to learn from, the mean loss of a word went up, from {before} to "
            "{after}. Small steps against its gradient make it go down."
        )
        return said.format(**losses)
    said = _(
        "Over the sentences to learn from, the mean loss of a word went down, from {before} to "
        "{after}, and {seen} of their words are labelled right."
    )
    lines = [said.format(seen=_percent(facts["seen"]), **losses)]
    if facts["plain"] - facts["either"] > APART:
        said = _(
            "In other sentences {either} of the words are right that are a noun or a verb, "
            "depending on the word before, and {plain} of all others. Does the state reach the "
            "next word, and is it 0 before the first?"
        )
        shares = {"either": _percent(facts["either"]), "plain": _percent(facts["plain"])}
        lines.append(said.format(**shares))
    return " ".join(lines)


def _percent(share: float) -> str:
    """In hundredths; what is not all of them is never called so."""
    return f"{math.floor(share * 1000) / 10:g} %"


def _loss(value: float) -> str:
    return f"{value:.2f}" if value < 100 else f"{value:.3g}"
