"""Equations parsed once: read, evaluated, written and rewritten."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracer.cells.activations import SLOPES, sigmoid
from tracer.equations import CELLS, OUTPUT, OUTPUT_BACKWARD, Quantity
from tracer.equations.expression import (
    Binary,
    Call,
    Expression,
    Name,
    Negative,
    Number,
    Transposed,
)
from tracer.equations.parsing import parse
from tracer.errors import InputError

LISTED = [
    quantity
    for quantity in (
        *(q for cell in CELLS.values() for q in (*cell, *cell.backward)),
        *OUTPUT,
        *OUTPUT_BACKWARD,
    )
    if quantity.equation
]

NAMES = ("f", "c_prev", "z_i", "σ")  # f and σ are functions too, as in the cells
FUNCTIONS = {"f": np.tanh, "σ": sigmoid, "dσ": SLOPES["sigmoid"]}


def expressions() -> st.SearchStrategy[Expression]:
    """Any expression whose names may all be arrays of one shape, (3, 3)."""
    leaves = st.sampled_from(NAMES).map(Name) | st.integers(0, 9).map(Number)
    signs: Any = st.sampled_from(["+", "-", "*", "/", "@", "**"])
    return st.recursive(
        leaves,
        lambda inner: (
            st.builds(Binary, signs, inner, inner)
            | inner.map(Negative)
            | inner.map(Transposed)
            | st.builds(Call, st.sampled_from(list(FUNCTIONS)), st.tuples(inner))
        ),
        max_leaves=12,
    )


def square_expressions() -> st.SearchStrategy[Expression]:
    """The same without bare numbers, for those have no transpose and no matrix product."""
    return expressions().map(
        lambda e: e.rewritten(lambda node: Name("f") if isinstance(node, Number) else None)
    )


def arrays(seed: int) -> dict[str, Any]:
    """A matrix for each name."""
    rng = np.random.default_rng(seed)
    return {name: rng.normal(size=(3, 3)) for name in NAMES}


@pytest.mark.parametrize("quantity", LISTED, ids=lambda quantity: quantity.name)
def test_every_equation_of_the_list_is_read_and_written_back(quantity: Quantity) -> None:
    """What is parsed loses nothing: written, it is the equation of the list again."""
    assert quantity.equation == str(quantity.expression)


@given(expressions())
def test_what_is_written_is_read_back_the_same(expression: Expression) -> None:
    """The brackets are where they are needed."""
    assert expression == parse(str(expression))


@given(square_expressions(), st.integers(0, 2**32 - 1))
def test_the_value_is_what_python_makes_of_the_text(expression: Expression, seed: int) -> None:
    """Bit for bit; a name that is a function and a quantity is each in its place."""
    values = arrays(seed)
    text = expression.written(symbols={name: f"the_{name}" for name in NAMES})
    known = FUNCTIONS | {f"the_{name}": array for name, array in values.items()}
    with np.errstate(all="ignore"):
        wanted = eval(text, {"__builtins__": {}}, known)  # noqa: S307 - an expression of our own

        actual = expression.value(values, FUNCTIONS)

    np.testing.assert_array_equal(wanted, actual)


@given(square_expressions(), square_expressions(), st.integers(0, 2**32 - 1))
def test_an_expression_in_the_place_of_a_name_is_its_value_in_the_place_of_the_array(
    whole: Expression, part: Expression, seed: int
) -> None:
    """It makes no difference whether an equation is rewritten or its numbers are."""
    values = arrays(seed)
    with np.errstate(all="ignore"):
        wanted = whole.value({**values, "z_i": part.value(values, FUNCTIONS)}, FUNCTIONS)

        actual = whole.replaced({"z_i": part}).value(values, FUNCTIONS)

    np.testing.assert_array_equal(wanted, actual)


@pytest.mark.parametrize(
    ("equation", "reads", "functions", "rows"),
    [
        ("f * c_prev + i * g", ("f", "c_prev", "i", "g"), (), ()),
        ("f(f + z)", ("f", "z"), ("f",), ()),
        ("x @ U_f.T", ("x", "U_f"), (), ("x", "U_f")),
        ("(z * h_prev) @ W.T + a", ("z", "h_prev", "W", "a"), (), ("z", "h_prev", "W")),
        ("d_i * dσ(z_i) * dσ(z_i)", ("d_i", "z_i"), ("dσ",), ()),
    ],
)
def test_what_an_equation_reads(
    equation: str, reads: tuple[str, ...], functions: tuple[str, ...], rows: tuple[str, ...]
) -> None:
    """Each name once and in order, functions apart; in a matrix product whole rows are read."""
    expression = parse(equation)

    assert reads == expression.reads
    assert functions == expression.functions
    assert set(rows) == expression.reads_rows


def test_how_an_equation_is_built_is_asked_by_match() -> None:
    """Rows, and the parameter that they are multiplied by."""
    match parse("x @ U_f.T"):
        case Binary("@", rows, Transposed(Name(parameter))):
            assert (str(rows), parameter) == ("x", "U_f")
        case other:
            raise AssertionError(other)


@pytest.mark.parametrize(
    ("equation", "expected"),
    [
        ("d_o * dσ(z_o)", "d_o * sigmoid'(z_o)"),
        ("f(z)", "tanh(z)"),
        ("z_from_x + z_from_a", "U x_t + z_from_a"),
        ("a - (b - c)", "a - (b - c)"),
        ("a - b - -c", "a - b - (-c)"),
        ("(1 - z) * n / -N", "(1 - z) * n / (-N)"),
        ("a / (b * c)", "a / (b * c)"),
        ("f * h_prev @ W.T", "(f * h_prev) @ W.T"),
        ("-(f * c).T", "-(f * c).T"),
        ("1 - z ** 2 * f", "1 - z ** 2 * f"),
        ("(1 - z) ** 2", "(1 - z) ** 2"),
        ("-z ** 2", "-z ** 2"),
        ("z ** -2", "z ** (-2)"),
    ],
)
def test_an_equation_in_letters(equation: str, expected: str) -> None:
    """Functions by the names that they really have, shares of a sum by their symbols."""
    called = {"f": "tanh", "σ": "sigmoid"}

    actual = parse(equation).written(called, {"z_from_x": "U x_t"})

    assert expected == actual


@pytest.mark.parametrize(
    ("equation", "expected"),
    [
        ("f * c_prev + i * g", ["f * c_prev", "i * g"]),
        ("a + b - c", ["a", "b", "-c"]),
        ("a - (b - c)", ["a", "-b", "-(-c)"]),
        ("(1 - z) * n", ["(1 - z) * n"]),
    ],
)
def test_the_terms_of_an_equation(equation: str, expected: list[str]) -> None:
    """What it adds up; a product is one term, whatever it is a product of."""
    assert expected == [str(term) for term in parse(equation).terms]


def test_a_function_is_no_quantity() -> None:
    """In an LSTM f is a switch, in an RNN f is the function; neither is taken for the other."""
    expression = parse("f(f)")

    assert expression.replaced({"f": Name("z")}) == parse("f(z)")
    assert expression.written({"f": "tanh"}) == "tanh(f)"
    assert expression.value({"f": 2}, {"f": lambda f: 10 * f}) == 20


@pytest.mark.parametrize(
    ("equation", "expected"),
    [
        ("a + b", 5),
        ("a - b", 5),
        ("-a * b", 6),
        ("(1 - b) * a", 8),
        ("f(b) + a", 12),
        ("a * df(b)", 2),
        ("a / (b + a)", 2),
        ("(a - b) ** a", 25),
    ],
)
def test_the_size_of_an_equation_counts_its_terms_without_their_signs(
    equation: str, expected: float
) -> None:
    """Terms that cancel are rounded all the same; a slope is counted as its largest value, 1."""
    functions = {"f": lambda x: 10 * x / 3, "df": lambda x: 0 * x}

    actual = parse(equation).size({"a": 2, "b": -3}, functions)

    assert expected == pytest.approx(actual)


def test_the_size_of_a_matrix_product() -> None:
    """Each product of two numbers is a term."""
    assert parse("x @ U.T").size({"x": np.array([1, -2]), "U": np.array([[3, 4]])}).tolist() == [11]


def test_a_name_that_was_not_given_is_said_with_its_equation() -> None:
    """Whoever adds a cell sees which equation of the list has a slip of the pen."""
    said = r"the equation 'f \* c_perv' reads 'c_perv', which was not given; given: f, c_prev"
    with pytest.raises(InputError, match=said):
        parse("f * c_perv").value({"f": 1, "c_prev": 2})
    with pytest.raises(InputError, match=r"'dσ\(z\)' reads 'dσ', .* given: nothing"):
        parse("dσ(z)").value({"z": 1})


@pytest.mark.parametrize(
    ("equation", "said"),
    [
        ("", "the equation '' is no Python expression"),
        ("f * ", r"the equation 'f \* ' is no Python expression"),
        ("h.max()", r"has 'h.max\(\)' in it; an equation is made of names"),
        ("f // 2", "has 'f // 2' in it"),
        ("'text'", r"has ''text'' in it"),
        ("__import__('os').system('ls')", "in it; an equation is made of names"),
        ("softmax(logits, axis=1)", "in it"),
        ("True", "has 'True' in it"),
    ],
)
def test_what_is_no_equation_is_refused(equation: str, said: str) -> None:
    """With the part that is not understood; nothing of it is run."""
    with pytest.raises(InputError, match=said):
        parse(equation)
