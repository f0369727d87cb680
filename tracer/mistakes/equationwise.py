"""Equation by equation: what follows from the student's own numbers, where nothing gives all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from tracer.cells.activations import Array
from tracer.errors import InputError
from tracer.mistakes.blocks import Blocks
from tracer.mistakes.records import JudgedEquation, Run, Verdict
from tracer.mistakes.recovering import CLOSE, recovered
from tracer.program import Program
from tracer.program.following import following


def judged(program: Program, runs: Sequence[Run]) -> tuple[JudgedEquation, ...]:
    """Each quantity that came back or can be worked out, and the hidden ones behind what is wrong.

    A quantity is right where it follows from the student's own earlier numbers in every run. Of
    one that does not, and is what the equations give all the same, nothing is said.
    """
    wrong: set[str] = set()
    alone: set[str] = set()
    came: set[str] = set()
    found: set[str] = set()
    for run in runs:
        came |= run.came.keys()
        try:
            own = _found(program, run)
            bad = _wrong(program, replace(run, came={**run.came, **own}), own)
        except InputError:
            continue
        found |= own.keys()
        by_itself = run.came.keys() - _inexact(program, run)
        alone |= bad & by_itself
        wrong |= bad - by_itself
    known = came | found | {name for run in runs for name in run.given}
    # What is behind something that follows is right; it is never suspected.
    hidden = _behind(program, wrong, known) - _behind(program, (came | found) - wrong, known)
    return tuple(
        JudgedEquation(name, _verdict(name, wrong, hidden), name in found - came)
        for name in program.order
        if (name in came or name in found or name in hidden) and name not in alone - wrong
    )


def _found(program: Program, run: Run) -> dict[str, Array]:
    """What can be worked out, unless d_x alone is wrong: then it is that equation."""
    if _wrong(program, run, {}) <= {"d_x"}:
        return {}
    return recovered(program, run, program.run(run.given, own=run.came))


def _wrong(program: Program, run: Run, found: Mapping[str, Array]) -> set[str]:
    """What does not follow; what was worked out has lost some digits."""
    expected = following(program, run.given, run.came, run.tolerance, tuple(run.came))
    if found:
        run = replace(run, tolerance=max(run.tolerance, 10 * CLOSE))
    blocks = Blocks(program.names, run, expected)
    return {b.name for b, bad in zip(blocks.listed, blocks.wrong, strict=True) if bad}


def _inexact(program: Program, run: Run) -> set[str]:
    """What came back and is not what the equations give."""
    blocks = Blocks(program.names, run, program.run(run.given, wanted=tuple(run.came)))
    return {b.name for b, bad in zip(blocks.listed, blocks.wrong, strict=True) if bad}


def _verdict(name: str, wrong: set[str], hidden: set[str]) -> Verdict:
    return "unknown" if name in hidden else "wrong" if name in wrong else "right"


def _behind(program: Program, names: set[str], known: set[str]) -> set[str]:
    """What those are computed from within a step, as far back as something is known."""
    found: set[str] = set()
    waiting = list(names)
    while waiting:
        line = program.lines.get(waiting.pop())
        for read in line.reads if line is not None else ():
            if read in program.lines and read not in known and read not in found:
                found.add(read)
                waiting.append(read)
    return found - names
