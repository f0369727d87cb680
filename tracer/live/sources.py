"""Where the lines of functions stand that are there already: in cells of a notebook, in files.

What cannot be found (a function of a C library, one typed at a plain prompt) has no lines; then a
report names none.
"""

from __future__ import annotations

import functools
import inspect
import linecache
import os
import sys
import textwrap
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePath
from types import CodeType, MappingProxyType
from typing import Any

from tracer.exercises.form import Form
from tracer.exercises.notebook import Line
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
        return next(iter(self.places)), "\n".join(line.text for line in self.form.lines).encode()

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
    for code in _codes(functions.values()):
        last = max((line for *_at, line in code.co_lines() if line), default=0)
        lengths[code.co_filename] = max(lengths.get(code.co_filename, 0), last)
    lines: list[Line] = []
    places: dict[str, range] = {}
    for filename, least in lengths.items():
        linecache.checkcache(filename)
        texts, name = linecache.getlines(filename), shown(filename)
        found = [Line(text.rstrip("\n"), n, file=name) for n, text in enumerate(texts, 1)]
        found += [Line("", 0)] * (least - len(found))  # of a line without text it is known that
        places[filename] = range(len(lines) + 1, len(lines) + len(found) + 1)  # it is theirs
        lines += found
    files = [
        shown(own.co_filename)
        for f in functions.values()
        if (own := code_of(f)) and linecache.getlines(own.co_filename)
    ]
    form = Form(
        ", ".join(dict.fromkeys(files)) or ", ".join(functions),
        lines=tuple(lines),
        arguments=MappingProxyType(dict(_arguments(functions))),
        live=True,
    )
    return Sources(form, places, functions)


def _codes(functions: Iterable[object]) -> Iterator[CodeType]:
    """The code of each function, and of those of the same module that it calls, in any depth."""
    waiting, seen = list(functions), set()
    while waiting:
        function = _plain(waiting.pop(0))
        if id(function) in seen:
            continue
        seen.add(id(function))
        if isinstance(function, type):
            waiting += [f for f in vars(function).values() if inspect.isfunction(f)]
        code = code_of(function)
        if code is None:
            continue
        yield code
        around = getattr(function, "__globals__", {})
        for name in code.co_names:
            other = around.get(name)
            if getattr(other, "__module__", "") == getattr(function, "__module__", None):
                waiting.append(other)


def _plain(function: object) -> Any:
    """What stands within a decorator of Numba's or of functools, or within a partial call."""
    while isinstance(function, functools.partial):
        function = function.func
    return inspect.unwrap(getattr(function, "py_func", function))  # type: ignore[arg-type]


def code_of(function: object) -> CodeType | None:
    """The code of a function, also within a decorator of Numba's; of a class that of a method."""
    function = _plain(function)
    if isinstance(function, type):
        own = (code_of(method) for method in vars(function).values() if inspect.isfunction(method))
        return next((code for code in own if code is not None), None)
    if not hasattr(function, "__code__"):  # an object that can be called
        function = vars(type(function)).get("__call__")
    code = getattr(function, "__code__", None)
    return code if isinstance(code, CodeType) else None


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
    inner = _plain(function)
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
