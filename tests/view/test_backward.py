"""The screen of ``tracer show --what backward``."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from tests.view.test_picture import WORD
from tests.view.traces import WORDS, backward_trace, lstm_cell, made_model, made_trace, rnn_cell
from tracer.cells import Cell
from tracer.errors import InputError
from tracer.model.targets import target_trace
from tracer.trace.trace import Trace
from tracer.view.parts.wish import Wish
from tracer.view.say.backward_words import backward_words
from tracer.view.say.sentence import Sentence
from tracer.view.terminal.backward import backward_picture
from tracer.view.terminal.console import Abilities, ascii_line

BACKWARD = Wish(what="backward")


def text_of(trace: Trace, wish: Wish = BACKWARD, able: Abilities | None = None) -> str:
    """The screen as plain text."""
    lines = backward_picture(Sentence(trace), wish, able or Abilities(width=80))
    return "\n".join(line.plain for line in lines)


@settings(max_examples=100)
@given(
    words=st.lists(WORD, min_size=1, max_size=60),
    H=st.sampled_from([1, 2, 8, 17, 40, 130]),
    lstm=st.booleans(),
    task=st.sampled_from(["classify", "tag"]),
    width=st.integers(40, 200),
    unicode=st.booleans(),
    unit=st.sampled_from([None, 0]),
)
def test_no_line_is_wider_than_the_screen(
    words: list[str], H: int, lstm: bool, task: str, width: int, unicode: bool, unit: int | None
) -> None:
    """Whatever the sentence, the network and the terminal; and nothing a terminal would obey."""
    cell: Cell = lstm_cell(H=H) if lstm else rnn_cell(H=H)
    made = target_trace(
        made_model(cell, task=task), [" ".join(["you"] * len(words))], backward=True
    )
    trace = replace(made, tokens=(tuple(words),))
    able = Abilities(width=width, unicode=unicode)

    lines = backward_picture(Sentence(trace), Wish(what="backward", unit=unit), able)

    for line in lines:
        text = (line if unicode else ascii_line(line)).plain
        assert cell_len(text) <= width
        assert text == text.rstrip()
        assert text.isprintable()
        assert unicode or all(c.isascii() or c in "".join(words) for c in text)


def test_it_walks_from_the_last_word_to_the_first() -> None:
    """Both in the overview and in the blocks."""
    text = text_of(backward_trace(lstm_cell()))

    assert [int(t) for t in re.findall(r"── t = (\d)", text)] == [6, 5, 4, 3, 2, 1]
    assert re.findall(r"^  \d  (\w+)", text, flags=re.MULTILINE) == [*reversed(WORDS)]


def test_the_shares_that_are_told_are_those_of_the_numbers() -> None:
    """How much comes back along the memory, and how much of it the forget gate lets go on."""
    trace = backward_trace(lstm_cell())
    here, back, d_c, f = (trace[name][3, 0] for name in ("d_c_from_h", "d_c_from_next", "d_c", "f"))
    norm = np.linalg.norm
    share, lets = norm(back) / (norm(back) + norm(here)), norm(f * d_c) / norm(d_c)

    said = backward_words(Sentence(trace), 3)

    assert said.startswith(
        f"{share:.0%} of the gradient of c_4 comes back along the memory from t = 5. "
        f"The forget gate passes {lets:.0%} of it on to c_3.".replace("%", " %")
    )


def test_the_rnn_names_its_slope_and_its_weights() -> None:
    """What of the gradient passes f', and how large it is at the step before."""
    trace = backward_trace(rnn_cell(), target="insult")
    d_h, d_z = (np.linalg.norm(trace[name][4, 0]) for name in ("d_h", "d_z"))
    sizes = np.linalg.norm(trace["d_h"][:, 0], axis=1)

    said = backward_words(Sentence(trace), 4)

    assert "The whole gradient of h_5 comes back from t = 6." in said
    assert f"tanh passes {d_z / d_h:.0%} of it".replace("%", " %") in said
    assert f"{max(sizes[3] / sizes[4], sizes[4] / sizes[3]):.1f} times" in said


@pytest.mark.parametrize("cell", [lstm_cell(), rnn_cell()])
def test_the_arithmetic_of_a_unit_comes_out(cell: Cell) -> None:
    """Every product on the screen is its two factors' product, as far as its digits go."""
    text = text_of(backward_trace(cell, target="insult"), Wish(what="backward", unit=3))

    lines = re.findall(r"= (\(?[-\d.e]+\)?)·(\(?[-\d.e]+\)?) [=≈] ([-\d.e]+)$", text, re.MULTILINE)

    assert len(lines) >= 6
    for a, b, result in lines:
        got = float(a.strip("()")) * float(b.strip("()"))
        assert got == pytest.approx(float(result), rel=0.12, abs=1e-12)


def test_what_each_gate_sends_back_adds_up() -> None:
    """The four bars are the shares of d_h_from_next."""
    trace = backward_trace(lstm_cell())

    text = text_of(trace, Wish(what="backward", unit=2, steps=(4, 4)))

    shares = [float(number) for number in re.findall(r"([-+][\d.e-]+)  d_z_", text)]
    assert sum(shares) == pytest.approx(trace["d_h_from_next"][3, 0, 2], rel=0.05)


def test_a_trace_without_gradients_says_how_to_make_them() -> None:
    """Saved traces often have none."""
    with pytest.raises(InputError, match="this trace has no gradients; make one that does: tracer"):
        text_of(made_trace(lstm_cell()))


def test_the_target_is_named() -> None:
    """The network's own answer, or another one."""
    own = text_of(backward_trace(lstm_cell()))
    other = text_of(backward_trace(lstm_cell(), target="praise"))

    assert (
        "for the target 'insult', the network's own answer; for another: --target praise"
        in " ".join(own.split())
    )
    assert "for the target 'praise'" in other
    assert "own answer" not in other


def test_hard_switches_are_named_straight_through() -> None:
    """Their gradient takes the sigmoid's slope, and the screen says so."""
    cell = replace(lstm_cell(), gate="hard")

    text = " ".join(text_of(backward_trace(cell)).split())

    assert "Straight-through: hard gates have zero slope" in text
    assert "Straight-through" not in text_of(backward_trace(lstm_cell()))


def test_gradients_of_nothing_are_told_not_drawn_as_something() -> None:
    """A network that is entirely sure has a gradient of exactly 0."""
    trace = backward_trace(lstm_cell())
    none = {name: np.zeros_like(numbers) for name, numbers in trace.last.gradients.items()}

    text = text_of(replace(trace, layers=(replace(trace.last, gradients=none),)))

    assert text.count("No gradient reaches this step: every number here is 0.") == 6


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_gradients_that_are_not_finite_are_named_once(value: float) -> None:
    """The first on the way back is named, the earlier steps point to it."""
    trace = backward_trace(rnn_cell())
    gradients = {name: numbers.copy() for name, numbers in trace.last.gradients.items()}
    for name in ("d_h_from_next", "d_h", "d_z"):
        gradients[name][:4] = value

    text = " ".join(
        text_of(replace(trace, layers=(replace(trace.last, gradients=gradients),))).split()
    )

    assert text.count("First gradient that is not finite, going back: d_h_from_next[0] = ") == 1
    assert text.count("it began at t = 4 with d_h_from_next[0]") == 3


def test_a_large_network_draws_its_largest_units() -> None:
    """And says how to see the others."""
    text = text_of(backward_trace(lstm_cell(H=130)))

    assert "of 130 units are shown, those with the largest gradient of h" in text


def test_a_trace_cut_to_some_steps_keeps_their_numbers() -> None:
    """Steps 3 and 4 are still called so."""
    text = text_of(backward_trace(lstm_cell()).sel(step=slice(2, 4)))

    assert [int(t) for t in re.findall(r"── t = (\d)", text)] == [4, 3]


def test_what_comes_from_a_step_that_was_cut_away_is_named() -> None:
    """The number is there, its factors are not."""
    trace = backward_trace(lstm_cell()).sel(step=slice(1, 3))

    text = text_of(trace, Wish(what="backward", unit=0, steps=(3, 3)))

    assert text.count("from a step that is not in this trace") == 2
