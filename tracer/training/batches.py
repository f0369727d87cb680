"""Labelled sentences become batches of numbers, in an order that only the seed decides."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tracer.cells.activations import Array
from tracer.equations.tasks import TASKS
from tracer.errors import InputError, UnknownNameError
from tracer.kernels.learning.batch import Batch
from tracer.text.labelled import Labelled
from tracer.text.vocabulary import Vocabulary


@dataclass(frozen=True, eq=False)
class Numbered:
    """Sentences as numbers, one after the other.

    Attributes
    ----------
    words, target : int array (total words,)
        The number of each word; the right class, or -1 where there is none.
    weight : array (total words,)
        The weight of the loss after each word.
    starts : int array (sentences + 1,)
        Where each sentence begins; the last is the end.
    """

    words: npt.NDArray[np.int64]
    target: npt.NDArray[np.int64]
    weight: Array
    starts: npt.NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.starts) - 1

    @property
    def lengths(self) -> npt.NDArray[np.int64]:
        """Number of words of each sentence."""
        return np.diff(self.starts)

    def batch(self, sentences: npt.NDArray[np.int64]) -> Batch:
        """Some of the sentences side by side, the longest first."""
        lengths = self.starts[sentences + 1] - self.starts[sentences]
        order = np.argsort(-lengths, kind="stable")
        starts, lengths = self.starts[sentences[order]], lengths[order]
        steps = np.arange(lengths[0])[:, np.newaxis]
        runs = steps < lengths
        places = (starts + steps)[runs]
        return Batch(self.words[places], runs.sum(1), self.target[places], self.weight[places])


def number(
    sentences: Sequence[Labelled],
    vocabulary: Vocabulary,
    labels: Sequence[str],
    task: str,
    *,
    every_step: float = 0.0,
    dtype: str = "float32",
) -> Numbered:
    """Words and labels by their numbers.

    A task that counts every step wants a label for each word; ``classify`` wants one, which
    belongs to the last word. With `every_step` it is also the target after every other word, with
    this weight shared among them all, so that the network learns to have an opinion before the end.

    Raises
    ------
    InputError
        If there are no sentences, or one has no words, or not the labels that the task wants.
    UnknownNameError
        If a label is not one of `labels`.
    """
    if not sentences:
        raise InputError("there are no sentences to learn from")
    numbers = {label: k for k, label in enumerate(labels)}
    words: list[int] = []
    target: list[int] = []
    weight: list[float] = []
    starts = [0]
    each_word = TASKS[task].counts == "every step"
    for n, (spoken, wanted, *_) in enumerate(sentences, 1):
        if not spoken:
            raise InputError(f"sentence {n} has no words")
        if len(wanted) != (len(spoken) if each_word else 1):
            raise InputError(
                f"sentence {n}, {' '.join(spoken)[:40]!r}, has {len(spoken)} words and "
                f"{len(wanted)} labels; {task} needs "
                f"{'a label for each word' if each_word else 'one label'}"
            )
        for label in wanted:
            if label not in numbers:
                raise UnknownNameError("label", label, labels)
        words += [vocabulary.index(word) for word in spoken]
        right = [numbers[label] for label in wanted]
        if each_word or not every_step:
            target += [-1] * (len(spoken) - len(right)) + right
            weight += [1.0] * len(spoken)
        else:
            target += right * len(spoken)
            share = every_step / len(spoken)
            weight += [share] * (len(spoken) - 1) + [1 + share]
        starts.append(len(words))
    return Numbered(
        np.array(words, np.int64),
        np.array(target, np.int64),
        np.array(weight, dtype),
        np.array(starts, np.int64),
    )


def epoch(count: int, size: int, seed: int, number: int) -> list[npt.NDArray[np.int64]]:
    """The sentences of each batch of one epoch: all of them once, shuffled anew every epoch."""
    order = np.random.default_rng([seed, 1, number]).permutation(count)
    return [order[start : start + size] for start in range(0, count, size)]


def in_order(count: int, size: int) -> Iterator[npt.NDArray[np.int64]]:
    """The sentences of each batch, without shuffling."""
    for start in range(0, count, size):
        yield np.arange(start, min(start + size, count))
