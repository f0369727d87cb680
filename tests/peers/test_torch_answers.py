"""Answers written with PyTorch's tensors pass like those with NumPy's arrays."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tracer.corpus.measuring import graded
from tracer.corpus.source import written
from tracer.corpus.style import USUAL, Style
from tracer.corpus.variants import Variant
from tracer.exercises.discovery import discover
from tracer.exercises.exercise import Exercise
from tracer.grading.report import Verdict


@pytest.mark.parametrize(
    "exercise", [e for e in discover().good if e.asks_for_quantities], ids=lambda e: e.name
)
@pytest.mark.parametrize("style", USUAL[:3], ids=str)
def test_tensors_pass(exercise: Exercise, style: Style) -> None:
    """What comes back is no array, and its numbers are right."""
    style = replace(style, torch=True)
    variant = Variant(exercise, style, (), written(exercise, style))

    report = graded(variant)

    assert {c.verdict for c in report.checks} == {Verdict.PASSED}
