"""Lines that the form of the code alone shows to be wrong, where it is known that something is.

A ``return`` in the first round of a loop, or none in a function whose value is used; a list that
is made once for all calls; a value that is computed and given to no variable, or compared where it
should be given.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tracer.grading.blame.around import Around
from tracer.grading.blame.recorded import Records
from tracer.grading.report import Blame, Why

_MUTABLE = (ast.List, ast.Dict, ast.ListComp, ast.DictComp)
_GROWING = ("append", "extend", "insert", "update", "setdefault")


def lost(records: Records, found: int, around: Around, *, partly: bool) -> Blame | None:
    """A statement whose value is given to no variable, on the way to wrong numbers.

    It begins with a variable that `found` was computed of, before; or, where `found` is `partly`
    right, and goes on being computed, with that one.
    """
    line = records.lines(found)[0]
    names = _on_the_way(records, found, around)
    for statement, name in around.lost():
        function = around.function(statement.lineno)
        earlier = statement.lineno < line or function is not around.function(line)
        later = partly and name == records.name(found)
        if (name, function) in names and (earlier or later):
            compares = isinstance(statement.value, ast.Compare)
            last = statement.end_lineno or statement.lineno
            why = Why.COMPARED if compares else Why.LOST
            return Blame(statement.lineno, last, name, why)
    return None


def _on_the_way(
    records: Records, found: int, around: Around
) -> set[tuple[str, ast.FunctionDef | None]]:
    """The variables that a record was computed of, each with its function; and its own."""
    seen, at = {found}, {found}
    while at:
        at = {e for k in at for e in records.read.get(k, ())} - seen
        seen |= at
    return {(records.name(k), around.function(records.lines(k)[0])) for k in seen}


def ended_early(around: Around, function: str) -> Blame | None:
    """A ``return`` that ends a loop in its first round, whatever there is."""
    for node in around.functions(function):
        for statement in _at_once(node.body):
            if isinstance(statement, (ast.For, ast.While)):
                for inside in _at_once(statement.body):
                    if isinstance(inside, ast.Return):
                        last = inside.end_lineno or inside.lineno
                        return Blame(inside.lineno, last, "return", Why.ENDED)
    return None


def _at_once(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """The statements that run whenever the first of them does."""
    for statement in body:
        yield statement
        if isinstance(statement, ast.With):
            yield from _at_once(statement.body)


def made_once(around: Around, function: str) -> Blame | None:
    """An argument with a list or a dictionary as its default, into which the function puts more."""
    for node in around.functions(function):
        arguments = [*node.args.posonlyargs, *node.args.args]
        pairs = [
            *zip(arguments[::-1], node.args.defaults[::-1], strict=False),
            *zip(node.args.kwonlyargs, node.args.kw_defaults, strict=True),
        ]
        for argument, default in pairs:
            if isinstance(default, _MUTABLE) and _grows(node, argument.arg):
                last = max(node.lineno, node.body[0].lineno - 1)
                return Blame(node.lineno, last, argument.arg, Why.SHARED)
    return None


def returns_nothing(around: Around) -> Blame | None:
    """A function of one's own without a ``return``, where what it returns is given to something."""
    used = around.used()
    for node in around.functions():
        silent = not any(
            (isinstance(part, ast.Return) and part.value is not None)
            or isinstance(part, (ast.Yield, ast.YieldFrom))
            for part in ast.walk(node)
        )
        if silent and node.name in used and not node.decorator_list:
            last = max(node.lineno, node.body[0].lineno - 1)
            return Blame(node.lineno, last, node.name, Why.NO_RETURN)
    return None


def _grows(function: ast.FunctionDef, name: str) -> bool:
    """Whether something is put into a variable that is never given another value."""
    put = False
    for node in ast.walk(function):
        match node:
            case ast.Name(id, ast.Store()) if id == name:
                return False
            case ast.Call(ast.Attribute(ast.Name(id), method)) if id == name:
                put = put or method in _GROWING
            case ast.Subscript(ast.Name(id), _, ast.Store()) if id == name:
                put = True
    return put
