"""Where the lines of functions stand that are there already: in cells of a notebook, in files.

What cannot be found (a function of a C library, one typed at a plain prompt) has no lines; then a
report names none.
"""

from __future__ import annotations

import inspect
import linecache
import os
import sys
import textwrap
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePath
from types import MappingProxyType
from typing import Any

from tracer.exercises.form import Form
from tracer.exercises.notebook import Line
from tracer.live.reached import code_of, home, plain, reached
from tracer.live.saved import form_loaded
from tracer.sandbox import describing


@dataclass(frozen=True, slots=True)
class Sources:
    """The sources of several functions, as one program.

    Attributes
    ----------
    form : Form
        Their lines one after the other, each with the file or cell that it stands in.
    places : mapping of str to range
        Which lines of the program are those of a file, by the name that Python has for it.
    functions : mapping of str to callable
    """

    form: Form
    places: Mapping[str, range]
    functions: Mapping[str, Callable[..., Any]]

    @property
    def one(self) -> tuple[str, bytes]:
        """The name and the text of the file, where all is in one; else of none."""
        if len(self.places) != 1:
            return "", b""
        return next(iter(self.places)), self.form.program

    def __str__(self) -> str:
        """The name that Python has for the file: lines of it can be watched."""
        return self.one[0]

    def line(self, filename: str, number: int | None) -> int | None:
        """The line of the program; None of what is none of the student's."""
        lines = self.places.get(filename, range(0))
        return lines[number - 1] if number is not None and 0 < number <= len(lines) else None

    def named_line(self, named: str, number: int) -> int | None:
        """The line of the program, of a file as Numba names it: by a path from where it runs."""
        known = named if named in self.places else os.path.abspath(named)  # noqa: PTH100
        return self.line(known, number)


def sources_of(functions: Mapping[str, Callable[..., Any]]) -> Sources:
    """Find where they stand, and where the functions of their own stand that they call."""
    lengths: dict[str, int] = {}
    loaded: dict[str, Form | None] = {}
    for function in reached(functions.values()):
        if (code := code_of(function)) is not None:
            last = max((line for *_at, line in code.co_lines() if line), default=0)
            lengths[code.co_filename] = max(lengths.get(code.co_filename, 0), last)
            loaded[code.co_filename] = form_loaded(home(function))
    lines: list[Line] = []
    texts: list[str] = []
    places: dict[str, range] = {}
    for filename, least in lengths.items():
        found, text = _lines(filename, loaded[filename])
        without = max(0, least - len(found))  # of a line without text it is known that it is theirs
        places[filename] = range(len(lines) + 1, len(lines) + len(found) + without + 1)
        lines += [*found, *[Line("", 0)] * without]
        texts += [*text, *[""] * without]
    files = [
        shown(own.co_filename)
        for f in functions.values()
        if (own := code_of(f)) and linecache.getlines(own.co_filename)
    ]
    form = Form(
        ", ".join(dict.fromkeys(files)) or ", ".join(functions),
        "".join(f"{text}\n" for text in texts).encode("utf-8", "replace"),
        tuple(lines),
        arguments=MappingProxyType(dict(_arguments(functions))),
        live=True,
    )
    return Sources(form, places, functions)


def _lines(filename: str, loaded: Form | None) -> tuple[Sequence[Line], list[str]]:
    """The lines of a file or cell, and what of each is run."""
    if loaded is not None:
        program = loaded.program.decode("utf-8", "replace")
        return loaded.lines, program.removesuffix("\n").split("\n")
    linecache.checkcache(filename)
    texts, name = [text.rstrip("\n") for text in linecache.getlines(filename)], shown(filename)
    return [Line(text, n, file=name) for n, text in enumerate(texts, 1)], texts


def shown(filename: str) -> str:
    """What a person calls it: ``In[5]`` of a cell, the name of a file without its folders."""
    compiling = sys.modules.get("IPython")
    if compiling is not None:
        try:
            kind, name = compiling.get_ipython().compile.format_code_name(filename)
        except (AttributeError, TypeError, ValueError):
            return PurePath(filename).name  # another IPython than we know, or none that runs
        if kind == "Cell":
            return str(name)
    return PurePath(filename).name


def unwritten(function: Callable[..., Any], sources: Sources, name: str) -> dict[str, Any]:
    """Why it returned None, see `tracer.sandbox.describing.unwritten`; `name` may be a method."""
    nothing = {"what": "none", "line": None, "written": False}
    inner = plain(function)
    own = ".".join([getattr(inner, "__name__", ""), *name.split(".")[1:]])
    try:
        texts, first = inspect.getsourcelines(inner)
        found = describing.unwritten(textwrap.dedent("".join(texts)).encode(), own)
        file = inspect.getsourcefile(inner) or ""
    except (OSError, TypeError, SyntaxError, ValueError):
        return nothing
    if found["line"] is not None:
        found["line"] = sources.line(file, max(first, 1) + found["line"] - 1)
    return found


def _arguments(
    functions: Mapping[str, Callable[..., Any]],
) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The student's own names of the arguments, where they are taken one by one."""
    for name, function in functions.items():
        if isinstance(function, type):
            continue
        try:
            taken = inspect.signature(function).parameters.values()
        except (TypeError, ValueError):
            continue
        if not any(p.kind is p.VAR_POSITIONAL for p in taken):
            yield (
                name,
                tuple(
                    p.name for p in taken
                    if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)
                ),
            )  # fmt: skip
