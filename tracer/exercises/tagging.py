"""Tagged sentences for an answer that learns: those that it gets, and others that are held back.

Words have codes of eight digits, new ones each time. What a word like "fish" is hangs on the word
before it: a noun after "the" or an adjective, a verb after a noun, and where a sentence begins. So
a network has to carry a state from word to word, and to begin each sentence without one.
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
import numpy.typing as npt

Array: TypeAlias = npt.NDArray[np.float64] | npt.NDArray[np.int64] | npt.NDArray[np.bool_]

TAGS = ("determiner", "adjective", "noun", "verb")
DIGITS = 8
"""Of the code of a word: the sizes K and D."""

SHORTEST = 5
"""The most words of a sentence, at least."""

HELD_BACK = 200
"""Sentences."""

WORDS = {
    "determiner": ("the", "a"),
    "adjective": ("hot", "red", "old"),
    "noun": ("water", "tea", "dog"),
    "verb": ("is", "likes"),
    "either": ("fish", "light", "cook"),
}


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
        Draws the sentences, and what stands in the padding.

    Returns
    -------
    dict
        `x` (T, N, 8), `label`, `mask` and `either` (T, N), which are words whose class hangs on
        the word before; in the padding stand words too, and any labels.
    """
    words = [(word, tag) for tag, some in WORDS.items() for word in some]
    numbers = codes.choice(2**DIGITS, len(words), replace=False)
    code = (numbers[:, np.newaxis] >> np.arange(DIGITS)[::-1]) & 1  # (words, 8)
    of = {word: n for n, (word, _tag) in enumerate(words)}
    said = drawn.integers(len(words), size=(steps, sentences))
    label = drawn.integers(len(TAGS), size=(steps, sentences))
    mask = np.zeros((steps, sentences), bool)
    for n in range(sentences):
        tagged = _sentence(steps, drawn)
        mask[: len(tagged), n] = True
        for t, (word, tag) in enumerate(tagged):
            said[t, n], label[t, n] = of[word], TAGS.index(tag)
    either = np.array([tag == "either" for _word, tag in words])[said]
    x = code[said].astype(np.float64)
    return {"x": x, "label": label, "mask": mask, "either": either}


def _sentence(most: int, drawn: np.random.Generator) -> list[tuple[str, str]]:
    """One sentence: "the old fish likes tea", "my tea is hot", "cook the red fish"."""
    while True:
        kind = int(drawn.integers(3))
        if kind == 0:
            found = [*_thing(drawn), _word("verb", drawn), *_thing(drawn)]
        elif kind == 1:
            found = [*_thing(drawn), ("is", "verb"), ("", "adjective")]
            found[-1] = _word("adjective", drawn)
        else:
            found = [(str(drawn.choice(WORDS["either"])), "verb"), *_thing(drawn)]
        if len(found) <= most:
            return found


def _thing(drawn: np.random.Generator) -> list[tuple[str, str]]:
    """``a``, ``my old``, ``the red``, and a noun."""
    adjectives = [_word("adjective", drawn) for _one in range(int(drawn.integers(3)))]
    return [_word("determiner", drawn), *adjectives, _word("noun", drawn)]


def _word(tag: str, drawn: np.random.Generator) -> tuple[str, str]:
    """A word of that kind; every second noun or verb is one of those that can be either."""
    either = tag in ("noun", "verb") and drawn.random() < 0.5
    return str(drawn.choice(WORDS["either" if either else tag])), tag
