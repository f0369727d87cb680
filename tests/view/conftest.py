"""Traces to draw; their weights are fixed, see `traces`."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import tracer
from tests.view.traces import lstm_cell, made_trace, rnn_cell
from tracer.text.encoder import Encoder
from tracer.text.vocabulary import Vocabulary
from tracer.trace.trace import Trace
from tracer.view.say.sentence import Sentence


@pytest.fixture
def lstm_trace() -> Trace:
    """The article's sentence through an LSTM of 8 units."""
    return made_trace(lstm_cell())


@pytest.fixture
def rnn_trace() -> Trace:
    """The same sentence through an RNN of 8 units."""
    return made_trace(rnn_cell())


@pytest.fixture
def lstm_sentence(lstm_trace: Trace) -> Sentence:
    """The sentence of `lstm_trace`."""
    return Sentence(lstm_trace)


@pytest.fixture
def rnn_sentence(rnn_trace: Trace) -> Sentence:
    """The sentence of `rnn_trace`."""
    return Sentence(rnn_trace)


WORDS = ("<unk>", "you", "are", "a", "really", "bad", "man", "=x")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lstm_trace: Trace) -> Path:
    """A folder with a saved trace ``a.safetensors`` and a model ``small.model``."""
    monkeypatch.chdir(tmp_path)
    tracer.save(lstm_trace, "a.safetensors")
    random = np.random.default_rng(5)
    tracer.Model(
        Encoder.embedding(Vocabulary(WORDS), random.normal(size=(len(WORDS), 4))),
        (tracer.Layer(lstm_cell()),),
        tracer.Head(random.normal(size=(2, 8)), np.zeros(2)),
        "classify",
        ("praise", "insult"),
        "small",
    ).save("small.model")
    return tmp_path
