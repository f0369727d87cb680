"""Who writes into an array that is somebody else's, or makes it float64, is told the line."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.grading.answering import EXERCISES
from tracer.exercises.exercise import Exercise
from tracer.exercises.submission import Submission
from tracer.grading.report import Kind
from tracer.grading.session import grade
from tracer.view.terminal.console import Abilities
from tracer.view.terminal.report import screen

pytestmark = pytest.mark.usefixtures("here")

SOLUTIONS = Path(__file__).parents[2] / "solutions"
STEP = "def rnn_step(x, h_prev, U, W, a):\n"
RIGHT = "np.tanh(x @ U.T + h_prev @ W.T + a)"


def said(exercise: Exercise, source: str, kind: Kind) -> str:
    """What is said of an answer that fails for this reason."""
    source = f"import numpy as np\n{source}"
    report = grade(exercise, Submission("rnn_step.py", source.encode()), seed=1)
    trouble = report.first_failing.trouble if report.first_failing else None
    assert trouble is not None
    assert trouble.kind is kind
    return " ".join(line.plain.strip() for line in screen(report, Abilities(width=200)))


@pytest.mark.parametrize(
    ("source", "line", "other_name"),
    [
        (
            f"{STEP}    h = {RIGHT}\n    a += 1\n    return h\n",
            "line 4 of rnn_step.py: a += 1",
            False,
        ),
        (
            f"{STEP}    h = {RIGHT}\n    b = a\n    b[0] = 5\n    return h\n",
            "line 5 of rnn_step.py: b[0] = 5",
            True,
        ),
        (
            f"def spoil(v):\n    v *= 2\n\n{STEP}    h = {RIGHT}\n    spoil(a)\n    return h\n",
            "line 3 of rnn_step.py: v *= 2",
            True,
        ),
    ],
)
def test_the_line_that_changes_an_argument(
    rnn_step: Exercise, source: str, line: str, other_name: bool
) -> None:
    """By its own name, by another one, and in a function that it is handed to."""
    text = said(rnn_step, source, Kind.CHANGED)

    assert f"rnn_step modified its argument a. {line} The caller still needs a." in text
    assert ("The same holds for another name of the array" in text) == other_name


LSTM_BACKWARD = "lstm_step_backward"
OF_A_DICT = (SOLUTIONS / f"32_{LSTM_BACKWARD}" / f"{LSTM_BACKWARD}.py").read_text("utf-8")
NO_LONGER = "no longer holds the array that was given. line {} of rnn_step.py: {}"


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ('i = forward.pop("i")', f'forward["i"] {NO_LONGER} The caller still needs it.'),
        ('forward["c"] = np.tanh(forward["c"])', f'forward["c"] {NO_LONGER}'),
        (
            'forward["c"][:] = np.tanh(forward["c"])',
            'line {} of rnn_step.py: {} The caller still needs forward["c"].',
        ),
        ('forward["c"] *= 2', 'instead: no forward["c"][:] = …, no forward["c"] *= …'),
        ('forward["c"] = forward["c"].copy()', ""),
    ],
)
def test_the_line_that_changes_what_lies_in_a_dict(change: str, told: str) -> None:
    """An array taken out, replaced or written into; a copy with the same numbers is no change."""
    source = (
        f"{OF_A_DICT}\n\nright = {LSTM_BACKWARD}\n\n\ndef {LSTM_BACKWARD}(d_h, d, forward, U, W):\n"
    )
    source += "    found = right(d_h, d, forward, U, W)\n"
    line = source.count("\n") + 2  # `said` puts one before it
    source += f"    {change}\n    return found\n"
    exercise = EXERCISES["32"]

    if told:
        assert told.format(line, change) in said(exercise, source, Kind.CHANGED)
    else:
        assert grade(exercise, Submission("a.py", source.encode()), seed=1).first_failing is None


def test_the_line_that_overwrites_what_was_returned(rnn_step: Exercise) -> None:
    """One buffer for all calls: the line that fills it in the call after."""
    source = (
        "buffers = {}\n\n\n"
        f"{STEP}    h = buffers.setdefault((h_prev.shape, h_prev.dtype), np.zeros_like(h_prev))\n"
        f"    h[:] = {RIGHT}\n    return h\n"
    )

    text = said(rnn_step, source, Kind.SHARED)

    assert f"was right, but changed later. line 7 of rnn_step.py: h[:] = {RIGHT}" in text


def test_two_buffers_in_turn(rnn_step: Exercise) -> None:
    """What one call returned is overwritten in the second call after it."""
    source = (
        "buffers = {}\ncalls = [0]\n\n\n"
        f"{STEP}    both = np.zeros((2, *h_prev.shape), h_prev.dtype)\n"
        "    h = buffers.setdefault((h_prev.shape, h_prev.dtype), both)[calls[0] % 2]\n"
        f"    calls[0] += 1\n    h[:] = {RIGHT}\n    return h\n"
    )

    text = said(rnn_step, source, Kind.SHARED)

    assert f"was right, but changed later. line 10 of rnn_step.py: h[:] = {RIGHT}" in text


@pytest.mark.parametrize(
    ("first", "line", "why"),
    [
        (
            "z = np.zeros(h_prev.shape)",
            "line 3 of rnn_step.py: z = np.zeros(h_prev.shape)",
            "np.zeros gives float64, without dtype=.",
        ),
        (
            "z = np.float64(0) * np.ones(h_prev.shape, bool)",
            "line 3 of rnn_step.py: z = np.float64(0) * np.ones(h_prev.shape, bool)",
            "",
        ),
        ("z = x.dtype.type(0) * np.float64(2)", "line 3 of rnn_step.py: z = x.dtype.type(0) *", ""),
        (
            "z = np.empty(h_prev.shape); z[:] = 0",
            "line 3 of rnn_step.py: z = np.empty(h_prev.shape)",
            "np.empty gives float64, without dtype=.",
        ),
        (
            "eps = np.float64(1)\n    z = 0 * x @ U.T\n    z = z + np.float64(0)",
            "line 5 of rnn_step.py: z = z + np.float64(0)",
            "",
        ),
        (
            "n = np.float64(0)\n    def times(v):\n        return v * n\n    z = times(x @ U.T)",
            "line 5 of rnn_step.py: return v * n",
            "",
        ),
        (
            "n = np.float64(0)\n    z = 0 * x @ U.T\n    z = [z, z + n][1]",
            "line 3 of rnn_step.py: n = np.float64(0)",
            "",
        ),
    ],
)
def test_the_line_that_makes_float64(rnn_step: Exercise, first: str, line: str, why: str) -> None:
    """Where float32 came in; what NumPy makes without being asked is named."""
    text = said(rnn_step, f"{STEP}    {first}\n    return z + {RIGHT}\n", Kind.PRECISION)

    assert f"though no argument is. The first value in float64 is made at {line}" in text
    assert ("without dtype=" in text) == bool(why)
    assert why in text


@pytest.mark.parametrize(
    ("change", "advice"),
    [
        ("p += 0.1; p -= 0.1", "It is what it was but for rounding: a number plus eps minus eps"),
        ("p += 0.1", "The caller still needs parameters. Keep each number that you change"),
    ],
)
def test_a_parameter_that_is_not_put_back(change: str, advice: str) -> None:
    """Who measures a slope changes it for a while: to make a new array is no advice."""
    exercise = EXERCISES["34"]
    right = (SOLUTIONS / exercise.name / exercise.file).read_text("utf-8")
    source = right.replace("    return True", f"    p = parameters['U']; {change}\n    return True")
    checks = [c for c in exercise.checks if c.inputs_kept]

    text = said(replace(exercise, checks=tuple(checks)), source, Kind.CHANGED)

    assert f"gradient_check modified its argument parameters. {advice}" in text
