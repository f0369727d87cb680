"""Mistakes of the loop over the steps, where each number by itself may be a right one.

Which step comes first, what state a step is handed, and which sentences are still going on: where
it is known that one of these is the mistake, the line is the one that says so, and not the first
equation that reads it.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from tracer.cells.activations import Array
from tracer.grading.blame.among import alike, plain
from tracer.grading.blame.around import Around
from tracer.grading.blame.naming import meant_by
from tracer.grading.blame.recorded import Records
from tracer.grading.comparing import same
from tracer.program import Program

Marks: TypeAlias = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Looping:
    """What a loop with a mistake does otherwise; empty where it does nothing otherwise.

    Attributes
    ----------
    handed : mapping of str to array
        ``h_prev``, ``d_h_from_next``: what the first step is handed for which it is another one.
    counts : array or None
        The steps that it goes through, one after the other: the last first, or not all of them.
    going : (array, array) or None
        Which sentences go on at each step, (T, N), and which should.
    """

    handed: Mapping[str, Array] = field(default_factory=dict)
    counts: npt.NDArray[np.int64] | None = None
    going: tuple[Marks, Marks] | None = None


def looping(
    right: Program, wrong: Program, given: Mapping[str, Array],
    rights: Mapping[str, Array], wrongs: Mapping[str, Array],
) -> Looping:  # fmt: skip
    """Hold the loops of two programs, and their quantities, against each other."""
    handed = {}
    if right.carries != wrong.carries:
        for carry in right.carries.values():
            steps = _differing(wrongs.get(carry.into), rights.get(carry.into))
            if steps:
                first = steps[-1 if carry.backward else 0]
                handed[carry.into] = wrongs[carry.into][first]
    if "x" not in given:
        return Looping(handed)
    T = len(given["x"])
    every = np.arange(T)
    counts: npt.NDArray[np.int64] | None = None
    if ("forward" in wrong.backwards) != ("forward" in right.backwards):
        counts = every[::-1]
    elif ("backward" in wrong.backwards) != ("backward" in right.backwards):
        counts = every
    elif _ends_early(right, wrong):
        counts = every[:0:-1]
    going = None
    lengths = given.get("lengths")
    if lengths is not None and wrong.beyond != right.beyond:
        t = np.arange(T)[:, np.newaxis]
        going = (t < lengths + wrong.beyond, t < lengths + right.beyond)
    return Looping(handed, counts, going)


def _ends_early(right: Program, wrong: Program) -> bool:
    """Whether a backward loop has no round for the first step, and hands back what came from it."""
    left_out = any(line.steps == "without first" for line in wrong.lines.values())
    return left_out and wrong.lines.get("d_h_0") != right.lines.get("d_h_0")


def _differing(one: Array | None, other: Array | None) -> list[int]:
    """The steps for which two arrays differ."""
    if one is None or other is None or one.shape != other.shape:
        return []
    return [t for t in range(len(one)) if not same(one[t], other[t])]


def first_in_loop(records: Records, found: int, loop: Looping) -> tuple[int, str] | None:
    """The record that says what the loop does otherwise, and the quantity it should be, if any.

    `found` is the first with wrong numbers; what it was not computed of says nothing about it.
    """
    read = list(_read_by(records, found))
    named = [k for k in read if records.name(k) and not records.name(k).startswith("return")]
    if loop.counts is not None and (head := _counter(records, named, loop.counts)) is not None:
        return head, ""
    if loop.going is not None and (mask := _mask(records, named, *loop.going)) is not None:
        return mask, ""
    states = {quantity.removesuffix("_prev"): quantity for quantity in loop.handed}
    for quantity, wrong in loop.handed.items():
        numbers = np.sort(wrong.ravel())
        for k in (found, *named) if records.name(found) else named:
            state = meant_by(records.name(k), states, loosely=True)
            if states.get(state, quantity) != quantity:
                continue  # both may be 0: c is no h_prev
            room = records.filled(k) or records.grows(k)
            if alike(np.sort(records.of(k)), numbers) and not room:
                if records.read_again(k):
                    return None  # it was right for the step before: it should have been renewed
                return k, quantity
    return _called(records, loop)


def _called(records: Records, loop: Looping) -> tuple[int, str] | None:
    """The first value that is called what a step is handed, and is that of the mistake.

    Of a state that is 0, nothing need have been made that is another number.
    """
    for quantity, wrong in loop.handed.items():
        for k in range(len(records.rows)):
            own = meant_by(records.name(k), loop.handed) == quantity
            if own and alike(np.sort(records.of(k)), np.sort(wrong.ravel())):
                return None if records.filled(k) or records.grows(k) else (k, quantity)
    return None


def _read_by(records: Records, record: int) -> Iterator[int]:
    """What a record was computed of, the nearest first."""
    seen, at = {record}, [record]
    while at:
        at = sorted({e for k in at for e in records.read.get(k, ())} - seen, reverse=True)
        seen.update(at)
        yield from at


def _counter(records: Records, read: Collection[int], counts: npt.NDArray[np.int64]) -> int | None:
    """The first record of a variable that counts these steps one by one, and is read."""
    for values in _by_place(records, read):
        numbers = [records.of(k) for k in values]
        one_by_one = len(values) == len(counts) > 1 and all(n.size == 1 for n in numbers)
        if one_by_one and (np.concatenate(numbers) == counts).all():
            return values[0]
    return None


def while_head(
    records: Records, counts: npt.NDArray[np.int64], around: Around
) -> tuple[int, str] | None:
    """The ``while`` that goes through these steps and then ends, and the variable it looks at.

    That one is counted on once more, to the step that is left out.
    """
    values: dict[tuple[str, int], list[int]] = {}
    for k in range(len(records.rows)):
        if records.name(k) and records.of(k).size == 1:
            values.setdefault((records.name(k), int(records.rows[k, 7])), []).append(k)
    for (name, _call), own in values.items():
        numbers = np.concatenate([records.of(k) for k in own])
        if len(counts) < 2 or not np.array_equal(numbers[:-1], counts):
            continue
        for loop in reversed(around.loops(records.lines(own[-1])[0])):
            if isinstance(loop, ast.While) and name in around.looked_at(loop):
                return loop.lineno, name
    return None


def _mask(records: Records, read: Collection[int], wrong: Marks, right: Marks) -> int | None:
    """The first value of a mask of the steps that is that of the mistake, and not the right one."""
    for values in _by_place(records, read):
        masks = [records.of(k) for k in values]
        if len(masks) != len(wrong) or any(m.size != wrong.shape[1] or not plain(m) for m in masks):
            continue
        for said, not_said in ((wrong, right), (~wrong, ~right)):
            if all(np.array_equal(m, row) for m, row in zip(masks, said, strict=True)):
                at = int(np.argmax((said != not_said).any(axis=1)))
                return values[at]
    return None


def _by_place(records: Records, read: Collection[int]) -> Iterator[list[int]]:
    """All records of each variable that one line gives its values, if one of them is `read`."""
    found: dict[tuple[int, int, int], list[int]] = {}
    for k, row in enumerate(records.rows.tolist()):
        found.setdefault((row[0], row[2], row[7]), []).append(k)
    known = set(read)
    yield from (values for values in found.values() if known.intersection(values))
