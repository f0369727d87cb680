"""What stands around the lines of a student's file: functions, loops, conditions."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cached_property
from typing import TypeAlias

Loop: TypeAlias = ast.For | ast.While


class Around:
    """The statements of a file, each with those that it stands in.

    Parameters
    ----------
    source : bytes
        What was run; empty where it is not known, and then nothing stands around anything.
    """

    def __init__(self, source: bytes = b"") -> None:
        try:
            self._tree = ast.parse(source)
        except (SyntaxError, ValueError, RecursionError, MemoryError):  # nothing of it ever ran
            self._tree = ast.parse("")

    @cached_property
    def _paths(self) -> dict[int, tuple[ast.stmt, ...]]:
        """For the first line of each statement, what it stands in, and itself."""
        found: dict[int, tuple[ast.stmt, ...]] = {}
        at: list[tuple[ast.AST, tuple[ast.stmt, ...]]] = [(self._tree, ())]
        while at:
            node, path = at.pop()
            if isinstance(node, ast.stmt):
                path = (*path, node)
                found[node.lineno] = path
            at += [(part, path) for part in reversed(list(ast.iter_child_nodes(node)))]
        return found

    def within(self, line: int) -> tuple[ast.stmt, ...]:
        """The statements of its function that one stands in, the outermost first, and itself."""
        path = self._paths.get(line, ())
        functions = [n for n, s in enumerate(path[:-1]) if isinstance(s, ast.FunctionDef)]
        return path[functions[-1] + 1 :] if functions else path

    def function(self, line: int) -> ast.FunctionDef | None:
        """The innermost function that a line stands in."""
        path = self._paths.get(line, ())
        return next((s for s in reversed(path[:-1]) if isinstance(s, ast.FunctionDef)), None)

    def loops(self, line: int) -> list[Loop]:
        """The loops of its function that a statement stands in, the outermost first."""
        return [s for s in self.within(line)[:-1] if isinstance(s, (ast.For, ast.While))]

    def condition(self, line: int) -> int | None:
        """The line of the innermost ``if`` that a statement stands under; None if it is in none."""
        heads = [s.lineno for s in self.within(line)[:-1] if isinstance(s, ast.If)]
        return heads[-1] if heads else None

    def looked_at(self, loop: ast.While) -> set[str]:
        """The variables of the condition under which a loop goes on."""
        return {node.id for node in ast.walk(loop.test) if isinstance(node, ast.Name)}

    def storing(self, name: str, beside: int) -> list[int]:
        """The lines that give a variable another value, or a part of one, in the same function."""
        function = self.function(beside)
        return [
            line
            for line in self._paths
            if self.function(line) is function and name in _given(self._paths[line][-1])
        ]

    def changes(self, name: str, line: int) -> bool:
        """Whether the function of a line gives a variable more than one value, or parts of one."""
        function = self.function(line)
        stored = 0
        for node in () if function is None else ast.walk(function):
            match node:
                case ast.Name(found, ast.Store()) | ast.Subscript(ast.Name(found), _, ast.Store()):
                    stored += found == name
        return stored > 1

    def along(self, name: str, loop: Loop) -> Iterator[int]:
        """Which axis of a variable a loop goes along where it stores, counted from its end."""
        counter = getattr(loop, "target", None)
        for node in ast.walk(loop):
            match node:
                case ast.Subscript(ast.Name(stored), ast.Tuple(parts), ast.Store()):
                    if stored == name and isinstance(counter, ast.Name):
                        places = [n for n, part in enumerate(parts) if isinstance(part, ast.Name)]
                        own = [n for n in places if ast.unparse(parts[n]) == counter.id]
                        yield from (len(parts) - n for n in own)

    def begins_with_0(self, line: int) -> bool:
        """Whether a loop counts from 0, or goes through something; and what is no loop."""
        statement = self._paths[line][-1]
        match getattr(statement, "iter", None):
            case ast.Call(ast.Name("range"), [_, _, *_]):
                return False
        return True

    def only_moves(self, line: int) -> bool:
        """Whether a statement computes nothing: it names what is there, or parts of it."""
        statement = self._paths[line][-1] if line in self._paths else None
        source = getattr(statement, "value" if isinstance(statement, ast.Assign) else "iter", None)
        return source is not None and all(_moves(node) for node in ast.walk(source))

    def copies(self, line: int, name: str) -> bool:
        """Whether a statement gives a variable what another one has: ``v_hat = v``."""
        for node in ast.walk(self._tree):
            match node:
                case ast.Assign([ast.Name(given)], value) if (given, node.lineno) == (name, line):
                    match value:
                        case ast.Name() | ast.Call(ast.Attribute(ast.Name(), "copy"), []):
                            return True
        return False

    def hands_back(self, line: int) -> bool:
        """Whether a statement does nothing but hand back variables: ``return h, c``."""
        match self._paths[line][-1] if line in self._paths else None:
            case ast.Return(ast.Tuple(parts)):
                whole = [p.value if isinstance(p, ast.Starred) else p for p in parts]
                return all(isinstance(part, ast.Name) for part in whole)
            case ast.Return(ast.Name()):
                return True
        return False

    def picks(self, line: int) -> bool:
        """Whether a statement picks something out: ``before = h[t] if t else h_0``."""
        statement = self._paths[line][-1] if line in self._paths else None
        source = getattr(statement, "value", None)
        return source is not None and all(
            _moves(node) or isinstance(node, (ast.IfExp, ast.BinOp)) for node in ast.walk(source)
        )

    def shares(self, line: int) -> bool:
        """Whether several statements begin on one line."""
        begun = [n for n in ast.walk(self._tree) if isinstance(n, ast.stmt) and n.lineno == line]
        return len(begun) > 1

    def launches(self, line: int) -> bool:
        """Whether a statement has a kernel run on a card: ``kernel[blocks, threads](h, c)``."""
        match self._paths[line][-1] if line in self._paths else None:
            case ast.Expr(ast.Call(ast.Subscript())):
                return True
        return False

    def adds(self, line: int, name: str) -> bool:
        """Whether a statement adds something to a variable, or to a part of it."""
        statement = self._paths[line][-1] if line in self._paths else None
        for node in () if statement is None else ast.walk(statement):
            match node:
                case ast.BinOp(left, ast.Add() | ast.Sub(), right):
                    sides = [left, right]
                case ast.AugAssign(left, ast.Add() | ast.Sub(), right):
                    sides = [left, right]
                case _:
                    continue
            whole = [side.value if isinstance(side, ast.Subscript) else side for side in sides]
            if any(isinstance(side, ast.Name) and side.id == name for side in whole):
                return True
        return False

    def breaks(self, loop: Loop) -> list[int]:
        """Where a loop is left before its end."""
        return [
            line
            for line, path in self._paths.items()
            if isinstance(path[-1], ast.Break) and self.loops(line)[-1:] == [loop]
        ]

    def functions(self, name: str = "") -> list[ast.FunctionDef]:
        """The functions at the top of the file; if there are several of a name, the last one."""
        found = {s.name: s for s in self._tree.body if isinstance(s, ast.FunctionDef)}
        return [f for f in found.values() if name in ("", f.name)]

    def used(self) -> set[str]:
        """The functions whose value is given to something, and not thrown away."""
        nodes = list(ast.walk(self._tree))
        alone = {id(n.value) for n in nodes if isinstance(n, ast.Expr)}
        calls = (n for n in nodes if isinstance(n, ast.Call) and id(n) not in alone)
        return {call.func.id for call in calls if isinstance(call.func, ast.Name)}

    def lost(self) -> Iterator[tuple[ast.Expr, str]]:
        """The statements of functions that compute something and give it to no variable.

        With each the name that stands first: ``z`` of ``z + a`` and of ``z == a``.
        """
        for line in sorted(self._paths):
            statement = self._paths[line][-1]
            if self.function(line) is None or not isinstance(statement, ast.Expr):
                continue
            match statement.value:
                case ast.Compare(ast.Name(name), [ast.Eq()]):
                    yield statement, name
                case ast.BinOp(left):
                    while isinstance(left, ast.BinOp):
                        left = left.left
                    if isinstance(left, ast.Name):
                        yield statement, left.id


_GOES_THROUGH = ("zip", "enumerate", "reversed", "range", "len", "list", "tuple")


def _moves(node: ast.AST) -> bool:
    """Whether a part of an expression hands on what is there, or says only which part."""
    match node:
        case ast.Call(ast.Name(function)):
            return function in _GOES_THROUGH
        case ast.BinOp():
            return False
    return not isinstance(node, (ast.Call, ast.IfExp, ast.Lambda, ast.comprehension))


def _given(statement: ast.stmt) -> set[str]:
    """The variables that a statement gives a value, or a part of one."""
    targets = [*getattr(statement, "targets", ()), getattr(statement, "target", None)]
    if isinstance(statement, (ast.For, ast.While)):
        targets = []
    inside = [part for target in targets for part in getattr(target, "elts", [target])]
    found = {part.id for part in inside if isinstance(part, ast.Name)}
    stored = (part.value for part in inside if isinstance(part, ast.Subscript))
    found |= {part.id for part in stored if isinstance(part, ast.Name)}
    match statement:
        case ast.Expr(ast.Call(ast.Attribute(ast.Name(name), "append"))):
            found.add(name)
    return found
