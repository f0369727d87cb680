"""What the child recorded of one call, line by line (`tracer.sandbox.recording`)."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from tracer.cells.activations import Array
from tracer.sandbox.recording import (
    COLUMNS,
    LARGEST,
    MOST_GIVEN,
    MOST_HANDED,
    MOST_NUMBERS,
    MOST_READS,
    MOST_RECORDS,
)

Whole: TypeAlias = npt.NDArray[np.int64]


class Given(NamedTuple):
    """An argument that a function of the student's own got."""

    function: str
    name: str
    numbers: Array


def _none(*shape: int) -> npt.NDArray[np.int64]:
    return np.zeros(shape, np.int64)


@dataclass(frozen=True)
class Records:
    """What the child recorded of one call.

    Attributes
    ----------
    names : tuple of str
        The variables; ``return`` is what the function gave back.
    rows : int array (R, 10)
        Of each record the first and the last line of its statement, its name, where its numbers
        begin and how many there are, the lines of the statement that called its function (0 where
        that is the grader), which call of a function it is, 1 where only a part of the variable
        was stored, and 1 more than where its places begin, if only some numbers are others.
    reads : int array (E, 3)
        A record, an earlier one that its statement read, and whether it surely did so for this
        result.
    numbers : array
    places : int array
        Where the numbers of a record stand in the variable, of which the rest is as it was.
    given : int array (G, 5)
        A call of a function, the names of the function and of an argument, where its numbers begin
        in `handed`, and how many they are.
    handed : array
    """

    names: tuple[str, ...]
    rows: npt.NDArray[np.int64]
    reads: npt.NDArray[np.int64]
    numbers: Array
    places: npt.NDArray[np.int64] = field(default_factory=lambda: _none(0))
    given: npt.NDArray[np.int64] = field(default_factory=lambda: _none(0, 5))
    handed: Array = field(default_factory=lambda: np.zeros(0))

    def __post_init__(self) -> None:
        """Nothing that came from the child is believed before its bounds are looked at."""
        R = len(self.rows)
        if not _is_table(self.rows, COLUMNS) or self.numbers.ndim != 1:
            raise ValueError(f"rows of records have {COLUMNS} numbers, none below 0")
        starts, counts, size = self.rows[:, 3], self.rows[:, 4], self.numbers.size
        if not ((starts <= size).all() and (counts <= size - starts).all()):
            raise ValueError("a record ends behind the last number")
        # What is looked at in the grader's own time is no more than the recorder writes.
        if R > MOST_RECORDS or size > MOST_NUMBERS or counts.sum() > size:
            raise ValueError("there are more records than are written")
        if len(self.reads) > MOST_READS:
            raise ValueError("the records read more than is written")
        if not (self.rows[:, 2] < len(self.names)).all():
            raise ValueError("a record has no name")
        reads_fit = self.reads.ndim == 2 and self.reads.shape[1:] == (3,)
        if not reads_fit or not ((self.reads >= 0) & (self.reads < max(R, 2))).all():
            raise ValueError("a record reads one that is not there")
        begins = self.rows[:, 9]
        placed = begins - 1 <= self.places.size - counts
        if self.places.ndim != 1 or not (placed | (begins == 0)).all():
            raise ValueError("a record has no places")
        if not ((self.places >= 0) & (self.places < LARGEST)).all():
            raise ValueError("a record has a place outside its variable")
        if not _is_table(self.given, 5) or self.handed.ndim != 1:
            raise ValueError("a record of an argument has five numbers, none below 0")
        if len(self.given) > MOST_GIVEN or self.handed.size > MOST_HANDED:
            raise ValueError("there are more records of arguments than are written")
        if not (self.given[:, 1:3] < len(self.names)).all():
            raise ValueError("a record of an argument has no name")
        if not (self.given[:, 3] <= self.handed.size - self.given[:, 4]).all():
            raise ValueError("a record of an argument ends behind the last number")

    def of(self, record: int) -> Array:
        """The numbers of a record."""
        start, count = self.rows[record, 3:5]
        return self.numbers[start : start + count]

    def name(self, record: int) -> str:
        """The variable that a record is of."""
        return self.names[int(self.rows[record, 2])]

    def lines(self, record: int) -> tuple[int, int]:
        """The first and the last line of its statement."""
        first, last = self.rows[record, :2].tolist()
        return first, last

    def made_at(self, line: int, name: str) -> list[int]:
        """The records that the statement of a line made of a variable; of any, without a name."""
        every = range(len(self.rows))
        return [k for k in every if self.lines(k)[0] == line and name in ("", self.name(k))]

    def caller(self, record: int) -> tuple[int, int] | None:
        """The lines of the statement that called the function of a record; None for the grader."""
        first, last = self.rows[record, 5:7].tolist()
        return (first, last) if first else None

    def arguments(self, record: int) -> list[Given]:
        """What the function that a record was made in was given; nothing of the grader's."""
        own = self.given[self.given[:, 0] == self.rows[record, 7]].tolist()
        return [
            Given(self.names[f], self.names[name], self.handed[start : start + count])
            for _call, f, name, start, count in own
        ]

    def writers(self, record: int) -> Whole:
        """Of each number of its variable, the record that it got it by; -1 where none did.

        The numbers that are not a record's own are those that the variable had before.
        """
        chain = [record]
        while (before := self._kept_of(chain[-1])) is not None:
            chain.append(before)
        size = 0
        for k in chain:
            at = self.placed(k)
            size = max(size, int(self.rows[k, 4]) if at is None else int(at.max(initial=-1)) + 1)
        found: Whole = np.full(size, -1)
        for k in reversed(chain):
            at = self.placed(k)
            if at is None and (before := self._kept_of(k)) is not None:
                at = np.arange(*self.rows[[before, k], 4])
            found[slice(int(self.rows[k, 4])) if at is None else at] = k
        return found

    def _kept_of(self, record: int) -> int | None:
        """The record before it of the same variable, if that is still a part of its numbers."""
        before = self.before.get(record)
        if before is None or self.rows[record, 9]:
            return before
        grown = self.rows[record, 4] > self.rows[before, 4] and not self.rows[before, 9]
        own, old = self.of(record), self.of(before)
        kept = grown and np.array_equal(own[: old.size], old, equal_nan=True)
        return before if kept else None

    def whole(self, record: int) -> Array:
        """All numbers of a variable, of which a record may be but a part; NaN where not known."""
        writers = self.writers(record)
        found = np.full(writers.size, np.nan)
        for k in np.unique(writers[writers >= 0]).tolist():
            at, mine = self.placed(k), writers == k
            own = np.full(writers.size, np.nan)
            own[slice(int(self.rows[k, 4])) if at is None else at] = self.of(k)
            found[mine] = own[mine]
        return found

    def placed(self, record: int) -> npt.NDArray[np.int64] | None:
        """Where its numbers stand in the variable; None where they are all of it."""
        count, begin = self.rows[record, [4, 9]].tolist()
        return self.places[begin - 1 : begin - 1 + count] if begin else None

    @cached_property
    def before(self) -> dict[int, int]:
        """For each record, the one of the same variable before it."""
        last: dict[tuple[int, int], int] = {}
        found = {}
        for k, (name, call) in enumerate(self.rows[:, [2, 7]].tolist()):
            if (name, call) in last:
                found[k] = last[name, call]
            last[name, call] = k
        return found

    def read_again(self, record: int) -> bool:
        """Whether one line of the function that it was made in reads it for several results."""
        call = self.rows[record, 7]
        readers = [use for use, _sure in self.used_by.get(record, ()) if self.name(use)]
        own = [(*self.lines(use), self.name(use)) for use in readers if self.rows[use, 7] == call]
        return len(set(own)) < len(own)

    def renewing(self, record: int) -> frozenset[int]:
        """The other lines that give the same variable a value later on."""
        return self._later[0][record]

    def filled(self, record: int) -> bool:
        """Whether it is room that is filled part by part later on: it means nothing yet."""
        return self._later[1][record]

    def grows(self, record: int) -> bool:
        """Whether it is a list to which more is added later on, as ``states = [h_0]``."""
        own = (self.rows[:, [2, 7]] == self.rows[record, [2, 7]]).all(axis=1)
        later = np.flatnonzero(own & (self.rows[:, 4] > self.rows[record, 4])).tolist()
        size = int(self.rows[record, 4])
        return any(k > record and np.array_equal(self.of(k)[:size], self.of(record)) for k in later)

    @cached_property
    def _later(self) -> tuple[list[frozenset[int]], list[bool]]:
        """Of each record what `renewing` and `filled` say, from the last to the first."""
        lines: dict[tuple[int, int], frozenset[int]] = {}
        parts: set[tuple[int, int]] = set()
        renewing, filled = [], []
        for line, _last, name, _at, _n, caller, _end, call, part, _in in self.rows[::-1].tolist():
            later = lines.get((name, caller), frozenset())
            renewing.append(later - {line})
            filled.append((name, call) in parts)
            lines[name, caller] = later | {line}
            parts.update([(name, call)] if part == 1 else [])
        return renewing[::-1], filled[::-1]

    def renewed(self, record: int) -> bool:
        """Whether nothing but such lines reads it.

        ``i`` may be z_i at first, and σ(i) in the next line.
        """
        lines = self.renewing(record)
        readers = self.rows[[use for use, _sure in self.used_by.get(record, ())]]
        return bool(lines) and all(
            own in lines or of in lines for own, of in readers[:, [0, 5]].tolist()
        )

    @cached_property
    def used_by(self) -> dict[int, list[tuple[int, bool]]]:
        """For each record, the later ones that read it, and whether they surely did."""
        found: dict[int, list[tuple[int, bool]]] = {}
        for record, earlier, sure in self.reads.tolist():
            if earlier < record < len(self.rows):
                found.setdefault(earlier, []).append((record, bool(sure)))
        return found

    @cached_property
    def read(self) -> dict[int, list[int]]:
        """For each record, the earlier ones that it read."""
        found: dict[int, list[int]] = {}
        for record, earlier, _sure in self.reads.tolist():
            if earlier < record:
                found.setdefault(record, []).append(earlier)
        return found


def _is_table(array: npt.NDArray[np.int64], columns: int) -> bool:
    """Whether it has so many columns, and nothing below 0."""
    return array.ndim == 2 and array.shape[1] == columns and bool((array >= 0).all())
