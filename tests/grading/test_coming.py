"""What the value of a line to look at was computed from, where it is not known to be right."""

from __future__ import annotations

import pytest

from tests.grading.answering import line_of

ADAM = """
def corrected(q, beta, t):
    return q / (1 - beta**t)

def adam(w, d, m, v, t, lr, beta1, beta2, epsilon):
    m = beta1 * m + (1 - beta1) * d
    v = beta2 * v + (1 - beta2) * d * d
    m_hat, v_hat = corrected(m, beta1, t), corrected(v, beta2, t)
    step = m_hat / (v_hat + epsilon)
    return w - lr * step, m, v
"""

HELPER = """
def keep(f, memory):
    return f * memory

def cell_update(c_prev, i, f, g, o):
    c = keep(i, c_prev) + i * g
    return o * np.tanh(c), c
"""

OWN_LINE = """
def cell_update(c_prev, i, f, g, o):
    c = f * c_prev + i * g
    h = o * c
    return h, c
"""


@pytest.mark.parametrize(
    ("number", "answer", "code", "said"),
    [
        ("43", ADAM, "return w - lr * step, m, v", "It is computed from step (line 10)."),
        ("21", HELPER, "return f * memory", "The function is called in line 7."),
    ],
)
def test_where_it_comes_from(number: str, answer: str, code: str, said: str) -> None:
    """The variable with numbers that are nowhere right, or the call that gave i for f."""
    named, told = line_of(number, answer)

    assert named == code
    assert told.endswith(said)


def test_what_is_right_is_not_named() -> None:
    """All that the line reads has right numbers."""
    named, told = line_of("21", OWN_LINE)

    assert named == "h = o * c"
    assert "computed from" not in told
    assert "called" not in told
