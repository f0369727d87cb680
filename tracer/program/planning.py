"""What a run has to compute, in which order, and what of it stands in a loop over steps.

Whatever does not hang on the step before is computed for all steps at once: before the loop what
the loop reads, after it what only reads the loop. That is most of a backward pass, and saves most
of the time.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, KeysView, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from tracer.errors import InputError, UnknownNameError
from tracer.program.line import CLOCK, Line
from tracer.program.passes import AFTER, BEFORE, LOOP, Pass, Plan, moves
from tracer.program.seeing import read_of_the_past

if TYPE_CHECKING:
    from tracer.program.program import Carry, Program

_ALWAYS = frozenset({"T", "N", "D", "H", "K", "count", "it", "0", "lengths", "mask", *CLOCK})
"""What an equation may read without its being given: sizes, the step, and what has a default."""


def plan(program: Program, given: Collection[str], wanted: Collection[str] | None) -> Plan:
    """What is to be computed of what was asked for; remembered.

    Raises
    ------
    InputError, UnknownNameError
        If a name is unknown, or needs something that was not given.
    """
    key = (frozenset(given), None if wanted is None else tuple(wanted))
    found: Plan | None = program.plans.get(key)
    base = program.base
    if found is None and base is not None and (key in base.plans or not base.edits):
        found = _adapted(program, key[0], plan(base, given, wanted))
    if found is None:
        asked = _computable(program, key[0]) if wanted is None else tuple(wanted)
        found = _plan(program, key[0], asked)
    program.plans[key] = found
    return found


def _adapted(program: Program, given: frozenset[str], found: Plan) -> Plan | None:
    """The plan of the program before its edits, with the edited lines in their places.

    A diagnosis runs thousands of edits, and a new plan takes as long as a run. None where a line
    reads what is not computed before it in this plan.
    """
    new = Plan(found.wanted, found.passes, set(found.kept), set(found.reads), found.places)
    passes = [part.copied() for part in found.passes]
    for name in program.changed:
        place = found.places.get(name)
        if place is None:
            continue
        line = program.lines[name]
        outside = []
        for read in line.reads:
            at = found.places.get(read)
            if at is None:
                if (read in program.lines and read not in given) or not _there(
                    program, read, given
                ):
                    return None
            elif at >= place:
                return None
            if at is None or at[:2] != place[:2]:
                outside.append(read)
        new.kept.update(outside)
        new.reads.update(line.reads)
        backward, phase, index = place
        part = passes[backward]
        if phase == LOOP:
            part.put(index, line, outside, program)
        else:
            (part.before if phase == BEFORE else part.after)[index] = line
    return replace(new, passes=(passes[0], passes[1]))


def _plan(program: Program, given: frozenset[str], asked: tuple[str, ...]) -> Plan:
    lines = program.lines
    wanted = tuple(with_what_is_handed_back(program, asked))
    needed, carries, reads = _needed(program, given, wanted)
    _check_given(program, given, asked, reads - needed.keys())

    into = {carry.into for carry in carries}
    handed = {carry.of for carry in carries}  # in the loop, for it stands still past the end
    sources = {name for carry in carries for name in (carry.of, carry.then, carry.first)}
    hanging: tuple[set[str], set[str]] = (set(), set())
    for name, line in needed.items():
        hangs = hanging[line.backward]
        if name in into or name in handed or not hangs.isdisjoint(line.reads):
            hangs.add(name)
    looped = _looped(program, needed, hanging, sources | into)

    passes = (Pass(backward=False), Pass(backward=True))
    for carry in carries:
        passes[carry.backward].carries.append(carry)
    kept = {*wanted, *sources, *program.past, *read_of_the_past(program, program.past)}
    places = {}
    for name, line in needed.items():
        part = passes[line.backward]
        if name in looped:
            outside = [
                r for r in line.reads if r not in looped or lines[r].backward != line.backward
            ]
            kept.update(outside)
            places[name] = (line.backward, LOOP, len(part.loop))
            part.put(None, line, outside, program)
        else:
            late = name in hanging[line.backward]
            phase = part.after if late else part.before
            places[name] = (line.backward, AFTER if late else BEFORE, len(phase))
            phase.append(line)
            kept.update(line.reads)
    for part in passes:
        then = (carry.then for carry in part.carries if carry.then not in looped)
        part.outside.update(dict.fromkeys(n for n in then if moves(program, n)))
    return Plan(asked, passes, kept, reads, places)


def with_what_is_handed_back(program: Program, asked: Iterable[str]) -> KeysView[str]:
    """What is asked for, and what is handed back in its place."""
    found = dict.fromkeys(asked)
    for name in tuple(found):
        if name not in program.names:
            raise UnknownNameError(f"{program.title} quantity", name, program.names)
        if name in program.returned:
            found.update(dict.fromkeys(program.returned[name].reads))
    found.pop("it", None)
    return found.keys()


def _needed(
    program: Program, given: frozenset[str], wanted: Iterable[str]
) -> tuple[dict[str, Line], list[Carry], set[str]]:
    """The lines that have to be computed, in order; the carries among them; all that is read."""
    lines, into = program.lines, program.into
    reads = set(wanted)
    carries: dict[str, Carry] = {}
    needed: set[str] = set()
    again = True
    while again:  # what a step hands over is computed after what reads it
        again = False
        for name in reversed(program.sequence):
            if name not in reads or name in needed or name in given:
                continue
            needed.add(name)
            line = lines[name]
            reads.update(line.reads)
            if line.backward and program.past:
                reads.update(read_of_the_past(program, line.reads))
            if name in into and "it" in line.reads:
                carry = carries[name] = into[name]
                again = again or not {carry.of, carry.then} <= needed
                reads.update((carry.of, carry.then, carry.first))
    return {n: lines[n] for n in program.sequence if n in needed}, list(carries.values()), reads


def _check_given(
    program: Program, given: frozenset[str], asked: tuple[str, ...], reads: set[str]
) -> None:
    """Raise an `InputError` where something is read that has no value."""
    lost = {name for name in reads if not _there(program, name, given)}
    if lost:
        lost = {program.blocks.get(name, (name, 0))[0] for name in lost}
        raise InputError(
            f"{program.title}: {', '.join(asked)} cannot be computed without "
            f"{', '.join(name for name in program.names if name in lost)}; "
            f"given: {', '.join(name for name in program.names if name in given) or 'nothing'}"
        )


def _there(program: Program, name: str, given: Collection[str]) -> bool:
    """Whether a name that is no line has a value."""
    if name in given or name in _ALWAYS:
        return True
    if name in program.blocks:
        return program.blocks[name][0] in given
    # The gradient of the final state is zero where none is given.
    return any(carry.backward and carry.initial == name for carry in program.carries.values())


def _looped(
    program: Program,
    needed: Mapping[str, Line],
    hanging: tuple[set[str], set[str]],
    handed: set[str],
) -> set[str]:
    """What has to be computed step by step: what is handed over, and what that hangs on."""
    looped: set[str] = set()
    reads: tuple[set[str], set[str]] = (set(), set())
    for name in reversed(program.sequence):
        if name not in needed:
            continue
        line = needed[name]
        if name in hanging[line.backward] and (name in handed or name in reads[line.backward]):
            if line.steps:
                raise InputError(
                    f"{program.title}: {name} is known only after the last step, but each step "
                    "reads it"
                )
            looped.add(name)
            reads[line.backward].update(line.reads)
    return looped


def _computable(program: Program, given: Collection[str]) -> tuple[str, ...]:
    """Every line whose needs are met, and theirs in turn."""
    into = program.into
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
            return tuple(name for name in program.sequence if name in open_)
        open_ -= lost
