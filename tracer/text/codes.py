"""The article's codes: each word is a string of eight digits, and each digit is one input.

Four words have the codes that the article gives them. The others are numbered in the order of the
vocabulary: they get 00000001, 00000002, 00000010, ... counting in the digits 0, 1 and 2, which are
the article's, and passing over its four. ``<unk>`` is 00000000, the code that says nothing. So a
word's code depends on nothing but the vocabulary, and no two words share one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from types import MappingProxyType

from tracer.errors import InputError

DIGITS = 8

ARTICLE_CODES: Mapping[str, str] = MappingProxyType(
    {"water": "00001001", "is": "00101001", "you": "00021000", "are": "00021020"}
)


def assign_codes(words: Sequence[str]) -> tuple[str, ...]:
    """A code for each word; the first word, ``<unk>``, gets eight zeros.

    Raises
    ------
    InputError
        If there are more words than codes.
    """
    room = 3**DIGITS - len(ARTICLE_CODES)
    if len(words) > room:
        raise InputError(
            f"{len(words)} words are more than the {room} codes of eight digits 0, 1, 2; "
            f"use a learned embedding"
        )
    free = _free_codes()
    return tuple(ARTICLE_CODES.get(word) or next(free) for word in words)


def _free_codes() -> Iterator[str]:
    taken = set(ARTICLE_CODES.values())
    counted = ("".join(digits) for digits in product("012", repeat=DIGITS))
    return (code for code in counted if code not in taken)
