"""Words or characters, and the vocabulary of those that occur most."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracer.errors import InputError
from tracer.text.encoder import Encoder
from tracer.text.labelled import Labelled
from tracer.text.pieces import (
    cutter,
    recut,
    typed_report,
    unknown_share,
    vocabulary_of,
    vocabulary_report,
)
from tracer.text.vocabulary import Vocabulary


def sentence(text: str, label: str = "praise") -> Labelled:
    """A sentence whose words have spaces between them."""
    return Labelled(tuple(text.split()), (label,))


THREE = [sentence("you are kind"), sentence("You are very kind"), sentence("you rock")]


def test_most_frequent_first() -> None:
    """By count, then by the alphabet; capitals make no other word."""
    assert vocabulary_of(THREE, least=1).words == (
        "<unk>", "you", "are", "kind", "rock", "very",
    )  # fmt: skip


def test_most_and_least() -> None:
    """No more than so many, none that is rarer than that; <unk> is not counted."""
    assert vocabulary_of(THREE, most=2).words == ("<unk>", "you", "are")
    assert vocabulary_of(THREE, least=3).words == ("<unk>", "you")


def test_unknown_share() -> None:
    """Two of nine words are rarer than twice, and so unknown."""
    known = vocabulary_of(THREE)

    assert unknown_share(THREE, known) == 2 / 9
    assert unknown_share([], known) == 0
    assert vocabulary_report(THREE, [sentence("you lie")], known) == (
        "vocabulary: 3 of the 5 different pieces in the training data",
        "unknown: 22.2% of the training text, 50.0% of the held-out text",
    )


def test_cut() -> None:
    """Words, or Chinese characters and English words, or the letters of every writing."""
    text = "這本book很好看!"

    assert cutter("words", ["好看", "book"])(text) == ("這", "本", "book", "很", "好看")
    assert cutter(None)(text) == ("這", "本", "book", "很", "好", "看")
    assert cutter("characters")(text) == ("這", "本", *"book", "很", "好", "看")
    assert cutter("characters")("Zoe\u0308 Ba.") == ("Z", "o", "e\u0308", "B", "a")
    assert cutter("words")("don't  stop.") == ("don't", "stop")


def test_a_model_of_letters_cuts_typed_text_into_letters() -> None:
    """Its vocabulary says what its words are; the file keeps that, and an old file means words."""
    known = Vocabulary(("<unk>", "a", "n"), "characters")
    encoder = Encoder.one_hot(known)

    assert encoder.split("Anna B.") == ("a", "n", "n", "a", "B")
    assert Encoder.loads(encoder.dumps(), encoder.table).vocabulary == known
    header = {name: text for name, text in encoder.dumps().items() if name != "pieces"}
    assert Encoder.loads(header, encoder.table).split("Anna") == ("Anna",)


def test_words_that_no_typed_text_becomes() -> None:
    """Told with their share: gonna stays whole, where the file has gon and na; 26 000 is found."""
    cut = Labelled(("26 000", "gon", "na"), ("n", "v", "p"), text="26 000 gonna")
    known = vocabulary_of([cut], least=1)

    (said,) = typed_report([cut], Encoder.one_hot(known).split)

    assert said == (
        "typed text is cut otherwise than this file for 66.7% of its words (gon, na); "
        "when you type them, put a space between two words"
    )
    assert typed_report([cut._replace(text="26 000 gon na")], Encoder.one_hot(known).split) == ()


def test_words_that_a_space_does_not_keep() -> None:
    """A rare Chinese word, which the vocabulary leaves out, is cut into characters all the same."""
    rare = Labelled(("我", "喜歡", "研究生"), ("n", "v", "n"), text="我喜歡研究生")
    known = vocabulary_of([rare._replace(words=("我", "喜歡"), labels=("n", "v"))], least=1)

    (said,) = typed_report([rare], Encoder.one_hot(known).split)

    assert said == (
        "typed text is cut otherwise than this file for 33.3% of its words (研究生); "
        "tracer show --words takes words as they are cut"
    )


def test_recut_is_what_the_encoder_does() -> None:
    """A word that the vocabulary lost is cut into those that it has, in training as in use."""
    long = Labelled(("好人", "你"), ("praise",), text="好人,你")
    known = vocabulary_of([sentence("你 好 人")], least=1)
    encoder = Encoder.one_hot(known)

    assert recut([long, THREE[0]], encoder.split)[0].words == ("好", "人", "你")
    assert recut([long, THREE[0]], encoder.split)[1] == THREE[0]
    assert recut([long], encoder.split)[0].letters == long.letters


@given(st.lists(st.text(min_size=1, max_size=3), min_size=1, max_size=20))
def test_any_words_make_a_vocabulary(words: list[str]) -> None:
    """Whatever signs there are in the words: a vocabulary, or the error that there is no word."""
    some = [Labelled(tuple(words), ("praise",))]
    try:
        known = vocabulary_of(some, least=1)
    except InputError:
        assert all(word not in " ".join(words) for word in ("a", "b"))
    else:
        assert np.all(Encoder.one_hot(known).ids(known.words) == np.arange(len(known)))


@pytest.mark.parametrize("option", [{"most": 0}, {"least": 0}])
def test_options_below_one(option: dict[str, Any]) -> None:
    """None and nothing are different things."""
    with pytest.raises(InputError, match="is 0; expected 1 or more"):
        vocabulary_of(THREE, **option)


def test_no_word_is_left() -> None:
    """If every word is too rare, there is no vocabulary."""
    with pytest.raises(InputError, match="no word occurs 4 times or more; take a smaller 'least'"):
        vocabulary_of(THREE, least=4)
