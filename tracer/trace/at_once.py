"""A frozen record whose fields are set all at once: one by one takes longer than a small run."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar

Fields = ParamSpec("Fields")
Record = TypeVar("Record")


def at_once(
    record: Callable[Fields, Record], *unnamed: Fields.args, **given: Fields.kwargs
) -> Record:
    """What ``record(**given)`` makes, for a frozen dataclass; every field goes by its name.

    A frozen dataclass sets its fields one by one, past its own ban on setting them. For a trace and
    its layer that takes longer than all the checks of a run.

    A field whose default is made anew for each record (a `default_factory`) has to be given; any
    other default is an attribute of the class, where it is found.
    """
    assert not unnamed
    made: Any = object.__new__(record)  # type: ignore[arg-type] # it is a class
    object.__setattr__(made, "__dict__", given)
    made.__post_init__()
    return made  # type: ignore[no-any-return]
