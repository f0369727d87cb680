"""Small networks with fixed weights: every expected screen of these tests is drawn from them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from tracer.cells import Cell, LSTMCell, RNNCell
from tracer.cells.output import softmax
from tracer.model.model import Layer, Model
from tracer.model.targets import target_trace
from tracer.text.encoder import Encoder
from tracer.text.vocabulary import Vocabulary
from tracer.trace.target import counted
from tracer.trace.trace import Head, Trace
from tracer.trace.unroll import unroll

WORDS = ("you", "are", "a", "really", "bad", "man")


def made_trace(
    cell: Cell,
    words: tuple[str, ...] = WORDS,
    *,
    labels: tuple[str, ...] = ("praise", "insult"),
    task: str = "classify",
    unknown: frozenset[int] = frozenset(),
) -> Trace:
    """A trace over `words` as a model would give it: each word is a fixed row of numbers."""
    random = np.random.default_rng(3)
    T, D, H = len(words), cell.U.shape[1], cell.W.shape[1]
    x = np.round(random.normal(size=(T, 1, D)), 3)
    head = Head(np.round(random.normal(size=(len(labels), H)) * 2, 3), np.zeros(len(labels)))
    trace = unroll(cell, x, device="reference")
    logits = trace["h"] @ head.V.T + head.b
    return replace(
        trace,
        outputs={"logits": logits, "probs": softmax(logits)},
        tokens=(words,),
        unknown=(unknown,),
        labels=labels,
        task=task,
        model_name="example",
        head=head,
        counted=counted(task, trace.lengths, T),
    )


def lstm_cell(H: int = 8, D: int = 4, seed: int = 1) -> LSTMCell:
    """An LSTM whose switches really open and shut."""
    random = np.random.default_rng(seed)
    return LSTMCell(
        np.round(random.normal(size=(4 * H, D)), 3),
        np.round(random.normal(size=(4 * H, H)) * 0.8, 3),
        np.round(random.normal(size=4 * H), 3),
    )


def rnn_cell(H: int = 8, D: int = 4, seed: int = 1, scale: float = 0.8) -> RNNCell:
    """An RNN with weights of ordinary size."""
    random = np.random.default_rng(seed)
    return RNNCell(
        np.round(random.normal(size=(H, D)), 3),
        np.round(random.normal(size=(H, H)) * scale, 3),
        np.round(random.normal(size=H), 3),
    )


def made_model(
    cell: Cell,
    words: tuple[str, ...] = WORDS,
    *,
    labels: tuple[str, ...] = ("praise", "insult"),
    task: str = "classify",
    name: str = "example",
) -> Model:
    """A model that knows `words`: each is a fixed row of numbers."""
    random = np.random.default_rng(3)
    vocabulary = Vocabulary(("<unk>", *dict.fromkeys(words)))
    D, H = cell.U.shape[1], cell.W.shape[1]
    table = np.round(random.normal(size=(len(vocabulary), D)), 3)
    head = Head(np.round(random.normal(size=(len(labels), H)) * 2, 3), np.zeros(len(labels)))
    return Model(Encoder.embedding(vocabulary, table), (Layer(cell),), head, task, labels, name)


def backward_trace(cell: Cell, words: tuple[str, ...] = WORDS, target: str | None = None) -> Trace:
    """A trace with every gradient."""
    return target_trace(made_model(cell, words), [" ".join(words)], target, backward=True)
