"""What is said of a course with arrays of its own is said in its names and its layout, and true."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import pytest

from tracer.equations.expression import Expression, Transposed
from tracer.equations.parsing import parse
from tracer.exercises.discovery import discover
from tracer.mistakes import mistakes_of
from tracer.program import Program
from tracer.program.compiled import functions_of
from tracer.program.edit import Change
from tracer.program.functions import ACROSS_STEPS
from tracer.view.say.own_words import OwnWords

COURSES = Path(__file__).parents[1] / "exercises/courses"
SIZES = {"N": 3, "D": 6, "H": 4, "K": 5, "T": 7}


@cache
def words(course: str, number: str, check: str) -> OwnWords:
    """The words of one check."""
    exercises = discover(COURSES / course / "exercises").good
    exercise = next(e for e in exercises if e.number == number)
    return OwnWords(exercise, next(c for c in exercise.checks if c.name == check))


ROWS = ("rows", "30", "step forward")
ROWS_LSTM = ("rows", "31", "step backward")
ROWS_SEQUENCE = ("rows", "31", "forward")
COLUMNS = ("columns", "40", "cell forward")
COLUMNS_LSTM = ("columns", "41", "cell backward")
COLUMNS_SEQUENCE = ("columns", "41", "forward")


@pytest.mark.parametrize(
    ("course", "sentence", "said"),
    [
        (ROWS, "W is transposed: h_prev @ W instead of h_prev @ W.T.",
         "Wh is transposed: prev_h @ Wh.T instead of prev_h @ Wh."),
        (COLUMNS, "W is transposed: h_prev @ W instead of h_prev @ W.T.",
         "Waa is transposed: Waa.T @ a_prev instead of Waa @ a_prev."),
        (ROWS, "without the bias a. A bias is a sum.", "without the bias b. A bias is a sum."),
        (COLUMNS_LSTM, "the bias a is added twice.",
         "the bias (bi, bf, bc, bo) is added twice."),
        (ROWS, "those of h = tanh(U x) + tanh(W h_prev) + a. The three",
         "those of next_h = tanh(x @ Wx) + tanh(prev_h @ Wh) + b. The three"),
        (COLUMNS, "those of W x + U h_prev + a.", "those of Waa @ xt + Wax @ a_prev + ba."),
        (ROWS_LSTM, "blocks of U, W and a in the order i f g o.",
         "blocks of Wx, Wh and b in the order i f g o."),
        (ROWS_LSTM, "d_x = d_z_i @ U_i.", "dx = d_z_i @ Wx_i.T."),
        (COLUMNS_LSTM, "d_x = d_z_i @ U_i.", "dxt = U_i.T @ d_z_i."),
        (ROWS_LSTM, "W is multiplied by h_prev, so d_W = d_z.T @ h_prev.",
         "Wh is multiplied by prev_h, so dWh = prev_h.T @ d_z."),
        (COLUMNS, "d_W = d_z.T @ h_prev", "dWaa = d_z @ a_prev.T"),
        (COLUMNS, "Your d_W is transposed: d_W.T. Each row of d_W belongs to the same row of W.",
         "Your dWaa is transposed: dWaa.T. Each row of dWaa belongs to the same row of Waa."),
        (ROWS_SEQUENCE, "as in x[::-1]: x[t - 1] is x[-1].",
         "as in x[:, ::-1]: x[:, t - 1] is x[:, -1]."),
        (COLUMNS_SEQUENCE, "Step t reads x[t].", "Step t reads x[:, :, t]."),
        (ROWS, "A switch is tanh(z). np.tanh(z) is not. The loss of a label.",
         "A switch is tanh(z). np.tanh(z) is not. The loss of a label."),
    ],
)  # fmt: skip
def test_a_sentence_of_the_list_is_said_in_the_names_of_the_course(
    course: tuple[str, str, str], sentence: str, said: str
) -> None:
    """Names, products and places as that course has them; words of English stay."""
    assert words(*course).text(sentence) == said


def test_what_has_no_array_of_its_own_is_explained() -> None:
    """Wx_f is a block; W_f is a part of Wf, which has the columns of U_f as well."""
    assert words(*ROWS_LSTM).legend(["z_f = x @ Wx_f"]) == ["Wx_f is the block of Wx for f."]
    assert words(*COLUMNS_LSTM).legend(["W_f @ a_prev"]) == [
        "W_f is block 1 of 2 in Wf, from the left."
    ]
    assert words(*COLUMNS_LSTM).legend(["without W @ a_prev"]) == [
        "W stands for the parts of Wi, Wf, Wc and Wo that a_prev is multiplied by."
    ]


def test_what_is_right_is_listed_by_its_array() -> None:
    """The blocks of one array together, and all of them as the array itself."""
    said = words(*ROWS_LSTM)

    assert said.names(["d_c_prev", "d_U_i", "d_U_o"]) == ["dprev_c", "dWx (blocks i, o)"]
    assert said.names([f"d_W_{gate}" for gate in "ifgo"]) == ["dWh"]
    assert said.names(["d_W_i"]) == ["dWh (block i)"]
    assert words(*COLUMNS_LSTM).names(["d_W_f", "d_a_f"]) == ["dWf (block 1)", "dbf"]


LAID_OTHERWISE = ACROSS_STEPS | {"one_hot", "softmax", "column", "row", "masked"}
"""What is computed along one axis: the letters say which, whatever the layout."""


@pytest.mark.parametrize("course", [ROWS, ROWS_LSTM, COLUMNS, COLUMNS_LSTM], ids=str)
def test_an_equation_in_other_names_gives_the_same_numbers(course: tuple[str, str, str]) -> None:
    """Every right-hand side of the catalogue, computed from the course's arrays as it has them."""
    said = words(*course)
    program = said.program
    assert program is not None
    listed = _numbers(said, program)
    own = {}
    for name, array in listed.items():
        leaf = said._leaf(name)
        key = str(leaf.of) if isinstance(leaf, Transposed) else str(leaf)
        own[key] = array.T if isinstance(leaf, Transposed) else array
        if array.ndim == 1 and said.columns:
            own[key] = array[:, np.newaxis]
    tried = 0
    for mistake in mistakes_of(program):
        for edit in mistake.edits:
            if isinstance(edit, Change) and _is_computed(edit.expression, listed):
                value = _value(edit.expression, listed, program)
                written = parse(said.formula(edit.expression, edit.name))
                found = _value(written, own, program)
                if isinstance(said._leaf(edit.name), Transposed):
                    value = np.swapaxes(value, -1, -2) if np.ndim(value) > 1 else value
                if value.ndim == 1:
                    found = found.ravel()
                assert found == pytest.approx(value), (str(edit), str(written))
                tried += 1

    assert tried > 60


def _is_computed(expression: Expression, listed: dict[str, np.ndarray]) -> bool:
    along = {f for f in expression.functions if f in LAID_OTHERWISE or "_" in f}
    return not along and set(expression.reads) <= listed.keys()


def _numbers(said: OwnWords, program: Program) -> dict[str, np.ndarray]:
    """A number for every place of every quantity of a step, none of them large."""
    random = np.random.default_rng(3)
    found = {}
    for name in program.names:
        shape = tuple(4 * SIZES["H"] if axis == "4H" else SIZES[axis] for axis in said._axes(name))
        found[name] = random.uniform(0.1, 0.9, shape)
    return found


def _value(expression: Expression, names: dict[str, np.ndarray], program: Program) -> np.ndarray:
    with np.errstate(all="ignore"):
        try:
            return np.asarray(expression.value(names, functions_of(program.name)))
        except ValueError:  # h_prev @ U fits only where D is H
            return np.zeros(())
