"""What a network has to beat: guessing, by whoever knows only how frequent each label is."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from tracer.equations.tasks import TASKS
from tracer.training.batches import Numbered


class Yardstick(NamedTuple):
    """What guessing gives on the held-out sentences.

    Attributes
    ----------
    loss : float
        Of answers with the shares that the labels have in the sentences to learn from; summed over
        the words that count, as a mean over sentences.
    even : float
        The same of answers that give every label the same share: ln K for each that counts.
    most : int
        The most frequent label of the held-out sentences.
    accuracy : float
        Which share is right for whoever always says that one; never below `chance`.
    chance : float
        Which share is right by pure chance: 1 / K.
    """

    loss: float
    even: float
    most: int
    accuracy: float
    chance: float

    def is_beaten(self, loss: float) -> bool:
        """Whether a held-out loss is clearly below that of guessing, by more than 1 %."""
        return loss < 0.99 * self.loss

    def is_hopeless(self, loss: float) -> bool:
        """Whether a held-out loss is one that no beginner has: twice that of even shares.

        A fresh network's answers are nearly even; only training that goes wrong comes here.
        """
        return loss > 2 * self.even


def yardstick(learn: Numbered, held_out: Numbered, labels: int, task: str) -> Yardstick:
    """What guessing gives on the sentences held out, after those to learn from were counted.

    `labels` is K. Each label counts once more than it was seen, so that no loss is infinite.
    """
    counts = np.bincount(_answers(learn, task), minlength=labels)  # (K,)
    shares = (counts + 1) / (counts + 1).sum()
    wanted = _answers(held_out, task)
    most = int(np.bincount(wanted, minlength=labels).argmax())
    return Yardstick(
        loss=float(-np.log(shares[wanted]).sum()) / len(held_out),
        even=math.log(labels) * len(wanted) / len(held_out),
        most=most,
        accuracy=float((wanted == most).mean()),
        chance=1 / labels,
    )


def _answers(sentences: Numbered, task: str) -> npt.NDArray[np.int64]:
    """The right answers that count: after every word, or after the last one of each sentence."""
    if TASKS[task].counts == "every step":
        return sentences.target
    return sentences.target[sentences.starts[1:] - 1]
