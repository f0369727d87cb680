"""What a function needs of the statements around it: what they define, and what those need.

That is what is run of a notebook. Plots, files that are not here, training and the student's own
tests stand in most notebooks too; none of them costs an answer that does not need them.
"""

from __future__ import annotations

import ast
import symtable
import warnings
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field

Span = tuple[tuple[int, int], tuple[int, int]]
"""Line, from 0, and byte in it, at which a statement begins and ends."""


MOST_STATEMENTS = 5_000
"""Of all cells together, outside of functions and classes: each is looked at by itself."""


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement of a cell.

    Attributes
    ----------
    cell : int
    span : Span
    binds, reads : frozenset of str
        Names of the notebook that it gives a value, and that it, or a function in it, looks up.
    changes : str
        The name whose value it changes in place: ``c`` of ``c[0] = 1`` and of ``c.append(1)``.
    imports, star, future : bool
        ``import …``, ``from … import *``, ``from __future__ import …``.
    """

    cell: int
    span: Span
    binds: frozenset[str] = frozenset()
    reads: frozenset[str] = frozenset()
    changes: str = ""
    imports: bool = False
    star: bool = False
    future: bool = False


@dataclass(slots=True)
class Cells:
    """The statements of all cells, and the numbers of those that Python cannot read."""

    statements: list[Statement] = field(default_factory=list)
    unreadable: list[int] = field(default_factory=list)


def statements(cells: Sequence[str]) -> Cells:
    """Every statement of every cell, in their order."""
    found = Cells()
    for number, cell in enumerate(cells):
        try:
            with warnings.catch_warnings(action="ignore"):
                body = list(_statements(number, cell))
        except (SyntaxError, ValueError, MemoryError, RecursionError):
            found.unreadable.append(number)
        else:
            found.statements += body
    return found


def count(cells: Sequence[str]) -> int:
    """How many statements the cells that Python can read have."""
    found = 0
    for cell in cells:
        try:
            with warnings.catch_warnings(action="ignore"):
                found += len(ast.parse(cell.encode("utf-8", "replace")).body)
        except (SyntaxError, ValueError, MemoryError, RecursionError):
            continue
    return found


def needed(found: Cells, functions: Collection[str], tagged: Collection[int]) -> list[Statement]:
    """The statements that `functions` need, in their order.

    Of a function that is defined twice the last definition counts, as when all cells are run from
    top to bottom; one in a cell that is `tagged` counts before all others.
    """
    kept: dict[Statement, None] = {s: None for s in found.statements if s.future}
    imported = {name for s in found.statements if s.imports for name in s.binds}
    binding: defaultdict[str, list[Statement]] = defaultdict(list)
    changing: defaultdict[str, list[Statement]] = defaultdict(list)
    for statement in found.statements:
        for name in statement.binds:
            binding[name].append(statement)
        changing[statement.changes].append(statement)
    stars = [s for s in found.statements if s.star]
    names, seen = list(functions), set(functions)
    while names:
        name = names.pop()
        defining = list(binding.get(name, ()))
        if name in functions:
            defining = _last(defining, name, tagged)
        elif not defining:
            defining, stars = stars, []  # all of them, once
        if name not in imported:
            defining += changing.get(name, ())
        for statement in defining:
            kept[statement] = None
            names += statement.reads - seen
            seen |= statement.reads
    return sorted(kept, key=lambda s: (s.cell, s.span))


def _last(defining: list[Statement], name: str, tagged: Collection[int]) -> list[Statement]:
    """The last definition, and those before it that it is made of: ``step = njit(step)``."""
    defining = [s for s in defining if s.cell in tagged] or defining
    for k in range(len(defining) - 1, -1, -1):
        if name not in defining[k].reads:
            return defining[k:]
    return defining


def _statements(number: int, cell: str) -> Iterator[Statement]:
    lines = cell.encode("utf-8", "replace").split(b"\n")
    for node in ast.parse(cell.encode("utf-8", "replace")).body:
        span = _span(node)
        (first, start), (last, end) = span
        part = lines[first : last + 1]
        part[-1] = part[-1][:end]
        part[0] = part[0][start:]
        table = symtable.symtable(b"\n".join(part).decode(), "cell", "exec")
        yield Statement(
            number,
            span,
            binds=frozenset(_bound(table)),
            reads=frozenset(_read(table)),
            changes=_changed(node),
            imports=isinstance(node, ast.Import | ast.ImportFrom),
            star=isinstance(node, ast.ImportFrom) and node.names[0].name == "*",
            future=isinstance(node, ast.ImportFrom) and node.module == "__future__",
        )


def _span(node: ast.stmt) -> Span:
    first, start = node.lineno, node.col_offset
    for decorator in getattr(node, "decorator_list", ()):
        first, start = min(first, decorator.lineno), 0
    assert node.end_lineno is not None
    assert node.end_col_offset is not None
    return (first - 1, start), (node.end_lineno - 1, node.end_col_offset)


def _bound(table: symtable.SymbolTable, *, nested: bool = False) -> Iterator[str]:
    """Names of the notebook that get a value, also by ``global`` within a function."""
    for symbol in table.get_symbols():
        if (symbol.is_assigned() or symbol.is_imported()) and (
            not nested or symbol.is_declared_global()
        ):
            yield symbol.get_name()
    for child in table.get_children():
        yield from _bound(child, nested=True)


def _read(table: symtable.SymbolTable, *, nested: bool = False) -> Iterator[str]:
    """Names of the notebook that are looked up."""
    for symbol in table.get_symbols():
        if symbol.is_referenced() and (not nested or symbol.is_global()):
            yield symbol.get_name()
    for child in table.get_children():
        yield from _read(child, nested=True)


def _changed(node: ast.stmt) -> str:
    """The name whose value a statement changes in place; empty if there is none."""
    target: ast.expr | None = None
    match node:
        case ast.Assign(targets=[ast.Attribute() | ast.Subscript() as one]):
            target = one
        case ast.AugAssign(target=one) | ast.AnnAssign(target=one):
            target = one
        case ast.Expr(value=ast.Call(func=ast.Attribute() as one)):
            target = one
        case _:
            return ""
    while isinstance(target, ast.Attribute | ast.Subscript):
        target = target.value
    return target.id if isinstance(target, ast.Name) else ""
