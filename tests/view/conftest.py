"""Traces to draw; their weights are fixed, see `traces`."""

from __future__ import annotations

import pytest

from tests.view.traces import lstm_cell, made_trace, rnn_cell
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
