"""The sentence as a strip: each word, with what the network would answer after it."""

from __future__ import annotations

from dataclasses import dataclass

from tracer.language import _
from tracer.view.say.sentence import Sentence


@dataclass(frozen=True, slots=True)
class Answer:
    """The most probable class after a step.

    Attributes
    ----------
    index : int
        The class, from 0; -1 where the probabilities are not numbers.
    label : str
    share : float
        Its probability; NaN where there is no answer.
    counts : bool
        Whether it is an answer that is asked for (to ``classify``, only the last one is).
    final : bool
        Whether it is the one answer to the whole sentence.
    guess : bool
        Whether it says little, see `Sentence.is_guess`.
    flips_from : str
        What the answer was before, where it turns into another one here; else empty.
    """

    index: int
    label: str
    share: float
    counts: bool
    final: bool
    guess: bool
    flips_from: str


@dataclass(frozen=True, slots=True)
class StripRow:
    """A word of the sentence; `step` as screens count. `own` words are the network's own."""

    step: int
    word: str
    unknown: bool
    own: bool
    answer: Answer | None


@dataclass(frozen=True, slots=True)
class Strip:
    """A row for every step of the sentence.

    Attributes
    ----------
    words : bool
        Whether the trace was made from words.
    asked : str
        What the answers are answers to, in two or three words; empty where nothing is asked.
    one_answer : bool
        Whether the whole sentence has one answer, so that those before the last are on the way.
    rows : tuple of StripRow
    """

    words: bool
    asked: str
    one_answer: bool
    rows: tuple[StripRow, ...]


def strip(sentence: Sentence) -> Strip:
    """The strip of the whole sentence."""
    asked = {
        "classify": _("answer so far"),
        "tag": _("label"),
        "generate": _("next word"),
    }.get(sentence.task or "", "")
    rows = tuple(
        StripRow(
            step=t + sentence.first,
            word=sentence.word(t),
            unknown=t in sentence.unknown,
            own=t >= sentence.given,
            answer=answer(sentence, t),
        )
        for t in range(sentence.T)
    )
    return Strip(sentence.words is not None, asked, sentence.task == "classify", rows)


def answer(sentence: Sentence, step: int) -> Answer | None:
    """What the network would answer after `step` (from 0), if it has an output."""
    if sentence.best is None:
        return None
    index, counts = sentence.best[step], sentence.counts(step)
    before = sentence.flips.get(step)
    return Answer(
        index=index,
        label=sentence.label(index),
        share=sentence.share(step),
        counts=counts,
        final=counts and sentence.task == "classify",
        guess=sentence.is_guess(step),
        flips_from="" if before is None else sentence.label(before),
    )
