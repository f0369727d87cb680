"""The student's own earlier answers that an answer imports: which, and what they are.

A step is written once: the unroll of a later exercise says ``from rnn_step import rnn_step``. What
can be imported is what the exercise `uses`, and what that one uses in turn.
"""

from __future__ import annotations

import ast
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import replace
from types import MappingProxyType

from tracer.errors import TracerError
from tracer.exercises.exercise import Exercise, Folder
from tracer.exercises.form import Earlier, Form, look
from tracer.exercises.reading import read
from tracer.exercises.submission import Submission


def used(exercise: Exercise) -> tuple[Folder, ...]:
    """The exercises whose answers an answer may import."""
    return tuple(Folder(exercise.folder.parent / name) for name in exercise.uses)


def all_used(exercise: Exercise) -> tuple[Exercise, ...]:
    """The same, and those that these use in turn; one that is missing or broken is left out."""
    found: dict[str, Exercise] = {}
    waiting = list(used(exercise))
    while waiting:
        folder = waiting.pop(0)
        if folder.name in found:
            continue
        try:
            one = read(folder.folder)
        except TracerError:
            continue
        found[one.name] = one
        waiting += used(one)
    return tuple(found.values())


def imported(program: bytes, exercise: Exercise) -> dict[str, frozenset[str]]:
    """Of the exercises that it uses those that a program imports, and the names that it gives them.

    Returns
    -------
    dict of str to frozenset of str
        By the exercise's name. ``from rnn_step import rnn_step as step`` gives it the name
        ``step``. Nothing of a program that Python cannot parse.
    """
    if not any(one.module.encode() in program for one in used(exercise)):
        return {}
    try:
        nodes = _nodes(program)
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        return {}
    found: dict[str, set[str]] = {}
    for module, name in (pair for node in nodes for pair in _bound(node)):
        found.setdefault(module, set()).add(name)
    return {one.name: frozenset(found[one.module]) for one in used(exercise) if one.module in found}


def _nodes(program: bytes) -> list[ast.AST]:
    """All of a program; a warning that Python has of it is not for this terminal."""
    with warnings.catch_warnings(action="ignore"):
        return list(ast.walk(ast.parse(program)))


def _bound(node: ast.AST) -> Iterator[tuple[str, str]]:
    """Each module that a statement imports, and a name that it gives to it or to what is in it."""
    if isinstance(node, ast.Import):
        yield from ((alias.name, alias.asname or alias.name) for alias in node.names)
    elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
        yield from ((node.module, alias.asname or alias.name) for alias in node.names)


def with_earlier(exercise: Exercise, form: Form, handed: Mapping[str, Submission]) -> Form:
    """The same form with the earlier answers that it imports, as far as they are there.

    Parameters
    ----------
    exercise : Exercise
    form : Form
    handed : mapping of str to Submission
        The student's answers by the exercise's name.
    """
    found = {}
    for name in imported(form.program, exercise) if handed else ():
        if name not in handed:
            continue
        try:
            before = read(exercise.folder.parent / name)
        except TracerError:  # a broken exercise; what it asks for is not known
            continue
        one = handed[name]
        own = look(one.name, one.source, before.called_names, (before.name, before.number))
        found[before.module] = Earlier(before, with_earlier(before, own, handed))
    return replace(form, earlier=MappingProxyType(found)) if found else form


def all_earlier(form: Form) -> dict[str, Earlier]:
    """What a form imports, and what that imports in turn, the first to be written first."""
    found: dict[str, Earlier] = {}
    for module, one in form.earlier.items():
        found |= {**all_earlier(one.form), module: one}
    return found


def programs(form: Form) -> dict[str, bytes]:
    """The programs of all of them by their modules; none of what Python could not run."""
    return {
        module: one.form.program
        for module, one in all_earlier(form).items()
        if one.form.problem is None
    }


def exchanged(form: Form, module: str, added: bytes) -> Form:
    """The same form, with more at the end of one module's program, wherever that is imported."""
    found = {}
    for name, one in form.earlier.items():
        own = exchanged(one.form, module, added)
        if name == module:
            own = replace(own, program=own.program + added)
        found[name] = one._replace(form=own)
    return replace(form, earlier=MappingProxyType(found)) if found else form
