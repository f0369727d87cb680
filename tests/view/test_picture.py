"""The screen of ``tracer show``."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from tests.view.screens import FOLDER, SCREENS
from tests.view.traces import WORDS, lstm_cell, made_trace, rnn_cell
from tracer.errors import InputError, UnknownNameError
from tracer.trace.trace import Trace
from tracer.trace.unroll import unroll
from tracer.view.parts.wish import Wish, chosen_quantities
from tracer.view.say.sentence import Sentence
from tracer.view.terminal.console import Abilities, ascii_line
from tracer.view.terminal.drawing.folding import no_gap_of_one
from tracer.view.terminal.picture import other_sentences, picture


@pytest.mark.parametrize("name", SCREENS)
def test_a_screen_is_as_it_was(name: str) -> None:
    """Every screen of `screens.py`, line by line; that file says how to draw them again."""
    expected = (FOLDER / f"{name}.txt").read_text(encoding="utf-8")

    actual = SCREENS[name]()

    assert expected == actual


@pytest.mark.parametrize(
    ("f", "said"),
    [("tanh", "info -1..1"), ("sigmoid", "info 0..1"), ("relu", "info >= 0"), ("identity", "info")],
)
def test_h_has_the_range_of_its_function(f: str, said: str) -> None:
    """The h of an RNN with relu is no number from -1 to 1: it has a scale of its own."""
    trace = made_trace(replace(rnn_cell(), f=f))

    shown = "\n".join(
        line.plain for line in picture(Sentence(trace, 0), Wish(), Abilities(width=140))
    )

    row = next(line for line in shown.split("\n") if line.lstrip().startswith("h "))
    assert said in row
    assert ("from -1 to 1" in shown) == (f == "tanh")
    assert ("h is unbounded: a full cell is" in shown) == (f in {"relu", "identity"})


WORD = st.sampled_from(
    [
        "you",
        "水",
        "熱的",
        "\x1b[31m",
        "a\u202eb",
        "[bold]",
        "extraordinarily" * 4,
        "=1+1",
        "👨‍👩‍👧",
        "é",
    ]
)
WISHES = st.sampled_from(
    [Wish(), Wish(unit=0), *(Wish(what=what) for what in ("gates", "states", "output"))]
)


@settings(max_examples=150)
@given(
    words=st.lists(WORD, min_size=1, max_size=30),
    H=st.sampled_from([1, 2, 8, 17, 40, 130]),
    lstm=st.booleans(),
    task=st.sampled_from(["classify", "tag", "generate"]),
    labels=st.integers(2, 12),
    width=st.integers(40, 200),
    unicode=st.booleans(),
    wish=WISHES,
)
def test_no_line_is_wider_than_the_screen(
    words: list[str],
    H: int,
    lstm: bool,
    task: str,
    labels: int,
    width: int,
    unicode: bool,
    wish: Wish,
) -> None:
    """Whatever the sentence, the network and the terminal; and nothing a terminal would obey."""
    cell = lstm_cell(H=H) if lstm else rnn_cell(H=H)
    trace = made_trace(
        cell, tuple(words), labels=tuple(f"label-{n}" for n in range(labels)), task=task
    )

    lines = picture(Sentence(trace), wish, Abilities(width=width, unicode=unicode))

    for line in lines:
        text = (line if unicode else ascii_line(line)).plain
        assert cell_len(text) <= width
        assert text == text.rstrip()
        assert text.isprintable()
        assert unicode or all(c.isascii() or c in "".join(words) for c in text)


def test_every_row_of_a_step_is_equally_wide(lstm_sentence: Sentence) -> None:
    """So the cells of one unit stand under each other."""
    lines = [line.plain for line in picture(lstm_sentence, Wish(steps=(1, 1)), Abilities(width=80))]

    rows = [line for line in lines if line[:5] in {f"  {name}  " for name in "ifgoch"}][:6]

    assert len({cell_len(row) for row in rows}) == 1


def test_what_narrows_the_rows(lstm_sentence: Sentence, rnn_sentence: Sentence) -> None:
    """Gates, states, or both; a cell without gates shows the sum z in their place."""

    def names(sentence: Sentence, what: str | None) -> str:
        return " ".join(quantity.name for quantity in chosen_quantities(sentence, what))

    assert names(lstm_sentence, None) == "i f g o c h"
    assert names(lstm_sentence, "gates") == "i f g o"
    assert names(lstm_sentence, "states") == "c h"
    assert names(rnn_sentence, None) == "z h"
    assert names(rnn_sentence, "gates") == "z"
    with pytest.raises(UnknownNameError, match="did you mean 'gates'"):
        names(lstm_sentence, "gate")


def test_steps_and_units_that_do_not_exist_are_told(lstm_sentence: Sentence) -> None:
    """The message says which there are."""
    with pytest.raises(
        InputError, match="steps 9:12 are out of range: this sentence has steps 1 to 6"
    ):
        picture(lstm_sentence, Wish(steps=(9, 12)), Abilities())
    with pytest.raises(InputError, match="no unit 8; this layer has units 0 to 7"):
        picture(lstm_sentence, Wish(unit=8), Abilities())


def test_a_cut_trace_keeps_its_step_numbers(lstm_trace: Trace) -> None:
    """Steps 3 and 4 of a sentence are still called so when only they were kept."""
    text = _text(lstm_trace.sel(step=slice(2, 4)))

    assert "── t = 3 · a ─" in text
    assert "t = 1" not in text


def test_a_trace_without_words_and_output_is_shown_too() -> None:
    """What `tracer.unroll` gives on plain numbers has neither."""
    trace = unroll(lstm_cell(), np.ones((2, 1, 4)), device="reference")

    text = _text(trace)

    assert "a trace without words" in text
    assert "── t = 2 ─" in text
    assert "This trace has no output layer." in _text(trace, Wish(what="output"))


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("wish", [Wish(), Wish(unit=2), Wish(what="output")])
def test_numbers_that_are_not_finite_are_drawn_and_marked(value: float, wish: Wish) -> None:
    """They come in with the third word; cells show them, and the first is named."""
    good = made_trace(lstm_cell())
    x = good["x"].copy()
    x[2, 0, 1] = value
    bad = unroll(good.cell, x, device="reference")
    probs = np.full((6, 1, 2), 0.5)
    probs[2:] = np.nan
    trace = replace(good, layers=bad.layers, outputs={"logits": probs, "probs": probs})

    text = _text(trace, wish)

    assert "First number that is not finite: x[1] = " in text
    assert "at t = 3." in text
    assert "no answer" in text
    assert "final answer" not in text


def test_padding_is_not_shown() -> None:
    """In a batch each sentence has its own length."""
    cell = lstm_cell()
    trace = unroll(cell, np.ones((5, 2, 4)), lengths=[2, 5], device="reference")

    first, second = (picture(Sentence(trace, n), Wish(), Abilities()) for n in (0, 1))

    assert sum("t = " in line.plain for line in first) == 2
    assert sum("t = " in line.plain for line in second) == 5


def test_a_large_batch_says_how_to_see_the_rest() -> None:
    """Some sentences are drawn, the others are counted."""
    (line,) = other_sentences(20, 23, Abilities())

    assert line.plain == "  20 of 23 sentences are shown; --sentence 21 shows the next one."
    assert other_sentences(23, 23, Abilities()) == []


def test_generated_words_are_followed_by_the_next_one() -> None:
    """For the task generate the strip shows what is said next, and nothing flips."""
    trace = made_trace(rnn_cell(), WORDS, labels=WORDS, task="generate")

    text = _text(trace)

    assert "next word" in text
    assert "flips" not in text


def _text(trace: Trace, wish: Wish | None = None) -> str:
    lines = picture(Sentence(trace), wish or Wish(), Abilities(width=80))
    return "\n".join(line.plain for line in lines)


def test_a_trace_cut_to_some_units_keeps_their_numbers(lstm_trace: Trace) -> None:
    """Units 2 and 5 are still called so; one unit, one step or one sentence alone work too."""
    two = lstm_trace.sel(unit=[2, 5])

    heading = next(line for line in _text(two).splitlines() if line.startswith("  unit"))
    assert heading.split()[:3] == ["unit", "2", "5"]
    assert "c_1[5] = " in _text(two, Wish(unit=5)).replace("      ", "")
    with pytest.raises(InputError, match="no unit 3"):
        _text(two, Wish(unit=3))
    assert "── t = 3 · a ─" in _text(lstm_trace.sel(step=2, batch=0, unit=1))


def test_cells_without_numbers_say_where_those_are(lstm_sentence: Sentence) -> None:
    """Eight units have room for their numbers from 80 columns on, and the screen below says so."""

    def drawn(width: int) -> str:
        lines = picture(lstm_sentence, Wish(), Abilities(width=width))
        return " ".join(" ".join(line.plain for line in lines).split())

    said = "No numbers beside the cells: they need 80 columns. --unit 0 shows"
    assert said in drawn(60)
    assert "No numbers beside" not in drawn(80)


def test_a_word_that_would_be_left_out_alone_is_shown() -> None:
    """The line that says so would take as much room."""
    assert no_gap_of_one([0, 2, 3, 6]) == [0, 1, 2, 3, 6]
    assert no_gap_of_one([]) == []


def test_what_is_said_of_a_step_is_no_wider_than_its_rule(lstm_sentence: Sentence) -> None:
    """On a wide screen the rule is as wide as the cells, and long lines are hard to read."""
    lines = [line.plain for line in picture(lstm_sentence, Wish(), Abilities(width=200))]
    rules = [n for n, line in enumerate(lines) if line.startswith("── t = ")]

    for n in rules:
        assert len(lines[n + 1]) <= len(lines[n]) < 130
