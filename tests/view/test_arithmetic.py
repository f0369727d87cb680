"""Equations with their numbers put in."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracer.equations import CELLS
from tracer.view.parts.unit import functions, in_numbers, numbers_of_unit
from tracer.view.say.arithmetic import arithmetic
from tracer.view.say.numbers import number
from tracer.view.say.sentence import Sentence


@pytest.mark.parametrize(
    ("equation", "values", "expected"),
    [
        (
            "f * c_prev + i * g",
            {"f": 0.73, "c_prev": -0.41, "i": 0.12, "g": 0.88},
            "0.73·(-0.41) + 0.12·0.88",
        ),
        ("σ(z_f)", {"z_f": -1.58}, "σ(-1.58)"),
        ("f(z)", {"f": "tanh", "z": 0.3}, "tanh(0.30)"),
        ("o * tanh_c", {"o": -0.5, "tanh_c": 2}, "(-0.50)·2.00"),
        ("a + b + c", {"a": -1, "b": -2, "c": 0.001}, "-1.00 + (-2.00) + 0.0010"),
        ("(1 - z) * n", {"z": 0.3, "n": -0.2}, "(1 - 0.30)·(-0.20)"),
        ("a - (b + c)", {"a": 1, "b": 2, "c": 3}, "1.00 - (2.00 + 3.00)"),
        ("x @ U_f.T", {"x": [1, -2], "U_f": [0.5, 0.25]}, "1.00·0.50 + (-2.00)·0.25"),
        (
            "h @ V.T + b",
            {"h": [1, 2, 3, 4, 5], "V": [1, 1, 1, 1, 1], "b": -0.2},
            "1.00·1.00 + 2.00·1.00 + 3.00·1.00 + … (5 terms) + (-0.20)",
        ),
        ("softmax(logits)", {"logits": [1, -3]}, "softmax(1.00, -3.00)"),
        ("f * unknown", {"f": 0.5}, "0.50·unknown"),
        ("f * c_prev", {"f": math.nan, "c_prev": math.inf}, "NaN·Inf"),
    ],
)
def test_numbers_take_the_place_of_names(
    equation: str, values: dict[str, float], expected: str
) -> None:
    """A negative factor and a negative later summand stand in brackets, as one writes by hand."""
    actual = arithmetic(equation, values)

    assert expected == actual


@given(
    f=st.floats(0, 1),
    c_prev=st.floats(-5, 5),
    i=st.floats(0, 1),
    g=st.floats(-1, 1),
)
def test_what_is_written_gives_what_is_shown(f: float, c_prev: float, i: float, g: float) -> None:
    """Whoever types the arithmetic into a calculator gets the value, up to the rounding."""
    written = arithmetic("f * c_prev + i * g", {"f": f, "c_prev": c_prev, "i": i, "g": g})

    calculated = eval(written.replace("·", "*"))  # noqa: S307 - digits and signs of our own

    assert calculated == pytest.approx(f * c_prev + i * g, abs=0.05)


@pytest.mark.parametrize("cell", CELLS)
def test_every_equation_of_every_cell_can_be_written(
    cell: str, lstm_sentence: Sentence, rnn_sentence: Sentence
) -> None:
    """The arithmetic of each unit, run again, gives the number of the trace."""
    sentence = {"lstm": lstm_sentence, "rnn": rnn_sentence}[cell]
    called = functions(sentence.trace.cell)
    names = {"σ": lambda z: 1 / (1 + math.exp(-z)), "tanh": math.tanh}
    for step in range(sentence.T):
        for unit in range(sentence.H):
            values = numbers_of_unit(sentence, step, unit)
            for quantity in sentence.rows():
                if not quantity.equation or quantity.level is None:
                    continue
                written = in_numbers(quantity.equation, values, called).replace("·", "*")

                calculated = eval(written, names)  # noqa: S307 - digits and signs of our own

                assert calculated == pytest.approx(values[quantity.name], abs=0.03), written


def test_no_name_is_left_over(lstm_sentence: Sentence) -> None:
    """Every name of the elementwise equations is replaced."""
    values = numbers_of_unit(lstm_sentence, 2, 3)

    assert "c_prev" not in arithmetic("f * c_prev + i * g", values)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (0, "0.00"),
        (-0.0, "0.00"),
        (0.734, "0.73"),
        (-1.5, "-1.50"),
        (0.0041, "0.0041"),
        (0.09999, "0.10"),
        (3.2e-7, "3.2e-7"),
        (123456789, "1.2e8"),
        (np.float32(0.1), "0.10"),
        (math.nan, "NaN"),
        (-math.inf, "-Inf"),
    ],
)
def test_a_small_number_is_not_written_as_zero(value: float, expected: str) -> None:
    """Two decimals, two significant digits where two decimals would hide the number."""
    assert expected == number(value)
