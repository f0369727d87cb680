"""What a loss is taken against when a sentence was only typed."""

from __future__ import annotations

import numpy as np
import pytest

import tracer
from tests.view.traces import WORDS, lstm_cell, made_model
from tracer.errors import InputError
from tracer.model.targets import own_answers, target_named, target_trace

SENTENCE = " ".join(WORDS)


def test_a_target_as_people_type_it() -> None:
    """One label for a sentence; for a label a word blanks and commas part them."""
    assert target_named(" praise ", "classify") == "praise"
    assert target_named("noun, verb adjective", "tag") == ["noun", "verb", "adjective"]


def test_the_networks_own_answer() -> None:
    """The last one for classify, all of them for tag."""
    for task in ("classify", "tag"):
        model = made_model(lstm_cell(), task=task)
        trace = model.trace([SENTENCE, "you are"])

        answers = own_answers(trace)

        best = trace["probs"].argmax(axis=-1)
        expected = [[model.labels[k] for k in best[:length, n]] for n, length in enumerate((6, 2))]
        assert answers == ([one[-1] for one in expected] if task == "classify" else expected)


def test_the_loss_is_taken_against_it() -> None:
    """Without a target against the own answer, whose loss is below ln 2 for two classes."""
    model = made_model(lstm_cell())

    own = target_trace(model, [SENTENCE], backward=True)
    other = target_trace(model, [SENTENCE], "praise")

    assert 0 < own["loss"][-1, 0] < np.log(2)
    assert "d_h" in own.names
    assert "d_h" not in other.names
    assert other.target is not None
    assert other.target[-1, 0] == model.labels.index("praise")


def test_a_network_that_generates_answers_for_the_words_it_was_given() -> None:
    """Its own answer is the next word after each of them, and the sentence is not continued."""
    model = tracer.Model.shipped("lstm-generate")

    trace = target_trace(model, ["you are bad", "you"], backward=True)

    assert trace.tokens == (("you", "are", "bad"), ("you",))
    assert trace.target is not None
    assert trace.target[:, 0].tolist() == trace["probs"][:, 0].argmax(axis=-1).tolist()


def test_numbers_alone_have_no_answer() -> None:
    """A trace of `tracer.unroll` knows no labels."""
    with pytest.raises(InputError, match="a trace without a model has no answers"):
        own_answers(tracer.unroll(lstm_cell(), np.ones((2, 1, 4))))
