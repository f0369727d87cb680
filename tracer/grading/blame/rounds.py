"""What is done in some rounds of a loop, and should be in all of them.

A state that is set before all sentences, where each of them should begin with its own; a value that
goes on being computed under a condition.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence

import numpy as np

from tracer.grading.blame.among import each_near, plain
from tracer.grading.blame.around import Around, Loop
from tracer.grading.blame.naming import meant_by
from tracer.grading.blame.recorded import Records
from tracer.grading.blame.steps import Steps


def set_only_once(records: Records, found: int, steps: Steps, around: Around) -> int | None:
    """The record that set a state before a loop over sentences, whose next one goes on from it.

    A loop over the steps stands in the one over the sentences, and `found` is of the first step
    of a sentence that is not the first; it read what the sentence before it has left.
    """
    at = _outermost(records, found)
    loops = [] if at is None else around.loops(records.lines(at)[0])
    if at is None or len(loops) != 2:
        return None
    outer, inner = loops
    sentences = [k for k in _heads(records, outer, at) if k < at]
    if len(sentences) < 2 or len([k for k in _heads(records, inner, at) if k > sentences[-1]]) > 1:
        return None
    for read in sorted(records.read.get(at, ()), reverse=True):
        name = records.name(read)
        left = read < sentences[-1] and inner in around.loops(records.lines(read)[0])
        if not name or not left or not _is_after_the_last(records, read, steps):
            continue
        lines = [n for n in around.storing(name, outer.lineno) if inner not in around.loops(n)]
        if len(lines) != 1 or outer in around.loops(lines[0]):
            return None
        first = (k for k in range(read) if records.rows[k, 0] == lines[0])
        return next((k for k in first if records.name(k) == name), None)
    return None


def left_out(records: Records, found: int, right: Sequence[bool], around: Around) -> ast.If | None:
    """The condition under which a value goes on being computed, where in this round it does not.

    In another round it does, and what the line of `found` makes is right there.
    """
    (line, name, call), lines = records.rows[found, [0, 2, 7]].tolist(), []
    loops = around.loops(line)
    if not loops or not _is_right_elsewhere(records, found, right):
        return None
    for other in around.storing(records.name(found), line):
        under = [s for s in around.within(other)[:-1] if isinstance(s, ast.If)]
        if other > line and loops[-1] in around.loops(other) and under:
            lines.append((other, under[-1]))
    rows = records.rows
    rounds = np.flatnonzero((rows[:, 0] == loops[-1].lineno) & (rows[:, 7] == call))
    end = next((k for k in rounds.tolist() if k > found), len(rows))
    own = (rows[:, 2] == name) & (rows[:, 7] == call)
    done = {int(n) for n in rows[own, 0]}
    now = {int(n) for n in rows[found + 1 : end][own[found + 1 : end], 0]}
    if len(lines) == 1 and lines[0][0] in done - now and lines[0][1] not in around.within(line):
        return lines[0][1]
    return None


def _is_right_elsewhere(records: Records, found: int, right: Sequence[bool]) -> bool:
    """Whether its line has given the same variable right numbers in another round."""
    same = (records.rows[:, [0, 2, 7]] == records.rows[found, [0, 2, 7]]).all(axis=1)
    return any(right[k] for k in np.flatnonzero(same).tolist() if k != found)


def _outermost(records: Records, record: int) -> int | None:
    """The record of the function that the grader called, which a record was made for."""
    at: int | None = record
    while at is not None and (caller := records.caller(at)) is not None:
        later = range(at + 1, len(records.rows))
        at = next((k for k in later if records.lines(k) == caller and records.name(k)), None)
    return at


def _heads(records: Records, loop: Loop, until: int) -> list[int]:
    """The records of what a loop counts, or goes through, in the call that a record is of."""
    rows = records.rows[:until]
    own = (rows[:, 0] == loop.lineno) & (rows[:, 7] == records.rows[until, 7])
    names = {records.name(k) for k in own.nonzero()[0].tolist()}
    first = min(names, default="")
    return [k for k in own.nonzero()[0].tolist() if records.name(k) == first]


def _is_after_the_last(records: Records, record: int, steps: Steps) -> bool:
    """Whether it is a state of a sentence after its last word, and none to begin with."""
    numbers = records.of(record)
    name = records.name(record)
    for state, after in steps.after.items():
        if meant_by(name, steps.after, loosely=True) not in (state, name):
            continue
        ends = after[-1]
        if numbers.size != ends[0].size or plain(numbers):
            continue
        if any(each_near(numbers, row[row.argsort()]).all() for row in ends):
            return not any(
                each_near(numbers, row[row.argsort()]).all() for row in steps.before[state][0]
            )
    return False
