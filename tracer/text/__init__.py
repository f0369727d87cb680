"""Text: sentences become words, words become numbers; and labelled sentences to learn from."""

from __future__ import annotations

from tracer.text.codes import ARTICLE_CODES
from tracer.text.corpus import CLASSES, TAGS, Labelled, corpus
from tracer.text.encoder import Encoder
from tracer.text.vocabulary import END, UNKNOWN, Vocabulary

__all__ = [
    "ARTICLE_CODES",
    "CLASSES",
    "END",
    "TAGS",
    "UNKNOWN",
    "Encoder",
    "Labelled",
    "Vocabulary",
    "corpus",
]
