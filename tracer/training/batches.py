"""Labelled sentences become batches of numbers, in an order that only the seed decides."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tracer.errors import InputError, UnknownNameError
from tracer.kernels.training import Batch
from tracer.text import Vocabulary
from tracer.text.corpus import Labelled
from tracer.text.vocabulary import UNKNOWN


@dataclass(frozen=True, eq=False)
class Numbered:
    """Sentences as numbers, one after the other.

    Attributes
    ----------
    words, target : int array (total words,)
        The number of each word; the right class, or -1 where none counts.
    starts : int array (sentences + 1,)
        Where each sentence begins; the last is the end.
    """

    words: npt.NDArray[np.int64]
    target: npt.NDArray[np.int64]
    starts: npt.NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.starts) - 1

    @property
    def lengths(self) -> npt.NDArray[np.int64]:
        """Number of words of each sentence."""
        return np.diff(self.starts)

    def batch(self, sentences: npt.NDArray[np.int64]) -> Batch:
        """Some of the sentences side by side, the longest first."""
        lengths = self.lengths[sentences]
        order = np.argsort(-lengths, kind="stable")
        sentences, lengths = sentences[order], lengths[order]
        T, N = int(lengths[0]), len(sentences)
        words, target = np.zeros((T, N), np.int64), np.full((T, N), -1, np.int64)
        steps = np.arange(T)[:, np.newaxis]
        real = steps < lengths
        places = (self.starts[sentences] + steps)[real]
        words[real], target[real] = self.words[places], self.target[places]
        return Batch(words, lengths, target)


def number(
    sentences: Sequence[Labelled], vocabulary: Vocabulary, labels: Sequence[str]
) -> Numbered:
    """Words and labels by their numbers; one label for a sentence belongs to its last word.

    Raises
    ------
    InputError
        If there are no sentences, or one has no words.
    UnknownNameError
        If a label is not one of `labels`.
    """
    if not sentences:
        raise InputError("there are no sentences to learn from")
    numbers = {label: k for k, label in enumerate(labels)}
    words: list[int] = []
    target: list[int] = []
    starts = [0]
    for n, sentence in enumerate(sentences):
        if not sentence.words:
            raise InputError(f"sentence {n} has no words")
        words += [vocabulary.index(word) for word in sentence.words]
        for label in sentence.labels:
            if label not in numbers and UNKNOWN not in numbers:
                raise UnknownNameError("label", label, labels)
        right = [numbers.get(label, -1) for label in sentence.labels]
        target += [-1] * (len(sentence.words) - len(right)) + right
        starts.append(len(words))
    return Numbered(*(np.array(values, np.int64) for values in (words, target, starts)))


def epoch(count: int, size: int, seed: int, number: int) -> list[npt.NDArray[np.int64]]:
    """The sentences of each batch of one epoch: all of them once, shuffled anew every epoch."""
    order = np.random.default_rng([seed, 1, number]).permutation(count)
    return [order[start : start + size] for start in range(0, count, size)]


def in_order(count: int, size: int) -> Iterator[npt.NDArray[np.int64]]:
    """The sentences of each batch, without shuffling."""
    for start in range(0, count, size):
        yield np.arange(start, min(start + size, count))
