"""What the tests of the walls share."""

from __future__ import annotations

import pytest

from tracer.exercises.discovery import discover
from tracer.exercises.exercise import Exercise


@pytest.fixture
def rnn_step() -> Exercise:
    """Exercise 10."""
    return next(e for e in discover().good if e.number == "10")
