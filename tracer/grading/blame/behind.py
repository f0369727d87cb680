"""The line behind the first wrong numbers, where another one than theirs is to blame.

A value that is computed and lost, names that are exchanged, a function that makes something wrong
of right numbers, a state that is not set anew, a number that was stored where it does not belong.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import NamedTuple

import numpy as np

from tracer.cells.activations import Array
from tracer.grading.blame.among import plain
from tracer.grading.blame.around import Around
from tracer.grading.blame.before import right_before
from tracer.grading.blame.called import made_of_wrong, wrong_inside
from tracer.grading.blame.ended import lost
from tracer.grading.blame.exchanged import exchanged
from tracer.grading.blame.held import Held, asked_for
from tracer.grading.blame.occurring import Right
from tracer.grading.blame.recorded import Records
from tracer.grading.blame.rounds import left_out, set_only_once
from tracer.grading.blame.stored import (
    Stored,
    is_called,
    put_together,
    some_are_right,
    wrongly_stored,
)
from tracer.grading.report import Blame, Why


class Behind(NamedTuple):
    """What is to be said instead; None where it is known only that another line is to blame."""

    blame: Blame | None


def nothing_stored(records: Records, found: int, known: Held) -> bool:
    """Whether it is room for a result, and nothing was ever stored in it."""
    room = plain(records.of(found)) and not records.name(found).startswith("return")
    return room and _handed_back(records, found, known) is not None


def behind(
    records: Records, found: int, known: Held, right: Right,
    returned: Mapping[str, Collection[str]], around: Around,
) -> Behind | None:  # fmt: skip
    """The line behind the record that is found to be wrong; None where it is the line itself."""
    away = lost(records, found, around, partly=known.occurs[found])
    if away is not None:
        return Behind(away)
    swapped = exchanged(records, found, known.right, right.quantities)
    if swapped is not None:
        return Behind(_said(records, swapped[0], right, Why.OTHER, swapped[1]))
    inside = wrong_inside(records, found, right.quantities, right.lines)
    if inside is not None:
        return Behind(_said(records, inside, right, Why.UNEQUAL))
    condition = left_out(records, found, known.right, around)
    if condition is not None:
        last = max(condition.lineno, condition.body[0].lineno - 1)
        return Behind(Blame(condition.lineno, last, "", Why.SKIPPED))
    if right.steps is not None:
        once = set_only_once(records, found, right.steps, around)
        if once is not None:
            return Behind(_said(records, once, right, Why.ONCE))
    return put_there(records, found, known, right, returned, around)


def _said(records: Records, record: int, right: Right, why: Why, quantity: str = "") -> Blame:
    line, last = records.lines(record)
    before = right_before(records, record, line, right.quantities)
    return Blame(line, last, records.name(record), why, quantity, before)


def put_there(
    records: Records, found: int, known: Held, right: Right,
    returned: Mapping[str, Collection[str]], around: Around,
) -> Behind | None:  # fmt: skip
    """The line that stored the first wrong number of what is handed back."""
    back = _handed_back(records, found, known)
    asked = () if back is None else asked_for(records, back, returned)
    if back is None or len(asked) != 1 or (quantity := next(iter(asked))) not in right.quantities:
        return None
    if not (put_together(records, back) or nothing_stored(records, found, known)):
        return None
    named = is_called(records, back, quantity, right.quantities)
    if not named and _is_another(records.of(back), quantity, right, returned):
        return None
    array = right.quantities[quantity]
    put = wrongly_stored(records, back, quantity, right.quantities, around)
    if put is None:  # better no line than the one that only hands it back, or makes room
        if back == found:
            unknown = some_are_right(records.of(back), array)
        else:
            lines = around.storing(records.name(found), records.lines(found)[0])
            unknown = len(lines) > 1 and nothing_stored(records, found, known)
        return Behind(None) if unknown else None
    line = right.lines.get(quantity)
    source = made_of_wrong(records, put.record, quantity, right.lines)
    if source is not None and line is not None:
        return Behind(_said(records, source, right, Why.UNEQUAL, line.reads[0]))
    return Behind(_said_of(put, records, quantity, right))


def _said_of(put: Stored, records: Records, quantity: str, right: Right) -> Blame:
    of = quantity if put.why is Why.UNEQUAL else ""
    before = right_before(records, put.record, put.line, right.quantities)
    several = right.steps is not None and right.steps.T > 1
    return Blame(put.line, put.last, put.name, put.why, of, before, put.step if several else None)


def _handed_back(records: Records, found: int, known: Held) -> int | None:
    """The record of what was handed back, if that is found, or room or a part of it."""
    if records.caller(found) is not None:
        return None
    if records.name(found).startswith("return"):
        return found
    part = records.rows[found, 8] or records.rows[found, 9]
    if not known.occurs[found] or not (part or plain(records.of(found))):
        return None
    name, call = records.rows[found, [2, 7]].tolist()
    last = max(np.flatnonzero((records.rows[:, [2, 7]] == (name, call)).all(axis=1)).tolist())
    if not part and last != found:
        return None
    for k in range(last + 1, len(records.rows)):
        back = records.name(k).startswith("return") and records.rows[k, 7] == call
        if back and np.array_equal(records.of(k), records.whole(last)):
            return k
    return None


def _is_another(
    numbers: Array, quantity: str, right: Right, returned: Mapping[str, Collection[str]]
) -> bool:
    """Whether it is as a whole another quantity of those that are handed back."""
    others = {q for asked in returned.values() for q in asked} - {quantity}
    arrays = [right.quantities[q] for q in others if q in right.quantities]
    return any(
        a.size == numbers.size and np.allclose(a.ravel(), numbers, 1e-8, 1e-8) for a in arrays
    )
