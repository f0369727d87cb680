"""What there is to learn from: sentences, split in two, with their vocabulary and labels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tracer.errors import InputError
from tracer.text import CLASSES, END, TAGS, UNKNOWN, Labelled, Vocabulary, corpus

LANGUAGES = ("en", "zh-TW")


@dataclass(frozen=True, eq=False)
class Data:
    """Sentences to learn from and to measure with, their words and their labels.

    `report` says in plain lines where they come from and how they were divided.
    """

    learn: tuple[Labelled, ...]
    held_out: tuple[Labelled, ...]
    vocabulary: Vocabulary
    labels: tuple[str, ...]
    report: tuple[str, ...]


def built_in(task: str, languages: Sequence[str], held_out: float, seed: int) -> Data:
    """The built-in corpus: 10,000 sentences a language."""
    sentences = [one for language in languages for one in corpus(task, language)]
    learn, measure = divide(sentences, held_out, seed)
    # Every word of the corpus, held-out ones too: the grammar's words are known beforehand.
    words = sorted({word for one in sentences for word in one.words})
    labels = {"classify": CLASSES, "tag": TAGS, "generate": (*words, END)}[task]
    named = f"built-in corpus ({', '.join(languages)})"
    counted = f"{named}: {len(sentences)} sentences, {len(words)} different words"
    report = (counted, _divided(learn, measure))
    return Data(learn, measure, Vocabulary((UNKNOWN, *words)), tuple(labels), report)


def divide(
    sentences: Sequence[Labelled], held_out: float, seed: int
) -> tuple[tuple[Labelled, ...], tuple[Labelled, ...]]:
    """Sentences to learn from, and the share to measure with; only the seed decides which.

    The same words never stand on both sides: what was learned by heart must not be measured.

    Raises
    ------
    InputError
        If there are too few different sentences for two parts.
    """
    same: dict[tuple[str, ...], list[Labelled]] = {}
    for sentence in sentences:
        same.setdefault(sentence.words, []).append(sentence)
    different = list(same)
    count = max(1, round(len(different) * held_out))
    if len(different) < 2 or count == len(different):
        raise InputError(
            f"there are {len(different)} different sentences; "
            f"too few to learn from some and measure with others"
        )
    order = np.random.default_rng([seed, 3]).permutation(len(different)).tolist()
    parts = (sorted(order[count:]), sorted(order[:count]))
    learn, measure = (tuple(one for n in part for one in same[different[n]]) for part in parts)
    return learn, measure


def _divided(learn: Sequence[Labelled], held_out: Sequence[Labelled]) -> str:
    return f"{len(learn)} to learn from, {len(held_out)} held out; no sentence is in both"
