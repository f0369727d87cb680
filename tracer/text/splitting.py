"""A sentence becomes words: English by spaces and punctuation, Chinese by the longest known word.

What a reader sees as a word is a word here; nothing is guessed:

* letters, digits and marks stay together, and an apostrophe inside a word belongs to it (don't);
* a run of Chinese characters is cut from the left, each time at the longest word that the
  vocabulary has; a character that begins no known word stands alone;
* a symbol that is neither letter nor punctuation (an emoji, a plus sign) stands alone;
* spaces, punctuation and control characters part words and are dropped; invisible format
  characters (zero-width, bidirectional, soft hyphen) are dropped without parting anything.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from types import MappingProxyType

APOSTROPHES = "'\u2019\uff07"  # straight, curly, full-width

_HAN = (
    (0x3005, 0x3007),  # 々 〆 〇
    (0x3400, 0x4DBF),
    (0x4E00, 0x9FFF),
    (0xF900, 0xFAFF),
    (0x20000, 0x3FFFF),
)


@lru_cache(65_536)  # the words of a corpus are few, and each is asked for often
def spelling(word: str) -> str:
    """The form under which a word is looked up: lower case, half width, straight apostrophe."""
    plain = unicodedata.normalize("NFKC", word.translate(_STRAIGHT))
    return unicodedata.normalize("NFKC", plain.lower())


_STRAIGHT = {ord(mark): "'" for mark in (*APOSTROPHES, "\u02bc")}


def is_chinese(character: str) -> bool:
    """Whether the character is a Chinese one, which needs no space around it."""
    code = ord(character)
    return any(first <= code <= last for first, last in _HAN)


Whole = Mapping[str, Sequence[tuple[int, str]]]
"""Words that are kept whole where they would be cut: by the first run in them, each with the place
where that begins; the longest first. See `whole_words`."""


def split(
    sentence: str, known: Callable[[str], bool], longest: int, whole: Whole = MappingProxyType({})
) -> tuple[str, ...]:
    """The words of a sentence, as they were typed.

    Parameters
    ----------
    sentence : str
        Any text at all; no text is an error.
    known : callable
        Whether a piece of text is a word of the vocabulary.
    longest : int
        The length of the longest word that `known` can say yes to.
    whole : mapping
        Words with a space or a sign in them, which stay whole where they stand in the sentence.

    Returns
    -------
    tuple of str
        Joined together they are the sentence without its spaces, punctuation and invisibles; a word
        of `whole` keeps its own.
    """
    words: list[str] = []
    visible = _visible(sentence)
    done = 0
    runs = _runs(visible)
    for begin, end in runs:
        if end <= done:  # inside a word that was kept whole
            continue
        start = max(begin, done)
        run = "".join(visible[start:end])
        kept = (
            _whole_at(visible, start, done, runs, whole.get(spelling(run), ())) if whole else None
        )
        if kept is not None:
            words.append(kept[0])
            done = kept[1]
        elif is_chinese(run[0]):
            words.extend(_longest_matches(run, known, longest))
        else:
            words.append(run)
    return tuple(words)


def characters(sentence: str) -> tuple[str, ...]:
    """The letters of a sentence, as they were typed; an accent stays with its letter."""
    pieces: list[str] = []
    visible = _visible(sentence)
    for begin, end in _runs(visible):
        for at in range(begin, end):
            if at > begin and unicodedata.category(visible[at])[0] == "M":
                pieces[-1] += visible[at]
            else:
                pieces.append(visible[at])
    return tuple(pieces)


def whole_words(words: Iterable[str], known: Callable[[str], bool], longest: int) -> Whole:
    """Those of `words` that `split` would cut: 26 000, well-known, U.S. (a treebank has such)."""
    found: dict[str, list[tuple[int, str]]] = {}
    for word in words:
        if split(word, known, longest) == (word,):
            continue
        visible = _visible(word)
        for begin, end in _runs(visible)[:1]:
            first = spelling("".join(visible[begin:end]))
            found.setdefault(first, []).append((begin, word))
    return {first: sorted(some, key=lambda one: -len(one[1])) for first, some in found.items()}


def _whole_at(
    visible: list[str],
    begin: int,
    done: int,
    runs: list[tuple[int, int]],
    words: Sequence[tuple[int, str]],
) -> tuple[str, int] | None:
    """The longest of `words` whose first run begins at `begin`, and where it ends."""
    for lead, word in words:
        first, end = begin - lead, begin - lead + len(word)
        typed = "".join(visible[first:end]) if first >= done else ""
        cut = any(a < end < b and not is_chinese(visible[a]) for a, b in runs)
        if spelling(typed) == word and not cut:
            return typed, end
    return None


_ENDINGS = {"n't": "not", "'m": "am", "'re": "are", "'ve": "have", "'ll": "will"}
_WHOLE = {"can't": ("can", "not"), "won't": ("will", "not"), "shan't": ("shall", "not")}
_BEFORE_IS = frozenset(
    {"it", "he", "she", "that", "this", "there", "here", "what", "who", "where", "how"}
)
"""After these 's is short for is (or has); after a noun it says whose."""


def written_out(word: str) -> tuple[str, ...]:
    """The words that a contraction is short for: ``aren't`` is ``are not``; itself if it is none.

    Examples
    --------
    >>> written_out("aren't")
    ('are', 'not')
    >>> written_out("man's")
    ("man's",)
    """
    plain = spelling(word)
    if plain in _WHOLE:
        return _WHOLE[plain]
    for ending, meant in _ENDINGS.items():
        if plain.endswith(ending) and plain != ending:
            return (plain.removesuffix(ending), meant)
    if plain.removesuffix("'s") in _BEFORE_IS and plain.endswith("'s"):
        return (plain.removesuffix("'s"), "is")
    return (word,)


def _visible(sentence: str) -> list[str]:
    return [c for c in sentence if unicodedata.category(c) != "Cf"]


def _runs(visible: list[str]) -> list[tuple[int, int]]:
    """Stretches that no boundary cuts, from and to: words, Chinese runs, single symbols."""
    runs: list[tuple[int, int]] = []
    begin = 0  # places instead of letters added up: a word may be a million long
    for at, character in enumerate(visible):
        sort = _sort(character)
        if sort == "apostrophe":
            around = (visible[begin], *visible[at + 1 : at + 2]) if begin < at else ()
            inside = [_sort(neighbour) for neighbour in around] == ["letter", "letter"]
            sort = "letter" if inside else "boundary"
        before = _sort(visible[begin]) if begin < at else ""
        if begin < at and (sort != before or sort == "symbol"):
            runs.append((begin, at))
            begin = at
        if sort == "boundary":
            begin = at + 1
    if begin < len(visible):
        runs.append((begin, len(visible)))
    return runs


@lru_cache(65_536)
def _sort(character: str) -> str:
    """Letter, chinese, symbol, apostrophe or boundary: what the character does to words."""
    if character in APOSTROPHES:
        return "apostrophe"
    if is_chinese(character):
        return "chinese"
    category = unicodedata.category(character)[0]
    return {"L": "letter", "M": "letter", "N": "letter", "S": "symbol"}.get(category, "boundary")


def _longest_matches(run: str, known: Callable[[str], bool], longest: int) -> Iterator[str]:
    begin = 0
    while begin < len(run):
        ends = range(min(len(run), begin + longest), begin + 1, -1)
        end = next((end for end in ends if known(run[begin:end])), begin + 1)
        yield run[begin:end]
        begin = end
