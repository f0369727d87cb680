"""What is not as its step asks for: the word or the state of another one, or what was never stored.

Each number of it is somewhere in the right computation; where it stands in the student's it is not
the right one.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import NamedTuple

import numpy as np

from tracer.grading.blame.among import Quantities, alike, plain
from tracer.grading.blame.naming import meant_by
from tracer.grading.blame.steps import Going, Placed


class Misplaced(NamedTuple):
    """A record that is not what its step asks for.

    Attributes
    ----------
    record : int
    step : int
    quantity : str
        What it should be.
    of_step : int or None
        Where it is that quantity at another step, which one.
    missing : bool
        Whether nothing is stored for this step, nor for one after it.
    turned : bool
        Whether they are its numbers, with the sentences in another order.
    """

    record: int
    step: int
    quantity: str
    of_step: int | None = None
    missing: bool = False
    turned: bool = False


def misread(placed: Placed, record: int) -> Misplaced | None:
    """What the statement of a record read that is not that of its step: a word or a state."""
    t = placed.step(record)
    if t is None:
        return None
    read, going = placed.read(record), placed.steps.going[t]
    if placed.steps.T == 1:
        return _other_rows(placed, read, t)
    return (
        _other_word(placed, read, t)
        or _other_rows(placed, read, t)
        or _other_state(placed, read, t, going)
        or _other_state(placed, read, t, np.ones_like(going))
    )


def miskept(placed: Placed, record: int, state: str = "") -> Misplaced | None:
    """Where a state was first kept that is not the one that it is called."""
    source = _source(placed, record, state)
    t = placed.wrong_at(source, state)
    if t is None:
        return None
    return Misplaced(placed.series[source][t], t, placed.meant(source) or state)


def zeroed(placed: Placed, misplaced: Misplaced, quantities: Quantities) -> Misplaced:
    """Where sentences that are over have nothing but zeros in it, the first that has them so.

    It is a quantity by its name; a mask has them, too, and is no value of its own.
    """
    t, found = misplaced.step, misplaced
    while _is_zero_beyond(placed, found.record, t):
        read = sorted(placed.records.read.get(found.record, ()))
        named = ((k, meant_by(placed.records.name(k), quantities)) for k in read)
        earlier = (
            (k, quantity)
            for k, quantity in named
            if quantity in quantities and placed.step(k) == t and _is_zero_beyond(placed, k, t)
        )
        record, quantity = next(earlier, (None, ""))
        if record is None:
            break
        found = misplaced._replace(record=record, quantity=quantity)
    return found


def _is_zero_beyond(placed: Placed, record: int, t: int) -> bool:
    """Whether it has zeros for sentences that are over at a step, and no such row else."""
    numbers, over = placed.last(record), ~placed.steps.going[t]
    if numbers.size != placed.steps.size or plain(numbers) or not over.any():
        return False
    return any(
        not rows[over].any() and rows[~over].any(axis=1).all()
        for rows in placed.by_sentence(numbers)
    )


def misstored(placed: Placed, record: int, quantities: Collection[str]) -> Misplaced | None:
    """The first step at which what is returned was stored, and is not what it should be."""
    states = [q for q in quantities if q in placed.steps.after]
    if len(states) != 1 or placed.steps.T == 1:
        return None
    (state,) = states
    for k in sorted(placed.read(record), reverse=True):
        stored = placed.series.get(k, [])
        if not 1 < len(stored) <= placed.steps.T or k != stored[-1] or _elsewhere(placed, k):
            continue
        if placed.meant(k) not in ("", state) and placed.is_right(k):
            return None  # it is right, and handed back in the wrong place
        if len(stored) == placed.steps.T:
            t = _first_wrong(placed, stored, state)
            if t is not None:
                return miskept(placed, stored[t], state) or Misplaced(stored[t], t, state)
        elif _first_wrong(placed, stored, state) is None and not _is_stored_again(
            placed, k, record
        ):
            return Misplaced(_head(placed, stored), len(stored), state, missing=True)
    return None


def _elsewhere(placed: Placed, record: int) -> bool:
    """Whether another line stores into the same variable, beneath it, in the same step."""
    line, _last, name, *_, call, _part, _begin = placed.rows[record]
    later = {row[0] for row in placed.rows if row[2] == name and row[7] == call and row[8]}
    return bool(placed.rows[record][8]) and any(other > line for other in later)


def _first_wrong(placed: Placed, stored: Sequence[int], state: str) -> int | None:
    for t, k in enumerate(stored):
        if not placed.is_state(placed.last(k), placed.steps.after[state][t]):
            return t
    return None


def _is_stored_again(placed: Placed, last: int, end: int) -> bool:
    """Whether another line stores into the same variable after that."""
    name, call = placed.rows[last][2], placed.rows[last][7]
    return any(
        placed.rows[k][2] == name and placed.rows[k][7] == call for k in range(last + 1, end)
    )


def _head(placed: Placed, stored: Sequence[int]) -> int:
    """The last count of the loop in which these were stored; the last of them if none counts."""
    for counted in {id(found): found for found in placed.series.values()}.values():
        if len(counted) == len(stored) and counted[0] < stored[0]:
            numbers = [placed.records.of(k).tolist() for k in counted]
            if numbers == [[t] for t in range(len(counted))]:
                return counted[-1]
    return stored[-1]


def _other_word(placed: Placed, read: Collection[int], t: int) -> Misplaced | None:
    """One that is the word of another step; or all of them, in another order."""
    found, at = None, sorted(read)
    while at:
        others = ((k, _word(placed, k, t)) for k in at)
        other = next(((k, s) for k, s in others if s is not None and s != t), None)
        if other is None:
            break
        found = Misplaced(other[0], t, "x", of_step=other[1])
        at = sorted(placed.records.read.get(other[0], ()))  # it was read from another, too
    return found


def _other_rows(placed: Placed, read: Collection[int], t: int) -> Misplaced | None:
    """The words of this step, each of another sentence; the states are those of their own."""
    N = len(placed.steps.x[t])
    for k in sorted(read):
        numbers = placed.records.of(k)
        if numbers.size != placed.steps.x[t].size or _word(placed, k, t) != t:
            continue
        rows, own = numbers.reshape(N, -1), placed.steps.x[t].reshape(N, -1)
        turned = [next((m for m in range(N) if alike(row, own[m])), None) for row in rows]
        in_order = [
            np.array_equal(placed.last(s), before[t].ravel())
            for before in placed.steps.before.values()
            for s in read
            if placed.last(s).size == placed.steps.size
        ]
        if None not in turned and turned != list(range(N)) and any(in_order):
            return Misplaced(k, t, "x", turned=True)
    return None


def _word(placed: Placed, record: int, t: int) -> int | None:
    """Which word it is; of all words, which one stands at a step. The one that should, if alike."""
    T, numbers = placed.steps.T, placed.records.of(record)
    words = placed.steps.words
    if plain(numbers) or numbers.size not in (words[0].size, words.size):
        return None
    own = np.sort(numbers if numbers.size == words[0].size else numbers.reshape(T, -1)[t])
    at = [s for s in range(T) if alike(own, words[s])]
    return t if t in at else next(iter(at), None)


def _other_state(placed: Placed, read: Collection[int], t: int, going: Going) -> Misplaced | None:
    """One that stands for the state of some sentences before this step, and is not."""
    right = {q: before[t] for q, before in placed.steps.before.items()}
    states = [k for k in read if placed.last(k).size == placed.steps.size]
    fits = {
        q: {k for k in states if placed.is_state(placed.last(k), b, going)}
        for q, b in right.items()
    }
    missing = [q for q, found in fits.items() if not found]
    used = set().union(*fits.values())
    doubtful = [
        k  # what is read at several steps should have been renewed since
        for k in states
        if k not in used and k in placed.series and not placed.records.read_again(k)
    ]
    for state in missing:
        one = [k for k in doubtful if placed.meant(k) == state] or [
            k
            for k in doubtful
            if len(missing) == 1 and not placed.meant(k) and placed.step(k) == t - 1
        ]
        kept = miskept(placed, max(one), state) if one else None
        if kept is not None:
            return kept
    return None


def _source(placed: Placed, record: int, state: str) -> int:
    """Where the same numbers were first under the wrong name."""
    while record in placed.series and not plain(placed.last(record)):  # zeros are everywhere
        same = (
            k
            for k in sorted(placed.records.read.get(record, ()), reverse=True)
            if k in placed.series and _is_stored_in(placed, k, record)
        )
        wrong = next((k for k in same if placed.wrong_at(k, state) is not None), None)
        if wrong is None:
            break
        record = wrong
    return record


def _is_stored_in(placed: Placed, record: int, later: int) -> bool:
    """Whether these numbers were put there; zeros leave no trace where zeros are."""
    one, other = placed.last(record), placed.last(later)
    if one.size > other.size and placed.rows[later][8] == 1:
        one, other = one[one != 0], other[other != 0]
    return np.array_equal(one, other)
