"""What the value of a line to look at was computed from, where it is not known to be right."""

from __future__ import annotations

import pytest

from tests.grading.answering import EXERCISES
from tracer.corpus.inside import InThisProcess
from tracer.exercises.submission import Submission
from tracer.grading.session import grade
from tracer.view.export.report_json import as_record

NORM = """
def clip_by_norm(d_U, d_W, d_a, max_norm):
    for d in (d_U, d_W, d_a):
        total = (d**2).sum()
    norm = np.sqrt(total)
    scale = min(1.0, max_norm / norm)
    return norm, scale * d_U, scale * d_W, scale * d_a
"""

HELPER = """
def keep(f, memory):
    return f * memory

def cell_update(c_prev, i, f, g, o):
    c = keep(i, c_prev) + i * g
    return o * np.tanh(c), c
"""

BACKWARD = """
def rnn_backward(d_h_from_loss, x, h_0, h, U, W):
    d_U, d_W, d_a = np.zeros_like(U), np.zeros_like(W), np.zeros_like(U[:, 0])
    d_x = np.zeros_like(x)
    back = np.zeros_like(h_0)
    for t in range(len(x) - 1, -1, -1):
        d_z = (d_h_from_loss[t] + back) * (1 - h[t] ** 2)
        before = h[t - 1] if t > 0 else np.zeros_like(h_0)
        d_x[t] = d_z @ U
        d_U += d_z.T @ x[t]
        d_W += d_z.T @ before
        d_a += d_z.sum(axis=0)
        back = d_z @ W
    return d_x, back, d_U, d_W, d_a
"""

OWN_LINE = """
def cell_update(c_prev, i, f, g, o):
    c = f * c_prev + i * g
    h = o * c
    return h, c
"""


def line_of(number: str, answer: str) -> tuple[str, str]:
    """The code of the line that is named, and what is said of it."""
    source = f"import numpy as np\n{answer}".encode()
    report = grade(
        EXERCISES[number], Submission(EXERCISES[number].file, source), seed=7, wall=InThisProcess()
    )
    told = as_record(report)["line"]
    return told["code"], " ".join(told["said"])


@pytest.mark.parametrize(
    ("number", "answer", "code", "said"),
    [
        ("41", NORM, "norm = np.sqrt(total)", "It is computed from total (line 5); the fault may"),
        ("21", HELPER, "return f * memory", "The function is called in line 7; the fault may"),
        ("31", BACKWARD, "d_W += d_z.T @ before", "computed from before (line 9); the fault may"),
    ],
)
def test_what_else_may_be_at_fault(number: str, answer: str, code: str, said: str) -> None:
    """The variable that the line reads, or the call of its function; never the 0 of a sum."""
    named, told = line_of(number, answer)

    assert named.startswith(code)
    assert said in told


def test_a_line_that_is_at_fault_alone() -> None:
    """All that it reads is known to be right, so nothing else is named."""
    named, told = line_of("21", OWN_LINE)

    assert named == "h = o * c"
    assert "the fault may lie" not in told
