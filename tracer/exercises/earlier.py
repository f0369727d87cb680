"""The student's own earlier answers that an answer imports: which, and what they are.

A step is written once: the unroll of a later exercise says ``from rnn_step import rnn_step``. What
can be imported is what the exercise `uses`, and what that one uses in turn.
"""

from __future__ import annotations

import ast
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import PurePath
from types import MappingProxyType

from tracer.errors import TracerError
from tracer.exercises.decoding import Odd, Problem
from tracer.exercises.exercise import Exercise, Folder
from tracer.exercises.form import Earlier, Form, look
from tracer.exercises.reading import read
from tracer.exercises.submission import Submission
from tracer.exercises.using import all_uses


def usable(exercise: Exercise) -> tuple[Folder, ...]:
    """The exercises whose answers an answer may import, also by way of another."""
    root = exercise.folder.parent
    return tuple(Folder(root / name) for name in all_uses(root, exercise.uses))


def all_used(exercise: Exercise) -> tuple[Exercise, ...]:
    """The same, each of them read; one that is missing or broken is left out."""
    found = []
    for one in usable(exercise):
        try:
            found.append(read(one.folder))
        except TracerError:
            continue
    return tuple(found)


def imported(program: bytes, exercise: Exercise) -> tuple[str, ...]:
    """The names of the exercises whose answers a program imports itself, of all that are usable.

    What these import in turn, their own programs say. Nothing of one that Python cannot parse.
    """
    if not any(one.module.encode() in program for one in usable(exercise)):
        return ()
    found = {module for node in _nodes(program) for module in _modules(node)}
    return tuple(one.name for one in usable(exercise) if one.module in found)


def from_a_package(program: bytes, exercise: Exercise) -> tuple[Folder, ...]:
    """The exercises that it would import if their modules lay in a package: ``from .rnn_step``."""
    nodes = [n for n in _nodes(program) if isinstance(n, ast.ImportFrom) and n.level]
    found = {name for n in nodes for name in (n.module, *(alias.name for alias in n.names))}
    return tuple(one for one in usable(exercise) if one.module in found)


def _nodes(program: bytes) -> list[ast.AST]:
    """All of a program; a warning that Python has of it is not for this terminal."""
    try:
        with warnings.catch_warnings(action="ignore"):
            return list(ast.walk(ast.parse(program)))
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        return []


def _modules(node: ast.AST) -> Iterator[str]:
    """Each module that a statement imports, or a call of ``import_module``."""
    match node:
        case ast.Import():
            yield from (alias.name for alias in node.names)
        case ast.ImportFrom(module=str(module), level=0):
            yield module
        case ast.Call(
            func=ast.Name(id="import_module" | "__import__") | ast.Attribute(attr="import_module"),
            args=[ast.Constant(value=str(module)), *_],
        ):
            yield module


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
        own = _form(handed[name], before)
        found[before.module] = Earlier(before, with_earlier(before, own, handed))
    return replace(form, earlier=MappingProxyType(found)) if found else form


def _form(handed: Submission, exercise: Exercise) -> Form:
    """The form of an earlier answer; of one that could not be read only why."""
    if handed.unread:
        why = Problem(Odd.UNREAD, {"why": handed.unread})
        return Form(PurePath(handed.name).name, problem=why)
    tags = (exercise.name, exercise.number)
    return look(handed.name, handed.source, exercise.called_names, tags)


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
