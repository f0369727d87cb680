"""What is told of a wrong answer before its mistake is known is in the report as well."""

from __future__ import annotations

from pathlib import Path

import pytest

from tracer.exercises.discovery import home
from tracer.exercises.reading import read
from tracer.exercises.submission import Submission
from tracer.grading.report import Certain, Report, Verdict
from tracer.grading.session import grade
from tracer.view.terminal.certain import certain_screen
from tracer.view.terminal.console import Abilities

SOLUTIONS = Path(__file__).parents[2] / "solutions"
STEP = "import numpy as np\ndef rnn_step(x, h_prev, U, W, a):\n"
BETWEEN_CHECKS = (
    "import builtins\nbuiltins.loaded = getattr(builtins, 'loaded', 0) + 1\n"
    f"{STEP}    return np.tanh(x @ U.T + h_prev @ W.T + a) + (builtins.loaded > 1)\n"
)
"""Each check is right alone, and all but the first are wrong after another one."""


def graded(name: str, source: str) -> tuple[list[Certain], Report]:
    """What is told early of an answer to an exercise, and the report on it."""
    exercise, told = read(home() / name), list[Certain]()
    answer = Submission(exercise.file, source.encode())
    return told, grade(exercise, answer, seed=1, early=told.append)


@pytest.mark.parametrize(
    ("name", "mistake", "verdicts"),
    [
        ("10_rnn_step", "no_tanh", "w......."),
        ("10_rnn_step", "w_not_transposed", "pw......"),
        ("10_rnn_step", "bias_only_at_first_step", "pppppw.p"),
        ("10_rnn_step", "h_prev_overwritten", "pppppppw"),
        ("22_lstm_step", "weights_remembered", "ppppppwp"),
        ("22_lstm_step", "i_and_f_exchanged", "w......."),
    ],
)
def test_nothing_is_taken_back(name: str, mistake: str, verdicts: str) -> None:
    """Each verdict and all points that are told stand in the report; a dot is what is left open."""
    source = (SOLUTIONS / name / "mistakes" / f"{mistake}.py").read_text("utf-8")
    (told,), report = graded(name, source)

    assert "".join(c.verdict[0] if c.verdict else "." for c in told.checks) == verdicts
    assert told.verdict is report.verdict is Verdict.WRONG
    assert told.points in (None, report.points)
    assert told.least <= report.points
    for early, late in zip(told.checks, report.checks, strict=True):
        assert early.points in (None, late.points)
        if early.verdict is not None:
            assert (early.verdict, early.told) == (late.verdict, bool(late.told_in))


def test_what_may_still_pass_is_not_told() -> None:
    """An answer that is wrong only after other checks passes: nobody reads before that it fails."""
    told, report = graded("10_rnn_step", BETWEEN_CHECKS)

    assert (told, report.verdict) == ([], Verdict.PASSED)
    assert [len(c.remarks) for c in report.checks[:2]] == [0, 1]


def test_a_right_answer_is_told_by_its_report() -> None:
    """Nothing is looked for, and the report comes as soon."""
    told, report = graded("10_rnn_step", STEP + "    return np.tanh(x @ U.T + h_prev @ W.T + a)")

    assert (told, report.verdict) == ([], Verdict.PASSED)


def test_the_screen_leaves_room_for_what_is_open() -> None:
    """The form is that of the report, with … for a sign or number that is not certain."""
    source = (SOLUTIONS / "10_rnn_step" / "mistakes" / "w_not_transposed.py").read_text("utf-8")
    (told,), _report = graded("10_rnn_step", source)
    lines = certain_screen(told, "10_rnn_step/rnn_step.py", Abilities(width=80))

    assert [line.plain.rstrip()[:47] for line in lines[1:7]] == [
        "  10_rnn_step · One step of the plain RNN",
        "  ✗ partly right",
        "  10_rnn_step/rnn_step.py",
        "",
        "  ✓ one word        2/2  h_prev and a are 0: h ",
        "  ✗ state and bias  0/2  a later word, with a b",
    ]
    assert [line.plain[:23] for line in lines[7:9]] == [
        "  … batch           …/2",
        "  … large values    …/1",
    ]
