"""Asks which well-known mistake gives the numbers that came, and what that is worth."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from tracer.exercises.exercise import Exercise
from tracer.grading.judge import Judged

Diagnosis = Any  # of tracer.mistakes, as soon as that is there


def diagnosed(
    exercise: Exercise, judged: Sequence[Judged], searching: Callable[[], None]
) -> tuple[Diagnosis | None, list[Judged]]:
    """The mistake that gives the numbers of all checks, and the reports with what it is worth."""
    del exercise, searching
    return None, list(judged)
