"""The form of a file, looked at before it runs: its text, its cells, and what it defines where.

What is not plain UTF-8 becomes that, a notebook becomes a program, and every line of the program
still knows where it stands in the student's file. Nothing is run, and nothing is refused that
Python could run: what is found here only helps to say what is the matter afterwards.
"""

from __future__ import annotations

import ast
import hashlib
import warnings
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from enum import StrEnum
from functools import lru_cache
from itertools import islice
from pathlib import PurePath
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from tracer.exercises.decoding import Problem, decoded, in_utf8
from tracer.exercises.magics import is_exported, without_magics
from tracer.exercises.needed import MOST_STATEMENTS
from tracer.exercises.notebook import (
    Cell,
    Line,
    cells,
    is_notebook,
    plain_cells,
    program,
    statement_count,
)

if TYPE_CHECKING:
    from tracer.exercises.exercise import Exercise

MOST_COMPARED = 1_000
"""Names of functions that are held against one that is missed."""


class Place(StrEnum):
    """Where a function stands that nobody outside can call by its name."""

    GUARD = "guard"  # within ``if __name__ == "__main__":``
    METHOD = "method"
    NESTED = "nested"  # within another function
    NEAR = "near"  # a function of nearly that name


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """What there is instead of a function: its `name`, `within` what, and on which line."""

    place: Place
    name: str
    line: Line
    within: str = ""


@dataclass(frozen=True, slots=True)
class Form:
    r"""A submission as it is run.

    Attributes
    ----------
    file : str
        What the student calls the file, without its folder.
    program : bytes
        What Python runs: UTF-8, with ``\n`` at the end of every line.
    lines : tuple of Line
        For each line of the program the line of the student's file.
    digest : str
        Of the file, to see later whether it has changed.
    problem : Problem or None
        Why there is nothing to run.
    elsewhere : mapping of str to Elsewhere
        For a function that is asked for and not defined: where something like it stands.
    defined : tuple of str
        The functions that it does define, at the left margin.
    guarded : mapping of str to Line
        What gets a value only under ``if __name__ == "__main__":``, and where.
    arguments : mapping of str to tuple of str
        The arguments of each function that is asked for, as the student names them.
    live : bool
        Whether it is no file: its functions are there already, in the student's own session.
    has_statements : bool
        Whether a statement stands in it: not so where it is empty, or Python cannot parse it.
    earlier : mapping of str to Earlier
        The student's own earlier answers that it imports, by the name of the module.
    """

    file: str
    program: bytes = b""
    lines: tuple[Line, ...] = field(default=(), repr=False)
    digest: str = ""
    problem: Problem | None = None
    elsewhere: Mapping[str, Elsewhere] = field(default_factory=lambda: MappingProxyType({}))
    defined: tuple[str, ...] = ()
    guarded: Mapping[str, Line] = field(default_factory=lambda: MappingProxyType({}), repr=False)
    arguments: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))
    live: bool = False
    has_statements: bool = False
    earlier: Mapping[str, Earlier] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def is_program(self) -> bool:
        """Whether Python finds a program in it, whatever that does when it is run."""
        if self.problem is not None or not self.has_statements:
            return False
        try:
            with warnings.catch_warnings(action="ignore"):
                compile(self.program, self.file, "exec", dont_inherit=True)
        except (SyntaxError, ValueError, MemoryError, RecursionError):
            return False  # also what only parses, as a return outside a function
        return True

    def line(self, number: int | None) -> Line | None:
        """The student's line for a line of the program, from 1; None if there is none."""
        if number is None or not 0 < number <= len(self.lines):
            return None
        found = self.lines[number - 1]
        return found if found.number else None


class Earlier(NamedTuple):
    """An answer to an exercise before, which a later answer imports."""

    exercise: Exercise
    form: Form


def digest(source: bytes) -> str:
    """What two files have in common only if they are the same.

    Of a notebook only its code cells count, and not what they printed.
    """
    if b'"cell_type"' in source:
        text = decoded(source)
        code = text if isinstance(text, Problem) else cells(text)
        if not isinstance(code, Problem):
            source = "\0".join(cell.source for cell in code).encode("utf-8", "surrogatepass")
    return hashlib.sha256(source).hexdigest()[:16]


def look(name: str, source: bytes, functions: Collection[str], tags: Collection[str] = ()) -> Form:
    """Look at a file.

    Parameters
    ----------
    name : str
        The student's file; what it ends with may tell that it is a notebook.
    source : bytes
    functions : collection of str
        The functions, or classes, that are called.
    tags : collection of str
        What a notebook's cell with the answer may be labelled with, beside their names.
    """
    file = PurePath(name).name
    file = "answer.py" if file in ("", ".", "..") else file
    text = decoded(source)
    if isinstance(text, Problem):
        return Form(file, problem=text, digest=digest(source))
    if is_notebook(text, file):
        code = cells(text)
        if isinstance(code, Problem):
            return Form(file, problem=code, digest=digest(source))
        runs, lines = program(code, functions, {*functions, *tags})
        parts: list[tuple[str, int | None]]
        parts = [(part, k) for k, part in enumerate(plain_cells(code, functions), 1)]
    else:
        runs, lines = text, [Line(line, n) for n, line in enumerate(text.split("\n"), 1)]
        plain = without_magics(text) or ""
        exported = is_exported(text) or (_tree(text) is None and _tree(plain) is not None)
        if exported and statement_count([text]) <= MOST_STATEMENTS:
            runs, lines = program([Cell(text)], functions, script=True)
        parts = [(plain, None)]
    trees = [(tree, cell) for part, cell in parts if (tree := _tree(part)) is not None]
    try:
        found = [(one, cell) for tree, cell in trees for one in _definitions(tree.body)]
    except RecursionError:  # a thousand times elif
        found = []
    return Form(
        file,
        in_utf8(runs),
        tuple(lines),
        digest(source),
        elsewhere=MappingProxyType(dict(_elsewhere(found, functions))),
        defined=tuple(dict.fromkeys(d.name for d, _c in found if d.is_def and d.place is None)),
        guarded=MappingProxyType(_guarded(found)),
        arguments=MappingProxyType(dict(_arguments(trees, functions))),
        has_statements=any(tree.body for tree, _cell in trees),
    )


_Trees = Sequence[tuple[ast.Module, int | None]]
_Definitions = Sequence[tuple["_Definition", int | None]]


@lru_cache(2)  # of a file that is no notebook, what runs is most often the file as it is
def _tree(text: str) -> ast.Module | None:
    try:
        with warnings.catch_warnings(action="ignore"):  # Python says them when it runs the file
            return ast.parse(text.encode("utf-8", "replace"))
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        return None


def _elsewhere(found: _Definitions, functions: Collection[str]) -> Iterator[tuple[str, Elsewhere]]:
    """Where each function stands that a file does not define where it can be called."""
    for function in functions:
        same = [(d, cell) for d, cell in found if d.name == function]
        if any(d.place is None for d, _cell in same):
            continue
        if not same:
            named = ((d, cell) for d, cell in found if d.place is None and d.is_def)
            reachable = {d.name: (d, cell) for d, cell in islice(named, MOST_COMPARED)}
            near = _nearest(function, reachable)
            same = [reachable[near]] if near is not None else []
        for d, cell in same[:1]:
            line = Line("", d.line, cell)
            yield function, Elsewhere(d.place or Place.NEAR, d.name, line, d.within)


def _guarded(found: _Definitions) -> dict[str, Line]:
    """The names that only a main guard gives a value."""
    free = {d.name for d, _cell in found if d.place is None}
    return {
        d.name: Line("", d.line, cell)
        for d, cell in reversed(found)
        if d.place is Place.GUARD and not d.within and d.name not in free
    }


@dataclass(frozen=True, slots=True)
class _Definition:
    name: str
    line: int
    place: Place | None = None
    within: str = ""
    is_def: bool = True


def _definitions(
    body: Sequence[ast.stmt], place: Place | None = None, within: str = ""
) -> Iterator[_Definition]:
    """All that the statements define, and what is defined within that."""
    for node in body:
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                yield _Definition(node.name, node.lineno, place, within)
                yield from _definitions(node.body, place or Place.NESTED, within or node.name)
            case ast.ClassDef():
                yield _Definition(node.name, node.lineno, place, within)
                yield from _definitions(node.body, place or Place.METHOD, within or node.name)
            case ast.If() if place is None and _is_guard(node):
                yield from _definitions(node.body, Place.GUARD)
                yield from _definitions(node.orelse, place)
            case ast.Import() | ast.ImportFrom() | ast.Assign() | ast.AnnAssign():
                for name in _names(node):
                    yield _Definition(name, node.lineno, place, within, is_def=False)
            case _:
                for inner in ("body", "orelse", "finalbody"):
                    yield from _definitions(getattr(node, inner, ()), place, within)
                for handler in getattr(node, "handlers", ()):
                    yield from _definitions(handler.body, place, within)


def _names(node: ast.stmt) -> Iterator[str]:
    for one in ast.walk(node):
        if isinstance(one, ast.alias):
            yield one.asname or one.name.partition(".")[0]
        elif isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store):
            yield one.id


def _is_guard(node: ast.If) -> bool:
    return any(isinstance(n, ast.Name) and n.id == "__name__" for n in ast.walk(node.test))


def _nearest(function: str, names: Collection[str]) -> str | None:
    """The name that is most like it: ``lstm_Step``, ``lstmstep``, ``lstm_stp``."""
    plain = {name.lower().replace("_", ""): name for name in names}
    near = get_close_matches(function.lower().replace("_", ""), plain, n=1, cutoff=0.8)
    return plain[near[0]] if near else None


def _arguments(trees: _Trees, functions: Collection[str]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The arguments of the last function of each name, where it takes them one by one."""
    for function in functions:
        last = None
        for tree, _cell in trees:
            for node in tree.body:
                if isinstance(node, ast.FunctionDef) and node.name == function:
                    last = node
        if last is not None and last.args.vararg is None:
            yield function, tuple(a.arg for a in (*last.args.posonlyargs, *last.args.args))
