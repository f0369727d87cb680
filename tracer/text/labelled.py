"""Labelled sentences: what a network learns from, and what was done to get them."""

from __future__ import annotations

from collections import Counter
from typing import NamedTuple

from tracer.text.splitting import spelling


class Labelled(NamedTuple):
    """A sentence and what is right about it.

    Attributes
    ----------
    words : tuple of str
    labels : tuple of str
        ``classify``: one class. ``tag``: a part of speech for each word. ``generate``: the word
        that comes next, for each word, the last being ``<end>``.
    settled_at : int or None
        ``classify`` only: index of the word after which the class is settled.
    text : str
        The sentence as it was written, where it was cut into words by a reader; otherwise "".
    """

    words: tuple[str, ...]
    labels: tuple[str, ...]
    settled_at: int | None = None
    text: str = ""

    @property
    def distance(self) -> int | None:
        """``classify`` only: how many words follow the one that settles the class."""
        return None if self.settled_at is None else len(self.words) - 1 - self.settled_at

    @property
    def letters(self) -> str:
        """The words without anything between them, in the spelling under which they are looked up.

        Two sentences with the same letters count as the same sentence: wherever a sentence is cut
        into words, its letters stay what they are.
        """
        return "".join(map(spelling, self.words))


class Corpus(NamedTuple):
    """Labelled sentences from a file or a package, and the log of how they were read.

    Attributes
    ----------
    sentences : tuple of Labelled
    report : tuple of str
        Plain sentences: what was read, what was left out and why, with the counts.
    """

    sentences: tuple[Labelled, ...]
    report: tuple[str, ...]

    @property
    def labels(self) -> tuple[str, ...]:
        """Every label, once, sorted: the classes of a network that learns from this corpus."""
        return tuple(sorted(self.counts))

    @property
    def counts(self) -> Counter[str]:
        """How often each label is there."""
        return Counter(label for sentence in self.sentences for label in sentence.labels)
