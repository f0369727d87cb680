"""What the child recorded of one call, line by line (`tracer.sandbox.recording`)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from tracer.cells.activations import Array
from tracer.sandbox.recording import MOST_NUMBERS, MOST_READS, MOST_RECORDS


@dataclass(frozen=True)
class Records:
    """What the child recorded of one call.

    Attributes
    ----------
    names : tuple of str
        The variables; ``return`` is what the function gave back.
    rows : int array (R, 9)
        Of each record the first and the last line of its statement, its name, where its numbers
        begin and how many there are, the lines of the statement that called its function (0 where
        that is the grader), which call of a function it is, and 1 where only a part of the variable
        was stored.
    reads : int array (E, 3)
        A record, an earlier one that its statement read, and whether it surely did so for this
        result.
    numbers : array
    """

    names: tuple[str, ...]
    rows: npt.NDArray[np.int64]
    reads: npt.NDArray[np.int64]
    numbers: Array

    def __post_init__(self) -> None:
        """Nothing that came from the child is believed before its bounds are looked at."""
        R = len(self.rows)
        rows_fit = self.rows.ndim == 2 and self.rows.shape[1:] == (9,) and (self.rows >= 0).all()
        if not rows_fit or self.numbers.ndim != 1:
            raise ValueError("rows of records have nine numbers, none below 0")
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

    def caller(self, record: int) -> tuple[int, int] | None:
        """The lines of the statement that called the function of a record; None for the grader."""
        first, last = self.rows[record, 5:7].tolist()
        return (first, last) if first else None

    def renewing(self, record: int) -> frozenset[int]:
        """The other lines that give the same variable a value later on."""
        return self._later[0][record]

    def filled(self, record: int) -> bool:
        """Whether it is room that is filled part by part later on: it means nothing yet."""
        return self._later[1][record]

    @cached_property
    def _later(self) -> tuple[list[frozenset[int]], list[bool]]:
        """Of each record what `renewing` and `filled` say, from the last to the first."""
        lines: dict[tuple[int, int], frozenset[int]] = {}
        parts: set[tuple[int, int]] = set()
        renewing, filled = [], []
        for line, _last, name, _at, _many, caller, _end, call, part in self.rows[::-1].tolist():
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
