"""docs/own-exercises.md: each piece of exercise.toml on the page stands in a folder that works."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

COURSES = Path(__file__).with_name("courses")
PAGE = (Path(__file__).parents[2] / "docs" / "own-exercises.md").read_text("utf-8")
FILES = [
    "gru/exercises/60_gru_step", "rows/exercises/31_lstm_layers", "columns/exercises/41_lstm_cells",
]  # fmt: skip


@pytest.mark.parametrize(("section", "folder"), list(enumerate(FILES, 1)))
def test_the_page_shows_the_files(section: int, folder: str) -> None:
    """Word for word, in the order of the sections."""
    text = PAGE.split("\n## ")[section]
    shown = re.findall(r"^```toml\n(.*?)^```", text, flags=re.MULTILINE | re.DOTALL)

    assert shown
    for piece in shown:
        assert piece in (COURSES / folder / "exercise.toml").read_text("utf-8")
