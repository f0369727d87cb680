"""Each of the student's numbers held against the right computation.

A record is right if each of its numbers occurs somewhere in the right computation: as a quantity,
as a part of an equation, or as something that people compute on the way (``1 - f``, ``e^(-z)``).
One that does not occur may still be a way of one's own to a right result, and is not held against
anybody if all that was computed from it is right.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from itertools import permutations

import numpy as np

from tracer.cells.activations import Array
from tracer.grading.blame.among import CLOSE, Quantities, each_near, occurs, plain
from tracer.grading.blame.naming import meant_by
from tracer.grading.blame.occurring import Right
from tracer.grading.blame.recorded import Records

MOST_SCORES = 1_000
"""Of how many numbers it is seen whether their softmax is right."""


@dataclass(frozen=True, slots=True)
class Held:
    """What is known of each record, a truth value for each.

    Attributes
    ----------
    occurs : list
        Its numbers are somewhere in the right computation.
    meant : list
        They are, and not those of something else than what the variable is called.
    handed_back : list
        It was handed to the grader in the place of other quantities.
    right : list
        Nothing is to be held against it.
    """

    occurs: list[bool]
    meant: list[bool]
    handed_back: list[bool]
    right: list[bool]


def held(records: Records, right: Right, returned: Mapping[str, Collection[str]]) -> Held:
    """Hold each record against the right computation.

    Parameters
    ----------
    records : Records
    right : Right
    returned : mapping of str to collection of str
        The quantities that belong into each part of what is handed back: ``return[0]``.
    """
    R = len(records.rows)
    there = [
        occurs(records.of(k), right.known)
        or (records.renewed(k) and occurs(records.of(k), right.partial))
        or _to_softmax(records.of(k), right.known)
        for k in range(R)
    ]
    misnamed = [there[k] and misnames(records, k, right.quantities) for k in range(R)]
    handed_back = [_wrongly_returned(records, k, right.quantities, returned) for k in range(R)]
    meant = [there[k] and not misnamed[k] for k in range(R)]
    good = [meant[k] and not handed_back[k] for k in range(R)]
    leads = list(good)  # whether all that comes of it is right
    used_by = records.used_by
    for k in reversed(range(R)):  # what is used later is decided first
        uses = used_by.get(k, ())
        leads[k] = all(leads[use] for use, _sure in uses) if uses else good[k]
        if misnamed[k]:
            good[k] = leads[k]
            continue
        good[k] = good[k] or (bool(uses) and all(good[use] for use, _sure in uses))
        if not good[k]:
            # Nothing right is computed of something wrong; but a part of it may be right.
            good[k] = any(good[u] and sure and not _part_of(records, u, k) for u, sure in uses)
    return Held(there, meant, handed_back, good)


def _to_softmax(numbers: Array, known: Array) -> bool:
    """Whether these are scores less the largest of all rows, or e to their power.

    Whatever is taken off a row, its softmax is the same; the largest number tells it from what
    was divided by a wrong sum.
    """
    if not 2 < numbers.size <= MOST_SCORES or not np.isfinite(numbers).all():
        return False
    largest = numbers.max()
    if largest not in (0, 1) or (largest == 1 and (numbers < 0).any()) or plain(numbers):
        return False
    e = np.exp(numbers) if largest == 0 else numbers
    for width in range(2, numbers.size):
        if numbers.size % width == 0:
            rows = e.reshape(-1, width)
            with np.errstate(all="ignore"):
                shares = (rows / rows.sum(axis=1, keepdims=True)).ravel()
            if occurs(shares, known) and not plain(shares):
                return True
    return False


def misnames(records: Records, record: int, quantities: Quantities) -> bool:
    """Whether a variable has the name of a quantity, and numbers most of which are other ones.

    What is called i may be z_i at first, and h the state before: the name is meant where it gets
    its last value. Half of the numbers may be others: past the end of a sentence anything may
    stand.
    """
    quantity, numbers = meant_by(records.name(record), quantities), records.of(record)
    if not _is_called(records, record, quantity, quantities) or records.renewing(record):
        return False
    if before_the_first(numbers, quantity, quantities):
        return False
    if numbers.size == quantities[quantity].size and _grows(records, record):
        return False
    if quantity.endswith("_prev") and quantities.has(quantity.removesuffix("_prev"), numbers):
        return False  # handed on for the next step, which need not come
    if numbers.size > 1 and quantities.has(f"z_{quantity}", numbers):
        # The parts of z are often called after their gates; not where they have had a name.
        return any(np.array_equal(records.of(k), numbers) for k in range(record))
    if _lacks_some(records, record, quantities[quantity]):
        return True
    return _has_others(numbers, quantity, quantities) and bool(
        each_near(numbers, quantities.numbers(quantity)).mean() <= 0.5
    )


def _grows(records: Records, record: int) -> bool:
    """Whether the same statement goes on from it in the next round: a sum is not complete yet."""
    line, name, call = records.rows[record, [0, 2, 7]].tolist()
    return any(
        sure and records.rows[use, [0, 2, 7]].tolist() == [line, name, call]
        for use, sure in records.used_by.get(record, ())
    )


def names_of_parts(records: Records, *computed: Quantities) -> frozenset[str]:
    """The gates after which variables are called that have parts of z, if several are."""
    found = set()
    for k in range(len(records.rows)):
        quantity, numbers = meant_by(records.name(k), computed[0]), records.of(k)
        if f"z_{quantity}" in computed[0] and is_part_of_z(numbers, *computed):
            found.add(quantity)
    return frozenset(found) if len(found) > 1 else frozenset()


def is_part_of_z(numbers: Array, *computed: Quantities) -> bool:
    """Whether these are numbers of ``z_i`` or of one like it."""
    if numbers.size < 2 or plain(numbers):
        return False
    return any(
        q.has(name, numbers)
        for q in computed
        for name in q
        if name.startswith("z_") and name.removeprefix("z_") in computed[0]
    )


def misses(records: Records, record: int, quantities: Quantities) -> bool:
    """Whether a variable is called like a quantity, ``ft`` like f, and any number is not of it.

    It is asked only of numbers that the known mistake gives for that quantity.
    """
    quantity = meant_by(records.name(record), quantities, loosely=True)
    if not _is_called(records, record, quantity, quantities) or records.renewed(record):
        return False
    return _has_others(records.of(record), quantity, quantities)


def _is_called(records: Records, record: int, quantity: str, quantities: Quantities) -> bool:
    """Whether a variable with the name of a quantity may be meant as that one."""
    own, numbers = quantities.get(quantity), records.of(record)
    if own is None or records.filled(record):
        return False
    counter = numbers.size == 1 and own.size > 1
    if plain(numbers) and (counter or plain(own) or records.renewing(record)):
        return False
    # A dictionary of gradients keeps d_f as f; and on the way back, d_f itself is called so.
    return not quantities.has(f"d_{quantity}", numbers)


def _has_others(numbers: Array, quantity: str, quantities: Quantities) -> bool:
    """Whether these have the size of a quantity, or of one step of it, and are not its numbers."""
    own = quantities[quantity]
    fits = numbers.size in (1, own.size, own[0].size if own.ndim else 1)
    return fits and not quantities.has(quantity, numbers)


def _lacks_some(records: Records, record: int, own: Array) -> bool:
    """Whether a statement never gave a variable as many numbers as its quantity has.

    Asked of one step only: of several, a sentence that is over may lack some.
    """
    line, last, name, _at, count, *_ = records.rows[record].tolist()
    if count and own.size % count == 0 and (own.reshape(-1, count) == records.of(record)).all():
        return False  # the same for every sentence: ``z_from_a = a``
    alike = (records.rows[:, 0] == line) & (records.rows[:, 1] == last)
    made = int(records.rows[alike & (records.rows[:, 2] == name), 4].sum())
    return own.ndim > 1 and len(own) == 1 and made < own.size


def before_the_first(numbers: Array, quantity: str, quantities: Quantities) -> bool:
    """Whether it is the state with which a loop begins, and no step has made anything of it."""
    return quantities.begins_with(f"{quantity}_prev", numbers)


def _part_of(records: Records, later: int, earlier: int) -> bool:
    """Whether the numbers of a record are some of those of an earlier one."""
    return occurs(records.of(later), np.sort(records.of(earlier)))


def asked_for(
    records: Records, record: int, returned: Mapping[str, Collection[str]]
) -> Collection[str]:
    """The quantities that belong into a part of what is handed back."""
    name = records.name(record)
    while name not in returned and name.endswith("]"):  # a row of what is returned as lists
        name = name[: name.rindex("[")]
    return returned.get(name, ())


def _wrongly_returned(
    records: Records, record: int, quantities: Quantities,
    returned: Mapping[str, Collection[str]],
) -> bool:  # fmt: skip
    """Whether something is handed back to the grader in the place of other quantities."""
    asked = asked_for(records, record, returned)
    there = [quantities[q].ravel() for q in asked if q in quantities]
    if records.caller(record) is not None or not there:
        return False
    right, numbers = np.sort(np.concatenate(there)), records.of(record)
    if right.size != numbers.size:
        return not occurs(numbers, right)
    # All of them, each as often: in whatever order the axes are.
    found = np.sort(numbers)
    scale = np.maximum(1.0, np.abs(right))
    if not (np.abs(found - right) <= CLOSE * scale).all():
        return True
    arrays = [quantities[q] for q in asked if q in quantities]
    return len(arrays) == 1 and not _is_laid_out(numbers, arrays[0])


def _is_laid_out(numbers: Array, right: Array) -> bool:
    """Whether each number of a sequence is at its place, in some order of the axes."""
    orders = permutations(range(right.ndim)) if right.ndim == 3 else ()
    return right.ndim != 3 or any(
        np.allclose(numbers, right.transpose(axes).ravel(), CLOSE, CLOSE) for axes in orders
    )
