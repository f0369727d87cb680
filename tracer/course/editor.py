"""What opens a student's folder well in an editor: VS Code's tasks and settings, a container.

The tasks run ``tracer check … --problems``, whose lines `PATTERN` finds: each is an error at the
line of the student's file. The container gets tracer from a wheel that lies beside its file.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from tracer.exercises.exercise import Folder

IMAGE = "mcr.microsoft.com/devcontainers/python:3.13"

PYTHON, JUPYTER = "ms-python.python", "ms-toolsai.jupyter"
"""Extensions of VS Code."""

PATTERN = r"^(.+?):(\d+):(\d+): (error|info): (.+)$"
"""A line of ``--problems``: file, line, column, how bad it is, and what it is."""

IGNORED = """\
# What tracer, Python and Jupyter keep for themselves.
.tracer/
__pycache__/
.ipynb_checkpoints/
.venv/
"""

CONTAINER = Path(".devcontainer")
_IN_CONTAINER = "/usr/local/bin/python"
"""Where the image has its Python, into which tracer is installed."""

_TASKS = (
    ("check this exercise", ("check", "${fileDirname}", "--problems")),
    ("check the next exercise", ("check", "--problems")),
    ("check all", ("check", "--all", "--no-pager")),
    ("watch", ("watch",)),
    ("hint for this exercise", ("hint", "${fileDirname}", "--no-pager")),
    ("progress", ("progress", "--no-pager")),
)
"""What each task is called, and its words after ``tracer``; VS Code scrolls by itself."""


def editor_files(
    exercises: Sequence[Folder], root: Path, python: str
) -> Iterator[tuple[Path, str]]:
    """The files for any editor, and for VS Code, each with its place in the folder.

    Parameters
    ----------
    exercises : sequence of Folder
    root : Path
        The student's folder.
    python : str
        The Python in which tracer is installed.
    """
    folder = Path(".vscode")
    yield Path(".gitignore"), IGNORED
    yield folder / "tasks.json", _written(_tasks())
    yield folder / "settings.json", _written(_settings(exercises, _from(root, python)))
    yield folder / "extensions.json", _written({"recommendations": [PYTHON, JUPYTER]})


def container_file(wheel: str, course: Path | None) -> str:
    """The container's file; `wheel` lies beside it.

    Parameters
    ----------
    wheel : str
    course : Path or None
        A folder of exercises that is not tracer's own; it is seen in the container at the same
        place.
    """
    again = "python -m tracer init ."
    mounted: dict[str, Any] = {}
    if course is not None:
        at = course.resolve().as_posix()
        again += f" --exercises {json.dumps(at, ensure_ascii=False)}"
        mounted = {"mounts": [f"source={at},target={at},type=bind,readonly"]}
    return _written(
        {
            "name": "tracer",
            "image": IMAGE,
            **mounted,
            "postCreateCommand": f"python -m pip install {CONTAINER}/{wheel} && {again}",
            "customizations": {
                "vscode": {
                    "extensions": [PYTHON, JUPYTER],
                    "settings": {"python.defaultInterpreterPath": _IN_CONTAINER},
                }
            },
        }
    )


def _tasks() -> dict[str, Any]:
    tasks = [_task(label, words) for label, words in _TASKS]
    tasks[0]["group"] = {"kind": "build", "isDefault": True}  # Ctrl+Shift+B
    return {"version": "2.0.0", "tasks": tasks}


def _task(label: str, words: Sequence[str]) -> dict[str, Any]:
    matched: Mapping[str, Any] = {
        "owner": "tracer",
        "source": "tracer",
        "fileLocation": ["autoDetect", "${workspaceFolder}"],
        "pattern": {
            "regexp": PATTERN, "file": 1, "line": 2, "column": 3, "severity": 4, "message": 5,
        },
    }  # fmt: skip
    return {
        "label": f"tracer: {label}",
        "type": "process",
        # The Python that was chosen in VS Code: its terminal may know no `tracer`.
        "command": "${command:python.interpreterPath}",
        "args": ["-m", "tracer", *words],
        "options": {"cwd": "${workspaceFolder}"},
        "presentation": {"echo": False, "clear": True, "showReuseMessage": False},
        "problemMatcher": matched if "--problems" in words else [],
    }


def _from(root: Path, python: str) -> str | None:
    """The way from a folder to a Python, the same wherever both are moved; None to another tree."""
    there, here = os.path.abspath(python), os.path.abspath(root)  # noqa: PTH100 - a link stays one
    try:
        common = Path(os.path.commonpath([there, here]))
    except ValueError:  # another drive
        return None
    if common == Path(common.anchor):
        return None
    return f"${{workspaceFolder}}/{Path(os.path.relpath(there, here)).as_posix()}"


def _settings(exercises: Sequence[Folder], python: str | None) -> dict[str, Any]:
    chosen = {} if python is None else {"python.defaultInterpreterPath": python}
    return {
        **chosen,
        # So that `from rnn_step import rnn_step` is understood in the next exercise.
        "python.analysis.extraPaths": [exercise.name for exercise in exercises],
        "files.exclude": {"**/__pycache__": True, ".tracer": True},
    }


def _written(contents: Mapping[str, Any]) -> str:
    return json.dumps(contents, indent=2, ensure_ascii=False) + "\n"
