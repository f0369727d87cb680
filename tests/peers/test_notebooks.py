"""An exercise as a notebook, run by Jupyter from top to bottom, with a right answer in it."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from tests.gradebook.handing import SOLUTIONS, UNROLL
from tracer.course.as_notebook import notebook
from tracer.exercises.discovery import discover, find


@pytest.mark.parametrize("number", ["10", "13"])
def test_jupyter_draws_the_report(number: str, tmp_path: Path) -> None:
    """It is a valid notebook, and its last code cell gives the page of a right answer.

    The second one imports the first, which is a notebook too.
    """
    exercise = find(number, discover().good)
    whole = nbformat.reads(notebook(exercise).decode(), as_version=4)
    nbformat.validate(whole)
    cells = {cell.id: cell for cell in whole.cells}
    (step,) = (SOLUTIONS / "10_rnn_step").glob("*.py")
    cells["answer"].source = step.read_text("utf-8") if number == "10" else UNROLL
    for name in ("10_rnn_step", "13_rnn_unroll"):
        (tmp_path / name).mkdir()
    earlier = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(step.read_text("utf-8"))])
    nbformat.write(earlier, tmp_path / "10_rnn_step" / "rnn_step.ipynb")
    folder = {"metadata": {"path": str(tmp_path / exercise.name)}}

    NotebookClient(whole, kernel_name="python3", timeout=300, resources=folder).execute()

    (drawn,) = cells["check"].outputs
    points = f"passed · {exercise.points} of {exercise.points} points"
    assert points in drawn["data"]["text/plain"]
    assert "passed" in drawn["data"]["text/html"]


def test_a_notebook_shows_an_error_as_a_sentence() -> None:
    """With the line of the cell, and none of tracer's own."""
    cell = nbformat.v4.new_code_cell("import tracer\n\ntracer.use_earlier('20')")
    whole = nbformat.v4.new_notebook(cells=[cell])

    NotebookClient(whole, kernel_name="python3", timeout=300, allow_errors=True).execute()

    (error,) = whole.cells[0].outputs
    assert error["traceback"] == [
        "line 3: tracer.use_earlier('20')",
        "InputError: exercise 20_lstm_gates uses no earlier answer; there is none to import",
    ]


def test_an_earlier_answer_that_is_saved_while_jupyter_runs(tmp_path: Path) -> None:
    """The session has the old one until its import runs again: below the next cell, and checked."""
    (step,) = (SOLUTIONS / "10_rnn_step").glob("*.py")
    right = step.read_text("utf-8")
    for name in ("10_rnn_step", "13_rnn_unroll"):
        (tmp_path / name).mkdir()
    file = tmp_path / "10_rnn_step" / "rnn_step.py"
    file.write_text(right.replace(" + a", ""), "utf-8")
    check = "tracer.check('13', rnn_unroll)"
    sources = (
        "import tracer; tracer.use_earlier('13')", UNROLL, check,
        f"_ = open({str(file)!r}, 'w').write({right!r})", check,
        f"from rnn_step import rnn_step\n{check}",
    )  # fmt: skip
    whole = nbformat.v4.new_notebook(cells=[*map(nbformat.v4.new_code_cell, sources)])
    folder = {"metadata": {"path": str(tmp_path / "13_rnn_unroll")}}

    NotebookClient(whole, kernel_name="python3", timeout=300, resources=folder).execute()

    shown = [" ".join(f"{output}" for output in cell.outputs) for cell in whole.cells]
    assert "comes out of your rnn_step (exercise 10)" in shown[2]
    assert ["was saved after" in text for text in shown] == [False] * 4 + [True, False]
    assert "passed" in shown[5]
