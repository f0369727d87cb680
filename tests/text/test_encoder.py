"""Words become numbers: one row of a table each."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracer.errors import InputError, UnknownNameError
from tracer.text.codes import ARTICLE_CODES, assign_codes
from tracer.text.encoder import Encoder
from tracer.text.vocabulary import Vocabulary

VOCABULARY = Vocabulary(("<unk>", "you", "are", "water", "is", "hot", "我", "喜歡"))
ENCODERS = {
    "codes": Encoder.with_codes(VOCABULARY),
    "one-hot": Encoder.one_hot(VOCABULARY),
    "embedding": Encoder.embedding(VOCABULARY, np.linspace(-1, 1, 24).reshape(8, 3)),
}


def test_the_codes_of_the_article() -> None:
    """Water is 00001001 and is is 00101001; each digit is one input."""
    x = ENCODERS["codes"].encode(("water", "is", "you", "are"))

    assert x.tolist() == [
        [0, 0, 0, 0, 1, 0, 0, 1],
        [0, 0, 1, 0, 1, 0, 0, 1],
        [0, 0, 0, 2, 1, 0, 0, 0],
        [0, 0, 0, 2, 1, 0, 2, 0],
    ]


def test_every_word_has_its_own_code() -> None:
    """As many words as there are codes, and no two alike; the unknown word is eight zeros."""
    words = ("<unk>", *ARTICLE_CODES, *(f"w{n}" for n in range(6552)))

    codes = assign_codes(words)

    assert len(set(codes)) == len(words) == 3**8 - 4
    assert codes[0] == "00000000"
    with pytest.raises(InputError, match="use a learned embedding"):
        assign_codes((*words, "one", "more"))


def test_one_hot_is_a_single_one() -> None:
    """D is the number of words."""
    x = ENCODERS["one-hot"].encode(("hot",))

    assert x.tolist() == [[0, 0, 0, 0, 0, 1, 0, 0]]


@pytest.mark.parametrize("kind", ENCODERS)
@given(words=st.lists(st.text(), min_size=1))
def test_shapes(kind: str, words: list[str]) -> None:
    """T words give x (T, D) and numbers (T,), known or not."""
    encoder = ENCODERS[kind]

    assert encoder.encode(words).shape == (len(words), encoder.D)
    assert encoder.ids(words).shape == (len(words),)


def test_unknown_words_are_number_zero() -> None:
    """They get the row of <unk>, and nobody can type <unk> itself."""
    assert ENCODERS["codes"].ids(("you", "zebra")).tolist() == [1, 0]
    assert "zebra" not in VOCABULARY
    assert "<unk>" not in VOCABULARY
    assert "YOU" in VOCABULARY


@pytest.mark.parametrize("kind", ENCODERS)
def test_header_and_back(kind: str) -> None:
    """What a file keeps is enough to have the encoder again."""
    encoder = ENCODERS[kind]

    again = Encoder.loads(encoder.dumps(), encoder.table)

    assert (again.kind, again.vocabulary) == (kind, VOCABULARY)
    assert np.array_equal(again.table, encoder.table)


@pytest.mark.parametrize(
    "header",
    [{}, {"kind": "codes"}, {"kind": "codes", "words": "["}, {"kind": "codes", "words": "[1]"},
     {"kind": "codes", "words": "[]"}, {"kind": "x", "words": '["<unk>"]'},
     {"kind": "codes", "words": '["<unk>"]'}],
)  # fmt: skip
def test_a_foreign_header_is_an_error(header: dict[str, str]) -> None:
    """Never a traceback from inside."""
    with pytest.raises((InputError, UnknownNameError)):
        Encoder.loads(header, np.zeros((8, 3)))


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ((), "begins with '<unk>'"),
        (("you",), "begins with 'you'"),
        (("<unk>", "You"), "looked up as 'you'"),
        (("<unk>", "you", "you"), "twice"),
        (("<unk>", ""), "''"),
    ],
)
def test_a_vocabulary_that_cannot_be(words: tuple[str, ...], message: str) -> None:
    """Each word once, in the spelling under which it is looked up."""
    with pytest.raises(InputError, match=message):
        Vocabulary(words)


@pytest.mark.parametrize(
    "table", [np.zeros((7, 3)), np.zeros(8), np.zeros((8, 0)), np.ones((8, 3), int)]
)
def test_a_table_that_does_not_fit(table: np.ndarray) -> None:
    """Rows for all words, of float numbers."""
    with pytest.raises(InputError, match="encoder's table has"):
        Encoder.embedding(VOCABULARY, table)


@pytest.mark.parametrize(
    ("sentence", "words"),
    [
        ("you aren't hot", ("you", "are", "not", "hot")),
        ("You Aren\u2019t hot", ("you", "are", "not", "hot")),
        ("it's hot", ("it", "is", "hot")),
        ("the water's hot", ("the", "water's", "hot")),
        ("I can't", ("I", "can", "not")),
        ("I'm hot", ("I'm", "hot")),
        ("you don't", ("you", "don't")),
    ],
)
def test_contractions(sentence: str, words: tuple[str, ...]) -> None:
    """What an unknown contraction is short for is read where the model knows it; else nothing is.

    A known one stays whole, and an 's that says whose is no is.
    """
    known = ("<unk>", "you", "are", "not", "hot", "it", "is", "water", "can", "don't", "do")

    assert Encoder.one_hot(Vocabulary(known)).split(sentence) == words


@pytest.mark.parametrize(
    ("sentence", "words"),
    [
        ("it is 26 000 now", ("it", "is", "26 000", "now")),
        ("it is 26 0001", ("it", "is", "26", "0001")),
        ("26  000", ("26", "000")),
        ("a Well-Known U.S. man", ("a", "well-known", "u.s.", "man")),
        ("they don't", ("they", "do", "n't")),
        ("the man\u2019s", ("the", "man", "'s")),
        ("l'eau", ("l'", "eau")),
        ("1998年底", ("1998年", "底")),
    ],
)
def test_words_as_a_treebank_cuts_them(sentence: str, words: tuple[str, ...]) -> None:
    """What a vocabulary has is found in typed text, even with a space or a sign in it."""
    known = (
        "<unk>", "it", "is", "26 000", "26", "000", "well-known", "u.s.", "they", "do", "n't",
        "man", "'s", "l'", "eau", "1998年",
    )  # fmt: skip

    assert Encoder.one_hot(Vocabulary(known)).split(sentence) == words


def test_a_sentence_that_was_cut_before() -> None:
    """Its spaces say where words end, and nothing else does."""
    encoder = ENCODERS["codes"].cut_at_spaces()

    assert encoder.split("You are hot-water .") == ("you", "are", "hot-water", ".")
    with pytest.raises(InputError, match="is empty; write at least one word"):
        encoder.split(" ")
