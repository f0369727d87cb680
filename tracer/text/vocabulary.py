"""The words a model knows, each with its number."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from tracer.errors import InputError, UnknownNameError
from tracer.text.splitting import is_chinese, spelling

UNKNOWN = "<unk>"
"""Stands for every word that the vocabulary does not have; always number 0."""

ENCODERS = ("embedding", "codes", "one-hot")
"""What the numbers of a word are: learned, the article's eight digits, or a single 1."""

PIECES = ("words", "characters")
"""What a text is cut into."""

SPACES = "spaces"
"""The third way, which no model is made for: a text that was cut already, with spaces between."""

END = "<end>"
"""Said by a model that generates, when the sentence is over. Nobody can type it as a word."""


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Numbered words; number 0 is ``<unk>``.

    Parameters
    ----------
    words : tuple of str
        ``("<unk>", "you", "are", ...)``, each once, in the spelling under which it is looked up
        (lower case, half width, straight apostrophe).
    pieces : str
        What they are: ``"words"``, or ``"characters"``, into which a sentence is cut then.

    Raises
    ------
    UnknownNameError
        If there is no such kind of piece.
    InputError
        If the first word is not ``<unk>``, or a word is empty, twice there or not in that spelling.
    """

    words: tuple[str, ...]
    pieces: str = "words"
    _numbers: dict[str, int] = field(init=False, repr=False, compare=False)
    _longest: int = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if self.pieces not in (*PIECES, SPACES):
            raise UnknownNameError("kind of piece", self.pieces, PIECES)
        if not self.words or self.words[0] != UNKNOWN:
            first = repr(self.words[0]) if self.words else "nothing"
            raise InputError(f"a vocabulary begins with '{UNKNOWN}'; this one begins with {first}")
        numbers: dict[str, int] = {}
        for number, word in enumerate(self.words):
            if not word or word != spelling(word):
                raise InputError(
                    f"word {number} of the vocabulary is {word!r}; "
                    f"it is looked up as {spelling(word)!r} and must be written so"
                )
            if word in numbers:
                raise InputError(
                    f"{word!r} is in the vocabulary twice, at {numbers[word]} and {number}"
                )
            numbers[word] = number
        object.__setattr__(self, "_numbers", numbers)
        # a long English word would make every Chinese character be tried at its length
        lengths = (len(word) for word in self.words if is_chinese(word[0]))
        object.__setattr__(self, "_longest", max(lengths, default=1))

    def __repr__(self) -> str:
        listed = ", ".join(self.words[:6]) + (", …" if len(self.words) > 6 else "")
        return f"<Vocabulary of {len(self.words)} words: {listed}>"

    def index(self, word: str) -> int:
        """The word's number; 0, that of ``<unk>``, when it is not there."""
        number = self._numbers.get(word)  # most words already come in their spelling
        return self._numbers.get(spelling(word), 0) if number is None else number

    def __contains__(self, word: object) -> bool:
        return isinstance(word, str) and self.index(word) != 0

    def __len__(self) -> int:
        return len(self.words)

    def __iter__(self) -> Iterator[str]:
        return iter(self.words)

    @property
    def longest(self) -> int:
        """The length of the longest word that Chinese text is cut at, in characters."""
        return self._longest
