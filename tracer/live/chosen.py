"""Which functions are to be checked: one by itself, several by their names."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import ModuleType
from typing import Any, TypeAlias

from tracer.errors import InputError
from tracer.exercises.exercise import Exercise

Given: TypeAlias = Mapping[str, Callable[..., Any]]


def chosen(exercise: Exercise, answer: object, named: Mapping[str, object]) -> Given:
    """Each function or class that the exercise asks for, by its name there.

    Parameters
    ----------
    exercise : Exercise
    answer : object
        The one function, or a mapping or module in which they are found by their names; else None.
    named : mapping of str to object
        Functions by their names.

    Raises
    ------
    InputError
        If one is missing, is too much, or cannot be called; says which ones are asked for.
    """
    asked = exercise.called_names
    for name in named:
        if name not in asked:
            raise InputError(
                f"exercise {exercise.name} has no function {name}; it asks for {', '.join(asked)}"
            )
    found: dict[str, object] = dict(named)
    if isinstance(answer, Mapping):
        found = {**{name: answer[name] for name in asked if name in answer}, **found}
    elif isinstance(answer, ModuleType):
        found = {**{n: getattr(answer, n) for n in asked if hasattr(answer, n)}, **found}
    elif answer is not None:
        left = [name for name in asked if name not in found]
        if len(left) != 1:
            raise InputError(_by_name(exercise, asked))
        found[left[0]] = answer
    missing = [name for name in asked if name not in found]
    if missing:
        raise InputError(
            f"nothing was given for {', '.join(missing)}; "
            f"exercise {exercise.name} asks for {', '.join(asked)}"
        )
    return {name: _callable(exercise, name, found[name]) for name in asked}


def _callable(exercise: Exercise, name: str, value: object) -> Callable[..., Any]:
    if callable(value):
        return value
    got = "None" if value is None else type(value).__name__
    raise InputError(f"{name} of exercise {exercise.name} is to be a function; got {got}")


def _by_name(exercise: Exercise, asked: Sequence[str]) -> str:
    if len(asked) == 1:
        return f"{asked[0]} of exercise {exercise.name} was given twice"
    example = ", ".join(f"{name}=…" for name in asked)
    names = ", ".join(asked)
    return f"exercise {exercise.name} asks for {names}; give each by its name: {example}"
