"""The sentences say what is true."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.view.traces import lstm_cell, made_trace, rnn_cell
from tracer.trace import Trace
from tracer.unrolling import unroll
from tracer.view.narration import MOVE, narration
from tracer.view.sentence import Sentence


def test_the_first_step_finds_the_memory_empty(lstm_sentence: Sentence) -> None:
    """c_0 is 0, so there is nothing to keep; what is written is told with its two causes."""
    expected = (
        "The memory was empty. Unit 7 rises from 0.00 to 0.89 because i = 0.90 lets in g = 0.99."
    )

    actual = narration(lstm_sentence, 0)

    assert expected == actual


@given(seed=st.integers(0, 500), step=st.integers(0, 5))
def test_the_numbers_of_a_sentence_are_those_of_the_trace(seed: int, step: int) -> None:
    """Old and new memory, switches, and the share that is kept, for many networks."""
    sentence = Sentence(made_trace(lstm_cell(H=3, seed=seed)))
    f, i, g, c, c_prev = (sentence[name][step] for name in ("f", "i", "g", "c", "c_prev"))

    said = narration(sentence, step)

    if kept := re.search(r"keeps (\d+) % of the memory", said):
        share = (f * abs(c_prev)).sum() / abs(c_prev).sum()
        assert float(kept[1]) == pytest.approx(100 * share, abs=0.5)
    moved = re.search(r"Unit (\d+) (rises|drops) from (\S+) to (\S+) because", said)
    if moved is None:
        assert abs(c - c_prev).max() < MOVE
        return
    unit = int(moved[1])
    assert abs(c - c_prev)[unit] == abs(c - c_prev).max() >= MOVE
    assert (c[unit] > c_prev[unit]) == (moved[2] == "rises")
    assert float(moved[3]) == pytest.approx(c_prev[unit], abs=0.005)
    assert float(moved[4]) == pytest.approx(c[unit], abs=0.005)
    for name, numbers in {"f": f, "i": i, "g": g}.items():
        for value in re.findall(rf"\b{name} = (-?\d\.\d+(?:e-\d+)?)", said):
            assert float(value) == pytest.approx(numbers[unit], abs=0.005)
    change, forgotten, written = c - c_prev, (f - 1) * c_prev, i * g
    because = said.partition("because")[2]
    shares = {"f =": forgotten[unit] / change[unit], "g =": written[unit] / change[unit]}
    assert max(shares, key=lambda name: shares[name]) in because


@given(seed=st.integers(0, 200), step=st.integers(0, 5))
def test_an_rnn_is_told_by_the_shares_of_its_sum(seed: int, step: int) -> None:
    """The share that is named is the largest in the direction of z."""
    sentence = Sentence(made_trace(rnn_cell(H=3, seed=seed)))

    said = narration(sentence, step)

    moved = re.search(
        r"Unit (\d) of h goes .*: (.*) gives ([-+][\d.]+) of z = ([-+][\d.]+)\.$", said
    )
    if moved is None:
        assert "Little changes" in said
        return
    unit, source = int(moved[1]), moved[2]
    ends = {"the word": "x", "the memory": "h", "the bias": "a"}
    shares = {name: sentence[f"z_from_{end}"][step, unit] for name, end in ends.items()}
    z = sentence["z"][step, unit]
    assert float(moved[4]) == pytest.approx(z, abs=0.01)
    assert float(moved[3]) == pytest.approx(shares[source], abs=0.01)
    assert max(shares, key=lambda name: shares[name] * np.sign(z)) == source


def test_a_flip_of_the_answer_comes_first(rnn_sentence: Sentence) -> None:
    """What a student asks first is when the network made up its mind."""
    flip = rnn_sentence.flips[0]

    assert narration(rnn_sentence, flip).startswith("The answer flips from praise to insult (")


def test_one_unit_can_be_followed(lstm_sentence: Sentence) -> None:
    """With --unit the sentence is about that unit, not about the one that moves most."""
    assert "Unit 0 of c hardly moves: by -0.020." in narration(lstm_sentence, 0, 0)


def test_the_first_broken_number_is_named_and_nothing_else_is_said(lstm_trace: Trace) -> None:
    """NaN comes in with the third word; the screen names step, quantity and unit, and goes on."""
    x = lstm_trace["x"].copy()
    x[2, 0, 1] = np.nan
    rerun = unroll(lstm_trace.cell, x, device="reference")
    sentence = Sentence(replace(lstm_trace, layers=rerun.layers, outputs={}))

    assert "finite" not in narration(sentence, 1)
    expected = "The first number that is not finite: x[1] = NaN at t = 3."
    assert expected == narration(sentence, 2)
    expected = "Not every number is finite any more; it began at t = 3 with x[1]."
    assert expected == narration(sentence, 3)
