"""Which step of the right computation a line is at, and what that step is given and makes.

In a loop over the steps each number by itself may be a right one, and in the wrong place: the word
of another step, the other state, zeros past the end of a sentence. A line that runs T times in the
function that the grader called is taken to run once for each step; what it reads there, and what
is stored there, is held against that step.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from tracer.cells.activations import Array
from tracer.grading.blame.among import alike, occurs
from tracer.grading.blame.naming import meant_by
from tracer.grading.blame.recorded import Records
from tracer.program import Program

_BEFORE = ("prev", "old", "last", "before")
"""What a state is often called that the next step starts from."""

Going: TypeAlias = npt.NDArray[np.bool_]


@dataclass(frozen=True)
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

    @property
    def size(self) -> int:
        """How many numbers one state has, of all sentences."""
        state = next(iter(self.after.values()))
        return int(state[0].size)

    @cached_property
    def words(self) -> Array:
        """The numbers of each word, sorted: (T, N * D)."""
        return np.sort(self.x.reshape(self.T, -1), axis=1)


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
        self.lines = [tuple(row[:2]) for row in self.rows]
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
            for rows in self.by_sentence(self.records.of(record))
        )

    def _result(self, record: int) -> int | None:
        """The record of the outermost function that its statement was made for, or itself."""
        at: int | None = record
        while at is not None and (caller := self.records.caller(at)) is not None:
            at = self._next(at, caller)
        if at is not None and not self.records.name(at):
            at = self._next(at, self.lines[at])
        return at if at in self.series else None

    def _next(self, record: int, lines: tuple[int, int]) -> int | None:
        """The next record that a statement made, with a name."""
        for k in range(record + 1, len(self.rows)):
            if self.lines[k] == lines and self.records.name(k):
                return k
        return None

    def read(self, record: int) -> set[int]:
        """What its statement read, in the outermost function; also words without a name."""
        result = self._result(record)
        if result is None:
            return set()
        lines = self.lines[result]
        before = [k for k in self.series if k < record and self.lines[k] == lines]
        n = self.number[result]
        start = max((k for k in before if self.number[k] < n), default=-1)
        found: set[int] = set()
        seen, at = {record}, [record]
        while at:
            at = [e for k in at for e in self.records.read.get(k, ()) if e not in seen]
            seen.update(at)
            outer = {e for e in at if self.rows[e][5] == 0}
            ended = {e for e in outer if e <= start or self.lines[e] != lines}
            found |= outer - self._appended_to(result)
            at = [e for e in at if e not in ended]
        return found

    def _appended_to(self, record: int) -> set[int]:
        """The list that a record is one more of."""
        before = self.records.before.get(record)
        grown = self.last(record).size < self.records.of(record).size
        return {before} if grown and before is not None else set()

    def meant(self, record: int) -> str:
        """The state that a variable is named after, ``h`` by h_t and h_prev; empty if none."""
        name = self.records.name(record)
        for short in (name, *(name.replace(word, "") for word in _BEFORE)):
            state = meant_by(short.strip("_"), self.steps.after, loosely=True)
            if state in self.steps.after:
                return state
        return ""

    def is_right(self, record: int, state: str = "") -> bool:
        """Whether it is known to be a state after each step until then, or before each."""
        first = self._wrong_from(record, self.meant(record) or state)
        return first is not None and first == self._made(record)

    def wrong_at(self, record: int, state: str = "") -> int | None:
        """The first step at which it is not the state of its name; None if not, or not known."""
        first = self._wrong_from(record, self.meant(record) or state)
        return None if first is None or first == self._made(record) else first

    def _made(self, record: int) -> int:
        return self.number[record] + 1

    def _wrong_from(self, record: int, state: str) -> int | None:
        """How many steps of it are right; None where its line is not one of each step."""
        after, series = self.steps.after.get(state), self.series.get(record, [])
        if after is None:
            return None
        before = self.steps.before[state]
        if len(series) == 1 and not self.records.read.get(record):  # what the loop begins with
            numbers = self.last(record)
            if numbers.size != self.steps.size:
                return None
            only = self.steps.T == 1 and self.is_state(numbers, after[0])
            return int(only or self.is_state(numbers, before[0]))
        if len(series) != self.steps.T or self.is_pieced(record):
            return None
        whole = self._is_handed_on(record)
        until = self._right_until(series, record, after, whole=whole)
        if self.steps.T == 1:
            return until
        # What is called h_prev, or h, may be set at the beginning of a step.
        early = self._right_until(series, record, before, whole=whole)
        return max(until, early) if early > 1 else until

    def is_pieced(self, record: int) -> bool:
        """Whether a state is stored in pieces, or by several lines: each may be but a part."""
        line, _last, name, *_, call, part, _begin = self.rows[record]
        alike = [row for row in self.rows if row[2] == name and row[7] == call]
        whole = max((row[4] for row in alike if not row[8]), default=0)
        elsewhere = any(row[8] and row[0] != line for row in alike)
        return elsewhere or bool(part and whole <= self.steps.size)

    def _right_until(self, series: list[int], last: int, right: Array, *, whole: bool) -> int:
        made = series[: self._made(last)]
        for t, k in enumerate(made):
            if not self.is_state(self.last(k), right[t], None if whole else self.steps.going[t]):
                return t
        return len(made)

    def _is_handed_on(self, record: int) -> bool:
        """Whether the next step starts from what its line makes.

        What a step makes itself may have gone on past the end of a sentence, and is not kept then.
        """
        for t, k in enumerate(self.series[record]):
            readers = [use for use, _sure in self.records.used_by.get(k, ())]
            if any(self.step(use) == t + 1 for use in readers):
                return True
        return False

    def last(self, record: int) -> Array:
        """The numbers of a record; of a list, those that it got last."""
        numbers, before = self.records.of(record), self.records.before.get(record)
        one = self.steps.size
        if before is None or numbers.size == one:
            return numbers
        old = self.records.of(before)
        if numbers.size == old.size + one and np.array_equal(numbers[: old.size], old):
            return numbers[old.size :]
        return numbers

    def is_state(self, numbers: Array, right: Array, going: Going | None = None) -> bool:
        """Whether they are these of each sentence, or of each that goes on."""
        if numbers.size != right.size:
            return False
        some = slice(None) if going is None else going
        own = np.sort(right[some].ravel())
        return any(alike(np.sort(rows[some].ravel()), own) for rows in self.by_sentence(numbers))

    def by_sentence(self, numbers: Array) -> Iterator[Array]:
        """The numbers with a row for each sentence, which may have been a row or a column."""
        N = self.steps.going.shape[1]
        if numbers.size % N == 0 and numbers.size:
            yield numbers.reshape(N, -1)
            yield numbers.reshape(-1, N).T
