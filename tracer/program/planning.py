"""What a run has to compute, in which order, and what of it stands in a loop over steps.

Whatever does not hang on the step before is computed for all steps at once: before the loop what
the loop reads, after it what only reads the loop. That is most of a backward pass, and saves most
of the time.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tracer.errors import InputError, UnknownNameError
from tracer.program.line import Line

if TYPE_CHECKING:
    from tracer.program.program import Carry, Program

_ALWAYS = frozenset(
    {"T", "N", "D", "H", "K", "count", "t", "first_step", "last_step", "it", "lengths", "mask"}
)
"""What an equation may read without its being given: sizes, the step, and what has a default."""


@dataclass
class Pass:
    """One pass, forward or backward.

    Attributes
    ----------
    before, loop, after : list of Line
    carries : list of Carry
        What the loop hands over.
    outside : list of str
        What the loop reads of the quantities computed outside it.
    """

    backward: bool
    before: list[Line] = field(default_factory=list)
    loop: list[Line] = field(default_factory=list)
    after: list[Line] = field(default_factory=list)
    carries: list[Carry] = field(default_factory=list)
    outside: list[str] = field(default_factory=list)


@dataclass
class Plan:
    """Both passes, and what of the loops is kept because something else reads it."""

    wanted: tuple[str, ...]
    forward: Pass
    backward: Pass
    kept: frozenset[str]
    lines: tuple[str, ...]


def plan(program: Program, given: Collection[str], wanted: Collection[str] | None) -> Plan:
    """What is to be computed of what was asked for.

    Raises
    ------
    InputError, UnknownNameError
        If a name is unknown, or needs something that was not given.
    """
    key = (frozenset(given), None if wanted is None else tuple(wanted))
    if key not in program.plans:
        program.plans[key] = _plan(program, frozenset(given), wanted)
    found: Plan = program.plans[key]
    return found


def computing_order(program: Program) -> tuple[str, ...]:
    """Every line, each after what it reads; the list's order where that leaves it open."""
    search = _Search(program, frozenset(program.given))
    for name in program.lines:
        search.visit(name)
    return tuple(search.found)


class _Search:
    """Goes from what is wanted to what is given, and finds the lines between."""

    def __init__(self, program: Program, given: frozenset[str]) -> None:
        self.program = program
        self.lines = program.lines
        self.given = given
        self.found: dict[str, bool] = {}
        """Each line's name, in computing order, and whether it hangs on the step before."""
        self.missing: dict[str, str] = {}
        self.under_way: set[str] = set()
        self.carries: list[Carry] = []
        self.into = {carry.into: carry for carry in program.carries.values()}

    def visit(self, name: str) -> bool:
        """Find what `name` needs within a step; say whether it hangs on the step before."""
        found = self.found.get(name)
        if found is not None:
            return found
        if name in self.given or name not in self.lines:
            return False
        if name in self.under_way:
            raise InputError(
                f"{self.program.title}: {name} is computed from itself; an equation can read only "
                "what is computed before it"
            )
        self.under_way.add(name)
        line = self.lines[name]
        hangs = False
        carry = self.into.get(name)
        if carry is not None and "it" in line.reads:
            hangs = True
            self.carries.append(carry)
        for read in line.reads:
            later = self.visit(read)
            if read in self.lines and self.lines[read].backward and not line.backward:
                raise InputError(
                    f"{self.program.title}: {name} belongs to the forward pass and reads {read}, "
                    "which only the backward pass computes"
                )
            hangs = hangs or (later and self.lines[read].backward is line.backward)
        self.under_way.discard(name)
        self.found[name] = hangs
        return hangs

    def close(self, wanted: Iterable[str]) -> None:
        """Visit all that is wanted, and what the loops hand over to get it."""
        for name in wanted:
            self.visit(name)
        done = 0
        while done < len(self.carries):
            carry = self.carries[done]
            done += 1
            for name in (carry.of, carry.then, carry.first):
                self.visit(name)


def _plan(program: Program, given: frozenset[str], wanted: Collection[str] | None) -> Plan:
    asked = _computable(program, given) if wanted is None else tuple(wanted)
    search = _Search(program, given)
    search.close(_needed(program, asked))
    missing = _missing(program, given, search.found)
    if missing:
        raise InputError(
            f"{program.title}: {', '.join(asked)} cannot be computed without {', '.join(missing)}; "
            f"given: {', '.join(sorted(given)) or 'nothing'}"
        )

    lines = program.lines
    looped = _looped(program, search)
    passes = {back: Pass(back) for back in (False, True)}
    for carry in search.carries:
        passes[carry.backward].carries.append(carry)
    kept = {*_needed(program, asked), *program.past.values()}
    for name, hangs in search.found.items():
        line = lines[name]
        part = passes[line.backward]
        if name in looped:
            part.loop.append(line)
            outside = [
                r for r in line.reads if r not in looped or lines[r].backward is not line.backward
            ]
            part.outside.extend(r for r in outside if r not in part.outside)
            kept.update(outside)
        else:
            (part.after if hangs else part.before).append(line)
            kept.update(line.reads)
    kept.update(name for carry in search.carries for name in (carry.first, carry.then))
    return Plan(asked, passes[False], passes[True], frozenset(kept), tuple(search.found))


def _looped(program: Program, search: _Search) -> set[str]:
    """What has to be computed step by step: what is handed over, and what that hangs on."""
    looped: set[str] = set()
    stack = [name for carry in search.carries for name in (carry.of, carry.then, carry.into)]
    while stack:
        name = stack.pop()
        if not search.found.get(name) or name in looped:
            continue
        line = program.lines[name]
        if line.steps:
            raise InputError(
                f"{program.title}: {name} is known only after the last step, but each step reads it"
            )
        looped.add(name)
        stack.extend(r for r in line.reads if program.lines.get(r, line).backward is line.backward)
    return looped


def _needed(program: Program, asked: Collection[str]) -> tuple[str, ...]:
    """What is asked for, and what is handed back in its place."""
    found = dict.fromkeys(asked)
    for name in asked:
        if name not in program.names:
            raise UnknownNameError(f"{program.title} quantity", name, program.names)
        if name in program.returned:
            found.update(dict.fromkeys(program.returned[name].reads))
    found.pop("it", None)
    return tuple(found)


def _there(program: Program, name: str, given: Collection[str]) -> bool:
    """Whether a name that is no line has a value."""
    if name in given or name in _ALWAYS or name == "0":
        return True
    if name in program.blocks:
        return program.blocks[name][0] in given
    return name in _ZERO


_ZERO = ("d_h_T", "d_c_T")


def _missing(program: Program, given: Collection[str], found: Collection[str]) -> tuple[str, ...]:
    """What is read and has no value."""
    into = {carry.into: carry for carry in program.carries.values()}
    read = [r for name in found for r in program.lines[name].reads]
    read += [
        name for carry in into.values() if carry.into in found for name in (carry.first, carry.then)
    ]
    lost = [n for n in read if n not in found and not _there(program, n, given)]
    return tuple(dict.fromkeys(program.blocks.get(n, (n, 0))[0] for n in lost))


def _computable(program: Program, given: Collection[str]) -> tuple[str, ...]:
    """Every line whose needs are met, and theirs in turn."""
    into = {carry.into: carry for carry in program.carries.values()}
    open_ = {name for name in program.lines if name not in given}
    while True:
        lost = set()
        for name in open_:
            reads = list(program.lines[name].reads)
            if name in into:
                reads += [into[name].first, into[name].then]
            if not all(r in open_ or _there(program, r, given) for r in reads):
                lost.add(name)
        if not lost:
            return tuple(name for name in program.lines if name in open_)
        open_ -= lost
