"""The page at the top of a student's folder: which exercises there are, and the commands."""

from __future__ import annotations

from collections.abc import Sequence

from tracer.exercises.exercise import Exercise

TEXT = """\
# Your exercises

Here you write functions yourself, and are shown where your numbers go wrong. Each folder is one
exercise. Their numbers give the order:

{exercises}

In a folder, first read its `README.md`, or type `tracer read`. Then write your answer into the
`.py` file, in place of the line `raise NotImplementedError(…)`.

The commands, typed in this folder:

    tracer watch       checks each answer as soon as you save it; see its keys
    tracer read {number}     what exercise {number} asks for
    tracer check {number}    runs your answer to exercise {number}; --all runs every answer
    tracer hint {number}     a hint, mild at first, stronger each time you ask
    tracer progress    what you have passed, when, and after how many tries
    tracer reset {number}    begins an exercise anew; your old answer is kept
    tracer init .      restores deleted files, renews pages; what you wrote stays

Without a number, `read`, `check` and `hint` take the first exercise that you have not passed yet.

Something does not work? `tracer doctor` looks at the installation, and `tracer check --help`
explains a command.
"""


AS_NOTEBOOKS = """\
In a folder, open the notebook (`.ipynb`) in Jupyter or in VS Code: what is asked for stands in it.
Write your answer in place of the line `raise NotImplementedError(…)`, and run that cell and the one
below it, which checks what you wrote. Once it passes, save the notebook and type `tracer check` in
a terminal: only that remembers what you have passed.
"""
"""How to begin where the exercises are notebooks."""

PAGE = "README.md"


def for_notebooks(text: str) -> str:
    """The page of a folder of notebooks: the paragraph on the stub is about them."""
    parts = text.split("\n\n")
    return "\n\n".join(AS_NOTEBOOKS.strip() if "raise NotImpl" in part else part for part in parts)


def page(exercises: Sequence[Exercise]) -> str:
    """The page of a course that has none of its own, beside its exercises."""
    listed = "\n".join(f"- `{e.name}`: {e.title}" for e in exercises)
    return TEXT.format(exercises=listed, number=exercises[0].number)
