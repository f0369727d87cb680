"""An exercise as a notebook, run by Jupyter from top to bottom, with a right answer in it."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from tracer.course.as_notebook import notebook
from tracer.exercises.discovery import discover, find

SOLUTIONS = Path(__file__).parents[2] / "solutions"


@pytest.mark.parametrize("number", ["10", "13"])
def test_jupyter_draws_the_report(number: str, tmp_path: Path) -> None:
    """It is a valid notebook, and its last code cell gives the page of a right answer."""
    exercise = find(number, discover().good)
    whole = nbformat.reads(notebook(exercise).decode(), as_version=4)
    nbformat.validate(whole)
    cells = {cell.id: cell for cell in whole.cells}
    right = SOLUTIONS / exercise.name / exercise.file
    cells["answer"].source = right.read_text("utf-8")
    folder = {"metadata": {"path": str(tmp_path)}}

    NotebookClient(whole, kernel_name="python3", timeout=300, resources=folder).execute()

    (drawn,) = cells["check"].outputs
    points = f"passed · {exercise.points} of {exercise.points} points"
    assert points in drawn["data"]["text/plain"]
    assert "passed" in drawn["data"]["text/html"]
