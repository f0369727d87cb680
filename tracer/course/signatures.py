"""Whether a file defines its functions with the arguments that ``exercise.toml`` names."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from tracer.exercises.exercise import Exercise, Function


def apart(exercise: Exercise, path: Path) -> Iterator[tuple[str, str]]:
    """Each function whose arguments are others: how it is defined, and how it should be.

    Nothing of a file that cannot be read, and of a function that is not in it: a run tells that.

    Parameters
    ----------
    exercise : Exercise
    path : Path
        The stub, or a reference.
    """
    try:
        tree = ast.parse(path.read_bytes())
    except (OSError, SyntaxError, ValueError):
        return
    for function in exercise.functions:
        for name, wanted in _wanted(function):
            found = _defined(tree, name)
            if found is not None and found != wanted:
                yield f"{name}({', '.join(found)})", f"{name}({', '.join(wanted)})"


def _wanted(function: Function) -> Iterator[tuple[str, tuple[str, ...]]]:
    """What is called, and with which arguments; of a method also its object."""
    cls, _dot, _method = function.name.rpartition(".")
    own = ("self",) if cls else ()
    yield function.name, (*own, *function.arguments)
    if cls and function.made_with is not None:
        yield f"{cls}.__init__", (*own, *function.made_with)


def _defined(tree: ast.Module, name: str) -> tuple[str, ...] | None:
    """The arguments of the last function, or method, of that name; None where there is none."""
    *within, last = name.split(".")
    body: list[ast.stmt] = tree.body
    for cls in within:
        classes = [node for node in body if isinstance(node, ast.ClassDef) and node.name == cls]
        body = classes[-1].body if classes else []
    defined = [node for node in body if isinstance(node, ast.FunctionDef) and node.name == last]
    if not defined:
        return None
    arguments = defined[-1].args
    found = [a.arg for a in (*arguments.posonlyargs, *arguments.args)]
    found += [f"*{arguments.vararg.arg}"] if arguments.vararg is not None else []
    found += [a.arg for a in arguments.kwonlyargs]
    return (*found, *([f"**{arguments.kwarg.arg}"] if arguments.kwarg is not None else []))
