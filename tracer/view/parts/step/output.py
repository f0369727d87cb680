"""What the network says after a step: every class, the most probable first."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tracer.view.say.sentence import Sentence


@dataclass(frozen=True, slots=True)
class ClassRow:
    """One class: what the head gives (`score`), and what softmax makes of it (`probability`)."""

    index: int
    label: str
    probability: float
    score: float


@dataclass(frozen=True, slots=True)
class Right:
    """What would have been right, and the loss of what was said."""

    label: str
    loss: float


@dataclass(frozen=True, slots=True)
class Output:
    """All classes after one step, and the right one where it is known.

    There are no rows where the trace has no output layer.
    """

    rows: tuple[ClassRow, ...]
    right: Right | None = None


def output(sentence: Sentence, step: int) -> Output:
    """The output after `step` (from 0)."""
    if not sentence.has("probs"):
        return Output(())
    probs, logits = (sentence[name][step].astype(float) for name in ("probs", "logits"))
    order = (int(k) for k in np.argsort(-np.nan_to_num(probs, nan=-1.0), kind="stable"))
    rows = (ClassRow(k, sentence.label(k), float(probs[k]), float(logits[k])) for k in order)
    return Output(tuple(rows), _right(sentence, step))


def _right(sentence: Sentence, step: int) -> Right | None:
    target = sentence.trace.target
    if target is None or not sentence.has("loss") or target[step, sentence.number] < 0:
        return None
    label = sentence.label(int(target[step, sentence.number]))
    return Right(label, float(sentence["loss"][step]))
