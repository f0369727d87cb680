"""Which name was meant, where one is not found: of those that there are, and no other quantity."""

from __future__ import annotations

import pytest

from tracer.exercises.exercise import Exercise
from tracer.exercises.submission import Submission
from tracer.grading.session import grade
from tracer.sandbox.misnamed import nearest
from tracer.view.terminal.console import Abilities
from tracer.view.terminal.report import screen


def said(exercise: Exercise, body: str, top: str = "import numpy as np") -> str:
    """What is said of a function with that body."""
    source = f"{top}\ndef rnn_step(x, h_prev, U, W, a):\n    {body}\n"
    report = grade(exercise, Submission("rnn_step.py", source.encode()), seed=1)
    return " ".join(" ".join(line.plain.strip() for line in screen(report, Abilities())).split())


@pytest.mark.parametrize(
    ("body", "meant"),
    [
        ("return np.tanh(x @ U.T + h_pref @ W.T + a)", "h_prev"),
        ("return np.thanh(x @ U.T)", "tanh"),
        ("return np.tahn(x @ U.T)", "tanh"),
        ("return x.transposed()", "transpose"),
        ("cache = {'h_prev': h_prev}; return cache['prev_h']", "'h_prev'"),
        ("cache = {'h_prev': h_prev}; return cache.h_prev", "['h_prev']"),
        ("from numpy import tanhh", "tanh"),
        ("import nunpy", "numpy"),
        ("return true", "True"),
    ],
)
def test_a_name_that_is_nearly_there(rnn_step: Exercise, body: str, meant: str) -> None:
    """Of a variable, of a module, of an array, of a dict, and of what is imported."""
    assert f"Did you mean {meant}?" in said(rnn_step, body)


def test_an_import_that_is_missing(rnn_step: Exercise) -> None:
    """NumPy by its usual name, and what Python brings along."""
    numpy = said(rnn_step, "return np.tanh(x)", top="")
    python = said(rnn_step, "return math.tanh(x)")

    assert "Is the line “import numpy as np” missing?" in numpy
    assert "Is the line “import math” missing?" in python


@pytest.mark.parametrize(
    "body", ["return c_prev", "return np.sigmoid(x)", "return {}['h']", "h += 1; return h"]
)
def test_a_name_that_is_like_none(rnn_step: Exercise, body: str) -> None:
    """Another quantity, and what NumPy does not have, are not guessed at."""
    assert "Did you mean" not in said(rnn_step, body)


@pytest.mark.parametrize("name", ["sigmod", "sigmoid"])
def test_a_function_that_is_called_by_a_longer_name(rnn_step: Exercise, name: str) -> None:
    """The student's own is sig; a letter alone is the beginning of too much."""
    top = "import numpy as np\nsig = np.tanh\ns = np.tanh"

    assert "Did you mean sig?" in said(rnn_step, f"return {name}(x)", top)
    assert "Did you mean" not in said(rnn_step, "return sigma_of(x)", top)


@pytest.mark.parametrize(
    ("body", "top"),
    [
        ("return functools.reduce(np.add, [x @ U.T, a])", "func = np.tanh"),
        ("return math.tanh(1.0) * x", "mat = np.tanh"),
        ("return time.time()", "tim = 1"),
        ("return copy.deepcopy(x)", "cop = [1]"),
        ("return scipy.special.expit(x)", "sci = np"),
    ],
)
def test_a_module_that_is_not_imported_is_no_slip(rnn_step: Exercise, body: str, top: str) -> None:
    """A name that only looks like it has not what is wanted of the module."""
    text = said(rnn_step, body, f"import numpy as np\n{top}")
    module = body.removeprefix("return ").partition(".")[0]

    assert "Did you mean" not in text
    assert f"Is the line “import {module}” missing?" in text


def test_a_library_that_no_answer_may_import(rnn_step: Exercise) -> None:
    """An import of it would be refused, and tor is not what was meant."""
    text = said(rnn_step, "return torch.tanh(x)", "import numpy as np\ntor = 1")

    assert "torch is not imported; an answer may import Python's standard library, numpy" in text
    assert "Did you mean" not in text
    assert "missing?" not in text


def test_a_module_under_another_name(rnn_step: Exercise) -> None:
    """It is there already; and what has the same attribute may be meant."""
    assert "Did you mean np?" in said(rnn_step, "return numpy.tanh(x)")
    assert "Did you mean h_prev?" in said(rnn_step, "return h_pref.T")


@pytest.mark.parametrize("body", ["logits", "signal", "expected * 2", "tanhyperbolic(x)"])
def test_a_function_of_numpy_is_not_meant_by_a_longer_name(rnn_step: Exercise, body: str) -> None:
    """log for logits, sign for signal: NumPy has functions of many beginnings."""
    assert "Did you mean" not in said(rnn_step, f"return {body}", "from numpy import *")


@pytest.mark.parametrize("name", ["token", "trace", "code", "numbers", "select"])
def test_a_variable_that_is_missing_is_no_module(rnn_step: Exercise, name: str) -> None:
    """Python's library has modules of many names; who wants one wants something of it."""
    assert "missing?" not in said(rnn_step, f"return {name} + x")
    assert "missing?" not in said(rnn_step, f"return x[{name}]")


def test_nothing_of_the_answer_runs_again(rnn_step: Exercise) -> None:
    """A dict that is a property's value is not looked at: the property would run once more."""
    top = (
        "class Cell:\n"
        "    @property\n"
        "    def cache(self):\n        print('run')\n        return {'h_prev': 1}\n"
    )
    source = f"{top}def rnn_step(x, h_prev, U, W, a):\n    return Cell().cache['prev_h']\n"

    report = grade(rnn_step, Submission("rnn_step.py", source.encode()), seed=1)

    assert set(report.checks[0].printed.split("\n")) == {"run", ""}
    assert report.checks[0].printed.count("run") == 1


def test_a_key_of_a_dict_in_a_dict(rnn_step: Exercise) -> None:
    """Names and entries are looked up, by a name, a number or a text."""
    body = "t = 0; steps = [{'gates': {'h_prev': x}}]; return steps[t]['gates']['prev_h']"

    assert "Did you mean 'h_prev'?" in said(rnn_step, body)


def test_no_path_of_a_package_is_shown(rnn_step: Exercise) -> None:
    """Where NumPy lies on the grader's machine tells a student nothing."""
    assert "__init__.py" not in said(rnn_step, "from numpy import tanhh")


@pytest.mark.parametrize(
    ("name", "known", "near"),
    [
        ("prev_h", ["h_prev", "c_prev"], "h_prev"),
        ("zi", ["z_f", "z_i"], "z_i"),
        ("D_C", ["d_h", "d_c"], "d_c"),
        ("d_z_f", ["d_z_i", "d_z_g"], ""),
        ("x", ["y", "h"], ""),
        ("sigmod", ["sigmoid", "__sigmoid"], "sigmoid"),
    ],
)
def test_the_nearest_name(name: str, known: list[str], near: str) -> None:
    """Words in another order and underlines left out are near; a letter for another is not."""
    assert nearest(name, known) == near
