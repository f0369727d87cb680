"""Which product of matrices is meant: by the axes that the exercise's own arrays have."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from tracer.exercises.discovery import discover
from tracer.exercises.exercise import Exercise
from tracer.exercises.products import Shape, fitting
from tracer.exercises.reading import read

COURSES = Path(__file__).with_name("courses")
OURS = {exercise.number: exercise for exercise in discover().good}
COLUMNS = read(COURSES / "columns" / "exercises" / "41_lstm_cells")

STEP = {"x": (3, 5), "h_prev": (3, 2), "U": (2, 5), "W": (2, 2), "a": (2,)}
BACK = {"d_h": (3, 2), "forward.x": (3, 5), "U": (8, 5), "W": (8, 2)}
CELL = {"xt": (5, 3), "a_prev": (2, 3), "parameters.Wf": (2, 7), "parameters.Wy": (6, 2)}


def meant(
    exercise: Exercise,
    given: Mapping[str, Shape],
    left: tuple[str, Shape],
    right: tuple[str, Shape],
) -> str:
    """The product, and its axes; nothing where it is not only one."""
    fits = fitting(exercise, exercise.functions[0], given, left, right)
    return "" if fits is None else f"{fits.text} ({', '.join(fits.axes)})"


@pytest.mark.parametrize(
    ("left", "right", "product"),
    [
        (("x", (3, 5)), ("U", (2, 5)), "x @ U.T (N, H)"),
        (("U", (2, 5)), ("x", (3, 5)), "x @ U.T (N, H)"),
        (("W", (2, 2)), ("h_prev", (3, 2)), "h_prev @ W.T (N, H)"),
        (("W", (2, 2)), ("h", (3, 2)), "h @ W.T (N, H)"),
        (("x[0]", (5,)), ("U", (2, 5)), "x[0] @ U.T (H)"),
        (("x", (3, 5)), ("W", (2, 2)), ""),
        (("x", (3, 5)), ("h_prev", (3, 2)), "h_prev.T @ x (H, D)"),
    ],
)
def test_rows_are_sentences(
    left: tuple[str, Shape], right: tuple[str, Shape], product: str
) -> None:
    """U x of the page is ``x @ U.T`` in NumPy, whichever way it was tried."""
    assert meant(OURS["10"], STEP, left, right) == product


@pytest.mark.parametrize(
    ("left", "right", "product"),
    [
        (("U", (8, 5)), ("d_z", (3, 8)), "d_z @ U (N, D)"),
        (("d_z", (3, 8)), ("x", (3, 5)), "d_z.T @ x (4H, D)"),
        (("d_z", (3, 8)), ("W.T", (2, 8)), "d_z @ W (N, H)"),
    ],
)
def test_backward(left: tuple[str, Shape], right: tuple[str, Shape], product: str) -> None:
    """A gradient of weights is summed over the sentences, and has the axes of the weights."""
    assert meant(OURS["32"], BACK, left, right) == product


def test_columns_are_samples() -> None:
    """In a course whose samples are columns, the weights stand on the left."""
    assert meant(COLUMNS, CELL, ("a_prev", (2, 3)), ("Wy", (6, 2))) == "Wy @ a_prev (K, N)"
