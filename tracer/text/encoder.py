"""Words become numbers: an encoder is a table with one row x for each word of a vocabulary."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from tracer.errors import InputError, UnknownNameError
from tracer.text.codes import DIGITS, assign_codes
from tracer.text.splitting import Whole, characters, spelling, split, whole_words, written_out
from tracer.text.vocabulary import ENCODERS, SPACES, Vocabulary

Array: TypeAlias = npt.NDArray[np.floating[Any]]


@dataclass(frozen=True, eq=False)
class Encoder:
    """A vocabulary and the row of numbers that stands for each of its words.

    Whatever the kind, looking up a row is the whole encoding; `with_codes`, `one_hot` and
    `embedding` make the three kinds.

    Parameters
    ----------
    kind : str
        One of `ENCODERS`.
    vocabulary : Vocabulary
    table : array (len(vocabulary), D)
        Row w is the input x of word w, float32 or float64.

    Raises
    ------
    InputError, UnknownNameError
        If the table does not fit the vocabulary or the kind is not on the list.
    """

    kind: str
    vocabulary: Vocabulary
    table: Array

    def __post_init__(self) -> None:
        if self.kind not in ENCODERS:
            raise UnknownNameError("kind of encoder", self.kind, ENCODERS)
        table = np.ascontiguousarray(self.table)
        if table.dtype.name not in ("float32", "float64"):
            raise InputError(
                f"the encoder's table has dtype {table.dtype}; expected float32 or float64"
            )
        if table.ndim != 2 or len(table) != len(self.vocabulary) or table.shape[1] == 0:
            raise InputError(
                f"the encoder's table has shape {table.shape}; a vocabulary of "
                f"{len(self.vocabulary)} words needs ({len(self.vocabulary)}, D)"
            )
        object.__setattr__(self, "table", table)

    def __repr__(self) -> str:
        words, dtype = len(self.vocabulary), self.table.dtype
        return f"<Encoder '{self.kind}': {words} words, D={self.D}, {dtype}>"

    @classmethod
    def with_codes(cls, vocabulary: Vocabulary, dtype: npt.DTypeLike = np.float64) -> Encoder:
        """The article's encoding: D = 8 digits a word (see `tracer.text.codes`)."""
        digits = [[int(digit) for digit in code] for code in assign_codes(vocabulary.words)]
        return cls("codes", vocabulary, np.array(digits, dtype).reshape(-1, DIGITS))

    @classmethod
    def one_hot(cls, vocabulary: Vocabulary, dtype: npt.DTypeLike = np.float64) -> Encoder:
        """D = number of words; a word is a row of zeros with a single 1 at its number."""
        return cls("one-hot", vocabulary, np.eye(len(vocabulary), dtype=dtype))

    @classmethod
    def embedding(cls, vocabulary: Vocabulary, table: Array) -> Encoder:
        """A table that was learned, (len(vocabulary), D)."""
        return cls("embedding", vocabulary, table)

    @property
    def D(self) -> int:
        """How many numbers stand for one word."""
        return int(self.table.shape[1])

    def split(self, sentence: str) -> tuple[str, ...]:
        """The words of a sentence: known ones in the vocabulary's spelling, others as typed.

        A known word stays whole, whatever is in it (26 000). An unknown word with an apostrophe
        becomes the known words that it is made of (don't: do, n't) or short for (are, not).

        Raises
        ------
        InputError
            If there is no word in it.
        """
        if not isinstance(sentence, str):
            raise InputError(f"a sentence is text; got {type(sentence).__name__}")
        known = self.vocabulary
        if known.pieces == SPACES:
            typed = tuple(sentence.split())
        elif known.pieces == "characters":
            typed = characters(sentence)
        else:
            typed = split(sentence, known.__contains__, known.longest, self._whole)
        if not typed:
            why = "is empty" if not sentence.strip() else "has no words in it"
            raise InputError(f"the sentence {sentence[:40]!r} {why}; write at least one word")
        words = [part for word in typed for part in self._parts(word)]
        return tuple(known.words[known.index(word)] if word in known else word for word in words)

    def cut_at_spaces(self) -> Encoder:
        """The same for sentences that were cut into words before: a space is between two words."""
        return replace(self, vocabulary=replace(self.vocabulary, pieces=SPACES))

    @cached_property
    def _whole(self) -> Whole:
        """The known words that typed text would be cut inside of."""
        known = self.vocabulary
        return whole_words(known.words[1:], known.__contains__, known.longest)

    def _parts(self, word: str) -> tuple[str, ...]:
        """The word itself, or the known words that it is made of or short for."""
        known, plain = self.vocabulary, spelling(word)
        if "'" not in plain or word in known or known.pieces != "words":
            return (word,)
        ends = {at + after for at, sign in enumerate(plain) if sign == "'" for after in (-1, 0, 1)}
        for at in sorted(ends, reverse=True):
            first, last = plain[:at], plain[at:]
            if first in known and last in known and "'" in first[-1:] + last[:2]:
                return first, last
        parts = written_out(word)
        return parts if all(part in known for part in parts) else (word,)

    def ids(self, tokens: Sequence[str]) -> npt.NDArray[np.int64]:
        """The number of each word, 0 for the unknown; array (T,)."""
        return np.array([self.vocabulary.index(word) for word in tokens], np.int64)

    def encode(self, tokens: Sequence[str]) -> Array:
        """The inputs of the words, array (T, D)."""
        return self.table[self.ids(tokens)]

    def dumps(self) -> dict[str, str]:
        """All but the table, as text for a file's header; `loads` reads it."""
        words = json.dumps(self.vocabulary.words, ensure_ascii=False, separators=(",", ":"))
        return {"kind": self.kind, "words": words, "pieces": self.vocabulary.pieces}

    @classmethod
    def loads(cls, header: Mapping[str, str], table: Array) -> Encoder:
        """The encoder that `dumps` described.

        Raises
        ------
        InputError, UnknownNameError
            If the header is not one that `dumps` wrote, or the table does not fit it.
        """
        try:
            kind, words = header["kind"], json.loads(header["words"])
        except (KeyError, TypeError, ValueError, RecursionError):
            raise InputError("the encoder's header has no kind and list of words") from None
        if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
            raise InputError("the encoder's words are not a list of text")
        pieces = header.get("pieces", "words")  # files from before there were others do not say
        return cls(kind, Vocabulary(tuple(words), pieces), table)
