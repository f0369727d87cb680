"""Equation by equation: what follows from the student's own numbers, where nothing gives all."""

from __future__ import annotations

from collections.abc import Sequence

from tracer.errors import InputError
from tracer.mistakes.blocks import Blocks
from tracer.mistakes.records import JudgedEquation, Run, Verdict
from tracer.program import Program


def judged(program: Program, runs: Sequence[Run]) -> tuple[JudgedEquation, ...]:
    """Each quantity that came back, and the hidden ones behind what is wrong.

    A quantity is right where it follows from the student's own earlier numbers in every run.
    """
    wrong: set[str] = set()
    came: set[str] = set()
    for run in runs:
        came |= run.came.keys()
        try:
            expected = program.run(run.given, own=run.came, wanted=tuple(run.came))
        except InputError:
            continue
        blocks = Blocks(program.names, run, expected)
        wrong |= {b.name for b, bad in zip(blocks.listed, blocks.wrong, strict=True) if bad}
    given = {name for run in runs for name in run.given}
    known = came | given
    # What is behind something that follows is right; it is never suspected.
    hidden = _behind(program, wrong, known) - _behind(program, came - wrong, known)
    return tuple(
        JudgedEquation(name, _verdict(name, wrong, hidden))
        for name in program.order
        if name in came or name in hidden
    )


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
