"""An answer with kernels for a card, which the processor plays: behind every wall, in one order."""

from __future__ import annotations

import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from tests.grading.kernels import LAUNCH, NOBODY_WAITS, REFUSED, RIGHT, RIGHT_TOO, SOLUTIONS
from tracer.exercises.discovery import home
from tracer.exercises.reading import read
from tracer.exercises.submission import Submission
from tracer.grading.report import Difference
from tracer.grading.session import grade
from tracer.sandbox.simulating import mathematics
from tracer.sandbox.uncompilable import refuse
from tracer.sandbox.walls import WALLS, wall
from tracer.view.export.report_json import as_record
from tracer.view.say.difference import place

ATTACKS = Path(__file__).parents[1] / "walls" / "attacks"


@pytest.mark.parametrize("name", [n for n, kind in WALLS.items() if not kind.trouble()])
def test_a_kernel_runs_behind_every_wall(name: str) -> None:
    """Also with blocks of 256 threads, and with an array that the threads of a block share."""
    for source in (RIGHT_TOO["many threads"], RIGHT_TOO["shared"]):
        report = grade(
            read(home() / "51_lstm_step_on_cuda"), Submission("a.py", source.encode()), seed=1,
            wall=wall(name),
        )  # fmt: skip
        assert report.verdict == "passed"


@pytest.mark.parametrize(
    "form", ["counted through", "set apart", "functions of other kinds", "names for all"]
)
def test_a_kernel_of_another_form(form: str) -> None:
    """Arrays on the card, of another shape or without one; an exp that is inf; compiled helpers."""
    source = RIGHT_TOO[form].encode()
    report = grade(read(home() / "51_lstm_step_on_cuda"), Submission("a.py", source), seed=1)

    assert report.verdict == "passed"


class Jitted:
    """What `cuda.jit` and `njit` make of a function, here."""

    def __init__(self, function: Any = None, **options: Any) -> None:
        self.py_func, self.options = function, options

    def __call__(self, function: Any) -> Jitted:
        """The decorator with options."""
        return Jitted(function, **self.options)


def kernel_of(source: str) -> Any:
    """The function of an answer's kernel, compiled for nothing."""
    names: dict[str, Any] = {"cuda": SimpleNamespace(jit=Jitted), "njit": Jitted}
    exec(source.replace("from numba import cuda", "#"), names)  # noqa: S102 - an answer of ours
    return names["kernel"].py_func


@pytest.mark.parametrize("source", [RIGHT, *RIGHT_TOO.values()], ids=["right", *RIGHT_TOO])
def test_what_a_card_compiles_is_launched(source: str) -> None:
    """`tests/cuda` has a card compile each of these."""
    refuse(kernel_of(source), (Jitted,))


@pytest.mark.parametrize("says", REFUSED)
def test_what_no_card_compiles_is_not_launched(says: str) -> None:
    """In the simulator its numbers would be right; `tests/cuda` has a card refuse each of these."""
    with pytest.raises(TypeError, match="no card compiles this: .*" + re.escape(says)):
        refuse(kernel_of(REFUSED[says]), (Jitted,))


def test_mathematics_as_on_a_card() -> None:
    """No function raises an exception, and nor does a division by what it gives."""
    card = mathematics()

    assert card.exp(1000.0) == card.pow(10, 400) == card.cosh(-1000) == -card.log(0) == np.inf
    assert np.isnan([card.sqrt(-1.0), card.log(-1), card.acos(2), card.sin(np.inf)]).all()
    assert card.exp(np.float32(100)) == np.inf  # in single precision e^100 is too large
    assert card.exp(np.float32(1)).dtype == np.float32
    assert card.log(8, 2) == 3
    with np.errstate(divide="ignore"):
        assert 1 / card.tanh(0.0) == np.inf


@pytest.mark.parametrize(
    ("source", "says"),
    [
        ((ATTACKS / "launches_of_its_own.py").read_text("utf-8"), "No kernel was launched: "),
        ((ATTACKS / "kernel_that_does_nothing.py").read_text("utf-8"),
         "0 threads wrote into h; expected "),
        ((ATTACKS / "kernel_of_one_thread.py").read_text("utf-8"), "One thread wrote "),
        (RIGHT.replace("U, W, a, h, c)", "W, U, a, h, c)"),
         "The kernel was launched with other arguments than expected."),
        (RIGHT.replace(LAUNCH, LAUNCH.partition("    return")[0] + LAUNCH),
         "There were 2 launches; expected 1."),
        (RIGHT.replace("c[n, j] = ", "c[n, j] += "), "A thread reads a number of c that it has "),
        (RIGHT.replace("= a[j], ", "= a[j] * math.nan, "), "'trouble': None"),  # NaN is judged
        (RIGHT.replace("        for k in", "        a[j] + np.tanh(x[n])\n        for k in"),
         "no function there makes an array"),
        ((ATTACKS / "kernel_of_whole_arrays.py").read_text("utf-8"), "unsupported operand type"),
        (REFUSED["no list"], "does not compile this: a kernel has no list; take single numbers"),
    ],
    ids=[
        "none", "nothing", "one thread", "arguments", "twice", "added", "NaN", "NumPy",
        "whole arrays", "list",
    ],
)  # fmt: skip
def test_numbers_that_no_thread_has_computed(source: str, says: str) -> None:
    """They are right, or those of a kernel that tracer cannot launch: none of them counts."""
    exercise = read(home() / "51_lstm_step_on_cuda")
    record = as_record(grade(exercise, Submission("a.py", source.encode()), seed=1))

    assert record["points"] == 0
    assert says in str(record["checks"][0])


def test_where_the_numbers_of_the_second_launch_are_wrong() -> None:
    """The student's function has been called once, and was right: that is no second call of it."""
    d = Difference(
        1, None, "h", ("N", "H"), (0, 2), *(np.zeros((1, 3)),) * 2, np.ones((1, 3), bool)
    )

    assert place(d, 1, launched=True) == "h at row 0, unit 2, where tracer launched your kernel"


def test_a_race_and_a_failing_thread_are_the_same_in_every_run() -> None:
    """What one thread reads before another has written it is NaN; the first thread is named."""
    exercise = read(home() / "51_lstm_step_on_cuda")
    beyond = (SOLUTIONS / "mistakes" / "no_bounds.py").read_bytes()
    said = []
    for source in (NOBODY_WAITS.encode(), beyond, NOBODY_WAITS.encode(), beyond):
        record = as_record(grade(exercise, Submission("a.py", source), seed=2))
        said.append([record["checks"], record["line"]])

    assert said[:2] == said[2:]
    assert "A card does not say so" in str(said[1])
