"""Wrong numbers that follow, as the equations ask, from others that were made before.

Where a line makes of some value just what the right computation makes of it, the line is right, and
the value is to blame: ``d_z = d_h * (1 - h ** 2)`` where ``d_h`` lacks a share. It may be made of
numbers that are right elsewhere, and is then nothing that stands out by itself.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import NamedTuple

import numpy as np

from tracer.cells.activations import Array
from tracer.grading.blame.among import CLOSE, alike, plain
from tracer.grading.blame.around import Around
from tracer.grading.blame.called import ancestors
from tracer.grading.blame.computing import Computing, Made, holds
from tracer.grading.blame.held import Held
from tracer.grading.blame.naming import meant_by
from tracer.grading.blame.occurring import Mistaken, Right
from tracer.grading.blame.recorded import Records

MOST_FOLLOWED = 100
"""How many values are put in the place of quantities, and followed to the end, for one line."""

MOST_LINES = 6
"""How many lines are gone back at most, each of which is right in itself."""


class Cause(NamedTuple):
    """A record that is to blame for a later one, and the quantity that it stands for."""

    record: int
    quantity: str


def cause(
    records: Records, found: int, known: Held, right: Right, mistaken: Sequence[Mistaken],
    around: Around, asked: Collection[str] = (),
) -> Cause | None:  # fmt: skip
    """The first value from which the numbers of a record follow; None where its line is wrong.

    Parameters
    ----------
    records : Records
    found : int
    known : Held
    right : Right
    mistaken : sequence of Mistaken
    around : Around
    asked : collection of str
        Where the record is handed back, the quantities that belong there.
    """
    if right.computing is None:
        return None
    following = _Following(records, known, right, right.computing, mistaken, around)
    first, at = None, found
    for _line in range(MOST_LINES):
        earlier = following.cause(at, asked)
        if earlier is None:
            break
        first = Cause(following.begun(earlier.record), earlier.quantity)
        at, asked = first.record, ()
    if first is None and (last := following.last_with_mistake(found)) is not None:
        return Cause(following.begun(last.record), last.quantity)
    return first


@dataclass(frozen=True, slots=True)
class _Following:
    """What is known of the records of one call; as `cause` has it."""

    records: Records
    known: Held
    right: Right
    computing: Computing
    mistaken: Sequence[Mistaken]
    around: Around

    def cause(self, found: int, asked: Collection[str]) -> Cause | None:
        """One of the values that a record was made of."""
        made = _made(self.records, found)
        at = [
            (k, quantity, put)
            for k in sorted(set(self.records.read.get(found, ())), reverse=True)
            if not np.array_equal(self.records.whole(k), self.records.whole(found))
            for quantity, put in self._may_be(k)
        ]
        for k, quantity, put in () if asked else at:
            gives = _gives(self.computing.at_once(quantity, put), made)
            if gives and self._is_meant(k, put, quantity, found):
                return Cause(k, quantity)
        meant = ((k, q, put) for k, q, put in at if self._is_meant(k, put, q, found))
        for k, quantity, put in islice(meant, MOST_FOLLOWED):
            if _gives(self.computing.in_the_end(quantity, put, asked), made):
                return Cause(k, quantity)
        return None

    def last_with_mistake(self, found: int) -> Cause | None:
        """The last value that a record was made of with all the numbers of what is mistaken."""
        begun = [m.quantities.keys() - m.follow for m in self.mistaken]
        made = self.records.whole(found)
        names = [
            quantity
            for quantity in self.computing.names
            if begun and all(quantity in own for own in begun)
            if not holds(self.mistaken[0].quantities[quantity], made)
        ]
        for k in sorted(ancestors(self.records, found), reverse=True):
            value = self.records.whole(k)
            for quantity in names:
                array = self.mistaken[0].quantities[quantity]
                put = self.computing.put(quantity, value) if array.size else None
                if put is not None and holds(array, value) and not plain(value):
                    other = not holds(self.computing.right(quantity), value)
                    if other and self._is_meant(k, put, quantity, found):
                        return Cause(k, quantity)
        return None

    def _may_be(self, record: int) -> Iterator[tuple[str, Array]]:
        """The quantities that a value may stand for, the last first: or the one it is called."""
        value = self.records.whole(record)
        room = self.records.filled(record) or self.records.grows(record)
        if room or not value.size or not np.isfinite(value).all():
            return
        names = self.computing.names
        own = meant_by(self.records.name(record), names)
        for name in [own] if own in names else reversed(names):
            put = self.computing.put(name, value)
            if put is not None and not alike(put, self.computing.right(name)):
                yield name, put

    def _is_meant(self, record: int, value: Array, quantity: str, found: int) -> bool:
        """Whether a value is to blame if it stands for a quantity, and not the line that reads it.

        It is no other right quantity that was read instead: that is the reader's mistake.
        """
        records, computing = self.records, self.computing
        name = records.name(record)
        if meant_by(name, computing.names) == quantity:
            return not self._is_in_turn(record, quantity, value)
        reader = records.lines(found)[0]
        if self.around.adds(reader, name) and not computing.is_term(quantity):
            return False  # the line goes on with a sum
        line = records.lines(record)[0]
        elsewhere = [u for u, _ in records.used_by.get(record, ()) if records.lines(u)[0] != line]
        elsewhere = [u for u in elsewhere if records.lines(u) != records.lines(found)]
        if any(self._is_right(u) for u in elsewhere):
            return False
        others = [q for q in computing.names if q != quantity and computing.is_right(q, value)]
        given = any(holds(np.asarray(a), value) for a in computing.given.values())
        if not others and not given:
            return True
        if given and np.array_equal(records.of(found), records.whole(record)):
            return False  # it may have been left as it was by a line that changes nothing
        if plain(value):
            return value.size > 1
        if name == records.name(found):
            return False
        if self.mistaken and all(
            quantity in m.quantities and holds(m.quantities[quantity], value) for m in self.mistaken
        ):
            return True
        made_before = computing.handed_on.get(quantity) in others
        picked = quantity.endswith("_prev") and not self.around.picks(line)
        return self.around.copies(line, name) or (made_before and not picked)

    def _is_in_turn(self, record: int, quantity: str, value: Array) -> bool:
        """Whether it is the quantity at the very step at which its line makes it.

        Its line runs once for each step, from the first one on or from the last one back. What
        reads it there, and takes something else of another step, is at fault itself.
        """
        right, rows = self.computing.right(quantity), self.records.rows[:, [0, 2, 7]]
        if right.ndim <= value.ndim:
            return False
        n = int(np.count_nonzero((rows[:record] == rows[record]).all(axis=1)))
        return n < len(right) and any(alike(right[t], value) for t in (n, len(right) - 1 - n))

    def _is_right(self, record: int) -> bool:
        """Whether it has the numbers of some quantity, and is meant as it."""
        numbers, known = self.records.of(record), self.known
        if plain(numbers) or not (known.right[record] and known.meant[record]):
            return False
        return any(self.computing.is_right(q, numbers) for q in self.computing.names)

    def begun(self, record: int) -> int:
        """Where the very numbers of a record were made, if it only got them from one variable."""
        records = self.records
        while not self.around.copies(records.lines(record)[0], records.name(record)):
            numbers, read = records.whole(record), set(records.read.get(record, ()))
            alike = {e for e in read if np.array_equal(records.whole(e), numbers)}
            of_call = {e for e in alike if records.caller(e) == records.lines(record)}
            from_one = of_call or (alike if len(read) == 1 else set())
            if len(from_one) != 1 or plain(numbers):
                break
            (alone,) = from_one
            if self.right.is_whole(numbers):
                break  # it is something right, and is taken for something else there
            record = alone
        return record


def _gives(found: Iterator[Made], made: Sequence[Array]) -> bool:
    """Whether what was made comes of a wrong value, and of none that is right at its step."""
    sizes = {rows.size for rows in made}
    gives = False
    for one in found:
        if one.numbers.size in sizes:
            own = one.numbers.ravel()
            if any(rows.size == own.size and _same(rows, own) for rows in made):
                if one.same:
                    return False
                gives = True
    return gives


def _made(records: Records, found: int) -> list[Array]:
    """The numbers that a line made: all, those that are new in a list, or what was added."""
    numbers, before = records.of(found), records.before.get(found)
    made = [numbers]
    if before is not None:
        old = records.whole(before)
        if numbers.size > old.size and np.array_equal(numbers[: old.size], old):
            made = [numbers[old.size :]]
        elif (at := records.placed(found)) is not None and at.max(initial=0) < old.size:
            made.append(numbers - old[at])
        elif old.size == numbers.size:
            made.append(numbers - old)
    return [one for one in made if one.size and not plain(one)]


def _same(one: Array, other: Array) -> bool:
    """Whether they are the same numbers, in one row."""
    return bool((np.abs(one - other) <= CLOSE * np.maximum(1.0, np.abs(one))).all())
