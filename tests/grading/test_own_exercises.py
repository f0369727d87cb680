"""What a course may ask for beside numbers of the list, each run in a real process."""

from __future__ import annotations

from pathlib import Path

import pytest

from tracer.errors import FileError
from tracer.exercises.exercise import Exercise
from tracer.exercises.reading import read
from tracer.exercises.submission import Submission
from tracer.grading.report import Report, Verdict
from tracer.grading.session import grade
from tracer.view.terminal.console import Abilities
from tracer.view.terminal.report import screen

STEP = "sizes = { N = 3, D = 5, H = 4 }"


def exercise(tmp_path: Path, text: str, reference: str = "") -> Exercise:
    """The exercise that a folder with this ``exercise.toml`` is."""
    folder = tmp_path / "70_step"
    folder.mkdir(parents=True)
    (folder / "exercise.toml").write_text(text, "utf-8")
    if reference:
        (folder / "reference.py").write_text(reference, "utf-8")
    return read(folder)


def graded(asked: Exercise, source: str) -> tuple[Report, str]:
    """The report, and its screen."""
    source = f"import numpy as np\n{source}"
    report = grade(asked, Submission(asked.file, source.encode()), seed=3)
    return report, "\n".join(line.plain for line in screen(report, Abilities(width=140)))


CHECKER = f"""
title = "Checks a step"
equations = "rnn"
[[functions]]
signature = "is_step(h, x, h_prev, U, W, a) -> ok"
[functions.where]
ok = "bool"
[[checks]]
name = "tells"
title = "accepts the right step, and refuses wrong ones"
points = 2
{STEP}
accepts = true
refuses = [{{ change = {{ h = "z" }} }}]
"""


@pytest.mark.parametrize(
    ("answer", "points", "said"),
    [
        ("np.allclose(np.tanh(x @ U.T + h_prev @ W.T + a), h)", 2, "passed"),
        ("True", 0, "is_step returned True; here the right answer is False."),
        (
            "True",
            0,
            "Of what it was given, h is wrong.",
        ),
        ("False", 0, "is_step returned False; here the right answer is True."),
    ],
)
def test_a_checker_is_checked(tmp_path: Path, answer: str, points: int, said: str) -> None:
    """It gets right numbers and wrong ones, and must tell them apart."""
    asked = exercise(tmp_path, CHECKER)

    report, text = graded(asked, f"def is_step(h, x, h_prev, U, W, a):\n    return {answer}\n")

    assert report.points == points
    assert said in text


REFERRED = f"""
title = "A step of the course's own"
reference = "reference.py"
[[functions]]
signature = "step(x, h_prev, U) -> h"
[functions.where]
x = "normal(T, N, D)"
h_prev = "normal(N, H)"
U = "normal(H, D)"
[[checks]]
name = "one"
title = "one step"
points = 2
{STEP}
[[checks]]
name = "several"
title = "several steps"
points = 2
sizes = {{ T = 4, N = 3, D = 5, H = 2 }}
"""

REFERENCE = "import numpy as np\ndef step(x, h_prev, U):\n    return np.tanh(x @ U.T) + h_prev\n"


def test_a_reference_says_what_is_right(tmp_path: Path) -> None:
    """The same function passes; another one is told where it first parts from the reference."""
    asked = exercise(tmp_path, REFERRED, REFERENCE)
    right, _screen = graded(asked, REFERENCE)
    wrong, text = graded(asked, REFERENCE.replace("+ h_prev", "* h_prev"))

    assert (right.verdict, right.points) == (Verdict.PASSED, 4)
    assert (wrong.verdict, wrong.points) == (Verdict.WRONG, 0)
    assert "The first wrong number in “one” is h at row 0, column 0." in text


def test_a_reference_that_breaks_is_the_instructors(tmp_path: Path) -> None:
    """The error names its file, its line and the check; nobody is graded with it."""
    asked = exercise(tmp_path, REFERRED, REFERENCE.replace("x @ U.T", "x @ U"))

    with pytest.raises(FileError, match=r"reference\.py, line 3: no result in check 'one'"):
        graded(asked, REFERENCE)


CONVENTION = f"""
title = "The gates"
equations = "lstm"
credit = "exact"
convention_share = 0.8
[[functions]]
signature = "step(x, h_prev, c_prev, U, W, a) -> h, c"
[[checks]]
name = "batch"
title = "a batch"
points = 5
{STEP}
"""

LSTM = """
def step(x, h_prev, c_prev, U, W, a):
    {order} = np.split(x @ U.T + h_prev @ W.T + a, 4, axis=1)
    i, f, o = (1 / (1 + np.exp(-z)) for z in (i, f, o))
    c = f * c_prev + {new}
    return o * np.tanh(c), c
"""


def test_a_convention_has_its_share(tmp_path: Path) -> None:
    """Right in another system's order of the gates: 0.8 of the points, and told as that."""
    asked = exercise(tmp_path, CONVENTION)

    right, _screen = graded(asked, LSTM.format(order="i, f, g, o", new="i * np.tanh(g)"))
    other, text = graded(asked, LSTM.format(order="i, f, o, g", new="i * np.tanh(g)"))

    assert right.points == 5
    assert (other.verdict, other.points) == (Verdict.WRONG, 4.0)
    assert "Your numbers are right for blocks of U, W and a in the order i f o g." in text


def test_exact_credit_carries_no_error_forward(tmp_path: Path) -> None:
    """Where the exercise says so, what follows from a wrong c earns nothing."""
    asked = exercise(tmp_path, CONVENTION)
    slip = LSTM.format(order="i, f, g, o", new="np.tanh(g)")

    exact, _screen = graded(asked, slip)
    forward, _screen = graded(
        exercise(tmp_path / "again", CONVENTION.replace('credit = "exact"', "")), slip
    )

    assert (exact.points, forward.points) == (0, 2.5)
