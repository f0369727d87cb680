"""A function that Numba cannot compile: the line, the reason in plain words, and no points."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest
from numba.core.errors import TypingError

from tracer.exercises.discovery import home
from tracer.exercises.reading import read
from tracer.exercises.submission import Submission
from tracer.grading.session import grade
from tracer.sandbox.compiling import uncompiled
from tracer.sandbox.describing import named_line
from tracer.sandbox.process import PlainProcess
from tracer.view.export.report_json import as_record
from tracer.view.say.compiling import not_compiled

STEP = Path("/somewhere/step.py")
SOLUTION = Path(__file__).parents[2] / "solutions" / "50_lstm_step_jitted"
HEAD = "Failed in nopython mode pipeline (step: nopython frontend)\n"
PLACE = '\n\nFile "step.py", line 13:\ndef step(x):\n    <source elided>\n'

SAID = (
    (
        "\x1b[1mUse of unsupported NumPy function 'numpy.einsum' or unsupported use of it.",
        "It does not know numpy.einsum, or not as it is called here.",
    ),
    (
        "Untyped global name 'sigma': Cannot determine Numba type of <class 'function'>",
        "sigma is a function of your own that is not compiled: write @njit above it, too.",
    ),
    (
        "Untyped global name 'state': Cannot type empty list",
        "It cannot use state, which stands outside the function: Cannot type empty list.",
    ),
    (
        "Cannot unify float64 and array(float64, 2d, C) for 'c.2', defined at step.py (30)",
        "c is float64 in one place and float64 array with 2 axes in another.",
    ),
    (
        (
            "No implementation of function Function(<built-in function empty_like>) found for "
            "signature:\n \n >>> empty_like(array(float64, 2d, C), shape=UniTuple(int64 x 2))\n"
            "  TypingError: got an unexpected keyword argument 'shape'"
        ),
        "It has no empty_like for (float64 array with 2 axes, shape=tuple(2 × int64)).",
    ),
    ("Something else\nand more of it", "Its reason: Something else."),
)


@pytest.mark.parametrize(("reason", "says"), SAID, ids=[says[:20] for _reason, says in SAID])
def test_the_reason_in_plain_words(reason: str, says: str) -> None:
    """Of a message of a page, what a student needs."""
    facts = uncompiled(TypingError(HEAD + reason + PLACE), partial(named_line, STEP))

    assert facts["line"] == 13
    assert not_compiled(facts)[0] == "Numba cannot compile your function."
    assert not_compiled(facts)[1].startswith(says)


def test_another_exception() -> None:
    """Python's own are told as they are."""
    assert uncompiled(TypeError("no"), partial(named_line, STEP)) == {}


def attack(name: str) -> str:
    """Its source."""
    return (Path(__file__).parents[1] / "walls" / "attacks" / f"{name}.py").read_text("utf-8")


PLAIN = """
def step(x, h_prev, c_prev, U, W, a):
    z = np.einsum("nd,kd->nk", x, U) + np.einsum("nj,kj->nk", h_prev, W) + a
    i, f, g, o = np.split(z, 4, axis=1)
    c = (1 + np.tanh(f / 2)) / 2 * c_prev + (1 + np.tanh(i / 2)) / 2 * np.tanh(g)
    return (1 + np.tanh(o / 2)) / 2 * np.tanh(c), c
"""
PATCHED = f"""
import numba
import numpy as np

numba.njit = lambda function=None, **_named: function
{PLAIN.replace("def step", "def lstm_step_jitted")}
"""
SHELL = f"""
import numpy as np
from numba import njit, objmode
{PLAIN}

@njit
def inner(x, h_prev, c_prev, U, W, a):
    with objmode(h="float64[:, :]", c="float64[:, :]"):
        h, c = step(x, h_prev, c_prev, U, W, a)
    return h, c

@njit
def lstm_step_jitted(x, h_prev, c_prev, U, W, a):
    return inner(x, h_prev, c_prev, U, W, a)
"""


CHECK = "In check “compiles”: "
PRODUCT = """
import numpy as np

def lstm_step_jitted(x, h_prev, c_prev, U, W, a):
    return h_prev, x @ U.T
"""


def test_a_product_without_scipy() -> None:
    """The line of the @, and first that it is the check which compiles, for there is no @njit."""
    exercise = read(home() / "50_lstm_step_jitted")
    njit = PRODUCT.replace("def ", "from numba import njit\n@njit\ndef ")
    said = [
        as_record(grade(exercise, Submission("step.py", source.encode()), seed=1))
        ["checks"][0]["trouble"]["said"]
        for source in (PRODUCT, njit)
    ]  # fmt: skip
    why = [
        "For matrix products (@) and np.linalg it needs scipy, which is not installed here.",
        "Write loops over single numbers instead.",
    ]

    assert said[0][:4] == [
        f"{CHECK}lstm_step_jitted has no @njit above it; this check compiles it all the same.",
        "Numba cannot compile your function.",
        *why,
    ]
    assert "line 5 of step.py: return h_prev, x @ U.T" in said[0]
    assert said[1][:3] == [f"{CHECK}Numba cannot compile your function.", *why]


@pytest.mark.parametrize(
    ("source", "says"),
    [
        (PATCHED, "It does not know numpy.einsum, or not as it is called here."),
        (SHELL, "Its reason: lines under objmode are not compiled."),
        (attack("compiler_switched_off"), "It does not know numpy.einsum, or not as it is called"),
        (attack("python_called_back"), "Its reason: a function of ctypes' is not compiled."),
    ],
    ids=["another njit", "Python inside of a compiled function", "off", "ctypes"],
)
def test_plain_python_that_is_not_compiled(source: str, says: str) -> None:
    """Its numbers are right, and none of them counts: Numba itself is asked to compile it.

    So it is where the student's own environment has the compiler switched off.
    """
    exercise = read(home() / "50_lstm_step_jitted")
    submission = Submission("lstm_step_jitted.py", source.encode())
    wall = PlainProcess({"NUMBA_DISABLE_JIT": "1"})
    record = as_record(grade(exercise, submission, seed=1, wall=wall))

    assert record["points"] == 0
    said = record["checks"][0]["trouble"]["said"]
    above = f"{CHECK}lstm_step_jitted has no @njit above it"
    assert said[0].startswith(above) == (source is PATCHED)
    told = said[1:] if said[0].startswith(above) else said
    assert told[0].endswith("Numba cannot compile your function.")
    assert told[1].startswith(says)


def test_what_was_compiled_is_called() -> None:
    """And nothing that Numba's own classes were made to call; a default is handed over, too."""
    exercise = read(home() / "50_lstm_step_jitted")
    right = (SOLUTION / exercise.file).read_text("utf-8")
    verdicts = [
        grade(exercise, Submission("a.py", source.encode()), seed=1).verdict
        for source in (
            attack("compiled_and_not_called"),
            right.replace("U, W, a):", "U, W, a, T=1):"),
        )
    ]

    assert verdicts == ["crashed", "passed"]
