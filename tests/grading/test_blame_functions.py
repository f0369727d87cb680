"""The line to look at where functions of the student's own compute a part."""

from __future__ import annotations

import pytest

from tests.grading.blamed_answers import ARGUMENTS, RETURNS, STEP, blame

FUNCTIONS = """\
import numpy as np


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


{gates}

def answer(x, h_prev, c_prev, U, W, a):
    z = x @ U.T + h_prev @ W.T + a
    {call}
    c = f * c_prev + i * g
    h = o * np.tanh(c)
    return h, c
"""
"""The four gates come from a function: its lines begin at 8."""

ONE_ARRAY = """\
def gates(z):
    H = z.shape[1] // 4
    s = np.concatenate([sigmoid(z[:, :2 * H]), 0.9 * np.tanh(z[:, 2 * H:3 * H])], axis=1)
    return np.concatenate([s, sigmoid(z[:, 3 * H:])], axis=1)
"""
RETURNED_AT_ONCE = """\
def gates(z):
    return np.concatenate([sigmoid(z[:, :8]), 0.9 * np.tanh(z[:, 8:12]), sigmoid(z[:, 12:])], 1)
"""
RETURNED_APART = """\
def gates(z):
    z_i, z_f, z_g, z_o = np.split(z, 4, axis=1)
    return sigmoid(z_i), sigmoid(z_f), 0.9 * np.tanh(z_g), sigmoid(z_o)
"""
IN_A_LOOP = """\
def gates(z):
    found = {}
    for k, name in enumerate("ifgo"):
        s = sigmoid(z[:, 4 * k:4 * k + 4])
        found[name] = s
    return found["i"], found["f"], found["g"], found["o"]
"""


@pytest.mark.parametrize(
    ("gates", "call", "line"),
    [
        (ONE_ARRAY, "i, f, g, o = np.split(gates(z), 4, axis=1)", 10),
        (RETURNED_AT_ONCE, "i, f, g, o = np.split(gates(z), 4, axis=1)", 9),
        (RETURNED_APART, "i, f, g, o = gates(z)", 10),
        (IN_A_LOOP, "i, f, g, o = gates(z)", 11),
    ],
    ids=["one array", "returned at once", "returned apart", "in a loop"],
)
def test_a_function_with_one_wrong_gate_is_not_excused_by_the_others(
    gates: str, call: str, line: int
) -> None:
    """Three gates of four are right; the wrong line stands in the function, not where it is called.

    What is right in the same call says nothing of the line that is not.
    """
    right = FUNCTIONS.format(gates="", call="i, f, g, o = np.split(z, 4, axis=1)")
    ARGUMENTS[right], RETURNS[right] = ARGUMENTS[STEP], RETURNS[STEP]

    found = blame(FUNCTIONS.format(gates=gates, call=call), right)

    assert found is not None
    assert found.line == line


@pytest.mark.parametrize(
    ("call", "name"),
    [
        ("s = sigmoid(z); i, f, g, o = np.split(s, 4, axis=1)", "s"),
        ("i, f, g, o = np.split(sigmoid(z), 4, axis=1)", ""),
        ("i, f, g, o = sigmoid(z[:, :4]), sigmoid(z[:, 4:8]), sigmoid(z[:, 8:12]), 1", "g"),
    ],
    ids=["a variable", "no variable", "of several"],
)
def test_a_right_function_that_is_given_too_much_is_blamed_where_it_is_called(
    call: str, name: str
) -> None:
    """g is no sigmoid; the name is that of a variable of this line, or none."""
    right = FUNCTIONS.format(gates="", call="i, f, g, o = np.split(z, 4, axis=1)")
    ARGUMENTS[right], RETURNS[right] = ARGUMENTS[STEP], RETURNS[STEP]

    found = blame(FUNCTIONS.format(gates="", call=call), right)

    assert found is not None
    assert (found.line, found.name) == (12, name)
