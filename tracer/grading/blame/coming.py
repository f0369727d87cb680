"""Where the value of a line to look at comes from.

A line makes a wrong value of what it reads. What of that has numbers which the right computation
does not have is named, with its line, and so is the call of a function, unless all that it was
given is known to be right. Neither is said to be at fault: that is not known.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from tracer.grading.blame.among import Quantities, each_near, plain
from tracer.grading.blame.around import Around
from tracer.grading.blame.before import is_own
from tracer.grading.blame.naming import meant_by
from tracer.grading.blame.occurring import Right
from tracer.grading.blame.recorded import Records
from tracer.grading.report import OF_A_VALUE, Blame

MOST_NAMED = 3
"""Variables that a line reads, as many as are named: those next above it."""


def with_origin(
    blame: Blame | None, records: Records, right: Right, around: Around
) -> Blame | None:
    """The same, with what the value was computed from, and where its function was called."""
    if blame is None or blame.why not in OF_A_VALUE:
        return blame
    own = records.made_at(blame.line, blame.name)
    quantities = right.quantities
    if _begins_at_0(records, own, blame, quantities, around):
        return None
    called_right = {name for name, _line in blame.right}
    places = (place for k in own for place in _read(records, k, blame, right))
    read = dict(sorted(places, key=_line))
    nearest = [place for place in read.items() if place[0] not in called_right][-MOST_NAMED:]
    called = {at[0] for k in own if (at := _doubtful_call(records, k, quantities)) is not None}
    called = {line for line in called if around.function(line) is not around.function(blame.line)}
    alone = bool(own) and all(plain(records.of(k)) and not records.read.get(k) for k in own)
    under = around.condition(blame.line) if alone else None
    return replace(blame, read=tuple(nearest), called=min(called, default=None), under=under)


def _read(records: Records, record: int, blame: Blame, right: Right) -> Iterator[tuple[str, int]]:
    """The variables that a statement read, each with the line that gave it its value.

    No line is told of one with numbers of the right computation only: it would lead astray. Of
    zeros nothing is known.
    """
    for earlier in records.read.get(record, ()):
        name, (line, _last) = records.name(earlier), records.lines(earlier)
        numbers = records.of(earlier)
        counts = np.array_equal(numbers, np.round(numbers[:1]))
        there = each_near(numbers, right.known) | each_near(numbers, right.partial)
        known = bool(numbers.any()) and bool(there.all())
        other = name != blame.name and not blame.line <= line <= blame.last
        if other and name and not (counts or known or name.startswith("return")):
            yield name, line


def _line(place: tuple[str, int]) -> tuple[int, str]:
    name, line = place
    return line, name


def _begins_at_0(
    records: Records, own: Sequence[int], blame: Blame, quantities: Quantities, around: Around
) -> bool:
    """Whether it is the 0 with which a gradient begins that is carried back, or added up.

    That is right, unless the gradient of the last state is another one: what is made of it later
    on is wrong.
    """
    quantity = blame.quantity or meant_by(blame.name, quantities)
    array = quantities.get(quantity)
    if array is None or not quantity.startswith("d_") or any(records.of(k).any() for k in own):
        return False
    carried = quantity.endswith("_from_next")
    return not (carried and array[-1].any()) and around.changes(blame.name, blame.line)


def _doubtful_call(records: Records, record: int, quantities: Quantities) -> tuple[int, int] | None:
    """The lines of the call of the function it was made in, unless all that it got is right."""
    given = records.arguments(record)
    right = all(is_own(one.numbers, meant_by(one.name, quantities), quantities) for one in given)
    return None if given and right else records.caller(record)
