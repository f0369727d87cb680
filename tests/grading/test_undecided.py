"""One mistake is told once: a check in which it only shows again refers to the first."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from tests.grading.answering import EXERCISES
from tracer.exercises.exercise import Exercise
from tracer.exercises.submission import Submission
from tracer.grading.report import Verdict
from tracer.grading.session import grade
from tracer.sandbox.asking import unpacked
from tracer.sandbox.frames import pack_note
from tracer.sandbox.process import How, Limits, PlainProcess, Run


def told_in(exercise: Exercise, source: bytes) -> dict[str, str]:
    """The failing checks, each with the one that it refers to."""
    report = grade(exercise, Submission(exercise.file, source), seed=1)
    failing = [c for c in report.checks if c.verdict is not Verdict.PASSED]
    return {c.check.name: c.told_in for c in failing}


def test_a_mistake_that_shows_everywhere(rnn_step: Exercise, solutions: Path) -> None:
    """It is told in the first check in which it shows; the others refer to that one."""
    path = solutions / rnn_step.name / "mistakes" / "w_not_transposed.py"

    first, *others = told_in(rnn_step, path.read_bytes()).items()

    assert first == ("state and bias", "")
    assert {before for _name, before in others} == {"state and bias"}
    assert len(others) == 6


def test_what_only_a_sequence_shows_is_told_by_itself(rnn_step: Exercise, solutions: Path) -> None:
    """A number that is right at first and wrong later is nothing that an earlier check has seen."""
    path = solutions / rnn_step.name / "mistakes" / "bias_only_at_first_step.py"

    assert told_in(rnn_step, path.read_bytes()) == {"state carried": "", "called twice": ""}


X_OF_THE_FIRST_WORD = b"""
import numpy as np

def rnn_unroll(x, h_0, U, W, a):
    h, out = h_0, []
    for _x_t in x:
        h = np.tanh(x[0] @ U.T + h @ W.T + a)
        out.append(h)
    return np.array(out)
"""


def test_what_goes_wrong_after_the_first_step_is_told_once() -> None:
    """h of a later word is wrong in every check with several words, and in one way."""
    exercise = EXERCISES["13"]

    (first, before), *others = told_in(exercise, X_OF_THE_FIRST_WORD).items()

    assert (first, before) == ("three words", "")
    assert {name for _check, name in others} == {"three words"}
    assert len(others) == 6


@pytest.mark.parametrize(
    ("body", "verdict"),
    [
        ("    return x[99]\n", "crashed"),
        ("    return None, 1\n", "wrong"),
        ("    if len(x) > 1:\n        raise ValueError\n", "wrong"),
    ],
)
def test_a_crash_is_told_once(rnn_step: Exercise, body: str, verdict: str) -> None:
    """Whatever else goes wrong in the first step of a later check, the first is mended first."""
    source = f"def rnn_step(x, h_prev, U, W, a):\n{body}".encode()

    report = grade(rnn_step, Submission("rnn_step.py", source), seed=1)

    assert str(report.verdict) == verdict
    assert [c.told_in for c in report.checks] == [""] + ["one word"] * 7
    assert report.points == 0


def test_a_call_that_is_right_alone(lstm_step: Exercise, solutions: Path) -> None:
    """Weights kept from the first call: the second is run alone, is right, and that is told."""
    path = solutions / lstm_step.name / "mistakes" / "weights_remembered.py"

    report = grade(lstm_step, Submission.read(path), seed=1)

    (failing,) = [c for c in report.checks if c.verdict is not Verdict.PASSED]
    assert [str(remark.kind) for remark in failing.remarks] == ["remembers"]


class WithoutFork(PlainProcess):
    """A machine on which no process forks another one, such as Windows."""

    def run(self, source: bytes, file: str, request: bytes, limits: Limits, longest: float) -> Run:
        """See `tracer.sandbox.process.Wall`."""
        plan, _arrays = unpacked(request)
        if not plan["apart"]:
            return super().run(source, file, request, limits, longest)
        said = pack_note("ready", {"apart": False}) + pack_note("end", {})
        return Run(How.EXITED, 0, said, "", 0.0)


def test_a_call_that_is_right_alone_where_nothing_forks(
    lstm_step: Exercise, solutions: Path
) -> None:
    """Each call that is tried alone gets a process of its own, started anew."""
    path = solutions / lstm_step.name / "mistakes" / "weights_remembered.py"

    with closing(WithoutFork()) as wall:
        report = grade(lstm_step, Submission.read(path), seed=1, wall=wall)

    (failing,) = [c for c in report.checks if c.verdict is not Verdict.PASSED]
    assert [str(remark.kind) for remark in failing.remarks] == ["remembers"]


def test_what_fails_only_after_other_checks_has_passed(rnn_step: Exercise) -> None:
    """Each check that fails runs again in a process of its own; its own numbers decide."""
    source = b"""
import builtins
import numpy as np

builtins.loaded = getattr(builtins, "loaded", 0) + 1


def rnn_step(x, h_prev, U, W, a):
    return np.tanh(x @ U.T + h_prev @ W.T + a) + (builtins.loaded > 4)
"""

    report = grade(rnn_step, Submission("rnn_step.py", source), seed=1)

    assert (report.verdict, report.points) == (Verdict.PASSED, 13)
    assert [str(r.kind) for r in report.checks[4].remarks] == ["remembers"]


UNCHANGED = b"def train(x, label, mask, U, W, a, V, b):\n    return U, W, a, V, b\n"
REFUSES = b"def gradient_check(parameters, gradients, x, h_0, label):\n    return False\n"
FORGETS = REFUSES.replace(b"    return", b"    parameters['a'] += 1\n    return")


@pytest.mark.parametrize(
    ("number", "source", "told"),
    [
        ("44", UNCHANGED, {"word by word": "it learns", "inputs kept": "it learns"}),
        ("34", REFUSES, {"no gradient": "right", "parameters kept": "right"}),
        ("34", FORGETS, {"no gradient": "right", "parameters kept": ""}),
    ],
)
def test_inputs_that_are_kept(number: str, source: bytes, told: dict[str, str]) -> None:
    """Where they are as they were, a check of them refers to the first, as do those that refuse."""
    first, *others = told_in(EXERCISES[number], source).items()

    assert first[1] == ""
    assert dict(others) == told
