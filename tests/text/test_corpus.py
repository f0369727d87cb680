"""The built-in corpus is what its page says it is."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from collections import Counter, defaultdict
from functools import cache
from importlib import import_module
from itertools import pairwise

import pytest

from tracer.data.corpus import CLASSES, TAGS, corpus
from tracer.data.grammar import Reference, grammar, languages, read, resolved
from tracer.errors import InputError, UnknownNameError
from tracer.text.encoder import Encoder
from tracer.text.vocabulary import END, UNKNOWN, Vocabulary

LANGUAGES = ("en", "zh-TW")
full_corpus = cache(corpus)  # each is drawn once for all the tests below
ARTICLE = {
    ("tag", "en"): ["water is hot", "i am a man", "i like chinese chess", "you are beautiful"],
    ("classify", "en"): ["you are a really bad man", "you are beautiful", "not bad at all"],
    ("tag", "zh-TW"): ["水 很 熱", "我 喜歡 中國 象棋", "你 很 漂亮"],
    ("classify", "zh-TW"): ["你 真 是 個 壞人", "你 很 漂亮", "一點 也 不 壞"],
}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("task", ["tag", "classify", "generate"])
def test_ten_thousand_sentences_no_two_alike(task: str, language: str) -> None:
    """Every task has its 10,000 in both languages."""
    sentences = full_corpus(task, language)

    assert len({sentence.words for sentence in sentences}) == len(sentences) == 10_000


@pytest.mark.parametrize(("task", "language"), ARTICLE)
def test_the_articles_sentences_are_there(task: str, language: str) -> None:
    """They come first, so that a small corpus has them too."""
    first = [" ".join(sentence.words) for sentence in corpus(task, language, count=6)]

    assert set(ARTICLE[task, language]) <= set(first)


def test_labels_of_the_article() -> None:
    """Noun, verb, adjective; insult; praise."""
    tagged = {" ".join(s.words): s.labels for s in corpus("tag", "en", count=5)}
    judged = {" ".join(s.words): s.labels for s in corpus("classify", "en", count=6)}

    assert tagged["water is hot"] == ("noun", "verb", "adjective")
    assert judged["you are a really bad man"] == ("insult",)
    assert judged["you are beautiful"] == ("praise",)


@pytest.mark.parametrize("language", LANGUAGES)
def test_praise_and_insult_are_balanced_and_far_from_the_end(language: str) -> None:
    """Half and half; the settling word is followed by 0 to 25 words, each distance often enough."""
    sentences = full_corpus("classify", language)

    assert Counter(s.labels for s in sentences) == {(name,): 5_000 for name in CLASSES}
    distances = Counter(s.distance for s in sentences)
    assert set(distances) == set(range(26))
    assert min(distances.values()) >= 50


@pytest.mark.parametrize("language", LANGUAGES)
def test_sentences_whose_deciding_word_is_near(language: str) -> None:
    """With farthest=6 at most six words follow it, half and half, and no word is missing."""
    near = corpus("classify", language, farthest=6)

    assert {s.distance for s in near} == set(range(7))
    assert Counter(s.labels for s in near) == {(name,): 5_000 for name in CLASSES}
    assert {word for s in near for word in s.words} == {
        word for s in full_corpus("classify", language) for word in s.words
    }


@pytest.mark.parametrize("language", LANGUAGES)
def test_structure_says_nothing_about_the_label(language: str) -> None:
    """With the words of praise and insult hidden, both labels have the same sentences.

    Each frame that is there twenty times or more is divided between the labels as a fair coin
    would divide it, within five standard deviations.
    """
    rules = grammar(language).rules
    hidden = {
        part.text
        for name, alternatives in rules.items()
        if name.split()[0] in CLASSES
        for alternative in alternatives
        for part in alternative.parts
        if not isinstance(part, Reference)
    }
    frames: dict[tuple[str, ...], Counter[str]] = defaultdict(Counter)
    for sentence in full_corpus("classify", language):
        words = ["*" if word in hidden else word for word in sentence.words]
        for pair in pairwise(words):
            frames[pair][sentence.labels[0]] += 1
        frames[(str(len(words)),)][sentence.labels[0]] += 1

    for frame, labels in frames.items():
        n = labels.total()
        if n >= 20:
            assert abs(labels["praise"] - n / 2) <= 5 * (n / 4) ** 0.5, frame


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_word_before_settles_every_tag(language: str) -> None:
    """Words with two parts of speech need their left neighbour, and no more: the limit is 100 %."""
    alone: dict[str, set[str]] = defaultdict(set)
    with_left: dict[tuple[str, str, str], set[str]] = defaultdict(set)
    for sentence in full_corpus("tag", language):
        assert set(sentence.labels) <= set(TAGS)
        left = ("", "")
        for word, tag in zip(sentence.words, sentence.labels, strict=True):
            alone[word].add(tag)
            with_left[(*left, word)].add(tag)
            left = (word, tag)

    assert sum(len(tags) > 1 for tags in alone.values()) >= 5
    assert all(len(tags) == 1 for tags in with_left.values())


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("task", ["tag", "classify", "generate"])
def test_written_sentences_split_into_the_same_words(task: str, language: str) -> None:
    """What a student types from the corpus is read as it was meant, Chinese without spaces too."""
    words = sorted(
        {word for name in LANGUAGES for s in full_corpus(task, name) for word in s.words}
    )
    encoder = Encoder.one_hot(Vocabulary((UNKNOWN, *words)))
    between = " " if language == "en" else ""

    for sentence in full_corpus(task, language)[:3_000]:
        assert encoder.split(between.join(sentence.words)) == sentence.words


def test_generate_labels_are_the_next_words() -> None:
    """The last one is <end>."""
    water = corpus("generate", "en", count=1)[0]

    assert water.words == ("water", "is", "hot")
    assert water.labels == ("is", "hot", END)


def _fingerprint() -> str:
    text = repr([corpus(task, name, 300) for task in ("tag", "classify") for name in LANGUAGES])
    return hashlib.sha256(text.encode()).hexdigest()


@pytest.mark.parametrize("hash_seed", ["0", "1", "4242"])
def test_the_same_sentences_under_every_hash_seed(hash_seed: str) -> None:
    """Another process, another PYTHONHASHSEED, the same corpus."""
    program = (
        "import hashlib; from tracer.data.corpus import corpus;"
        "text = repr([corpus(task, name, 300) for task in ('tag', 'classify')"
        " for name in ('en', 'zh-TW')]);"
        "print(hashlib.sha256(text.encode()).hexdigest())"
    )
    environment = os.environ | {"PYTHONHASHSEED": hash_seed, "PYTHONUTF8": "1"}

    other = subprocess.run(
        [sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True
    )

    assert other.stdout.strip() == _fingerprint()


def test_another_seed_gives_other_sentences() -> None:
    """Beyond the article's own."""
    assert corpus(count=100, seed=0) == corpus(count=100, seed=0)
    assert corpus(count=100, seed=0) != corpus(count=100, seed=1)


def test_errors_name_what_is_known() -> None:
    """A wrong task, language or count is told in one line."""
    with pytest.raises(UnknownNameError, match="tag, classify, generate"):
        corpus("sort")
    with pytest.raises(UnknownNameError, match="en, zh-TW"):
        corpus("tag", "fr")
    with pytest.raises(InputError, match="count is 0"):
        corpus(count=0)
    with pytest.raises(InputError, match="farthest is -1; expected 0 or more"):
        corpus(farthest=-1)


def test_a_grammar_that_is_exhausted(monkeypatch: pytest.MonkeyPatch) -> None:
    """More sentences than a grammar has are refused, not waited for."""
    monkeypatch.setattr(import_module("tracer.data.corpus"), "PATIENCE", 3)

    with pytest.raises(InputError, match=r"the grammar 'en' gave only .* sentences for 'generate'"):
        corpus("generate", "en")


def test_every_rule_is_there_and_used() -> None:
    """No grammar names a rule it has not, or has one that nothing names."""
    for language in languages():
        rules = grammar(language).rules
        named = {
            resolved(part.rule, label)
            for alternatives in rules.values()
            for alternative in alternatives
            for part in alternative.parts
            if isinstance(part, Reference)
            for label in CLASSES
        }
        assert named | {"tag", "classify", "generate"} == set(rules)


def test_a_word_without_a_part_of_speech_is_an_error() -> None:
    """The grammar's author is told which word it is."""
    with pytest.raises(InputError, match="'stone' in '2 stone cold/adjective' has no part"):
        read("rule\n    2 stone cold/adjective\n")
