"""A change that may explain wrong numbers, with what is known of it before it is tried."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cached_property, lru_cache

from tracer.errors import TracerError
from tracer.mistakes.records import Mistake
from tracer.mistakes.screening import Changed, changed_lines
from tracer.program import Edit, Program
from tracer.program.edit import Body, CarryOver, Change, EachGate, Order, Read, Returned, Steps
from tracer.program.line import CLOCK, STOOD


class Candidate:
    """One mistake, or a change that has no name.

    Parameters
    ----------
    program : Program
        The right one.
    edits : tuple of Edit
    mistake : Mistake, optional
    """

    def __init__(
        self, program: Program, edits: tuple[Edit, ...], mistake: Mistake | None = None
    ) -> None:
        self.program = program
        self.edits = edits
        self.mistake = mistake

    def __repr__(self) -> str:
        return f"Candidate({'; '.join(map(str, self.edits))})"

    @cached_property
    def edited(self) -> Program | None:
        """The right program with this change alone; None where it does not fit."""
        try:
            return self.program.edited(self.edits)
        except TracerError:
            return None

    @cached_property
    def changed(self) -> Changed | None:
        """The lines that it changes; None where it changes something else."""
        return None if self.edited is None else changed_lines(self.program, self.edited)

    @cached_property
    def touched(self) -> frozenset[str]:
        """The names that it changes itself."""
        return frozenset[str]().union(*(edit.touches(self.program) for edit in self.edits))

    @cached_property
    def reach(self) -> frozenset[str]:
        """All names whose numbers it may change."""
        found: set[str] = set()
        for edit in self.edits:
            names = edit.touches(self.program)
            # Nothing reads what is only handed back.
            found |= names if isinstance(edit, Returned) else behind(self.program, names)
        return frozenset(found)

    def reach_of(self, name: str, *, within_a_step: bool = False) -> frozenset[str]:
        """The names whose numbers it may change by changing this one."""
        if any(isinstance(edit, Returned) and edit.name == name for edit in self.edits):
            return frozenset({name})
        return behind(self.program, (name,), within_a_step=within_a_step)

    @cached_property
    def rewrites(self) -> bool:
        """Whether it writes lines anew, and nothing else that is not seen in `changed`."""
        return all(isinstance(edit, (Change, EachGate)) for edit in self.edits)

    @cached_property
    def bodies(self) -> frozenset[str]:
        """The functions that it gives another body."""
        return frozenset(edit.function for edit in self.edits if isinstance(edit, Body))

    @cached_property
    def only_bodies(self) -> bool:
        """Whether it changes nothing but functions."""
        return all(isinstance(edit, Body) for edit in self.edits)

    def calls(self, functions: frozenset[str]) -> bool:
        """Whether a line that it changes calls one of these functions."""
        return bool(functions) and any(
            not functions.isdisjoint(line.functions) for line in (self.changed or {}).values()
        )

    @cached_property
    def composes(self) -> bool:
        """Whether it adds to what stood there and does not replace it."""
        return all(map(_adds, self.edits))

    @cached_property
    def keeps_what_stood(self) -> bool:
        """Whether what another changed before is still there: it adds to it, or calls it."""
        return self.composes or all(isinstance(e, Body | Steps | CarryOver) for e in self.edits)

    @cached_property
    def replaces(self) -> bool:
        """Whether it writes lines anew, and nothing of what stood there is left in them."""
        return self.rewrites and not any(map(_adds, self.edits))

    def undoes(self, earlier: Candidate) -> bool:
        """Whether nothing is left of an earlier one: alone it gives the same."""
        if not (earlier.changed or {}).keys() <= (self.changed or {}).keys():
            return False
        again = earlier.only_bodies and earlier.bodies <= self.bodies
        return again or not (self.keeps_what_stood or self.calls(earlier.bodies))

    def stands_beside(self, earlier: Candidate) -> bool:
        """Whether on top of an earlier one both change lines as each of them does alone.

        Of a line that both change, the earlier one leaves nothing then.
        """
        apart = (self.changed or {}).keys().isdisjoint(earlier.changed or {})
        calls = self.calls(earlier.bodies) or earlier.calls(self.bodies)
        return (apart or self.replaces) and not calls

    @cached_property
    def of_each_step(self) -> bool:
        """Whether it does the same in each step of a run as in that step alone.

        What is carried or handed back otherwise may do another thing at the beginning of a run, and
        so does what reads the first state or the number of the step.
        """
        carries = self.program.carries.values()
        special = CLOCK.union(*({carry.initial, carry.first} for carry in carries))
        return all(special.isdisjoint(_names_in(edit) or special) for edit in self.edits)

    @cached_property
    def only_hands_back(self) -> bool:
        """Whether it changes nothing but what is handed back."""
        return all(isinstance(edit, Returned) for edit in self.edits)


def _names_in(edit: Edit) -> frozenset[str]:
    """What an edit of a step writes and reads; nothing where it is another edit."""
    match edit:
        case Change(name, expression) | Read(name, expression):
            return frozenset({name, *expression.reads})
        case EachGate(name, expression):
            return frozenset({name, *re.findall(r"\w+", expression)})
        case Body(name):
            return frozenset({name})
        case Order(order):
            return frozenset({order})
    return frozenset()


def _adds(edit: Edit) -> bool:
    match edit:
        case Change(_, expression) | Returned(_, expression) | Read(_, expression):
            return STOOD in expression.reads
        case EachGate(_, expression):
            return bool(re.search(rf"\b{STOOD}\b", expression))
    return False


def behind(
    program: Program, names: Iterable[str], *, within_a_step: bool = False
) -> frozenset[str]:
    """These names and all that is computed from them, at this step or another."""
    readers, known = _readers(program, within_a_step)
    found: set[str] = set()
    for name in names:
        if name not in known:
            reached: set[str] = set()
            waiting = [name]
            while waiting:
                read = waiting.pop()
                if read not in reached:
                    reached.add(read)
                    waiting += readers.get(read, ())
            known[name] = frozenset(reached)
        found |= known[name]
    return frozenset(found)


@lru_cache(maxsize=64)
def _readers(
    program: Program,
    within_a_step: bool,  # noqa: FBT001 - lru_cache keys it so
) -> tuple[dict[str, list[str]], dict[str, frozenset[str]]]:
    """Of each name, what reads it; a state is read by the next step. And room for what follows."""
    found: dict[str, list[str]] = {}
    for line in program.lines.values():
        for read in line.reads:
            found.setdefault(read, []).append(line.name)
    for carry in () if within_a_step else program.carries.values():
        for read in {carry.of, carry.then, carry.first, carry.initial}:
            found.setdefault(read, []).append(carry.into)
    for block, (whole, _) in program.blocks.items():
        found.setdefault(whole, []).append(block)
    return found, {}
