"""The hints of an exercise: a section for each check, a numbered list from mild to strong.

A hint may begin with the quantities that it speaks of, in brackets: ``2. [h] Is c squeezed …``.
Who has only others wrong is not told it. The last one, the strongest, is for everybody.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

from tracer.errors import FileError
from tracer.exercises.exercise import Exercise

FILE = "hints.md"

_SPEAKS_OF = re.compile(r"^\[(?P<names>\w+(?:, *\w+)*)\] +")


def hints(exercise: Exercise) -> Mapping[str, tuple[str, ...]]:
    """The hints for each check, by the check's name.

    Raises
    ------
    FileError
        If there is no ``hints.md``, it cannot be read, or has no hint for one of the checks.
    """
    path = exercise.folder / FILE
    if not path.exists():
        raise FileError(f"{exercise.name} has no hints: there is no {FILE} in {exercise.folder}")
    found = sections(path)
    for check in exercise.checks:
        if not found.get(check.name):
            raise FileError(
                f"{path} has no hint for check '{check.name}'; "
                f"expected the heading '## {check.name}' and a numbered list"
            )
    return {check.name: found[check.name] for check in exercise.checks}


def sections(path: Path) -> Mapping[str, tuple[str, ...]]:
    """The sections that stand in a file of hints, whatever they are called."""
    try:
        return parse(path.read_text("utf-8"))
    except OSError as error:
        raise FileError(f"cannot read {path}: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        raise FileError(f"{path} is not UTF-8; save the file as UTF-8") from error


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


def speaks_of(item: str) -> tuple[str, ...]:
    """The quantities that a hint speaks of; none where it says nothing of them."""
    found = _SPEAKS_OF.match(item)
    return tuple(re.split(", *", found["names"])) if found else ()


def meant_for(items: Sequence[str], wrong: Collection[str]) -> tuple[str, ...]:
    """The hints for somebody who has these quantities wrong, from mild to strong, no brackets.

    Examples
    --------
    >>> meant_for(["[c] Is it kept?", "[h] Is it squeezed?", "h = o * tanh(c)"], ["h"])
    ('Is it squeezed?', 'h = o * tanh(c)')
    >>> meant_for(["d_c = d_h[0] * o"], ["d_c"])
    ('d_c = d_h[0] * o',)
    """

    def of_others(item: str) -> bool:
        named = speaks_of(item)
        return bool(named and wrong) and not set(named) & set(wrong)

    return tuple(_SPEAKS_OF.sub("", item, count=1) for item in items if not of_others(item))
