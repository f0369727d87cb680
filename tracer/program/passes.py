"""A plan as records: the two passes, and what of each stands before, in and after its loop."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tracer.program.line import Line

if TYPE_CHECKING:
    from tracer.program.program import Carry, Program

BEFORE, LOOP, AFTER = range(3)


@dataclass
class Pass:
    """One pass, forward or backward.

    Attributes
    ----------
    backward : bool
    before, loop, after : list of Line
    slopes : dict of str to Line
        What is computed before the loop though it stands inside a line of it.
    carries : list of Carry
        What the loop hands over.
    outside : dict of str to None
        What the loop reads, step by step, of what is computed outside it.
    """

    backward: bool
    before: list[Line] = field(default_factory=list)
    slopes: dict[str, Line] = field(default_factory=dict)
    loop: list[Line] = field(default_factory=list)
    after: list[Line] = field(default_factory=list)
    carries: list[Carry] = field(default_factory=list)
    outside: dict[str, None] = field(default_factory=dict)

    def copied(self) -> Pass:
        """One that can be changed apart."""
        return Pass(
            self.backward, [*self.before], {**self.slopes}, [*self.loop], [*self.after],
            self.carries, {**self.outside},
        )  # fmt: skip

    def without(self, known: Collection[str]) -> Pass:
        """What of it is left where the values of some lines are known.

        A loop is run whole, if one of its lines has to be.
        """
        before = [line for line in self.before if line.name not in known]
        after = [line for line in self.after if line.name not in known]
        if all(line.name in known for line in self.loop):
            return Pass(self.backward, before, after=after)
        return Pass(
            self.backward, before, self.slopes, self.loop, after, self.carries, self.outside
        )

    def put(self, index: int | None, line: Line, outside: list[str], program: Program) -> None:
        """Put a line into the loop, its slopes before the loop where they hang on nothing in it."""
        slopes = line.hoisted[1] if line.hoisted else ()
        if slopes and all(read in outside for slope in slopes for read in slope.reads):
            assert line.hoisted is not None
            line = line.hoisted[0]
            self.slopes.update({slope.name: slope for slope in slopes})
            outside = [name for name in outside if name in line.reads]
        self.outside.update(dict.fromkeys(name for name in outside if moves(program, name)))
        self.outside.update(
            dict.fromkeys(slope.name for slope in slopes if slope.name in self.slopes)
        )
        if index is None:
            self.loop.append(line)
        else:
            self.loop[index] = line


@dataclass
class Plan:
    """Both passes.

    Attributes
    ----------
    wanted : tuple of str
    passes : tuple of Pass
        Forward, backward.
    kept : set of str
        What of a loop is kept, because something outside it reads it.
    reads : set of str
        All that is read.
    places : dict
        Of each line: the pass, the part of it, and the place in that.
    """

    wanted: tuple[str, ...]
    passes: tuple[Pass, Pass]
    kept: set[str]
    reads: set[str]
    places: dict[str, tuple[bool, int, int]]


def moves(program: Program, name: str) -> bool:
    """Whether a name has a value of its own at each step."""
    return program.names.get(name, ())[:1] == ("T",)
