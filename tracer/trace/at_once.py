"""A frozen record whose fields are set all at once: one by one takes longer than a small run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import MISSING, fields
from functools import cache
from typing import Any, ParamSpec, TypeVar

Fields = ParamSpec("Fields")
Record = TypeVar("Record")


def at_once(record: Callable[Fields, Record], *_: Fields.args, **given: Fields.kwargs) -> Record:
    """What ``record(**given)`` makes, for a frozen dataclass; every field goes by its name.

    A frozen dataclass sets its fields one by one, past its own ban on setting them. For a trace and
    its layer that takes longer than all the checks of a run.
    """
    made: Any = object.__new__(record)  # type: ignore[arg-type] # it is a class
    for name, make in _new_for_each(record):
        if name not in given:
            given[name] = make()
    object.__setattr__(made, "__dict__", given)  # any other default is the class's own attribute
    made.__post_init__()
    return made  # type: ignore[no-any-return]


@cache
def _new_for_each(record: Any) -> tuple[tuple[str, Callable[[], Any]], ...]:
    """The fields of which each record has a value of its own, such as an empty dictionary."""
    return tuple(
        (each.name, each.default_factory)
        for each in fields(record)
        if each.default_factory is not MISSING
    )
