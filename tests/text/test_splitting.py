"""Sentences become words, whatever is typed."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tracer.errors import InputError
from tracer.text.encoder import Encoder
from tracer.text.splitting import spelling, split
from tracer.text.vocabulary import Vocabulary

WORDS = ("<unk>", "you", "are", "don't", "water", "我", "喜歡", "喜", "中國", "象棋", "象")
ENCODER = Encoder.with_codes(Vocabulary(WORDS))


@pytest.mark.parametrize(
    ("sentence", "words"),
    [
        ("You ARE", ("you", "are")),
        ("you,are... (water)!", ("you", "are", "water")),
        ("don't DON\u2019T don\uff07t", ("don't", "don't", "don't")),
        ("'you' are'", ("you", "are")),
        ("ｙｏｕ　ａｒｅ", ("you", "are")),
        ("我喜歡中國象棋。", ("我", "喜歡", "中國", "象棋")),
        ("我喜歡water", ("我", "喜歡", "water")),
        ("我恨象", ("我", "恨", "象")),
        ("you are Zebra-like", ("you", "are", "Zebra", "like")),
        ("you 😀+you", ("you", "😀", "+", "you")),
        ("\u202eyou\u202c wa\u00adter\u200b", ("you", "water")),
        ("you\x00\x1b[31mare", ("you", "31mare")),
        ("我's", ("我", "s")),
    ],
)
def test_words_of_a_sentence(sentence: str, words: tuple[str, ...]) -> None:
    """Known words come in the vocabulary's spelling, unknown ones as typed."""
    assert ENCODER.split(sentence) == words


@pytest.mark.parametrize("sentence", ["", "   ", "\n\t", "...!?", "。，", "\u200b\u202e", "\x00"])
def test_a_sentence_without_words_is_an_error_that_says_so(sentence: str) -> None:
    """Nothing to read is told in one line, not by an empty trace."""
    with pytest.raises(InputError, match="write at least one word"):
        ENCODER.split(sentence)


def test_what_is_no_text_is_an_error() -> None:
    """A list of words is not a sentence."""
    with pytest.raises(InputError, match="a sentence is text; got list"):
        ENCODER.split(["you"])  # type: ignore[arg-type]


def test_a_word_of_a_million_letters() -> None:
    """Length costs time in proportion, and breaks nothing."""
    long = "x" * 1_000_000

    assert ENCODER.split(f"you {long} are") == ("you", long, "are")


@given(st.text())
@example("İstanbul ﬁne ①")
@example("a'\u0301b 喜'歡")
@example("\ud800you\udfff")
def test_any_text_splits_and_joins_again(sentence: str) -> None:
    """The words joined are the text without what parts words, in the same order."""
    words = split(sentence, ENCODER.vocabulary.__contains__, ENCODER.vocabulary.longest)

    assert all(words)
    remaining = iter(sentence)
    assert all(character in remaining for character in "".join(words))
    letters = [character for character in sentence if character.isalnum()]
    assert [character for character in "".join(words) if character.isalnum()] == letters


@given(st.text(min_size=1))
def test_every_spelling_is_its_own_spelling(word: str) -> None:
    """Looking up a looked-up word finds the same one."""
    assert spelling(spelling(word)) == spelling(word)


@given(st.text())
def test_splitting_again_changes_nothing(sentence: str) -> None:
    """Words written with spaces between them are the same words."""
    known, longest = ENCODER.vocabulary.__contains__, ENCODER.vocabulary.longest
    words = split(sentence, known, longest)

    assert split(" ".join(words), known, longest) == words
