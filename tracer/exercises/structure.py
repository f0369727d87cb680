"""What goes into a call and comes out of it, as the student's process is told: a small tree.

Each record has a ``json()``, which is what the runner reads.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

from tracer.exercises.layout import Kind


@dataclass(frozen=True, slots=True)
class Leaf:
    """One array, under its key: one that is sent, or one that is to be sent back.

    `rank` is how many axes one has that is to be sent back, where that is known.
    """

    key: str
    rank: int | None = None

    def json(self) -> list[Any]:
        """``["leaf", "h", 2]``."""
        return ["leaf", self.key, self.rank]


@dataclass(frozen=True, slots=True)
class Constant:
    """A number, a text, True, False or None, as it stands."""

    value: float | str | bool | None

    def json(self) -> list[Any]:
        """``["constant", 0.1]``."""
        return ["constant", self.value]


@dataclass(frozen=True, slots=True)
class Kept:
    """Whatever it is: kept under this name where it comes back, taken from there where it goes in.

    Nothing of it is sent. A value that is kept anew takes the place of the one before.
    """

    name: str

    def json(self) -> list[Any]:
        """``["kept", "cache"]``."""
        return ["kept", self.name]


@dataclass(frozen=True, slots=True)
class Own:
    """What an earlier call of the plan, counted from 0, returned under a key."""

    call: int
    key: str

    def json(self) -> list[Any]:
        """``["own", 0, "h"]``."""
        return ["own", self.call, self.key]


@dataclass(frozen=True, slots=True)
class Group:
    """A tuple, a list or a dict, part by part; the parts of a dict go by their keys."""

    kind: Kind
    parts: tuple[tuple[str, Structure], ...]

    def json(self) -> list[Any]:
        """``["dict", [["Wf", ["leaf", "parameters.Wf", None]]]]``."""
        return [self.kind, [[name, part.json()] for name, part in self.parts]]


Structure: TypeAlias = Leaf | Constant | Kept | Own | Group


def replaced(structure: Structure, by: Callable[[Structure], Structure]) -> Structure:
    """The same with something else in the place of each part that is no group."""
    if isinstance(structure, Group):
        return Group(
            structure.kind, tuple((name, replaced(part, by)) for name, part in structure.parts)
        )
    return by(structure)
