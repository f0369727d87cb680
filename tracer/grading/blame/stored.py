"""Who stored the first wrong number of what is handed back, or which loop left it out.

Where a result is put together number by number, each of them may be a right one somewhere: then it
is followed to the line that put it there, and to the line that made what was put there.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from itertools import permutations
from typing import NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from tracer.cells.activations import Array
from tracer.grading.blame.among import CLOSE, Quantities, each_near, plain
from tracer.grading.blame.around import Around, Loop
from tracer.grading.blame.naming import meant_by
from tracer.grading.blame.recorded import Records
from tracer.grading.report import Why

Marks: TypeAlias = npt.NDArray[np.bool_]


class Stored(NamedTuple):
    """The line that is to blame for a number of a result.

    Attributes
    ----------
    line, last : int
    name : str
        The variable that got it, or did not; empty where a condition is to blame.
    why : Why
    record : int
        The one that was stored; of a loop that leaves it out, what the result was handed back by.
    step : int or None
    sure : bool
        Whether it is so even if all of the result is wrong.
    """

    line: int
    last: int
    name: str
    why: Why
    record: int
    step: int | None = None
    sure: bool = False


def wrongly_stored(
    records: Records, returned: int, quantity: str, quantities: Quantities, around: Around
) -> Stored | None:
    """The line to blame for the first wrong number of an array that is handed back.

    Parameters
    ----------
    records : Records
    returned : int
        The record of what was handed back.
    quantity : str
        What it should be.
    quantities : Quantities
    around : Around
        What stands around the lines.
    """
    variable = _variable(records, returned)
    found, right = records.of(returned), quantities[quantity]
    if variable is None or found.size != right.size or not found.size:
        return None
    steps, own = _laid_out(found, right)
    wrong = _apart(found, own)
    writers = records.writers(variable)
    room = [k for k in np.unique(writers).tolist() if k < 0 or _is_room(records, k)]
    unset = np.isin(writers, room)
    stored = np.flatnonzero(wrong & ~unset)
    if not stored.size:
        put = _left_out(records, variable, unset.reshape(steps.shape), around)
        # Without the first step, that may be one that was to stand before the loop.
        late = unset[steps.ravel() == 0].all()
        return None if late and put is not None and not around.begins_with_0(put.line) else put
    place = min(stored.tolist(), key=lambda p: (writers[p], p))
    first = int(writers[place])
    spoils = _spoils(records, first, place, own[place])
    if not spoils and len(set(records.rows[writers[stored], 0].tolist())) > 1:
        return None  # one line may have to mend what another one has left
    step, over = int(steps.flat[place]), _stands_still(own.reshape(steps.shape), steps, place)
    put = _stored(records, first, place, around, step, quantity, quantities, over=over)
    sure = spoils or (put is not None and put.sure) or some_are_right(found, right)
    return put if sure else None


def some_are_right(found: Array, right: Array) -> bool:
    """Whether some numbers are right; else all may lack what should have been done in the end."""
    _steps, own = _laid_out(found, right)
    return bool((found[~_apart(found, own)] != 0).any())


def _spoils(records: Records, record: int, place: int, right: float) -> bool:
    """Whether a right number stood there before."""
    before = records.before.get(record)
    old = np.zeros(0) if before is None else records.whole(before)
    return place < old.size and not _apart(old[place], right).any()


def put_together(records: Records, returned: int) -> bool:
    """Whether what is handed back is a variable that was filled part by part."""
    variable = _variable(records, returned)
    if variable is None:
        return False
    writers = np.unique(records.writers(variable))
    return len(writers) > 1 or bool((records.rows[writers, 9] > 0).any())


def is_called(records: Records, returned: int, quantity: str, quantities: Quantities) -> bool:
    """Whether the variable that is handed back is called after a quantity."""
    variable = _variable(records, returned)
    name = "" if variable is None else records.name(variable)
    return meant_by(name, quantities, loosely=True) == quantity


def _variable(records: Records, returned: int) -> int | None:
    """The last record of the variable whose numbers were handed back, in their order."""
    numbers, call = records.of(returned), records.rows[returned, 7]
    last = {
        records.name(k): k
        for k in range(returned)
        if records.rows[k, 7] == call and not records.name(k).startswith("return")
    }
    named = sorted((k for name, k in last.items() if name), reverse=True)
    return next((k for k in named if np.array_equal(records.whole(k), numbers)), None)


def _laid_out(found: Array, right: Array) -> tuple[npt.NDArray[np.int64], Array]:
    """The step of each number, and what it should be, with the axes in the order that fits best.

    The steps have the shape that what is handed back has.
    """
    steps = np.zeros(right.shape, np.int64)
    if right.ndim:
        steps += np.arange(len(right)).reshape(-1, *[1] * (right.ndim - 1))
    orders = list(permutations(range(right.ndim)))
    apart = [int(_apart(found, right.transpose(axes).ravel()).sum()) for axes in orders]
    axes = orders[int(np.argmin(apart))]
    return steps.transpose(axes), right.transpose(axes).ravel()


def _stands_still(own: Array, steps: npt.NDArray[np.int64], place: int) -> bool:
    """Whether the right number is that of the step before: the sentence is over."""
    at = np.unravel_index(place, own.shape)
    for axis in range(own.ndim):
        earlier = (*at[:axis], at[axis] - 1, *at[axis + 1 :])
        if at[axis] and steps[earlier] == steps[at] - 1:
            return bool(own[earlier] == own[at])
    return False


def _apart(one: Array | float, other: Array | float) -> Marks:
    """Of each number, whether it is not the other one."""
    return np.asarray(~(np.abs(one - other) <= CLOSE * np.maximum(1.0, np.abs(other))), np.bool_)


def _is_room(records: Records, record: int) -> bool:
    """Whether it is nothing but room for what is stored later: zeros."""
    return plain(records.of(record)) and not records.rows[record, 9]


def _stored(
    records: Records, record: int, place: int, around: Around, step: int, quantity: str,
    quantities: Quantities, *, over: bool,
) -> Stored | None:  # fmt: skip
    """The line that made a number that was stored, from the record that stored it.

    Whether the sentence is `over` at this step: then what a step makes may be any number, and the
    line that keeps it is to blame.
    """
    at, loops, moved = record, around.loops(records.lines(record)[0]), False
    while (source := _copied(records, at, place)) is not None:
        made, there, last = source
        if records.rows[made, 0] != records.rows[last, 0]:
            at, moved = last, True  # another line went on with what was made
            break
        if loops and _begun_between(records, loops[-1], made, record):
            # It is what was there before: nothing was made in this round.
            return _not_made(records, made, record, loops[-1], around, step)
        moved = True
        if _is_right(records.whole(made)[[there]], records.name(made), quantity, quantities):
            break  # and was put where another one belongs
        if over and loops and not _is_handed_on(records, made, loops[-1]):
            break
        at, place = made, there
    line, last = records.lines(at)
    return Stored(line, last, records.name(at), Why.UNEQUAL, at, step, sure=moved)


def _is_right(number: Array, name: str, quantity: str, quantities: Quantities) -> bool:
    """Whether it is a number of what a variable is called; or of any state, where that is none."""
    own = meant_by(name, quantities, loosely=True).removesuffix("_prev")
    states = [q for q in quantities if f"{q}_prev" in quantities]
    meant = [own] if own in quantities else [quantity, *states]
    return any(each_near(number, quantities.numbers(q)).all() for q in meant)


def _is_handed_on(records: Records, record: int, loop: Loop) -> bool:
    """Whether the next round of a loop reads it."""
    uses = [use for use, _sure in records.used_by.get(record, ())]
    return any(_begun_between(records, loop, record, use) for use in uses)


def _copied(records: Records, record: int, place: int) -> tuple[int, int, int] | None:
    """The record of another variable that a number was copied from, and its place in it.

    And the last record of that variable, which may have other numbers of it.
    """
    numbers, call = records.of(record), records.rows[record, 7]
    at = records.placed(record)
    offset = place if at is None else int(np.searchsorted(at, place))
    if at is None and (before := records.before.get(record)) is not None:
        grown = records.rows[record, 4] - records.rows[before, 4]  # a list is one longer
        if grown > 0 and np.array_equal(numbers[:-grown], records.of(before)):
            numbers, offset = numbers[-grown:], offset - int(records.rows[before, 4])
    if plain(numbers):
        return None
    for earlier in sorted(records.read.get(record, ()), reverse=True):
        other = records.rows[earlier, 7] == call and records.name(earlier)
        if not other or records.name(earlier) == records.name(record):
            continue
        whole = records.whole(earlier)
        if np.array_equal(whole, numbers) and 0 <= offset < whole.size:
            return int(records.writers(earlier)[offset]), offset, earlier
    return None


def _begun_between(records: Records, loop: Loop, one: int, other: int) -> bool:
    """Whether a round of a loop began after one record was made, and before another."""
    between = records.rows[one + 1 : other]
    return bool(((between[:, 0] == loop.lineno) & (between[:, 7] == records.rows[other, 7])).any())


def _not_made(
    records: Records, made: int, record: int, loop: Loop, around: Around, step: int
) -> Stored | None:
    """The condition under which a variable gets its value, where it got none in this round."""
    name = records.name(made)
    kept = set(around.within(records.lines(record)[0]))
    lines = [n for n in around.storing(name, loop.lineno) if loop in around.loops(n)]
    heads = []
    for line in lines:
        inside = around.within(line)
        under = [s for s in inside[inside.index(loop) :] if isinstance(s, ast.If)]
        heads += [s for s in under if s not in kept][-1:]
    if len(heads) != len(lines) or len(set(heads)) != 1:
        return None
    (head,) = set(heads)
    last = max(head.lineno, head.body[0].lineno - 1)
    return Stored(head.lineno, last, "", Why.SKIPPED, made, step, sure=True)


def _left_out(records: Records, variable: int, unset: Marks, around: Around) -> Stored | None:
    """The loop that stores nothing for some numbers of a variable, or where it is left."""
    name, call = records.name(variable), records.rows[variable, 7]
    loops = [around.loops(n) for n in around.storing(name, records.lines(variable)[0])]
    inside = [found for found in loops if found]
    if not inside or any(found != inside[0] for found in inside):
        return None
    nest = inside[0]
    lines = [n for n in around.storing(name, nest[0].lineno) if nest[-1] in around.loops(n)]
    writers = records.writers(variable)
    there = (writers >= 0) & np.isin(records.rows[writers, 0], lines)
    stored = there.reshape(unset.shape)
    rounds = [
        int(((records.rows[:, 0] == loop.lineno) & (records.rows[:, 7] == call)).sum())
        for loop in nest
    ]
    if all(isinstance(loop, ast.For) for loop in nest) and not any(map(around.breaks, nest)):
        axes = {loop: -n for loop in nest for n in around.along(name, loop)}
        loop = _too_short(nest, rounds, unset, stored, axes)
        if loop is not None and not _under_condition(name, loop, around):
            last = loop.body[0].lineno - 1
            idle = not rounds[0] and _never_runs(records, nest[0], variable)
            of = "" if idle else name
            return Stored(loop.lineno, max(loop.lineno, last), of, Why.MISSING, variable)
    ends = around.breaks(nest[-1]) if _goes_on_to_the_end(unset) else []
    if len(ends) == 1 and not any(around.breaks(loop) for loop in nest[:-1]):
        return Stored(ends[0], ends[0], name, Why.MISSING, variable)
    return None


def _never_runs(records: Records, loop: Loop, variable: int) -> bool:
    """Whether nothing was made in a loop, in the call that a variable is of."""
    lines = records.rows[records.rows[:, 7] == records.rows[variable, 7], 0]
    last = loop.end_lineno or loop.lineno
    return not ((loop.lineno <= lines) & (lines <= last)).any()


def _goes_on_to_the_end(unset: Marks) -> bool:
    """Whether along some axis, once something is left out, all after it is."""
    return any((unset == np.logical_or.accumulate(unset, axis=n)).all() for n in range(unset.ndim))


def _under_condition(name: str, loop: Loop, around: Around) -> bool:
    """Whether some round of a loop may not get to the line that stores."""
    lines = [n for n in around.storing(name, loop.lineno) if loop in around.loops(n)]
    inside = [around.within(n) for n in lines]
    parts = [s for found in inside for s in found[found.index(loop) + 1 : -1]]
    return any(isinstance(s, ast.If) for s in parts) or any(
        isinstance(n, ast.Continue) for n in ast.walk(loop)
    )


def _too_short(
    nest: list[Loop], rounds: list[int], unset: Marks, stored: Marks, axes: Mapping[Loop, int]
) -> Loop | None:
    """Of loops in each other, the one with fewer rounds than there are numbers to store.

    `stored` is what they have stored, `unset` what nobody has; `axes` says of some of them which
    axis of the variable they go along, from its end.
    """
    if not rounds[0]:
        return nest[0]
    for axis in range(unset.ndim):
        along = unset.all(axis=tuple(n for n in range(unset.ndim) if n != axis))
        slabs = np.broadcast_to(
            along.reshape([-1 if n == axis else 1 for n in range(unset.ndim)]), unset.shape
        )
        if not (slabs == unset).all():
            continue
        others = tuple(n for n in range(unset.ndim) if n != axis)
        slabs_stored = int(np.count_nonzero(stored.any(axis=others)))
        each = [a / b for a, b in zip(rounds, [1, *rounds], strict=False)]
        short = [loop for loop, n in zip(nest, each, strict=True) if n == slabs_stored]
        if len(short) > 1:  # two axes of the same size: h[n, k] tells which is whose
            short = [loop for loop in short if axes.get(loop) == axis - unset.ndim]
        if len(short) == 1 and along.any():
            return short[0]
    if len(nest) != 2:
        return None
    # In each round of the outer loop another number of them. A counter that is 0 in the next round
    # as well has left no record; where zeros are stored, there were rounds for those.
    alike = [n for n in range(unset.ndim) if (unset.any(axis=n) == unset.all(axis=n)).all()]
    cells = int(np.count_nonzero(~unset.all(axis=tuple(alike))))
    ragged = unset.ndim - len(alike) == len(nest)
    return nest[-1] if ragged and rounds[0] < rounds[-1] <= cells else None
