"""The built-in corpus: labelled sentences, drawn from a grammar, the same ones on every machine.

``docs/corpus.md`` shows samples and counts what is in it.
"""

from __future__ import annotations

from random import Random
from zlib import crc32

from tracer.data.grammar import Word, grammar
from tracer.equations.tasks import TASKS
from tracer.errors import InputError, UnknownNameError
from tracer.text.labelled import Labelled
from tracer.text.vocabulary import END

CLASSES = ("insult", "praise")
TAGS = (
    "noun", "verb", "adjective", "adverb", "pronoun", "determiner",
    "number", "measure", "preposition", "conjunction", "particle",
)  # fmt: skip
FARTHEST = 25
"""How many words may follow the word that settles praise or insult, unless said otherwise."""

PATIENCE = 10_000
"""How many sentences in a row may be old ones before the grammar counts as exhausted."""


def corpus(
    task: str = "classify",
    language: str = "en",
    count: int = 10_000,
    seed: int = 0,
    farthest: int = FARTHEST,
) -> tuple[Labelled, ...]:
    """Labelled sentences, no two alike; the article's own come first.

    Parameters
    ----------
    task : str
        ``"tag"``, ``"classify"`` or ``"generate"``.
    language : str
        ``"en"`` or ``"zh-TW"``.
    count : int
    seed : int
        The same seed gives the same sentences on every machine.
    farthest : int
        ``classify``: how many words may follow the one that settles the label.

    Raises
    ------
    UnknownNameError
        If there is no such task or language.
    InputError
        If `count` is below 1, `farthest` below 0, or the grammar has not that many sentences.
    """
    if task not in TASKS:
        raise UnknownNameError("task", task, TASKS)
    if count < 1:
        raise InputError(f"count is {count}; expected 1 or more")
    if farthest < 0:
        raise InputError(f"farthest is {farthest}; expected 0 or more")
    rules = grammar(language)
    # random() alone is promised to give the same numbers under every version of Python
    random = Random(crc32(f"{task} {language} {seed}".encode())).random  # noqa: S311
    examples = [_labelled(task, label, words) for label, words in rules.examples[task]]
    found = {sentence.words: sentence for sentence in examples[:count]}
    in_vain = 0
    while len(found) < count:
        label = CLASSES[len(found) % len(CLASSES)] if task == "classify" else ""
        sentence = _labelled(task, label, rules.draw(task, label, random))
        if sentence.words not in found and (sentence.distance or 0) <= farthest:
            found[sentence.words] = sentence
            in_vain = 0
        elif (in_vain := in_vain + 1) == PATIENCE:
            raise InputError(
                f"count is {count}; the grammar '{language}' gave only {len(found)} different "
                f"sentences for '{task}'"
            )
    return tuple(found.values())


def _labelled(task: str, label: str, words: tuple[Word, ...]) -> Labelled:
    texts = tuple(word.text for word in words)
    if task == "tag":
        return Labelled(texts, tuple(word.tag for word in words))
    if task == "generate":
        return Labelled(texts, (*texts[1:], END))
    return Labelled(texts, (label,), max(t for t, word in enumerate(words) if word.decides))
