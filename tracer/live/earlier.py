"""The student's own earlier answers that functions of a session call, and others in their place."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from threading import Event, get_ident
from types import MappingProxyType, ModuleType
from typing import Any

from tracer.exercises.earlier import all_used
from tracer.exercises.exercise import Exercise
from tracer.exercises.form import Earlier
from tracer.live.chosen import Given
from tracer.live.reached import Names, home, reached, used
from tracer.live.sources import Sources, sources_of

Answers = Mapping[str, Sources]
"""An answer and the earlier ones that it calls, each by its module."""


def answers_of(exercise: Exercise, functions: Given) -> dict[str, Sources]:
    """The functions of an answer, and before them those of the earlier answers that they call."""
    found: dict[str, Sources] = {}
    earlier = {}
    for one in all_used(exercise):
        own = _called(functions.values(), one)
        if own is not None and one.module != exercise.module:
            found |= answers_of(one, own)
            earlier[one.module] = Earlier(one, found[one.module].form)
    sources = sources_of(functions)
    form = replace(sources.form, earlier=MappingProxyType(earlier))
    return {**found, exercise.module: replace(sources, form=form)}


def _called(functions: Iterable[object], one: Exercise) -> Given | None:
    """The functions of an earlier answer, from the module of which some are called."""
    for function in reached(functions):
        for _name, value in used(function):
            names = home(value)
            if names.get("__name__") == one.module:
                own = {name: names.get(name) for name in one.called_names}
                if all(map(callable, own.values())):
                    return own  # type: ignore[return-value]  # each can be called
    return None


@contextmanager
def extended(answers: Answers, added: Mapping[str, bytes]) -> Iterator[dict[str, Given]]:
    """Run what is added at the end of some modules; what that makes of a function, is called.

    In this thread only: others of the session compute on with their own. Afterwards each name is
    again what it was, and what was kept of a function in the meantime does what it did before.

    Parameters
    ----------
    answers : mapping of str to Sources
    added : mapping of str to bytes
        A program by the module.

    Yields
    ------
    dict of str to mapping
        The functions of each module then, by their names.
    """
    now = {module: dict(sources.functions) for module, sources in answers.items()}
    before: list[tuple[Names, str, Any]] = []
    spaces = _spaces(answers)
    over = Event()
    try:
        for module, program in added.items():
            if not program:
                continue
            made = _made(module, answers[module], program)
            own = answers[module].functions
            now[module] = {name: _meanwhile(made[name], own[name], over) for name in own}
            others = {id(f): now[module][name] for name, f in answers[module].functions.items()}
            for names in spaces:
                for name, value in list(names.items()):
                    if id(value) in others:
                        before.append((names, name, value))
                        names[name] = others[id(value)]
        yield now  # type: ignore[misc]  # callable as they were
    finally:
        over.set()
        for names, name, value in before:
            names[name] = value


def _meanwhile(other: Any, own: Any, over: Event) -> Any:
    """A function that is another one in this thread, until it is over."""
    if other is own:
        return own
    thread = get_ident()

    def called(*given: Any, **named: Any) -> Any:
        exchanged = get_ident() == thread and not over.is_set()
        return (other if exchanged else own)(*given, **named)

    return called


def _made(module: str, sources: Sources, program: bytes) -> dict[str, Any]:
    """The functions after a program that has them by their names."""
    file = next(iter(sources.places), module)
    names: Names = {"__name__": module, "__file__": file, **sources.functions}
    exec(compile(program, file, "exec", dont_inherit=True), names)  # noqa: S102 - it is ours
    return {name: names[name] for name in sources.functions}


def _spaces(answers: Answers) -> list[Names]:
    """The names of every module from which one of them may call another."""
    found: dict[int, Names] = {}
    for sources in answers.values():
        for function in reached(sources.functions.values()):
            modules = [vars(m) for _, m in used(function) if isinstance(m, ModuleType)]
            own = [names for names in modules if names.get("__name__") in answers]
            found |= {id(names): names for names in (home(function), *own)}
    return list(found.values())
