"""Tagged sentences for an answer that learns: those that it gets, and others that are held back.

Words have codes of eight digits, new ones each time. What a word like "fish" is hangs on the word
before it: a noun after "the" or an adjective, a verb after a noun, and where a sentence begins. So
a network has to carry a state from word to word, and to begin each sentence without one.

A sentence may break off after its third word, and behind its end more words follow as they could in
it, with classes that are wrong: no word tells that it is padding, so who learns it learns wrong.

Kinds of sentences and words come in turn, in an order that is drawn: what is asked of the sentences
that are held back has been seen in the others, whatever the seed, and each word about as often.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

Array: TypeAlias = npt.NDArray[np.float64] | npt.NDArray[np.int64] | npt.NDArray[np.bool_]

TAGS = ("determiner", "adjective", "noun", "verb")
DIGITS = 8
"""Of the code of a word: the sizes K and D."""

SHORTEST = 5
"""The most words of a sentence, at least."""

FEWEST = 3
"""The fewest words of a sentence."""

HELD_BACK = 200
"""Sentences."""

WORDS = {
    "determiner": ("the", "a"),
    "adjective": ("hot", "old"),
    "noun": ("tea", "dog"),
    "verb": ("is", "likes"),
    "either": ("fish", "cook"),
}

KINDS = ("tells", "tells", "is", "asks")
"""What comes in turn: "the old fish likes tea" twice, "a dog is hot" and "cook the fish" once."""


def lesson(
    steps: int, sentences: int, codes: np.random.Generator, drawn: np.random.Generator
) -> dict[str, Array]:
    """Tagged sentences of at most so many words.

    Parameters
    ----------
    steps, sentences : int
    codes : Generator
        Gives each word its code, the same one for the same generator.
    drawn : Generator
        Draws the sentences, where they break off, and the words behind.

    Returns
    -------
    dict
        `x` (T, N, 8), `label`, `mask` and `either` (T, N), which are words whose class hangs on
        the word before; in the padding stand words too, and of each the class after its own.
    """
    words = [(word, tag) for tag, some in WORDS.items() for word in some]
    numbers = codes.choice(2**DIGITS, len(words), replace=False)
    code = (numbers[:, np.newaxis] >> np.arange(DIGITS)[::-1]) & 1  # (words, 8)
    of = {word: n for n, (word, _tag) in enumerate(words)}
    said, label = np.zeros((2, steps, sentences), np.int64)
    mask = np.zeros((steps, sentences), bool)
    words_in_turn, words_behind = _Words(drawn), _Words(drawn)
    kinds = _in_turn(KINDS, drawn)
    for n in range(sentences):
        tagged = _sentence(next(kinds), steps, words_in_turn)
        mask[: drawn.integers(FEWEST, len(tagged), endpoint=True), n] = True
        tagged += _going_on(tagged[-1][1], steps - len(tagged), words_behind)
        for t, (word, tag) in enumerate(tagged):
            said[t, n], label[t, n] = of[word], TAGS.index(tag)
    label[~mask] = (label[~mask] + 1) % len(TAGS)
    either = np.array([tag == "either" for _word, tag in words])[said]
    x = code[said].astype(np.float64)
    return {"x": x, "label": label, "mask": mask, "either": either}


class _Words:
    """Each word in turn, of each class; every second noun or verb is one that can be either."""

    def __init__(self, drawn: np.random.Generator) -> None:
        either = WORDS["either"]
        nouns = WORDS["noun"] + either
        self._determiner = _in_turn(WORDS["determiner"], drawn)
        self._adjectives = _in_turn((0, 1, 2), drawn)  # how many
        self.adjective = _in_turn(WORDS["adjective"], drawn)
        self._noun = [_in_turn(nouns, drawn) for _count in range(3)]  # after so many adjectives
        self.noun = _in_turn(nouns, drawn)
        self.verb = _in_turn(("likes",) * len(either) + either, drawn)
        self.first = _in_turn(either, drawn)

    def thing(self, most: int) -> list[tuple[str, str]]:
        """``a``, ``the old``, ``the red old``, and a noun: two words or more, at most so many."""
        count = min(next(self._adjectives), most - 2)
        some = [(next(self.adjective), "adjective") for _one in range(count)]
        noun = next(self._noun[count])
        return [(next(self._determiner), "determiner"), *some, (noun, "noun")]


def _sentence(kind: str, most: int, words: _Words) -> list[tuple[str, str]]:
    """One sentence: "the old fish likes the tea", "a tea is hot", "cook the red fish"."""
    if kind == "tells":
        found = [*words.thing(most - 3), (next(words.verb), "verb")]
        return found + words.thing(most - len(found))
    if kind == "is":
        return [*words.thing(most - 2), ("is", "verb"), (next(words.adjective), "adjective")]
    return [(next(words.first), "verb"), *words.thing(most - 1)]


def _going_on(tag: str, steps: int, words: _Words) -> list[tuple[str, str]]:
    """So many words as they could follow one of that class: "… likes the tea", "… dog is a tea"."""
    found = [] if tag == "noun" else [(next(words.noun), "noun")]
    while len(found) < steps:
        found += [(next(words.verb), "verb"), *words.thing(4)]
    return found[:steps]


def _in_turn(some: Sequence[Any], drawn: np.random.Generator) -> Iterator[Any]:
    """All of them, then all again, in another order each time."""
    while True:
        yield from (some[place] for place in drawn.permutation(len(some)))
