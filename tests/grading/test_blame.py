"""The line to look at, found from what a student's variables became.

Each answer below is right; one line of it is changed at a time, and that line has to be named.
"""

from __future__ import annotations

import pytest

from tests.grading.blamed_answers import ARGUMENTS, BACK, KEPT, LOOPS, RETURNS, STEP, blame
from tracer.grading.report import Why

WRONG = {
    STEP: [
        ("-z)", "z)"), ("1 + np", "1 - np"), ("+ a", "- a"), (" + a", ""),
        ("h_prev @ W.T", "c_prev @ W.T"), ("[:, :H]", "[:, H:2 * H]"),
        ("z[:, H:2 * H]", "z[:, 2 * H:3 * H]"), ("i = sigmoid(z_i)", "i = sigmoid(z_f)"),
        ("f = sigmoid(z_f)", "f = np.tanh(z_f)"), ("g = np.tanh(z_g)", "g = sigmoid(z_g)"),
        ("np.tanh(z_g)", "np.maximum(z_g, 0)"), ("o = sigmoid(z_o)", "o = z_o"),
        ("f * c_prev", "f + c_prev"), ("f * c_prev", "f * h_prev"),
        ("f * c_prev", "(1 - f) * c_prev"), ("i * g", "i + g"),
        ("kept + written", "kept - written"), ("kept + written", "kept * written"),
        ("kept + written", "np.tanh(kept + written)"), ("np.tanh(c)", "np.tanh(c_prev)"),
        ("np.tanh(c)", "np.tanh(kept)"), ("o * t", "i * t"), ("o * t", "t"),
        ("return h, c", "return c, h"),
    ],
    KEPT: [
        ("-z)", "z)"), ("+ a}", "- a}"), ('sigmoid(q["z_i"])', 'q["z_i"]'),
        ('sigmoid(q["z_f"])', 'np.tanh(q["z_f"])'), ('np.tanh(q["z_g"])', 'sigmoid(q["z_g"])'),
        ('np.tanh(q["z_g"])', 'np.tanh(np.tanh(q["z_g"]))'),
        ('sigmoid(q["z_o"])', '2 * sigmoid(q["z_o"])'), ("* c_prev", "+ c_prev"),
        ('+= q["i"]', '-= q["i"]'), ('np.tanh(q["c"])', 'q["c"]'),
        ('return q["h"], q["c"]', 'return q["c"], q["h"]'),
    ],
    LOOPS: [
        ("U[row, d] * x[n, d]", "U[row, d] - x[n, d]"),        ("-z[1]", "z[1]"),
        ("math.tanh(z[2])", "z[2]"), ("f * c_prev[n, k] +", "f * c_prev[n, k] -"),
        ("f * c_prev[n, k]", "f * c_prev[0, k]"), ("o * math.tanh(c[n, k])", "o * c[n, k]"),
    ],
    BACK: [
        ("d_c_from_next + d_h", "d_h"), ("(1 - t ** 2)", "(1 - c ** 2)"), ("d_h * t", "d_h * c"),
        ("d_c * c_prev", "d_c * c"), ("d_c * g", "d_c * i"), ("d_c * i\n", "d_c_from_next * i\n"),
        ("d_c * f\n", "d_c\n"), ("i * (1 - i)", "(1 - i)"), ("f * (1 - f)", "f"),
        ("(1 - g ** 2)", "(1 - np.tanh(g) ** 2)"), ("d_o * o * (1", "d_o + o * (1"),
        ("- i)", "+ i)"), ("d_z @ W", "2 * d_z @ W"), ("d_z.T @ h_prev", "d_z.T @ c_prev"),
        ("d_z.T @ x", "-(d_z.T @ x)"), ("sum(axis=0)", "mean(axis=0)"),
        ("d_o * o * (1 - o)", "d_o"), ("d_g * (1 - g ** 2)", "d_g"),
    ],
}  # fmt: skip
CASES = [(right, old, new) for right, changes in WRONG.items() for old, new in changes]


@pytest.mark.parametrize(
    "right", [STEP, KEPT, LOOPS, BACK], ids=["step", "kept", "loops", "backward"]
)
def test_no_line_of_a_right_answer_is_named(right: str) -> None:
    """Whatever a right answer computes on its way, it ends well."""
    assert blame(right, right) is None


@pytest.mark.parametrize(("right", "old", "new"), CASES, ids=[f"{o} as {n}" for _, o, n in CASES])
def test_the_line_that_was_changed_is_named(right: str, old: str, new: str) -> None:
    """One line is wrong, and it is that line."""
    wrong = right.replace(old, new, 1)
    lines = zip(right.splitlines(), wrong.splitlines(), strict=True)
    changed = [n for n, (before, after) in enumerate(lines, 1) if before != after]

    found = blame(wrong, right)

    assert found is not None
    assert [found.line] == changed


def test_what_is_right_before_the_line_is_named_with_its_lines() -> None:
    """So that a student knows from where on to look."""
    found = blame(STEP.replace("kept + written", "kept - written"), STEP)

    assert found is not None
    assert (found.name, found.line) == ("c", 21)
    assert dict(found.right)["f"] == 16
    assert "t" not in dict(found.right)


def test_numbers_of_another_quantity_are_not_called_right() -> None:
    """Where o is named f and f is named o, it is the first; neither is right before it."""
    swapped = STEP.replace("f = sigmoid(z_f)", "f = sigmoid(z_o)")
    found = blame(swapped.replace("o = sigmoid(z_o)", "o = sigmoid(z_f)"), STEP)

    assert found is not None
    assert (found.name, found.why, found.quantity) == ("f", Why.OTHER, "o")
    assert {"f", "o"}.isdisjoint(dict(found.right))


def test_a_variable_that_is_wrong_later_is_not_called_right_beside_that() -> None:
    """h was right where it was computed, and is not any more."""
    found = blame(STEP.replace("return h, c", "h = h + 1; return h, c"), STEP)

    assert found is not None
    assert found.name == "h"
    assert "h" not in dict(found.right)


def test_the_numbers_of_another_quantity_are_recognised() -> None:
    """``i = sigmoid(z_f)`` gives i the numbers of f."""
    found = blame(STEP.replace("i = sigmoid(z_i)", "i = sigmoid(z_f)"), STEP)

    assert found is not None
    assert (found.name, found.why, found.quantity) == ("i", Why.OTHER, "f")


RENAMED = """\
import numpy as np


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def answer(x, h_prev, c_prev, U, W, a):
    z = x @ U.T
    z = z + h_prev @ W.T
    z = z + a
    i, f, g, o = np.split(z, 4, axis=1)
    i, f, g, o = sigmoid(i), sigmoid(f), np.tanh(g), sigmoid(o)
    c = f * c_prev + i * g
    h = o * np.tanh(c)
    return h, c
"""
"""A name is used twice: i is z_i first, and then i."""
ARGUMENTS[RENAMED], RETURNS[RENAMED] = ARGUMENTS[STEP], RETURNS[STEP]


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ("np.tanh(g)", "sigmoid(g)", 13), ("sigmoid(f)", "np.tanh(f)", 13),
        ("sigmoid(i), sigmoid(f)", "sigmoid(f), sigmoid(i)", 13), ("+ a", "- a", 11),
        ("h_prev @ W.T", "c_prev @ W.T", 10), ("i * g", "i + g", 14), ("np.tanh(c)", "c", 15),
    ],
)  # fmt: skip
def test_a_name_that_is_used_twice_means_what_it_becomes(old: str, new: str, line: int) -> None:
    """``i, f, g, o = np.split(z, 4)`` is no mistake, and never the line to look at."""
    assert blame(RENAMED, RENAMED) is None

    found = blame(RENAMED.replace(old, new, 1), RENAMED)

    assert found is not None
    assert found.line == line
