"""Mistakes of the loop over the steps, where each number by itself may be a right one.

Which step comes first, what state a step is handed, and which sentences are still going on: where
it is known that one of these is the mistake, the line is the one that says so, and not the first
equation that reads it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from tracer.cells.activations import Array
from tracer.grading.blame.among import CLOSE, plain, same
from tracer.grading.blame.recorded import Records
from tracer.program import Program

Marks: TypeAlias = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Looping:
    """What a loop with a mistake does otherwise; empty where it does nothing otherwise.

    Attributes
    ----------
    handed : mapping of str to (array, array)
        ``h_prev``, ``d_h_from_next``: what the first step for which that is another one is handed,
        and what it should be.
    first : (int, int) or None
        The step that comes first, and the one that should.
    going : (array, array) or None
        Which sentences go on at each step, (T, N), and which should.
    """

    handed: Mapping[str, tuple[Array, Array]] = field(default_factory=dict)
    first: tuple[int, int] | None = None
    going: tuple[Marks, Marks] | None = None


def looping(
    right: Program, wrong: Program, given: Mapping[str, Array],
    rights: Mapping[str, Array], wrongs: Mapping[str, Array],
) -> Looping:  # fmt: skip
    """Hold the loops of two programs, and their quantities, against each other."""
    handed = {}
    if right.carries != wrong.carries:
        for carry in right.carries.values():
            pair = (wrongs.get(carry.into), rights.get(carry.into))
            steps = _differing(*pair)
            if steps:
                first = steps[-1 if carry.backward else 0]
                handed[carry.into] = (pair[0][first], pair[1][first])  # type: ignore[index]
    if "x" not in given:
        return Looping(handed)
    T = len(given["x"])
    counted = (
        (T - 1, 0) if ("forward" in wrong.backwards) != ("forward" in right.backwards) else None
    )
    going = None
    lengths = given.get("lengths")
    if lengths is not None and wrong.one_more != right.one_more:
        t = np.arange(T)[:, np.newaxis]
        going = (t < lengths + wrong.one_more, t < lengths + right.one_more)
    return Looping(handed, counted, going)


def _differing(one: Array | None, other: Array | None) -> list[int]:
    """The steps for which two arrays differ."""
    if one is None or other is None or one.shape != other.shape:
        return []
    return [t for t in range(len(one)) if not same(one[t], other[t])]


def first_in_loop(records: Records, found: int, loop: Looping) -> tuple[int, str] | None:
    """The record that says what the loop does otherwise, and the quantity it should be, if any.

    `found` is the first with wrong numbers.
    """
    if loop.first is not None and (head := _counter(records, loop.first[0])) is not None:
        return head, ""
    if loop.going is not None and (mask := _mask(records, *loop.going)) is not None:
        return mask, ""
    for quantity, (wrong, _right) in loop.handed.items():
        numbers = np.sort(wrong.ravel())
        for k in _read_by(records, found):
            own = np.sort(records.of(k))
            alike = own.shape == numbers.shape and np.allclose(own, numbers, CLOSE, CLOSE)
            if alike and not records.filled(k):
                if _read_again(records, k):
                    return None  # it was right for the step before: it should have been renewed
                return k, quantity
    return None


def _read_again(records: Records, record: int) -> bool:
    """Whether the same line reads it for several steps."""
    readers = [use for use, _sure in records.used_by.get(record, ())]
    places = [tuple(row) for row in records.rows[readers][:, [0, 2]].tolist()]
    return len(set(places)) < len(places)


def _read_by(records: Records, record: int) -> Iterator[int]:
    """What a record was computed of, the nearest first."""
    read: dict[int, list[int]] = {}
    for later, earlier, _sure in records.reads.tolist():
        if earlier < later:
            read.setdefault(later, []).append(earlier)
    seen, at = {record}, [record]
    while at:
        at = sorted({e for k in at for e in read.get(k, ())} - seen, reverse=True)
        seen.update(at)
        yield from at


def _counter(records: Records, first: int) -> int | None:
    """The first record of a variable that counts the steps from `first` on, up or down."""
    for values in _by_place(records):
        numbers = [records.of(k) for k in values[: first + 1 if first else 2]]
        if len(numbers) > 1 and all(n.size == 1 for n in numbers):
            counted = np.concatenate(numbers)
            if counted[0] == first and (np.diff(counted) == (-1 if first else 1)).all():
                return values[0]
    return None


def _mask(records: Records, wrong: Marks, right: Marks) -> int | None:
    """The first value of a mask of the steps that is that of the mistake, and not the right one."""
    for values in _by_place(records):
        masks = [records.of(k) for k in values[: len(wrong)]]
        if len(masks) != len(wrong) or any(m.size != wrong.shape[1] or not plain(m) for m in masks):
            continue
        for said, not_said in ((wrong, right), (~wrong, ~right)):
            if all(np.array_equal(m, row) for m, row in zip(masks, said, strict=True)):
                return next(
                    k for k, w, r in zip(values, said, not_said, strict=False) if (w != r).any()
                )
    return None


def _by_place(records: Records) -> Iterator[list[int]]:
    """The records of each variable that one line gives its values, one after the other."""
    found: dict[tuple[int, int, int], list[int]] = {}
    for k, row in enumerate(records.rows.tolist()):
        found.setdefault((row[0], row[2], row[7]), []).append(k)
    yield from found.values()
