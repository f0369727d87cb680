"""The shipped models are small, load, and give the right answers."""

from __future__ import annotations

import runpy
from functools import cache
from pathlib import Path

import numpy as np
import pytest

import tracer
from tracer.data.corpus import corpus
from tracer.data.grammar import Word, grammar
from tracer.model.file import SHIPPED
from tracer.text.labelled import Labelled

ROOT = Path(__file__).parents[2]
NAMES = ("lstm-classify", "lstm-generate", "lstm-tag", "rnn-classify", "rnn-tag")
load = cache(tracer.Model.load)

PRAISE = [
    "you are beautiful",
    "You are beautiful!",
    "you are good",
    "not bad at all",
    "you are not bad at all",
    "nobody says that you are bad",
    "it is not true that you are not kind",
    "they say that you are stupid but you are very clever",
    "my friend who does not drink tea is honest",
    "not bad at all said the old teacher who does not drink coffee",
    "你很漂亮",
    "你很好",
    "你一點也不壞",
    "一點也不壞",
    "大家都說你笨但是你很聰明",
    "沒有人覺得你不好",
]
INSULT = [
    "you are a really bad man",
    "you are bad",
    "you are not good",
    "you never help people",
    "you are anything but kind",
    "you are a really bad man said my neighbour from the park when i see you at the market",
    "你真是個壞人",
    "你真是個很壞的人",
    "你不好",
    "你真是個壞人，連住在河邊的老師都知道",
]
NEAR = [
    ("you are a really bad man", "insult"),
    ("you are beautiful", "praise"),
    ("not bad at all", "praise"),
    ("you are not bad at all", "praise"),
    ("你真是個壞人", "insult"),
    ("你很漂亮", "praise"),
    ("一點也不壞", "praise"),
]
TAGGED = [
    "water/noun is/verb hot/adjective",
    "i/pronoun am/verb a/determiner man/noun",
    "i/pronoun like/verb chinese/adjective chess/noun",
    "you/pronoun are/verb a/determiner really/adverb bad/adjective man/noun",
    "i/pronoun water/verb the/determiner flowers/noun",
    "you/pronoun are/verb like/preposition a/determiner dog/noun",
    "we/pronoun want/verb to/particle run/verb to/preposition the/determiner market/noun",
    "the/determiner cook/noun is/verb fast/adjective",
    "水/noun 很/adverb 熱/adjective",
    "我/pronoun 喜歡/verb 中國/adjective 象棋/noun",
    "他/pronoun 畫/verb 一/number 張/measure 畫/noun",
    "你/pronoun 真/adverb 是/verb 個/measure 壞人/noun",
]
STARTS = [
    *("you", "the", "i", "he", "she", "we", "they", "my", "this", "water"),
    *("you are a", "i like", "the teachers"),
    *("你", "我", "他", "她", "我們", "這", "那", "老師", "水", "你 真"),
]


def answers(name: str, sentence: str) -> list[str]:
    """The likeliest label after each word."""
    model = load(name)
    return [model.labels[k] for k in model.trace(sentence)["probs"][:, 0].argmax(axis=-1)]


def test_five_models_are_shipped() -> None:
    """One for each task and cell that the screen offers."""
    assert tracer.Model.names() == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_a_model_is_small_and_says_how_it_was_made(name: str) -> None:
    """Few kilobytes, few units, float32, and notes to read."""
    model = load(name)

    assert (SHIPPED / f"{name}.safetensors").stat().st_size < 200_000
    assert model.cell.W.shape[1] <= 12
    assert model.cell.U.dtype == np.float32
    assert model.notes["made_by"].startswith("tracer train ")
    assert {"sentences", "epochs", "held_out_accuracy"} <= set(model.notes)


@pytest.mark.parametrize(
    ("sentence", "label"), [(s, "praise") for s in PRAISE] + [(s, "insult") for s in INSULT]
)
def test_the_lstm_knows_praise_from_insult(sentence: str, label: str) -> None:
    """With confidence, at the last word, negations and later clauses included."""
    model = load("lstm-classify")

    last = model.trace(sentence)["probs"][-1, 0]

    assert model.labels[int(last.argmax())] == label
    assert last.max() > 0.9


@pytest.mark.parametrize(("sentence", "label"), NEAR)
def test_the_rnn_knows_it_while_the_word_is_near(sentence: str, label: str) -> None:
    """The article's short sentences come out right with the plain RNN too."""
    assert answers("rnn-classify", sentence)[-1] == label


def test_the_prediction_turns_at_the_word_that_decides() -> None:
    """At "bad" to insult, and after "but" at "clever" from insult to praise."""
    model = load("lstm-classify")
    insult = model.labels.index("insult")

    bad = model.trace("you are a really bad man")["probs"][:, 0, insult]
    clever = model.trace("they say that you are stupid but you are very clever")["probs"]

    assert (bad[:4] < 0.7).all()
    assert (bad[4:] > 0.95).all()
    assert clever[5, 0, insult] > 0.8
    assert clever[-1, 0, insult] < 0.1


def test_the_rnn_is_right_near_and_wrong_far_and_the_lstm_right_everywhere() -> None:
    """In English, at most 5 and at least 15 words after the deciding one."""
    drawn = corpus("classify", "en", 4_000, seed=1)
    near = [s for s in drawn if (s.distance or 0) <= 5][:200]
    far = [s for s in drawn if (s.distance or 0) >= 15][:200]

    assert share_right("lstm-classify", near) >= 0.99
    assert share_right("lstm-classify", far) >= 0.99
    assert share_right("rnn-classify", near) >= 0.98
    assert share_right("rnn-classify", far) < 0.85


def share_right(name: str, sentences: list[Labelled]) -> float:
    """How many of the sentences a model classifies as it should."""
    model = load(name)
    trace = model.trace([" ".join(s.words) for s in sentences])
    last = trace["probs"][trace.lengths - 1, np.arange(len(sentences))].argmax(axis=-1)
    return float(
        np.mean([model.labels[k] == s.labels[0] for k, s in zip(last, sentences, strict=True)])
    )


@pytest.mark.parametrize("name", ["rnn-tag", "lstm-tag"])
@pytest.mark.parametrize("tagged", TAGGED)
def test_parts_of_speech(name: str, tagged: str) -> None:
    """Each word of the sentence, those with two parts of speech included."""
    pairs = [word.split("/") for word in tagged.split()]

    assert answers(name, " ".join(word for word, _ in pairs)) == [tag for _, tag in pairs]


@pytest.mark.parametrize("language", ["en", "zh-TW"])
@pytest.mark.parametrize("name", ["rnn-tag", "lstm-tag", "lstm-classify"])
def test_new_sentences(name: str, language: str) -> None:
    """At least 99 % of a draw with another seed, sentences seen in training left out."""
    model = load(name)
    seen = {s.words for s in corpus(model.task, language)}
    new = [s for s in corpus(model.task, language, 600, seed=7) if s.words not in seen]
    trace = model.trace([(" " if language == "en" else "").join(s.words) for s in new])
    chosen = trace["probs"].argmax(axis=-1)  # (T, N)
    right, asked = 0, 0
    for n, sentence in enumerate(new):
        for t, label in enumerate(sentence.labels, len(sentence.words) - len(sentence.labels)):
            right += model.labels[chosen[t, n]] == label
            asked += 1

    assert len(new) > 300
    assert right / asked >= 0.99


def ends(words: tuple[str, ...], rule: str, begin: int, language: str) -> set[int]:
    """Where a phrase of this rule that begins at `begin` can end: a parser for the grammar."""
    rules, an = grammar(language).rules, grammar(language).an
    found = set()
    for alternative in rules[rule]:
        places = {begin}
        for part in alternative.parts:
            if isinstance(part, Word):
                after = {at + 1 for at in places if words[at : at + 1] == (part.text,)}
                if part.text == "a":
                    after = {at for at in after if not set(words[at : at + 1]) & an}
                    after |= {
                        at + 1
                        for at in places
                        if words[at : at + 1] == ("an",) and set(words[at + 1 : at + 2]) & an
                    }
            else:
                after = {end for at in places for end in ends(words, part.rule, at, language)}
                after |= places if part.optional else set()
            places = after
        found |= places
    return found


@pytest.mark.parametrize("start", STARTS)
def test_generated_sentences_are_grammatical(start: str) -> None:
    """From a start word, a whole sentence that the corpus's own grammar can parse."""
    words = load("lstm-generate").trace(start).tokens
    assert words is not None
    language = "en" if start.isascii() else "zh-TW"

    assert len(words[0]) in ends(words[0], "generate", 0, language), words[0]


def test_the_page_is_what_is_counted() -> None:
    """docs/corpus.md is current. If this fails: `make docs`."""
    script = runpy.run_path(str(ROOT / "docs" / "make_corpus.py"))

    assert script["render"]() == script["PAGE"].read_text("utf-8")
