"""The hints of an exercise: a section for each check, a numbered list from mild to strong."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from tracer.errors import FileError
from tracer.exercises.exercise import Exercise


def hints(exercise: Exercise) -> Mapping[str, tuple[str, ...]]:
    """The hints for each check, by the check's name.

    Raises
    ------
    FileError
        If ``hints.md`` cannot be read.
    """
    path = exercise.folder / "hints.md"
    return parse(_text(path))


def parse(text: str) -> Mapping[str, tuple[str, ...]]:
    r"""Sections (``## one word``) and their numbered items; an indented line goes on with its item.

    Examples
    --------
    >>> parse("## batch\n\n1. Look at the rows.\n2. Do they\n   stay apart?\n")
    {'batch': ('Look at the rows.', 'Do they stay apart?')}
    """
    sections: dict[str, list[str]] = {}
    items: list[str] = []
    for line in text.splitlines():
        if line.startswith("## "):
            items = sections.setdefault(line[3:].strip(), [])
        elif found := re.match(r"\d+\. (.*)", line):
            items.append(found[1].strip())
        elif line.strip() and line.startswith(" ") and items:
            items[-1] += " " + line.strip()
    return {name: tuple(items) for name, items in sections.items()}


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except OSError as error:
        raise FileError(f"cannot read {path}: {error.strerror or error}") from error
