"""Which outputs count, and how wrong they are."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from tracer.cells.output import cross_entropy, softmax, total
from tracer.errors import InputError, UnknownNameError
from tracer.trace.target import counted, target_of

LENGTHS = np.array([3, 1])


def test_tagging_counts_every_word_and_classifying_the_last() -> None:
    """Padding never counts."""
    assert counted("tag", LENGTHS, 4).T.tolist() == [[1, 1, 1, 0], [1, 0, 0, 0]]
    assert counted("classify", LENGTHS, 4).T.tolist() == [[0, 0, 1, 0], [1, 0, 0, 0]]


def test_softmax_by_hand() -> None:
    """Scores 0 and ln 3 are a quarter and three quarters."""
    np.testing.assert_allclose(softmax(np.array([0, math.log(3)])), [0.25, 0.75])


@given(arrays(np.float64, (2, 3), elements=st.floats(-1e4, 1e4)))
def test_probabilities_add_up_to_one_and_do_not_see_a_shift(logits: np.ndarray) -> None:
    """Nothing overflows, however large the scores are."""
    np.testing.assert_allclose(softmax(logits).sum(axis=-1), 1)
    np.testing.assert_allclose(softmax(logits + 500), softmax(logits), atol=1e-9)


@given(arrays(np.float64, (2, 3), elements=st.floats(-30, 30)))
def test_cross_entropy_is_minus_the_log_of_the_right_probability(logits: np.ndarray) -> None:
    """By its definition, with the natural logarithm; no target, no loss."""
    target = np.array([2, -1])

    loss = cross_entropy(logits, target)

    assert loss[0] == pytest.approx(-math.log(softmax(logits)[0, 2]), abs=1e-9)
    assert loss[1] == 0


def test_a_loss_stays_finite_where_the_probability_is_zero() -> None:
    """Computed from the scores: e^-1000 is 0, its logarithm is not asked for."""
    assert cross_entropy(np.array([[0.0, 1000.0]]), np.array([0])).tolist() == [1000]


def test_losses_add_over_steps_and_average_over_sentences() -> None:
    """The reduction that the traces name."""
    assert total(np.array([[1.0, 2.0], [3.0, 0.0]])) == 3


def test_targets_by_name() -> None:
    """One label a word for tagging, one a sentence for classifying."""
    tags = target_of("tag", [["verb", "noun", "verb"], "noun"], ("noun", "verb"), LENGTHS, 3)
    verdicts = target_of("classify", ["insult", "praise"], ("praise", "insult"), LENGTHS, 3)

    assert tags.T.tolist() == [[1, 0, 1], [0, -1, -1]]
    assert verdicts.T.tolist() == [[-1, -1, 1], [0, -1, -1]]


def test_targets_that_do_not_fit() -> None:
    """A wrong label, too few of them, too few sentences."""
    with pytest.raises(UnknownNameError, match="no label 'nuon'; did you mean 'noun'"):
        target_of("classify", ["nuon", "noun"], ("noun", "verb"), LENGTHS, 3)
    with pytest.raises(InputError, match="sentence 0 has 3 words and 2 labels"):
        target_of("tag", [["noun", "verb"], "noun"], ("noun", "verb"), LENGTHS, 3)
    with pytest.raises(InputError, match="1 targets for 2 sentences"):
        target_of("tag", ["noun"], ("noun", "verb"), LENGTHS, 3)
