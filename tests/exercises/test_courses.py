"""Courses with functions and conventions of their own, sayable as folders of data."""

from __future__ import annotations

import warnings
from pathlib import Path

import pytest

from tests.exercises.carrying import loaded, wrong
from tracer.exercises.discovery import discover, home
from tracer.exercises.exercise import Exercise

COURSES = Path(__file__).with_name("courses")
ROWS = discover(COURSES / "rows" / "exercises")
COLUMNS = discover(COURSES / "columns" / "exercises")
GRU = discover(COURSES / "gru" / "exercises")
STATED = discover(COURSES / "stated" / "exercises")
OURS = [exercise for exercise in discover().good if exercise.asks_for_quantities]
ALL = (*ROWS.good, *COLUMNS.good, *GRU.good, *OURS)


def _solutions(exercise: Exercise) -> Path:
    beside = exercise.folder.parent.parent / "solutions" / exercise.name
    return (
        beside
        if exercise.folder.parent != home()
        else home().parent / beside.relative_to(beside.parents[1])
    )


MISTAKES = [
    (exercise, path)
    for exercise in (*ROWS.good, *COLUMNS.good, *GRU.good)
    for path in sorted((_solutions(exercise) / "mistakes").glob("*.py"))
]


def test_every_course_can_be_said() -> None:
    """The functions of a row-vector course, and of one whose samples are columns."""
    assert ROWS.broken == ()
    assert COLUMNS.broken == ()
    assert GRU.broken == ()
    assert STATED.broken == ()
    assert [s.partition("(")[0] for e in ROWS.good for s in e.signatures] == [
        "rnn_step_forward", "rnn_step_backward", "rnn_forward", "rnn_backward",
        "lstm_step_forward", "lstm_step_backward", "lstm_forward", "lstm_backward",
        "temporal_softmax_loss",
    ]  # fmt: skip
    assert [s for e in COLUMNS.good for s in e.signatures if "backward" in s] == [
        "rnn_cell_backward(da_next, cache) -> gradients",
        "rnn_backward(da, caches) -> gradients",
        "lstm_cell_backward(da_next, dc_next, cache) -> gradients",
    ]


@pytest.mark.parametrize("exercise", ALL, ids=lambda e: e.name)
@pytest.mark.parametrize("seed", range(5))
def test_a_right_answer_in_their_convention_is_right(exercise: Exercise, seed: int) -> None:
    """Every check, with other sizes under every seed."""
    module = loaded(_solutions(exercise) / exercise.file)

    off = {check.name: wrong(exercise, check, vars(module), seed) for check in exercise.checks}

    assert not any(off.values()), off


@pytest.mark.parametrize(("exercise", "path"), MISTAKES, ids=lambda part: part.stem
                         if isinstance(part, Path) else part.name)  # fmt: skip
def test_a_wrong_answer_is_wrong(exercise: Exercise, path: Path) -> None:
    """Each mistake of their students spoils a check, or ends it."""
    module = loaded(path)

    off = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # an overflow is one of the mistakes
        for check in exercise.checks:
            try:
                off += wrong(exercise, check, vars(module), 0)
            except (ValueError, IndexError) as error:
                off.append(str(error))

    assert off
