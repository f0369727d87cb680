"""Which step of the right computation a line is at, and what that step is given and makes.

In a loop over the steps each number by itself may be a right one, and in the wrong place: the word
of another step, the other state, zeros past the end of a sentence. A line that runs T times in the
function that the grader called is taken to run once for each step; what it reads there, and what
is stored there, is held against that step.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from tracer.cells.activations import Array
from tracer.grading.blame.among import CLOSE, occurs
from tracer.grading.blame.naming import meant_by
from tracer.grading.blame.recorded import Records
from tracer.program import Program

Going: TypeAlias = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Steps:
    """The steps of the right computation, from the first word to the last.

    Attributes
    ----------
    x : array (T, N, D)
    before : mapping of str to array (T, N, H)
        What a step is given, by the state that it is: ``h``.
    after : mapping of str to array (T, N, H)
        What it makes of it.
    going : array (T, N)
        Which sentences have a word at which step.
    """

    x: Array
    before: Mapping[str, Array]
    after: Mapping[str, Array]
    going: Going

    @property
    def T(self) -> int:
        """How many steps there are."""
        return len(self.x)


def steps_of(
    program: Program, given: Mapping[str, Array], quantities: Mapping[str, Array]
) -> Steps | None:
    """Those of a run forward only; None where there is a backward pass."""
    carries = [c for c in program.carries.values() if c.of in quantities]
    known = all(c.into in quantities for c in carries)
    x = given.get("x")
    if not carries or not known or any(c.backward for c in carries):
        return None
    if x is None or x.ndim != 3 or not len(x):
        return None
    lengths = given.get("lengths", np.full(x.shape[1], len(x)))
    return Steps(
        x,
        {c.of: quantities[c.into] for c in carries},
        {c.of: quantities[c.of] for c in carries},
        np.arange(len(x))[:, np.newaxis] < lengths,
    )


class Placed:
    """The records of one call, and the steps that they are of."""

    def __init__(self, records: Records, steps: Steps, known: Array) -> None:
        self.records, self.steps, self.known = records, steps, known
        self.rows = records.rows.tolist()
        series: dict[tuple[int, ...], list[int]] = {}
        for k, row in enumerate(self.rows):
            if row[5] == 0 and records.name(k):
                series.setdefault((row[0], row[2], row[7]), []).append(k)
        self.number = {k: n for found in series.values() for n, k in enumerate(found)}
        self.series = {k: found for found in series.values() for k in found}

    def step(self, record: int) -> int | None:
        """The step at which a record was made; None where its line does not run once for each."""
        result = self._result(record)
        if result is None or len(self.series[result]) != self.steps.T:
            return None
        return self.number[result]

    def padding(self, record: int) -> bool:
        """Whether what is not right in it is of sentences that are over: it counts nowhere yet."""
        t = self.step(record)
        if t is None or self.steps.going[t].all():
            return False
        return any(
            occurs(rows[self.steps.going[t]].ravel(), self.known)
            for rows in self._by_sentence(self.records.of(record))
        )

    def _result(self, record: int) -> int | None:
        """The record of the outermost function that its statement was made for, or itself."""
        at: int | None = record
        while at is not None and (caller := self.records.caller(at)) is not None:
            at = self._next(at, caller)
        if at is not None and not self.records.name(at):
            at = self._next(at, self.records.lines(at))
        return at if at in self.series else None

    def _next(self, record: int, lines: tuple[int, int]) -> int | None:
        """The next record that a statement made, with a name."""
        for k in range(record + 1, len(self.rows)):
            if self.records.lines(k) == lines and self.records.name(k):
                return k
        return None

    def read(self, record: int) -> set[int]:
        """What its statement read, in the outermost function; also words without a name."""
        result = self._result(record)
        if result is None:
            return set()
        lines = self.records.lines(result)
        before = [k for k in self.series if k < record and self.records.lines(k) == lines]
        n = self.number[result]
        start = max((k for k in before if self.number[k] < n), default=-1)
        found: set[int] = set()
        seen, at = {record}, [record]
        while at:
            at = [e for k in at for e in self.records.read.get(k, ()) if e not in seen]
            seen.update(at)
            outer = {e for e in at if self.rows[e][5] == 0}
            ended = {e for e in outer if e <= start or self.records.lines(e) != lines}
            found |= outer
            at = [e for e in at if e not in ended]
        return found

    def meant(self, record: int) -> str:
        """The state that a variable is named after; its own name if there is none."""
        return meant_by(self.records.name(record), self.steps.after, loosely=True)

    def is_state_of_its_own(self, record: int) -> bool:
        """Whether it is named after a state, and is that one after each step until then."""
        return self.meant(record) in self.steps.after and self.first_wrong(record) is None

    def first_wrong(self, record: int) -> int | None:
        """The first step until that of a record at which the state of its name is another one."""
        state, series = self.meant(record), self.series[record]
        begins = len(series) == 1 and not self.records.read.get(record)
        if begins and self.alike(self.last(record), self.steps.before[state][0]):
            return None
        # What is new may have gone on past the end of a sentence: it is not kept.
        new = any(part in self.records.name(record).lower() for part in ("new", "next"))
        made = series[: self.number[record] + 1]
        right = self.steps.after[state][: len(made)]
        for t, (k, after) in enumerate(zip(made, right, strict=False)):
            if not self.alike(self.last(k), after, self.steps.going[t] if new else None):
                return t
        return None if len(made) <= self.steps.T else self.steps.T

    def last(self, record: int) -> Array:
        """The numbers of a record; of a list that grows with each step, those of the last."""
        numbers = self.records.of(record)
        n = self.number.get(record, 0) + 1
        one = next(iter(self.steps.after.values()))[0].size
        grown = n > 1 and numbers.size == n * one
        return numbers[-one:] if grown else numbers

    def alike(self, numbers: Array, right: Array, going: Going | None = None) -> bool:
        """Whether they are these of each sentence, or of each that goes on."""
        if numbers.size != right.size:
            return False
        some = slice(None) if going is None else going
        own = np.sort(right[some].ravel())
        return any(
            the_same(np.sort(rows[some].ravel()), own) for rows in self._by_sentence(numbers)
        )

    def _by_sentence(self, numbers: Array) -> Iterator[Array]:
        """The numbers with a row for each sentence, which may have been a row or a column."""
        N = self.steps.going.shape[1]
        if numbers.size % N == 0 and numbers.size:
            yield numbers.reshape(N, -1)
            yield numbers.reshape(-1, N).T


def the_same(one: Array, other: Array) -> bool:
    """Whether two arrays of one shape are, up to the order of sums."""
    return bool(np.allclose(one, other, CLOSE, CLOSE))
