"""Whose shapes a sentence on a product or a sum is about: of that one, and of nothing else."""

from __future__ import annotations

from typing import Any

import pytest

from tracer.exercises.exercise import Exercise
from tracer.exercises.submission import Submission
from tracer.grading.session import grade
from tracer.view.terminal.console import Abilities
from tracer.view.terminal.report import screen


def told(exercise: Exercise, expression: str) -> tuple[Any, str]:
    """What is told of a step that computes this, and NumPy's own words."""
    source = (
        "import numpy as np\nfrom numpy import dot, inner\n\n"
        f"def rnn_step(x, h_prev, U, W, a):\n    return {expression}\n"
    )
    trouble = grade(exercise, Submission("rnn_step.py", source.encode()), seed=1).checks[0].trouble
    assert trouble is not None
    return trouble.facts["product"], trouble.facts["message"]


@pytest.mark.parametrize(
    "expression", ["x @ W", "np.dot(x, W)", "np.matmul(x, W)", "x.dot(W)", "dot(x, W)"]
)
def test_a_matrix_product(rnn_step: Exercise, expression: str) -> None:
    """However it is written: what stands there, and both sides with their shapes."""
    product, _said = told(rnn_step, expression)

    assert product == (expression, ("x", (1, 4)), ("W", (3, 3)))


@pytest.mark.parametrize("expression", ["np.inner(x.T, W)", "inner(x.T, W)"])
def test_another_function_of_two_arrays(rnn_step: Exercise, expression: str) -> None:
    """Its rule for the shapes is another one, so NumPy's own words stand alone."""
    product, said = told(rnn_step, expression)

    assert product is None
    assert said.startswith("shapes (4,1) and (3,3) not aligned: 1 (dim 1) != 3 ")


def test_a_sum(rnn_step: Exercise) -> None:
    """Both sides with their shapes, also where a function is called in one, and the axes apart."""
    source = (
        "import numpy as np\n\n\n"
        "def rnn_step(x, h_prev, U, W, a):\n    return x @ U.T + np.ones(7)\n"
    )

    report = grade(rnn_step, Submission("rnn_step.py", source.encode()), seed=1)

    said = " ".join(line.plain.strip() for line in screen(report, Abilities(width=200)))
    assert "Your code raised ValueError: the shapes in x @ U.T + np.ones(7) do not fit" in said
    assert "x @ U.T has shape (1, 3) and np.ones(7) has shape (7,)." in said
    assert "each two must be equal, or one of them 1. Here 3 meets 7." in said


def test_a_sum_inside_a_function_of_numpy(rnn_step: Exercise) -> None:
    """It is no sum of the student's own: NumPy's words stand alone."""
    source = "import numpy as np\n\ndef rnn_step(x, h_prev, U, W, a):\n    return np.add(x, a)\n"

    trouble = grade(rnn_step, Submission("rnn_step.py", source.encode()), seed=1).checks[0].trouble

    assert trouble is not None
    assert trouble.facts["apart"] is None
    assert trouble.facts["message"].startswith("operands could not be broadcast together")


@pytest.mark.parametrize(
    ("line", "shapes"),
    [
        ("z_i, z_f = U", "There U has shape (3, 4)."),
        ("return np.split(U, 2)", "There U has shape (3, 4)."),
        ("return np.where(a, U, W)", "There a has shape (3,), U (3, 4) and W (3, 3)."),
        ("return x[a.size]", "There x has shape (1, 4) and a (3,)."),
        ("if W: return x", "There W has shape (3, 3)."),
        ("return x.shape[7]", "There x has shape (1, 4)."),
    ],
)
def test_the_arrays_of_a_line_that_fails(rnn_step: Exercise, line: str, shapes: str) -> None:
    """Whatever NumPy says does not fit: the line, and the shape of each array that it names."""
    source = f"import numpy as np\n\ndef rnn_step(x, h_prev, U, W, a):\n    {line}\n"

    report = grade(rnn_step, Submission("rnn_step.py", source.encode()), seed=1)

    said = " ".join(part.plain.strip() for part in screen(report, Abilities(width=200)))
    assert f"line 4 of rnn_step.py: {line} {shapes}" in said


@pytest.mark.parametrize(
    "line",
    [
        "raise ValueError(x)", "return int('x') + x", "return [1, 2].index(5) + x",
        "return int(np.nan * x[0, 0])", "return [][1] + x", "return float('size') + x",
    ],
)  # fmt: skip
def test_no_array_is_told_where_none_is_the_matter(rnn_step: Exercise, line: str) -> None:
    """An error of the student's own says itself what it is about; others speak of no shape."""
    source = f"import numpy as np\n\ndef rnn_step(x, h_prev, U, W, a):\n    {line}\n"

    trouble = grade(rnn_step, Submission("rnn_step.py", source.encode()), seed=1).checks[0].trouble

    assert trouble is not None
    assert trouble.facts["shapes"] == ()


def test_no_product_is_proposed_where_the_names_stand_for_other_arrays(rnn_step: Exercise) -> None:
    """With x and h_prev in the other order, x @ U would fit h_prev, which is not what is meant."""
    source = (
        "import numpy as np\n\n\n"
        "def rnn_step(h_prev, x, U, W, a):\n    return np.tanh(x @ U.T + h_prev @ W.T + a)\n"
    )

    report = grade(rnn_step, Submission("rnn_step.py", source.encode()), seed=1)

    said = " ".join(line.plain.strip() for line in screen(report, Abilities(width=200)))
    assert "Your rnn_step takes h_prev, x, U, W, a." in said
    assert "x has shape (1, 3) and U.T has shape (4, 3)" in said
    assert "would fit" not in said
