"""The sentences say what is true."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.view.traces import WORDS, lstm_cell, made_trace, rnn_cell
from tracer.trace.trace import Trace
from tracer.trace.unroll import unroll
from tracer.view.say.narration import EMPTY, MOVE, narration
from tracer.view.say.sentence import Sentence


def test_the_first_step_finds_the_memory_empty(lstm_sentence: Sentence) -> None:
    """c_0 is 0, so there is nothing to keep; what is written is told with its two causes."""
    expected = "The memory was empty. Unit 7 rises from 0.00 to 0.89: i·g = 0.90·0.99 adds 0.89."

    actual = narration(lstm_sentence, 0)

    assert expected == actual


@given(seed=st.integers(0, 500), step=st.integers(0, 5))
def test_the_numbers_of_a_sentence_are_those_of_the_trace(seed: int, step: int) -> None:
    """For many networks: the share that is kept, and both terms of c, the larger cause first."""
    sentence = Sentence(made_trace(lstm_cell(H=3, seed=seed)))
    f, i, g, c, c_prev = (sentence[name][step] for name in ("f", "i", "g", "c", "c_prev"))

    said = narration(sentence, step)

    if kept := re.search(r"keeps (\d+) % of the memory", said):
        share = (f * abs(c_prev)).sum() / abs(c_prev).sum()
        assert float(kept[1]) == pytest.approx(100 * share, abs=0.5)
    moved = re.search(r"Unit (\d+) (rises|drops) from (\S+) to (\S+):", said)
    if moved is None:
        assert abs(c - c_prev).max() < MOVE
        return
    unit = int(moved[1])
    assert abs(c - c_prev)[unit] == abs(c - c_prev).max() >= MOVE
    assert (c[unit] > c_prev[unit]) == (moved[2] == "rises")
    assert float(moved[3]) == pytest.approx(c_prev[unit], abs=0.005)
    assert float(moved[4]) == pytest.approx(c[unit], abs=0.005)
    written, kept = (i * g)[unit], (f * c_prev)[unit]
    terms = said[moved.end() :]
    adds = re.search(r"adds (\S+?)[.;]( |$)", terms)
    assert adds is not None
    assert float(adds[1]) == pytest.approx(written, abs=0.005)
    if abs(c_prev[unit]) >= EMPTY:
        keeps = re.search(r"f = (\S+) keeps (\S+?)[.;]( |$)", terms)
        assert keeps is not None
        assert float(keeps[1]) == pytest.approx(f[unit], abs=0.005)
        assert float(keeps[2]) == pytest.approx(kept, abs=0.005)
        forgotten = kept - c_prev[unit]
        assert (terms.index("adds") < terms.index("keeps")) == (abs(written) >= abs(forgotten))


ENDS = {"word": "x", "previous step": "h", "bias": "a"}


@given(seed=st.integers(0, 200))
def test_an_rnn_begins_with_the_parts_of_its_sum(seed: int) -> None:
    """Each part as it is, the largest first; together they are z."""
    sentence = Sentence(made_trace(rnn_cell(H=3, seed=seed)))

    moved = re.search(r"Unit (\d) of h .*: z = (\S+), of which (.*)\.$", narration(sentence, 0))

    if moved is None:
        assert "Little happens" in narration(sentence, 0)
        return
    told = [part.split(" from ") for part in moved[3].split(", ")]
    sizes = [abs(float(share)) for share, _name in told]
    assert sizes == sorted(sizes, reverse=True)
    assert sum(float(share) for share, _name in told) == pytest.approx(float(moved[2]), abs=0.03)
    for share, name in told:
        part = sentence[f"z_from_{ENDS[name.removeprefix('the ')]}"][0, int(moved[1])]
        assert float(share) == pytest.approx(part, abs=0.006)


@given(seed=st.integers(0, 200), step=st.integers(1, 5))
def test_an_rnn_is_told_by_what_changes_its_sum(seed: int, step: int) -> None:
    """Each part before and after, as the table of the unit has them, the larger change first.

    The bias is the same at every step, and is not named.
    """
    sentence = Sentence(made_trace(rnn_cell(H=3, seed=seed)))

    said = narration(sentence, step)

    moved = re.search(r"Unit (\d) of h .*: z \S+ from (\S+) to (\S+); (.*)\.$", said)
    if moved is None:
        assert "Little happens" in said
        return
    told = re.findall(r"(?:word|previous step)'s part goes from (\S+) to ([-+.0-9e]+)", moved[4])
    names = re.findall(r"word|previous step", moved[4])
    assert sorted(names) == ["previous step", "word"]
    changes = [float(new) - float(old) for old, new in told]
    assert abs(changes[0]) >= abs(changes[1]) - 0.02
    assert sum(changes) == pytest.approx(float(moved[3]) - float(moved[2]), abs=0.04)
    for name, ends in zip(names, told, strict=True):
        part = sentence[f"z_from_{ENDS[name]}"][step - 1 : step + 1, int(moved[1])]
        assert [float(end) for end in ends] == pytest.approx(list(part), abs=0.006)


def _answering(*shares: float, unknown: frozenset[int] = frozenset()) -> Sentence:
    """A sentence after whose words the network gives praise these probabilities."""
    trace = made_trace(lstm_cell(), WORDS[: len(shares)], unknown=unknown)
    praise = np.array(shares)
    probs = np.stack([praise, 1 - praise], axis=-1)[:, np.newaxis]
    return Sentence(replace(trace, outputs={**trace.outputs, "probs": probs}))


def test_a_flip_of_the_answer_comes_first() -> None:
    """What a student asks first is when the network made up its mind."""
    sentence = _answering(0.9, 0.2)

    assert narration(sentence, 1).startswith("The answer flips from praise to insult (80 %).")


def test_a_guess_is_no_answer_that_could_flip() -> None:
    """Near the 50 % of chance nothing is decided; the first confident answer is told."""
    sentence = _answering(0.57, 0.45, 0.61, 0.01, 0.4, 0.9)

    assert [t for t in range(6) if sentence.is_guess(t)] == [0, 1, 2, 4]
    assert (sentence.decided, sentence.flips) == (3, {5: 1})
    assert "flips" not in narration(sentence, 1)
    assert "First confident answer: insult (99 %)." in narration(sentence, 3)
    assert "The answer flips from insult to praise (90 %)." in narration(sentence, 5)


def test_while_no_word_is_known_every_answer_is_a_guess() -> None:
    """However sure the network is of it."""
    sentence = _answering(0.9, 0.1, 0.9, unknown=frozenset({0, 1}))

    assert [sentence.is_guess(t) for t in range(3)] == [True, True, False]
    assert not sentence.flips


def test_one_unit_can_be_followed(lstm_sentence: Sentence) -> None:
    """With --unit the sentence is about that unit, not about the one that moves most."""
    assert "Unit 0 of c hardly changes: -0.020." in narration(lstm_sentence, 0, 0)


def test_the_first_broken_number_is_named_and_nothing_else_is_said(lstm_trace: Trace) -> None:
    """NaN comes in with the third word; the screen names step, quantity and unit, and goes on."""
    x = lstm_trace["x"].copy()
    x[2, 0, 1] = np.nan
    rerun = unroll(lstm_trace.cell, x, device="reference")
    sentence = Sentence(replace(lstm_trace, layers=rerun.layers, outputs={}))

    assert "finite" not in narration(sentence, 1)
    expected = "First number that is not finite: x[1] = NaN at t = 3."
    assert expected == narration(sentence, 2)
    expected = "Not all numbers are finite: it began at t = 3 with x[1]."
    assert expected == narration(sentence, 3)


def test_a_word_that_nobody_knows_decides_nothing_without_a_word() -> None:
    """The screen does not praise an answer that hangs on an unknown word."""
    sentence = _answering(0.57, 0.9, unknown=frozenset({1}))

    said = narration(sentence, 1)

    assert said.startswith("The network does not know this word, yet answers praise (90 %).")
