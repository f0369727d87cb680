"""The best reader there can be: on small grammars with known answers, and on the corpus."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from itertools import pairwise
from random import Random

import numpy as np
import pytest

import tracer
from docs.bayes import (
    classes,
    ideal_reader,
    next_words,
    probabilities,
    probabilities_of_being_there,
    tags,
    ways_on,
)
from tracer.data.corpus import corpus
from tracer.data.grammar import Reference, grammar, read
from tracer.data.load import built_in

SMALL = read(
    """
literal : verb
    is
literal : determiner
    a this
who : pronoun
    he she
sort : adjective
    old kind
an : adjective
    old
statement
    3 <who> is <very?> <sort>
    1 this is a <sort> fish/noun
very : adverb
    very
"""
)
AMBIGUOUS = read(
    """
noted
    3 i/pronoun water/verb it/pronoun
    1 the/determiner water/noun
    2 water/noun is/verb hot/adjective
    1 water/verb it/pronoun
"""
)
PRAISED = read(
    """
praised
    1 <same word>
    1 not/adverb <opposite word>
    2 hm/noun
praise word : adjective
    good
insult word : adjective
    bad
"""
)


def test_every_sentence_with_its_probability() -> None:
    """Weights, alternatives, words that may be left out, and "an" before the words that want it."""
    found = {" ".join(words): p for words, p in probabilities(SMALL, "statement").items()}

    assert found == {
        "he is old": 3 / 32, "he is kind": 3 / 32, "he is very old": 3 / 32,
        "he is very kind": 3 / 32, "she is old": 3 / 32, "she is kind": 3 / 32,
        "she is very old": 3 / 32, "she is very kind": 3 / 32,
        "this is an old fish": 1 / 8, "this is a kind fish": 1 / 8,
    }  # fmt: skip


def test_what_comes_next() -> None:
    """After "he is": very with 1/2, old and kind with 1/4 each; after "very" no very."""
    reader = next_words(probabilities(SMALL, "statement"))

    assert reader(("he", "is", "very", "kind")) == [
        {"is": 1.0},
        {"old": 0.25, "kind": 0.25, "very": 0.5},
        {"old": 0.5, "kind": 0.5},
        {"<end>": 1.0},
    ]


def test_a_tag_is_said_before_the_next_word_is_heard() -> None:
    """At the start "water" is a noun two times in three; after "i" it can only be a verb."""
    reader = tags(AMBIGUOUS, "noted")

    first = reader(("water", "it"))
    later = reader(("i", "water", "it"))

    assert first == [pytest.approx({"noun": 2 / 3, "verb": 1 / 3}), {"pronoun": 1.0}]
    assert later == [{"pronoun": 1.0}, {"verb": 1.0}, {"pronoun": 1.0}]


def test_a_class_that_the_sentence_leaves_open() -> None:
    """Both classes say "hm"; only a praise says "not bad"."""
    reader = classes(PRAISED, "praised", ("praise", "insult"))

    assert reader(("hm",)) == [{"praise": 0.5, "insult": 0.5}]
    assert reader(("not", "bad")) == [{"praise": 1.0, "insult": 0.0}]
    assert reader(("not",)) == [{}]


def test_the_end_counts_only_where_a_sentence_can_end() -> None:
    """A last word that may be left out is left out half the time, and then the sentence is over."""
    rules = read("said\n    hm/noun <more?>\nmore : noun\n    hm\n")

    assert probabilities(rules, "said") == {("hm",): 0.5, ("hm", "hm"): 0.5}
    assert classes(rules, "said", ("",))(("hm",)) == [{"": 1.0}]


@pytest.mark.parametrize(("rule", "label"), [("generate", ""), ("tag", ""), ("classify", "praise")])
@pytest.mark.parametrize("language", ["en", "zh-TW"])
def test_against_sentences_that_are_drawn(rule: str, label: str, language: str) -> None:
    """The first two words of 5,000 drawn sentences are there as often as they should be."""
    rules = grammar(language)
    steps = ways_on(rules, label)
    start = (Reference(rule, optional=False, decides=False),)
    expected: dict[tuple[str, ...], float] = defaultdict(float)
    for first, rest, p in steps(start):
        for second, _left, q in steps(rest):
            expected[first.text if first else "", second.text if second else ""] += p * q
    random = Random(0).random  # noqa: S311 - nothing secret
    drawn = [rules.draw(rule, label, random) for _ in range(5_000)]
    counted = Counter(tuple([*(word.text for word in words), ""][:2]) for words in drawn)

    assert math.isclose(sum(expected.values()), 1)
    assert set(counted) <= set(expected)
    for words, p in expected.items():
        assert abs(counted[words] - 5_000 * p) <= 5 * math.sqrt(5_000 * p * (1 - p)) + 1, words


def test_being_there_when_no_two_sentences_are_alike() -> None:
    """Ten sentences, six wanted, drawn 20,000 times by hand: as often there as computed."""
    drawing: dict[tuple[str, ...], float] = {
        (str(n),): p for n, p in enumerate((0.4, 0.2, 0.1, 0.1, *[0.2 / 6] * 6))
    }
    computed = probabilities_of_being_there(drawing, 6)
    rng = np.random.default_rng(0)
    p = np.array(list(drawing.values()))
    there = np.array([rng.choice(10, 6, replace=False, p=p) for _ in range(20_000)])
    counted = [(there == n).any(axis=1).mean() for n in range(10)]

    assert sum(computed.values()) == pytest.approx(6)
    assert list(computed.values()) == pytest.approx(counted, abs=0.04)


@pytest.mark.parametrize("language", ["en", "zh-TW"])
def test_the_corpus_has_each_sentence_as_often_as_computed(language: str) -> None:
    """Sentences that are to be there with 30 %, 50 %, 80 %, ... are, as often as chance allows."""
    rules = grammar(language)
    examples = {tuple(word.text for word in words) for _l, words in rules.examples["generate"]}
    computed = probabilities_of_being_there(probabilities(rules, "generate"), 10_000, examples)
    there = {sentence.words for sentence in corpus("generate", language)}

    assert there <= set(computed)
    for low, high in pairwise(np.linspace(0, 1, 11)):
        group = [words for words, p in computed.items() if low <= p < high]
        expected = sum(computed[words] for words in group)
        assert abs(len(there.intersection(group)) - expected) <= 4 * math.sqrt(expected) + 1


@pytest.mark.parametrize("language", ["en", "zh-TW"])
@pytest.mark.parametrize("task", ["classify", "tag"])
def test_what_is_asked_of_a_network_can_be_known(task: str, language: str) -> None:
    """Every tag can be said at its word, every class after the last word: the limit is 100 %."""
    reader = ideal_reader(task, language)
    examples = len(grammar(language).examples[task])

    for sentence in corpus(task, language, 3_000)[examples:]:
        answers = reader(sentence.words)
        assert [max(one, key=one.__getitem__) for one in answers] == list(sentence.labels)
        assert [max(one.values()) for one in answers] == pytest.approx([1.0] * len(answers))


def test_the_shipped_generator_is_near_the_best() -> None:
    """Of the held-out next words it is within 1 point of the limit, and within 0.03 nats."""
    model = tracer.Model.load("lstm-generate")
    right = {"model": 0.0, "best": 0.0}
    loss = {"model": 0.0, "best": 0.0}
    asked = 0
    for language in ("en", "zh-TW"):
        reader = ideal_reader("generate", language)
        held_out = [
            one
            for one in built_in("generate", ["en", "zh-TW"], 0.1, 0).held_out
            if one.words[0].isascii() == (language == "en")
        ]
        trace = model.trace([" ".join(one.words) for one in held_out], level="states")
        probs = trace["probs"]
        for n, sentence in enumerate(held_out):
            wanted = zip(reader(sentence.words), sentence.labels, strict=True)
            for said, (best, label) in zip(probs[:, n], wanted, strict=False):
                k = model.labels.index(label)
                right["model"] += said.argmax() == k
                right["best"] += max(best, key=best.__getitem__) == label
                loss["model"] -= math.log(said[k])
                loss["best"] -= math.log(best[label])
                asked += 1

    assert right["best"] / asked == pytest.approx(0.563, abs=0.001)
    assert abs(right["model"] - right["best"]) / asked < 0.01
    assert 0 < (loss["model"] - loss["best"]) / asked < 0.03
