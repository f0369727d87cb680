"""What keeps a false name from being said: each guard is there because of one that was."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tracer.equations.expression import Name
from tracer.mistakes.attempt import Attempt
from tracer.mistakes.blocks import Blocks
from tracer.mistakes.candidates import Candidate
from tracer.mistakes.task import Task
from tracer.program import Edit, Program
from tracer.program.edit import Body, Change, EachGate, Order, Read, Returned
from tracer.program.functions import LEAVES_OUT
from tracer.program.line import STOOD

EVIDENCE = 2
"""How many different numbers, neither 0 nor whole, have to be explained before a pair of mistakes
or a change without a name is told; a single mistake with a name needs one."""


def only_zero(runs: Sequence[Blocks]) -> bool:
    """Whether every wrong number is 0: what gives 0 is given by too much."""
    wrong = [blocks.numbers(blocks.wrong) for blocks in runs]
    return any(len(numbers) for numbers in wrong) and not any(numbers.any() for numbers in wrong)


def says_where_zero(candidate: Candidate) -> bool:
    """Whether it says of some step that it is 0, and nothing else; wrong zeros alone tell that."""
    return all(
        isinstance(edit, Returned) and not LEAVES_OUT.isdisjoint(edit.expression.functions)
        for edit in candidate.edits
    )


def evidence(runs: Sequence[Blocks]) -> int:
    """How many different numbers in the wrong blocks say something.

    0, whole numbers and a block of NaN alone are given by too many mistakes: an int array gives
    whole numbers, and any NaN spreads. NaN at some places and not at others says something.
    """
    found: set[float] = set()
    patterned = 0
    for blocks in runs:
        numbers = blocks.numbers(blocks.wrong)
        finite = np.isfinite(numbers)
        patterned += bool(finite.any() and np.isnan(numbers).any())
        strong = numbers[finite & (numbers != np.round(numbers))]
        found.update(np.round(strong, 12).tolist())
    return len(found) + patterned


def may_be_named(task: Task, candidate: Candidate) -> bool:
    """Whether a candidate that fits may be told, given what came back and what is 0."""
    return (
        _visible(task, candidate)
        and not _reads_only_zero(task, candidate)
        and not _takes_gates_as_given(task, candidate)
    )


def _takes_gates_as_given(task: Task, candidate: Candidate) -> bool:
    """Whether blocks are taken in another order where the gates made with them were given.

    Then what is made of the gates, and what is made of z anew, would stand for different orders.
    """
    gates = set(task.program.gates)
    return any(isinstance(edit, Order) for edit in candidate.edits) and any(
        not gates.isdisjoint(blocks.run.given) for blocks in task.runs
    )


def _visible(task: Task, candidate: Candidate) -> bool:
    """Whether all that it changes, in the pass of which anything came back, shows there.

    What is only read otherwise is one change, wherever it is read: it has to show somewhere.
    """
    lines, came = task.program.lines, task.came
    passes = {lines[name].backward for name in came if name in lines}
    for edit in candidate.edits:
        touched = edit.touches(task.program)
        names = [n for n in touched if n not in lines or lines[n].backward in passes] or touched
        shown = [
            not candidate.reach_of(name, within_a_step=task.one_step).isdisjoint(came)
            for name in names
        ]
        every = isinstance(edit, Change | EachGate | Body | Returned)
        if not (all(shown) if every else any(shown)):
            return False
    return True


def _reads_only_zero(task: Task, candidate: Candidate) -> bool:
    """Whether it brings in a quantity that is 0 in all these runs, so that anything could be it."""
    lines = task.program.lines
    brought = [
        set(line.reads) - set(lines[name].reads) for name, line in (candidate.changed or {}).items()
    ]
    brought += [
        set(edit.expression.reads) - {edit.name}
        for edit in candidate.edits
        if isinstance(edit, Read | Returned)
    ]
    return not task.zero.isdisjoint(set().union(*brought) - {STOOD})


def whole(task: Task, *candidates: Candidate) -> bool:
    """Whether every one of their edits is needed: less would explain the same otherwise.

    What another of them overwrites is not needed: then its title does not hold beside the other.
    """
    for n, candidate in enumerate(candidates):
        edits = candidate.edits
        needed = [place for place, e in enumerate(edits) if not _says_the_same(e, task.program)]
        for place in needed if len(needed) > 1 else ():
            less = Candidate(task.program, edits[:place] + edits[place + 1 :])
            if Attempt(task, (*candidates[:n], less, *candidates[n + 1 :])).explains:
                return False
    return True


def _says_the_same(edit: Edit, program: Program) -> bool:
    """Whether an edit names what stands there already, as i where all four gates are listed."""
    match edit:
        case Returned(name, expression):
            return expression in (Name(name), Name(STOOD))
        case Change(name, expression):
            return expression == program.equation(name)
    return False
