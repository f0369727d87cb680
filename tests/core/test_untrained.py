"""A network as it was before it learned anything."""

from __future__ import annotations

import numpy as np

import tracer
from tests.view.traces import lstm_cell, made_model
from tracer.model.gradientflow import gradient_flow
from tracer.model.untrained import untrained

SENTENCE = (
    "you are not a good teacher while the new man does not drink milk said my tall cook "
    "and the quiet neighbour knows it"
)


def test_only_the_weights_are_fresh() -> None:
    """Words, labels and sizes stay; the same seed gives the same weights."""
    model = made_model(lstm_cell())

    first, again, other = (untrained(model, seed=seed) for seed in (1, 1, 2))

    assert first.name == "untrained example"
    assert first.encoder is model.encoder
    assert first.labels == model.labels
    assert first.cell.U.shape == model.cell.U.shape
    np.testing.assert_array_equal(first.cell.W, again.cell.W)
    assert not np.array_equal(first.cell.W, other.cell.W)


def test_an_rnn_that_has_not_learned_feels_the_first_word_far_less_than_an_lstm() -> None:
    """Over 20 seeds the middle one is a thousand times less; 24 words lie between."""
    rnn, lstm = (tracer.Model.load(name) for name in ("rnn-classify", "lstm-classify"))

    apart = [
        gradient_flow(untrained(lstm, seed=seed), SENTENCE).share[0]
        / gradient_flow(untrained(rnn, seed=seed), SENTENCE).share[0]
        for seed in range(20)
    ]

    assert np.median(apart) > 1000
