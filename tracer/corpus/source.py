"""A whole file of a student's: the asked functions of an exercise, in one style."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from tracer.corpus.function import Writer
from tracer.corpus.helpers import all_needed, source
from tracer.corpus.renaming import in_torch
from tracer.corpus.style import Style
from tracer.errors import InputError
from tracer.exercises.exercise import Exercise
from tracer.program import Edit


def written(exercise: Exercise, style: Style, edits: Sequence[Edit] = ()) -> str:
    """The text of `parsed`."""
    return ast.unparse(parsed(exercise, style, edits)) + "\n"


def parsed(exercise: Exercise, style: Style, edits: Sequence[Edit] = ()) -> ast.Module:
    """The file of somebody who writes the exercise's equations, or edited ones, in a style.

    Raises
    ------
    InputError
        If the functions cannot be written with what they are given.
    """
    if exercise.program is None:
        raise InputError(f"{exercise.name} is held against a reference: it has no equations")
    if any("." in function.name for function in exercise.functions):
        raise InputError(f"{exercise.name} asks for a class; the corpus writes functions")
    program = exercise.program.edited(edits)
    helpers: set[str] = set()
    extra: list[str] = []
    functions = [
        Writer(exercise, program, style, function, place, helpers, extra).tree()
        for place, function in enumerate(exercise.functions)
    ]
    imports = ["import numpy as np"]
    if style.compiled:
        imports.insert(0, "import numba")
    if style.torch:
        imports = ["import torch"]
    small = [source(name, style) for name in all_needed(helpers)]
    module = ast.parse("\n".join((*imports, *small, *extra)))
    module.body += functions
    return in_torch(module) if style.torch else module
