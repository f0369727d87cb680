"""The Bayes limit: how often a reader can be right at best who knows the grammar, and how surely.

Such a reader knows the rules and weights that the built-in sentences are drawn with; it does not
know which sentences were drawn. At every word it holds each way in which the rules can have led to
the words so far, with its probability. For the next word it matters that no two sentences are
alike, and how that shifts the probabilities is the one thing that is approximated
(`probabilities_of_being_there`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import cache
from typing import NamedTuple

import numpy as np

from tracer.data.corpus import CLASSES
from tracer.data.grammar import Grammar, Reference, Word, grammar, resolved
from tracer.text.vocabulary import END

Words = tuple[str, ...]
Parts = tuple[Word | Reference, ...]
"""What is still to be said: words, and places that rules will fill."""

Reader = Callable[[Words], list[dict[str, float]]]
"""Takes a sentence; gives the probabilities of the labels, for each answer that its task wants."""


class Step(NamedTuple):
    """One way to go on: the next word (None at the end), what is left to say, the probability."""

    word: Word | None
    rest: Parts
    probability: float


def ways_on(rules: Grammar, label: str = "") -> Callable[[Parts], tuple[Step, ...]]:
    """A function that gives every way to say the next word; their probabilities add up to 1."""

    @cache
    def steps(parts: Parts) -> tuple[Step, ...]:
        if not parts:
            return (Step(None, (), 1.0),)
        first, rest = parts[0], parts[1:]
        if isinstance(first, Word):
            return _article(first, rest) if first.text == "a" else (Step(first, rest, 1.0),)
        found: dict[tuple[Word | None, Parts], float] = defaultdict(float)
        taken = 0.5 if first.optional else 1.0
        if first.optional:
            for word, left, p in steps(rest):
                found[word, left] += 0.5 * p
        alternatives = rules.rules[resolved(first.rule, label)]
        weights = sum(one.weight for one in alternatives)
        for one in alternatives:
            for word, left, p in steps(one.parts + rest):
                found[word, left] += taken * p * one.weight / weights
        return tuple(Step(word, left, p) for (word, left), p in found.items())

    def _article(a: Word, rest: Parts) -> tuple[Step, ...]:
        """Write "a" or "an": the word after it decides, so that word is settled here too."""
        return tuple(
            Step(a._replace(text="an") if word.text in rules.an else a, (word, *left), p)
            if word
            else Step(a, (), p)
            for word, left, p in steps(rest)
        )

    return steps


def probabilities(rules: Grammar, rule: str, label: str = "") -> dict[Words, float]:
    """Every sentence that can be drawn from `rule`, with its probability; for small grammars."""
    steps = ways_on(rules, label)
    found: dict[Words, float] = defaultdict(float)

    def go_on(words: Words, parts: Parts, probability: float) -> None:
        for word, rest, p in steps(parts):
            if word is None:
                found[words] += probability * p
            else:
                go_on((*words, word.text), rest, probability * p)

    go_on((), (Reference(rule, optional=False, decides=False),), 1.0)
    return dict(found)


def probabilities_of_being_there(
    drawing: Mapping[Words, float], count: int, examples: Collection[Words] = ()
) -> dict[Words, float]:
    """For each sentence the probability that it is in a corpus of `count` different ones.

    The corpus draws until it has `count` different sentences. After n draws a sentence with the
    probability p is there with 1 - (1 - p)^n; n is taken where these add up to `count`. (The n of
    one corpus lies a little beside it, about 1 %: this is the only approximation.)

    Parameters
    ----------
    drawing : mapping
        As `probabilities` gives it.
    count : int
    examples : collection
        Sentences that are there in any case.
    """
    others = [words for words in drawing if words not in examples]
    log_of_no = np.log1p([-drawing[words] for words in others])  # of one draw giving another one
    low, high = 0.0, -count / log_of_no.max()  # there even the rarest is nearly certain
    for _halving in range(100):
        n = (low + high) / 2
        there = -np.expm1(n * log_of_no)
        if there.sum() < count - len(examples):
            low = n
        else:
            high = n
    return dict.fromkeys(examples, 1.0) | dict(zip(others, there.tolist(), strict=True))


def next_words(weights: Mapping[Words, float]) -> Reader:
    """A reader who knows how often each sentence is there, and says the word after each word."""
    after: dict[Words, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    for words, weight in weights.items():
        for t, word in enumerate((*words[1:], END), 1):
            after[words[:t]][word] += weight
    return lambda words: [_shares(after[words[:t]]) for t in range(1, len(words) + 1)]


def tags(rules: Grammar, rule: str) -> Reader:
    """A reader who says the part of speech of each word before it has heard the next."""
    follow = _following(rules, rule)
    return lambda words: [_shares(of_tag) for of_tag, _left in follow(words)]


def classes(rules: Grammar, rule: str, labels: Sequence[str]) -> Reader:
    """A reader who says the class after the last word; each class is drawn equally often."""
    follow = {label: _following(rules, rule, label) for label in labels}

    def read(words: Words) -> list[dict[str, float]]:
        ends = {label: [left for _tags, left in one(words)][-1] for label, one in follow.items()}
        return [_shares({label: left.get((), 0.0) for label, left in ends.items()})]

    return read


def ideal_reader(task: str, language: str, count: int = 10_000) -> Reader:
    """The best reader of `tracer.data.corpus.corpus`, for one task and language.

    The article's own sentences stand first in the corpus. Some of them no rule can draw, and about
    those the reader of ``tag`` and ``classify`` says nothing: an empty mapping.
    """
    rules = grammar(language)
    if task == "tag":
        return tags(rules, task)
    if task == "classify":
        return classes(rules, task, CLASSES)
    examples = {tuple(word.text for word in words) for _label, words in rules.examples[task]}
    return next_words(probabilities_of_being_there(probabilities(rules, task), count, examples))


_Followed = list[tuple[dict[str, float], dict[Parts, float]]]


def _following(rules: Grammar, rule: str, label: str = "") -> Callable[[Words], _Followed]:
    """Follows a sentence: after each word the probabilities of its tags, and of what is left."""
    steps = ways_on(rules, label)

    def follow(words: Words) -> _Followed:
        followed: _Followed = []
        left: dict[Parts, float] = {(Reference(rule, optional=False, decides=False),): 1.0}
        for spoken in words:
            of_tag: dict[str, float] = defaultdict(float)
            after: dict[Parts, float] = defaultdict(float)
            for parts, probability in left.items():
                for word, rest, p in steps(parts):
                    if word is not None and word.text == spoken:
                        of_tag[word.tag] += probability * p
                        after[rest] += probability * p
            left = after
            followed.append((of_tag, left))
        # what is left may begin with words that may be left out: then the sentence can end here
        ends = sum(
            p * s.probability for parts, p in left.items() for s in steps(parts) if not s.word
        )
        left[()] = ends
        return followed

    return follow


def _shares(weights: Mapping[str, float]) -> dict[str, float]:
    total = sum(weights.values())
    return {name: weight / total for name, weight in weights.items()} if total else {}
