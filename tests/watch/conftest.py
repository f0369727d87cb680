"""What the tests of tracer watch share."""

from __future__ import annotations

from pathlib import Path

import pytest

from tracer.course.handing_out import hand_out
from tracer.exercises.discovery import discover


@pytest.fixture
def course(tmp_path: Path, three: Path) -> Path:
    """A fresh folder of three exercises, which remembers where they are."""
    from tracer.course.source import remember

    hand_out(tmp_path / "course", discover(three).good)
    remember(tmp_path / "course", three)
    return tmp_path / "course"
