"""A notebook as an answer: its code cells, and the program that they make for a function.

What is run is what the function needs (`tracer.exercises.needed`): every other statement becomes
``pass``, so that each line keeps its place in its cell.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from tracer.exercises.decoding import Odd, Problem, decoded
from tracer.exercises.magics import without_magics
from tracer.exercises.needed import MOST_STATEMENTS, Cells, Statement, count, needed, statements

MOST_CODE = 2**20
"""Characters of all code cells; the file itself holds pictures too."""

MOST_CELLS = MOST_STATEMENTS
"""Code cells."""

LONGEST = 12
"""Characters that JSON makes of one, at most: of some it writes the numbers of two halves."""

HEAD = "# coding: utf-8"
"""The first line of the program: whatever a cell begins with, it names no encoding."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A code cell: its source as it stands there, and the labels that a course has given it."""

    source: str
    tags: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the student's file: its text, its number, and the code cell if it has cells.

    `file` is what it stands in, where an answer is not all in one.
    """

    text: str
    number: int
    cell: int | None = None
    file: str = ""


def is_notebook(text: str, name: str) -> bool:
    """Whether a file says that it is a notebook: by its name, or by what it holds."""
    return name.lower().endswith(".ipynb") or (text.lstrip()[:1] == "{" and '"cell_type"' in text)


def cells(text: str) -> list[Cell] | Problem:
    """The code cells of a notebook, from top to bottom, or why there are none."""
    if text.lstrip()[:1] not in ("{", "["):
        return Problem(Odd.NO_JSON_AT_ALL)
    try:
        notebook = json.loads(text)
    except (ValueError, RecursionError) as error:
        return Problem(Odd.NO_JSON, {"line": getattr(error, "lineno", 1)})
    language = _language(notebook)
    if isinstance(language, str) and language.lower() not in ("python", "ipython", "python3"):
        return Problem(Odd.LANGUAGE, {"language": language})
    listed = _listed(notebook)
    if listed is None:
        return Problem(Odd.NO_NOTEBOOK)
    code = [c for c in listed if _at(c, "cell_type") == "code"]
    if not code:
        return Problem(Odd.NO_CODE)
    found = [Cell(_source(c), _tags(c)) for c in code]
    length = sum(len(cell.source) for cell in found)
    if length > MOST_CODE:
        return Problem(Odd.TOO_LONG, {"length": length, "most": MOST_CODE})
    if len(code) > MOST_CELLS or statement_count(c.source for c in found) > MOST_STATEMENTS:
        return Problem(Odd.TOO_MANY, {"most": MOST_CELLS})
    return found


def code_alone(source: bytes, name: str) -> bytes:
    """A notebook without what it has printed: it runs as the whole one does.

    What cannot be read as a notebook is cut off where an answer has to end; nothing of it runs.
    """
    text = decoded(source)
    if isinstance(text, str) and is_notebook(text, name):
        with suppress(ValueError, RecursionError):
            found = json.dumps(_without_output(json.loads(text))).encode()
            if len(found) <= LONGEST * MOST_CODE:
                return found
    return source[:MOST_CODE]


def _without_output(notebook: Any) -> dict[str, Any]:
    listed = _listed(notebook)
    if listed is None:
        return {}
    cells = [
        {"cell_type": "code", "metadata": {"tags": sorted(_tags(cell))}, "source": _source(cell)}
        if _at(cell, "cell_type") == "code"
        else {"cell_type": "markdown", "metadata": {}, "source": ""}
        for cell in listed
    ]
    return {
        "cells": cells, "metadata": {"language_info": {"name": _language(notebook)}},
        "nbformat": 4, "nbformat_minor": 5,
    }  # fmt: skip


def program(
    code: list[Cell],
    functions: Collection[str],
    tags: Collection[str] = (),
    *,
    script: bool = False,
) -> tuple[str, list[Line]]:
    """The program for `functions`, and for each of its lines the one that it comes from.

    Parameters
    ----------
    code : list of Cell
    functions : collection of str
    tags : collection of str
        A cell with one of these labels holds the answer, also where a later one defines it too.
    script : bool
        Whether it is a single cell, exported as a file, in which no cells are counted.
    """
    plain = plain_cells(code, functions)
    found = statements(plain)
    tagged = [k for k, cell in enumerate(code) if cell.tags & set(tags)]
    wanted = needed(found, functions, tagged)
    kept = set(wanted)
    of_cell: defaultdict[int, list[Statement]] = defaultdict(list)
    for statement in found.statements:
        of_cell[statement.cell].append(statement)
    missed = _missed(functions, wanted, found)
    texts = list(plain)
    for k in range(len(code)):
        if k not in found.unreadable:
            texts[k] = _only(plain[k], of_cell[k], kept)
        elif not _defines(plain[k], missed):
            texts[k] = ""
    lifted = [HEAD]
    if any(s.future for s in wanted):  # these have to come first, and count for every cell
        names = sorted({n for s in wanted if s.future for n in s.binds})
        lifted.append(f"from __future__ import {', '.join(names)}")
    if any("__name__" in s.reads for s in wanted):  # as in a notebook that runs
        lifted.append('__name__ = "__main__"')
    lines = [Line("", 0)] * len(lifted)
    for k, (cell, text) in enumerate(zip(code, texts, strict=True), 1):
        if text.strip():
            own = cell.source.split("\n")
            lifted += text.split("\n")
            lines += [Line(line, n, None if script else k) for n, line in enumerate(own, 1)]
    return "\n".join(lifted) + "\n", lines


def statement_count(sources: Iterable[str]) -> int:
    """How many statements there are in cells, outside of functions and classes."""
    return count([without_magics(source, files=True) or "" for source in sources])


def plain_cells(code: list[Cell], functions: Collection[str]) -> list[str]:
    """The Python of each cell; what a cell writes into a file only where nothing else defines it.

    So an answer under ``%%writefile lstm_step.py`` is one.
    """
    plain = [without_magics(cell.source) or "" for cell in code]
    defined = {name for s in statements(plain).statements for name in s.binds}
    if defined.issuperset(functions):
        return plain
    return [without_magics(cell.source, files=True) or "" for cell in code]


def _only(cell: str, all_of_it: list[Statement], kept: Collection[Statement]) -> str:
    """The cell with ``pass`` in the place of each statement that is not kept."""
    lines = cell.encode("utf-8", "replace").split(b"\n")
    if not any(s in kept and not s.future for s in all_of_it):
        return ""
    for statement in reversed(all_of_it):
        if statement in kept and not statement.future:
            continue
        (first, start), (last, end) = statement.span
        after = lines[last][end:]
        lines[first] = lines[first][:start] + b"pass" + (after if first == last else b"")
        for k in range(first + 1, last + 1):
            lines[k] = after if k == last else b""
    return b"\n".join(lines).decode("utf-8")


def _missed(
    functions: Collection[str], wanted: Collection[Statement], found: Cells
) -> Collection[str]:
    """The names that are needed, and that no cell defines which Python can read."""
    defined = {name for s in found.statements for name in s.binds}
    return {*functions, *(name for s in wanted for name in s.reads)} - defined


def _defines(cell: str, names: Collection[str]) -> bool:
    """Whether a cell that Python cannot read defines one of these, as far as its words tell."""
    for line in cell.split("\n"):
        words = line.replace("(", " ").replace(":", " ").split()
        if words[:1] in (["def"], ["class"], ["import"], ["from"]) and not {*words}.isdisjoint(
            names
        ):
            return True
        if words and words[0] in names and "=" in line:
            return True
    return False


def _language(notebook: Any) -> Any:
    language = _at(notebook, "metadata", "kernelspec", "language")
    return language or _at(notebook, "metadata", "language_info", "name")


def _listed(notebook: Any) -> list[Any] | None:
    """All cells of a notebook; None where it has no place for them."""
    listed = _at(notebook, "cells")
    if isinstance(listed, list):
        return listed
    sheets = _at(notebook, "worksheets")  # where they lay until 2015
    found = [c for sheet in _list(sheets) for c in _list(_at(sheet, "cells"))]
    return found if sheets else None


def _tags(cell: Any) -> frozenset[str]:
    return frozenset(map(str, _list(_at(cell, "metadata", "tags"))))


def _source(cell: Any) -> str:
    """A cell's text, which the file holds whole or line by line."""
    source = cell.get("source", cell.get("input", ""))
    text = source if isinstance(source, str) else "".join(map(str, _list(source)))
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _at(value: Any, *keys: str) -> Any:
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
