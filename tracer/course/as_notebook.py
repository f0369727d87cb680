"""An exercise as a notebook: its page, the stub to be written on, and a cell that checks it.

Where it uses earlier answers, a cell before the stub lets the kernel import those.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tracer.course.page import PAGE
from tracer.exercises.exercise import Exercise, Folder

SUFFIX = ".ipynb"

_LAST = """\
In a terminal, `tracer check {number}` checks what is saved of this notebook, and remembers that you
passed; `tracer hint {number}` gives a hint."""

_SAVED = """\
# Save the notebook first: what is saved of it is checked.
!tracer check {number}"""


def notebook(exercise: Exercise) -> bytes:
    """The notebook, as nbformat 4.5; the same exercise gives the same bytes."""
    readme = exercise.folder / PAGE
    text = readme.read_text("utf-8") if readme.is_file() else f"# {exercise.title}\n"
    sections = re.split(r"^(?=## )", text, flags=re.MULTILINE)
    cells = [_markdown(f"page-{n}", section) for n, section in enumerate(sections, 1)]
    if exercise.uses:
        cells.append(_code("earlier", _earlier(exercise), []))
    cells += [
        _code("answer", _stub(exercise), [exercise.name]),
        _code("check", _check(exercise), []),
        _markdown("next", _LAST.format(number=exercise.number)),
    ]
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    whole = {
        "cells": cells,
        "metadata": {"kernelspec": kernel, "language_info": {"name": "python"}},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return (json.dumps(whole, indent=1, ensure_ascii=False) + "\n").encode()


def begun_as_notebooks(root: Path, exercises: Sequence[Folder]) -> bool:
    """Whether a student's folder has notebooks in the place of stubs."""
    return any(in_place_of_stub(root / one.name, one) for one in exercises)


def in_place_of_stub(folder: Path, exercise: Folder) -> bool:
    """Whether in this folder a notebook was handed out: there is one, and no stub."""
    file = folder / exercise.file
    return file.with_suffix(SUFFIX).is_file() and not file.exists()


def _stub(exercise: Exercise) -> str:
    """What the student starts from; where a course has none, what is to be written."""
    if exercise.stub.is_file():
        return exercise.stub.read_text("utf-8").strip()
    return "\n".join(f"# {signature}" for signature in exercise.signatures)


def _earlier(exercise: Exercise) -> str:
    """What has the kernel import notebooks of earlier exercises as modules."""
    said = "# From here on, the answer to an earlier exercise is imported as it is saved."
    return f'import tracer\n\n{said}\ntracer.use_earlier("{exercise.number}")'


def _check(exercise: Exercise) -> str:
    """One function as it is, several by their names; kernels for a card in a new process."""
    if exercise.device:
        return _SAVED.format(number=exercise.number)
    names = exercise.called_names
    given = names[0] if len(names) == 1 else ", ".join(f"{name}={name}" for name in names)
    return f'import tracer\n\ntracer.check("{exercise.number}", {given})'


def _markdown(name: str, text: str) -> dict[str, Any]:
    return {"cell_type": "markdown", "id": name, "metadata": {}, "source": _lines(text)}


def _code(name: str, text: str, tags: Sequence[str]) -> dict[str, Any]:
    return {
        "cell_type": "code",
        "execution_count": None,
        "id": name,
        "metadata": {"tags": list(tags)} if tags else {},
        "outputs": [],
        "source": _lines(text),
    }


def _lines(text: str) -> list[str]:
    return text.strip("\n").splitlines(keepends=True)
