"""The screen and the files of ``tracer gradients``."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from tests.view.test_picture import WORD
from tests.view.traces import WORDS, lstm_cell, made_model, rnn_cell
from tracer.model.gradientflow import GradientFlow, gradient_flow
from tracer.view.export.flow_numbers import flows_to_json, write_flows_csv
from tracer.view.say.numbers import size, times
from tracer.view.terminal.console import Abilities, ascii_line
from tracer.view.terminal.drawing.logarithmic import Decades, decades, decades_axis, decades_bar
from tracer.view.terminal.gradients import gradients
from tracer.view.terminal.palette import ASCII, THEMES, UNICODE, Palette

SENTENCE = " ".join(WORDS)
RNN = gradient_flow(made_model(rnn_cell(scale=0.2), name="an-rnn"), SENTENCE)
LSTM = gradient_flow(made_model(lstm_cell(), name="an-lstm"), SENTENCE)


def text_of(*flows: GradientFlow, width: int = 80) -> str:
    """The screen as plain text."""
    return "\n".join(line.plain for line in gradients(flows, Abilities(width=width)))


def with_d_h(flow: GradientFlow, *d_h: float) -> GradientFlow:
    """The flow with other sizes."""
    return replace(flow, d_h=np.array(d_h))


@settings(max_examples=100)
@given(
    words=st.lists(WORD, min_size=1, max_size=60),
    seeds=st.lists(st.integers(0, 99), min_size=1, max_size=5),
    width=st.integers(40, 200),
    unicode=st.booleans(),
    scale=st.sampled_from([0.001, 0.5, 4.0]),
)
def test_no_line_is_wider_than_the_screen(
    words: list[str], seeds: list[int], width: int, unicode: bool, scale: float
) -> None:
    """Whatever the sentence, the networks and the terminal; and nothing a terminal would obey."""
    flows = []
    for seed in seeds:
        cell = lstm_cell(seed=seed) if seed % 2 else rnn_cell(seed=seed, scale=scale)
        flow = gradient_flow(made_model(cell), " ".join(["you"] * len(words)))
        flows.append(replace(flow, trace=replace(flow.trace, tokens=(tuple(words),))))

    lines = gradients(flows, Abilities(width=width, unicode=unicode))

    for line in lines:
        text = (line if unicode else ascii_line(line)).plain
        assert cell_len(text) <= width
        assert text == text.rstrip()
        assert text.isprintable()
        assert unicode or all(c.isascii() or c in "".join(words) for c in text)


@pytest.mark.parametrize("width", [60, 80, 140])
def test_two_networks_stand_beside_each_other(width: int) -> None:
    """One line a word, both names over their columns, also on a narrow screen."""
    lines = text_of(RNN, LSTM, width=width).splitlines()

    heads = [
        line for line in lines if "an-rnn" in line and "an-lstm" in line and "keeps" not in line
    ]
    assert len(heads) == 2
    assert sum(line.startswith("  5  bad") for line in lines) == 2


def test_the_summary_says_what_the_numbers_say() -> None:
    """How much smaller at the first word, and how the two compare."""
    text = " ".join(text_of(RNN, LSTM).replace("│", "").split())

    assert f"is {times(float(RNN.d_h[-1] / RNN.d_h[0]))} times smaller than at the last" in text
    apart = times(float(LSTM.share[0] / RNN.share[0]))
    assert (
        "From the last word to the first, an-lstm keeps "
        f"{apart} times as much of its gradient as an-rnn."
    ) in text


def test_an_exploding_gradient() -> None:
    """With large weights and no squeezing each step makes it larger."""
    cell = replace(rnn_cell(scale=3.0), f="identity")
    flow = gradient_flow(made_model(cell), SENTENCE, "praise")
    assert flow.reach is not None

    text = " ".join(text_of(flow).replace("│", "").split())

    assert f"the gradient is {times(float(flow.share[0]))} times as large as at the last" in text
    assert f"together by at most {times(float(flow.reach[0]))}." in text


@pytest.mark.parametrize(
    ("d_h", "said"),
    [
        ((0, 0, 0, 0, 0, 0), "the gradient is 0 everywhere"),
        ((0, 0, 0.1, 0.2, 0.3, 1), "is exactly 0 from t = 2 back to the first word"),
        ((np.nan, np.nan, 1, 1, 1, 1), "the gradient becomes NaN at t = 2"),
        ((np.inf, 1, 1, 1, 1, 1), "the gradient becomes Inf at t = 1"),
        ((1, 1, 1, 1, 1, np.nan), "the gradient is already NaN at the last word"),
    ],
)
def test_numbers_that_have_no_logarithm(d_h: tuple[float, ...], said: str) -> None:
    """0, NaN and infinity are told as what they are."""
    assert said in " ".join(text_of(with_d_h(RNN, *d_h), LSTM).replace("│", "").split())


def test_networks_that_split_a_sentence_in_other_words_get_their_own_table() -> None:
    """Nothing stands beside a word that it does not belong to."""
    shorter = gradient_flow(made_model(rnn_cell(), name="other"), "you are bad")

    lines = text_of(LSTM, shorter).splitlines()

    assert not [
        line for line in lines if "an-lstm" in line and "other" in line and ":" not in line
    ][1:]
    assert sum("bad" in line for line in lines) >= 4


def test_a_single_word() -> None:
    """Then nothing goes back."""
    flow = gradient_flow(made_model(rnn_cell()), "you")

    assert "there is only one word, so no gradient flows back" in text_of(flow)


def test_json_has_absolute_sizes_and_no_bare_nan() -> None:
    """Every array of the record, under its own name."""
    document = json.loads(flows_to_json([RNN, with_d_h(LSTM, np.nan, np.inf, 0, 1, 1, 1)]))

    rnn, lstm = document["networks"]
    assert rnn["d_h"] == RNN.d_h.tolist()
    assert rnn["words"] == list(WORDS)
    assert set(rnn) & {"step", "bound", "reach", "kept"} == {"step", "bound", "reach"}
    assert lstm["d_h"][:3] == ["NaN", "Infinity", 0]
    assert len(lstm["kept"]) == len(WORDS)


def test_csv_has_one_number_a_line() -> None:
    """Named by network, step, word and number."""
    stream = io.StringIO()
    write_flows_csv([RNN, LSTM], stream)
    stream.seek(0)

    lines = list(csv.DictReader(stream))

    assert {line["model"] for line in lines} == {"an-rnn", "an-lstm"}
    found = next(line for line in lines if (line["step"], line["number"]) == ("5", "reach"))
    assert RNN.reach is not None
    assert (found["word"], float(found["value"])) == ("bad", RNN.reach[4])


def test_a_logarithmic_bar() -> None:
    """Equal factors are equal lengths; 0 has none, a value below the scale still has a mark."""
    colours = Palette(UNICODE, THEMES["dark"])
    scale = Decades(-4, 0)

    assert decades_bar(scale, 1, 8, colours) == "━━━━━━━━"
    assert decades_bar(scale, 0.01, 8, colours) == "━━━━····"
    assert decades_bar(scale, 1e-9, 8, colours) == "╸·······"
    assert decades_bar(scale, 0, 8, colours) == "········"
    assert decades_bar(scale, np.nan, 8, colours) == "?·······"
    assert decades_bar(scale, 0.01, 8, Palette(ASCII, THEMES["dark"])) == "####...."


def test_the_scale_holds_every_size() -> None:
    """Whole powers of ten, no more than sixteen of them; for shares 1 is among them."""
    assert decades([0.5, 0.03]) == Decades(-2, 0)
    assert decades([0.0005, 0.003]) == Decades(-4, -2)
    assert decades([0.0005, 0.003], shares=True) == Decades(-4, 0)
    assert decades([40, np.nan, 0], shares=True) == Decades(-1, 2)
    assert decades([]) == Decades(-1, 0)
    assert decades([1e-300, 1]) == Decades(-16, 0)
    assert decades_axis(Decades(-4, 0), 20).split() == ["1e-4", "1e-2", "1"]


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (0, "0"), (0.33, "0.33"), (0.0041, "0.0041"), (0.00097, "9.7e-4"), (18.26, "18.3"),
        (543.2, "543"), (40905, "4.1e4"), (2.4e-7, "2.4e-7"), (6.4e-137, "6e-137"),
        (float("nan"), "NaN"), (float("inf"), "Inf"),
    ],
)  # fmt: skip
def test_a_size_takes_six_columns_at_most(value: float, written: str) -> None:
    """Two or three digits that count."""
    assert size(value) == written
    assert len(written) <= 6


def test_huge_factors_are_powers_of_ten() -> None:
    """Twelve thousand billion times is no number that anybody sees; its power of ten is."""
    assert times(4_100) == "4,100"
    assert times(1.2e13) == "about 10^13"
    assert times(9e6) == "about 10^7"


def test_the_steps_in_the_table_are_those_of_the_sentence() -> None:
    """The first word's step leads to no word, so it is in neither."""
    text = text_of(RNN).replace("│", "")
    table = text[text.index("what multiplies it on the way back") :].splitlines()[3:]
    steps = [line.split()[2] for line in table[: len(RNN.words)]]

    assert steps[0] == "-"
    least, greatest = (f(map(float, steps[1:])) for f in (min, max))
    assert f"by at most {least:.2f} to {greatest:.2f};" in " ".join(text.split())
