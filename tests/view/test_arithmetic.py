"""Equations with their numbers put in."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracer.cells import LSTMCell
from tracer.equations import CELLS
from tracer.equations.parsing import parse
from tracer.view.parts.step.worked import in_trace, worked
from tracer.view.say.arithmetic import Functions, Value, arithmetic, functions, in_numbers
from tracer.view.say.numbers import apart, number
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
        ("f(f)", {"f": 0.3}, "f(0.30)"),
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
    actual = arithmetic(in_numbers(parse(equation), values))

    assert expected == actual


@given(
    f=st.floats(0, 1),
    c_prev=st.floats(-5, 5),
    i=st.floats(0, 1),
    g=st.floats(-1, 1),
)
def test_the_sign_before_the_result_says_whether_the_rounded_numbers_give_it(
    f: float, c_prev: float, i: float, g: float
) -> None:
    """Whoever types what stands there into a calculator gets the result, or reads ≈ before it."""
    values = {"f": f, "c_prev": c_prev, "i": i, "g": g}

    row = worked("c", CELLS["lstm"]["c"].expression, values, f * c_prev + i * g, Functions())

    calculated = eval(row.numbers.replace("·", "*"))  # noqa: S307 - digits and signs of our own
    assert calculated == pytest.approx(f * c_prev + i * g, abs=0.05)
    assert row.equals == ("=" if number(calculated) == row.result else "≈")


@pytest.mark.parametrize("cell", CELLS)
def test_every_equation_of_every_cell_can_be_written(
    cell: str, lstm_sentence: Sentence, rnn_sentence: Sentence
) -> None:
    """The arithmetic of each unit, run again, gives the number of the trace."""
    sentence = {"lstm": lstm_sentence, "rnn": rnn_sentence}[cell]
    names = {"σ": lambda z: 1 / (1 + math.exp(-z)), "tanh": math.tanh}
    signs = set()
    for step in range(sentence.T):
        for unit in range(sentence.H):
            for quantity in sentence.rows():
                if not quantity.equation or quantity.level is None:
                    continue
                row = in_trace(sentence, quantity, step, unit)

                calculated = eval(row.numbers.replace("·", "*"), names)  # noqa: S307 - our own

                value = sentence[quantity.name][step, unit]
                assert calculated == pytest.approx(value, abs=0.03), row
                assert row.equals == ("=" if number(calculated) == row.result else "≈"), row
                signs.add(row.equals)
    assert signs == {"=", "≈"}


def test_a_number_is_not_said_to_be_itself(lstm_sentence: Sentence) -> None:
    """The share of the bias is the bias: its number stands there once."""
    share = lstm_sentence.trace.quantity("z_f_from_a")
    bias = lstm_sentence.trace.cell.a[8 + 3]

    row = in_trace(lstm_sentence, share, 1, 3)

    assert str(row) == f"z_f_from_a_2[3] = a_f = {bias:.2f}"


@pytest.mark.parametrize(
    ("equation", "values", "result", "expected"),
    [
        ("a + b", {"a": 0.004, "b": 1.0}, 1.004, "="),
        ("a + b", {"a": 0.444, "b": 0.444}, 0.888, "≈"),
        ("a + b", {"a": 0.446, "b": 0.446}, 0.892, "≈"),
        ("a + b", {"a": 0.441, "b": 0.441}, 0.882, "="),
        ("σ(z)", {"z": -1.58}, 0.17, "="),
        ("tanh(z)", {"z": 0.3046}, 0.2955, "≈"),
        ("(1 - z) * n", {"z": 0.5, "n": 0.5}, 0.25, "="),
        ("x @ U.T", {"x": [1.0, 2.0], "U": [0.126, 0.126]}, 0.378, "≈"),
        ("x @ U.T", {"x": [1.0] * 5, "U": [0.126] * 5}, 0.63, "="),
        ("unknown(z)", {"z": 0.3}, 0.99, "="),
        ("a * b", {"a": math.nan, "b": 1}, math.nan, "="),
        ("a * b", {"a": math.inf, "b": 0}, math.nan, "="),
    ],
)
def test_terms_that_do_not_add_up_are_not_said_to(
    equation: str, values: dict[str, float], result: float, expected: str
) -> None:
    """0.44 + 0.44 is no 0.89. Where terms are left out, nobody can add them up."""
    row = worked("q", parse(equation), values, result, functions(CELLS["lstm"]))

    assert expected == row.equals


def test_what_the_functions_of_a_cell_are_called() -> None:
    """By the options of the cell; of a kind of cell by the usual ones."""
    hard = LSTMCell(np.ones((8, 1)), np.ones((8, 2)), np.ones(8), gate="hard")

    assert functions(CELLS["lstm"]).names == {"σ": "σ", "tanh": "tanh"}
    assert functions(hard).names == {"σ": "hard", "tanh": "tanh"}
    assert functions(CELLS["rnn"]).names == {"f": "tanh"}


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


def test_a_number_of_times_is_written_as_one() -> None:
    """The fourth update of Adam: t is 4, and not 4.00."""
    values: dict[str, Value] = {"beta1": 0.69, "t": np.int64(4)}

    assert arithmetic(in_numbers(parse("1 - beta1 ** t"), values)) == "1 - 0.69 ** 4"


@pytest.mark.parametrize(
    ("yours", "expected", "said"),
    [(7, 5, ("7", "5")), (6.5, 5, ("6.50", "5")), (np.nan, 5, ("NaN", "5")), (1e300, 5, None)],
)
def test_whole_numbers_are_told_apart(
    yours: float, expected: float, said: tuple[str, str] | None
) -> None:
    """The number of a word is 5; what is none is written as any other number."""
    assert apart(yours, expected, whole=True) == (said or ("1.0e300", "5"))
