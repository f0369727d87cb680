"""A right answer reads a sentence with trained weights, and no verdict hangs on it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tracer.exercises.discovery import discover, find
from tracer.exercises.submission import Submission
from tracer.grading import reading
from tracer.grading.report import Report, Verdict
from tracer.grading.session import grade
from tracer.model.model import Model
from tracer.view.terminal.console import Abilities
from tracer.view.terminal.report import screen

ROOT = Path(__file__).parents[2]
COURSES = ROOT / "tests" / "exercises" / "courses"

READ = """\
  Your rnn_unroll reads “you are a really bad man” with the trained weights of
  rnn-classify:

       unit     0       1       2       3       4       5       6       7
    1  you     -▇-0.87 -▄-0.47 -▆-0.63 +▇ 0.83 +▇ 0.78 -▇-0.80 +▁ 0.11 +▅ 0.52
    2  are     -█-0.96 -█-0.96 -█-0.89 +█ 0.99 +█ 1.00 -█-0.99 +█ 0.97 +▇ 0.83
    3  a       -█-0.94 -▆-0.66 -▆-0.72 +▆ 0.68 +█ 0.90 -█-0.96 +▂ 0.15 +▅ 0.61
    4  really  -▆-0.66 -▇-0.80 -█-0.97 +▆ 0.72 +█ 0.96 -▇-0.87 +▅ 0.57 +█ 0.88
    5  bad     +▄ 0.49 -█-1.00 -█-0.99 +█ 1.00 +█ 1.00 -█-0.96 -▆-0.68 +█ 1.00
    6  man     -█-0.98 -█-0.96 -█-0.96 +█ 0.98 +▅ 0.58 -█-0.94 -▃-0.27 -▆-0.72

  After your last h, the network answers softmax(V h + b): insult, >99 %.
  All 48 numbers are the same in tracer:
    tracer show "you are a really bad man" --cell rnn
"""


def report_on(number: str, source: bytes | None = None, course: Path = ROOT) -> Report:
    """The report on the solution of an exercise, or on another answer to it."""
    exercise = find(number, discover(course / "exercises").good)
    right = (course / "solutions" / exercise.name / exercise.file).read_bytes()
    return grade(exercise, Submission(exercise.file, source or right), seed=4, read=True)


def text_of(report: Report, width: int = 80) -> str:
    """The screen without colours."""
    return "\n".join(line.plain for line in screen(report, Abilities(width=width)))


@pytest.mark.parametrize(
    ("number", "course", "cell"),
    [("13", ROOT, "rnn"), ("23", ROOT, "lstm"), ("30", COURSES / "rows", "rnn"),
     ("41", COURSES / "columns", "lstm")],
)  # fmt: skip
def test_what_tracer_show_shows(number: str, course: Path, cell: str) -> None:
    """The numbers that come back, in whatever layout, are those of a trace; so is the answer."""
    report = report_on(number, course=course)
    trace = Model.shipped(f"{cell}-classify").trace(reading.SENTENCE, device="reference")

    assert report.verdict is Verdict.PASSED
    assert report.reading is not None
    np.testing.assert_allclose(report.reading.h, trace["h"][:, 0], atol=1e-5)
    assert report.reading.same
    assert trace.labels is not None
    assert report.reading.label == trace.labels[int(trace["probs"][-1, 0].argmax())] == "insult"
    assert report.reading.share == pytest.approx(float(trace["probs"][-1, 0].max()), abs=1e-4)
    if number == "13":
        assert text_of(report).endswith(f"\n\n{READ}")
        short = [line.plain for line in screen(report, Abilities(), mistake_first=True)]
        whole = "\n".join(short)
        assert whole.index(READ) < whole.index("✓ one word")  # where there is little room


@pytest.mark.parametrize("what", ["raise ValueError", "h = h[:, :3]", "print('x')\n    while 1: h"])
def test_what_fails_there_is_not_seen(what: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """An answer that passes every check, and ends or goes on for ever with eight units."""
    monkeypatch.setattr(reading, "MOST", 0.2)
    right = (ROOT / "solutions" / "13_rnn_unroll" / "rnn_unroll.py").read_text("utf-8")
    changed = right.replace(
        "    h = h_0\n", f"    h = h_0\n    if h.shape == (1, 8):\n        {what}\n"
    )
    report = report_on("13", changed.replace("\n    while", "\n        while").encode())

    assert report.verdict is Verdict.PASSED
    assert report.points == 14
    assert report.reading is None
    assert "Your rnn_unroll" not in text_of(report)


def test_who_reads_nothing() -> None:
    """One step has no sentence, and no wrong answer reads one."""
    assert report_on("10").reading is None
    wrong = b"import numpy as np\ndef rnn_unroll(x, h_0, U, W, a):\n    return np.zeros(1)\n"
    assert report_on("13", wrong).reading is None
