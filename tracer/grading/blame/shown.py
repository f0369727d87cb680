"""The first record that shows a mistake which is known to give all the numbers that came back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from tracer.cells.activations import Array
from tracer.grading.blame.among import CLOSE, each_near, plain, telling
from tracer.grading.blame.around import Around
from tracer.grading.blame.held import before_the_first, is_part_of_z, misses, names_of_parts
from tracer.grading.blame.looping import first_in_loop
from tracer.grading.blame.naming import meant_by
from tracer.grading.blame.occurring import Mistaken, Right
from tracer.grading.blame.recorded import Records


class Shown(NamedTuple):
    """The first record with a mistake that is known.

    Attributes
    ----------
    record : int
    quantity : str or None
        Where it is a mistake of the loop over the steps, the quantity that it should be, or "".
    whole : bool
        Whether it is known by nothing but having all the numbers of a quantity with the mistake.
    """

    record: int
    quantity: str | None = None
    whole: bool = False


def with_mistake(
    records: Records, right: Right, mistaken: Sequence[Mistaken], around: Around
) -> Shown | None:
    """The first record with a mistake; None if there is none, or no mistake is known."""
    found = [(_first_with(records, m, right, around), m) for m in mistaken]
    firsts = [(one, m) for one, m in found if one is not None]
    if not firsts:  # its numbers are elsewhere in the right computation: h_0, where no word is read
        loops = (replace(m.loop, handed={}) for m in mistaken)
        ends = (first_in_loop(records, len(records.rows) - 1, loop) for loop in loops)
        return next((Shown(*end) for end in ends if end is not None), None)
    shown, first = min(firsts, key=lambda pair: pair[0].record)
    in_loop = first_in_loop(records, shown.record, first.loop)
    return shown if in_loop is None else Shown(*in_loop)


def _first_with(records: Records, mistaken: Mistaken, right: Right, around: Around) -> Shown | None:
    """The first record with numbers that only the computation with the mistake has.

    Or with its numbers of a quantity after which the variable is named, which the right
    computation has elsewhere; or with all numbers of a quantity of it, and of nothing right.
    """
    parts = names_of_parts(records, right.quantities, mistaken.quantities)
    for k in range(len(records.rows)):
        if mistaken.returned and not _goes_back(records, k):
            continue  # all is right until then
        numbers = records.of(k)
        fresh = telling(numbers[np.isfinite(numbers)])
        others = fresh[~each_near(fresh, right.known)]
        if _goes_on(records, k, others, right, around):
            continue
        if _most(others, mistaken.numbers):
            return Shown(k)
        quantity = meant_by(records.name(k), right.quantities, loosely=True)
        if quantity not in mistaken.quantities or records.filled(k):
            if _is_whole(records, k, mistaken, right):
                return Shown(k, whole=True)
            continue
        if before_the_first(numbers, quantity, right.quantities):
            continue
        if quantity in parts and is_part_of_z(numbers, right.quantities, mistaken.quantities):
            part = f"z_{quantity}"  # it is called after its gate
            if mistaken.quantities.has(part, numbers) and not right.quantities.has(part, numbers):
                return Shown(k)
            continue
        begin = right.quantities.first_of(f"{quantity}_prev")
        others = fresh[~each_near(fresh, right.quantities.numbers(quantity))]
        others = others[~each_near(others, begin)]
        if _most(others, mistaken.quantities.numbers(quantity)):
            return Shown(k)
        if misses(records, k, right.quantities) and mistaken.quantities.has(quantity, numbers):
            return Shown(k)
    return None


def _goes_back(records: Records, record: int) -> bool:
    """Whether it is what the grader was handed back."""
    return records.caller(record) is None and records.name(record).startswith("return")


def _goes_on(records: Records, record: int, numbers: Array, right: Right, around: Around) -> bool:
    """Whether these are sums of some terms of an equation, to which the rest is added later on."""
    if not (numbers.size and each_near(numbers, right.partial).all()):
        return False
    name = records.name(record)
    readers = [records.lines(use)[0] for use, _sure in records.used_by.get(record, ())]
    return any(around.adds(line, name) for line in readers)


def _is_whole(records: Records, record: int, mistaken: Mistaken, right: Right) -> bool:
    """Whether a variable has all numbers of something with the mistake, and of nothing right.

    Only where its line gave it a value once: in a loop it is one of many.
    """
    numbers = records.of(record)
    line, name, call = records.rows[record, [0, 2, 7]].tolist()
    if plain(numbers) or not records.name(record) or records.filled(record):
        return False
    alike = (records.rows[:, [0, 2, 7]] == (line, name, call)).all(axis=1)
    if np.count_nonzero(alike) > 1 or right.is_whole(numbers):
        return False
    own = np.sort(numbers)
    fits = [mistaken.quantities.numbers(q) for q in mistaken.quantities]
    fits += mistaken.wholes.get(own.size, ())
    return any(array.size == own.size and np.allclose(array, own, CLOSE, CLOSE) for array in fits)


def _most(numbers: Array, known: Array) -> bool:
    """Whether at least half of some numbers are known ones: the rest may be past the end."""
    return bool(numbers.size) and bool(each_near(numbers, known).mean() >= 0.5)
