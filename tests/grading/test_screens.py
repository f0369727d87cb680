"""The screens: within their width, readable without colour, true to the numbers."""

from __future__ import annotations

from pathlib import Path

import pytest
from rich.cells import cell_len

from tracer.grading import Exercise, Report, Submission, discover, grade
from tracer.grading.hints import hints
from tracer.view.console import Abilities, ascii_line
from tracer.view.exercises import exercise_list, hint
from tracer.view.report import screen


def report_on(exercise: Exercise, path: Path) -> Report:
    """A report with numbers that are always the same."""
    report = grade(exercise, Submission.read(path), seed=4)
    assert report.first_failing
    return report


def test_the_screen_of_a_wrong_answer(lstm_step: Exercise, solutions: Path) -> None:
    """From the verdict to the equation, as it stands on 80 columns."""
    path = solutions / lstm_step.name / "mistakes" / "weights_remembered.py"

    lines = [line.plain for line in screen(report_on(lstm_step, path), Abilities(width=80))]

    assert lines[1] == "  22_lstm_step · One whole step of the LSTM"
    assert lines[2] == "  ✗ wrong · 12 of 13 points"
    assert (
        lines[5] == "  ✓ one word         2/2  one word, no memory yet, no bias: c = i * g, h = o *"
    )
    assert "  The first wrong number is in “called twice”: c at t = 1, row 1, unit 2, in" in lines
    assert "    yours      1.86" in lines
    assert "    expected  -0.51" in lines
    assert "    c_1[2] = f * c_prev + i * g = 0.086·2.31 + 0.73·(-0.97) = -0.51" in lines


@pytest.mark.parametrize("width", [60, 80, 140, 200])
@pytest.mark.parametrize("unicode", [True, False])
def test_no_line_is_too_wide(width: int, *, unicode: bool, solutions: Path) -> None:
    """Every screen keeps its width, and is ASCII where the terminal is."""
    able = Abilities(width=width, unicode=unicode)
    for exercise in discover():
        paths = [exercise.stub, *(solutions / exercise.name / "mistakes").glob("*.py")]
        for path in paths:
            lines = screen(report_on(exercise, path), able, ["Next: tracer hint " * 9])
            lines += exercise_list(discover(), None, able)
            for check, items in hints(exercise).items():
                for number in range(1, len(items) + 1):
                    lines += hint(exercise, check, items, number, able)
            shown = [line if unicode else ascii_line(line) for line in lines]
            assert max(cell_len(line.plain) for line in shown) <= width
            assert unicode or all(line.plain.isascii() for line in shown)
