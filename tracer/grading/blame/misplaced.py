"""What is not as its step asks for: the word or the state of another one, or what was never stored.

Each number of it is somewhere in the right computation; where it stands in the student's it is not
the right one.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import NamedTuple

import numpy as np

from tracer.grading.blame.among import near, plain
from tracer.grading.blame.steps import Going, Placed, the_same


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
    """

    record: int
    step: int
    quantity: str
    of_step: int | None = None
    missing: bool = False


def misread(placed: Placed, record: int) -> Misplaced | None:
    """What the statement of a record read that is not that of its step: a word or a state."""
    t = placed.step(record)
    if t is None or placed.steps.T == 1:
        return None
    read, going = placed.read(record), placed.steps.going[t]
    return (
        _other_word(placed, read, t)
        or _other_state(placed, read, t, going)
        or _other_state(placed, read, t, np.ones_like(going))
    )


def miskept(placed: Placed, record: int) -> Misplaced | None:
    """Where a state was first kept that is not the one that it is called."""
    if record not in placed.series:
        return None
    source = _source(placed, record)
    if placed.step(source) is None or placed.meant(source) not in placed.steps.after:
        return None
    t = placed.first_wrong(source)
    return None if t is None else Misplaced(placed.series[source][t], t, placed.meant(source))


def misstored(placed: Placed, record: int, quantities: Collection[str]) -> Misplaced | None:
    """The first step at which what is returned was stored, and is not what it should be."""
    states = [q for q in quantities if q in placed.steps.after]
    if len(states) != 1 or placed.steps.T == 1:
        return None
    (state,) = states
    for k in sorted(placed.read(record), reverse=True):
        stored = placed.series.get(k, [])
        if not 1 < len(stored) <= placed.steps.T:
            continue
        if placed.is_state_of_its_own(k) and placed.meant(k) != state:
            return None  # it is right, and handed back in the wrong place
        wrong = _first_wrong(placed, stored, state)
        if wrong is not None:
            record, t = wrong
            return Misplaced(_source(placed, record), t, state)
        if len(stored) < placed.steps.T and placed.alike(
            placed.last(k), placed.steps.after[state][len(stored) - 1]
        ):
            return Misplaced(_head(placed, stored), len(stored), state, missing=True)
    return None


def _first_wrong(placed: Placed, stored: Collection[int], state: str) -> tuple[int, int] | None:
    for t, k in enumerate(stored):
        right = placed.steps.after[state][t]
        own = placed.last(k)
        if own.size != right.size:
            return None
        if not placed.alike(own, right):
            return k, t
    return None


def _head(placed: Placed, stored: Sequence[int]) -> int:
    """The last count of the loop in which these were stored; the last of them if none counts."""
    for counted in {id(found): found for found in placed.series.values()}.values():
        numbers = [placed.records.of(k) for k in counted]
        counts = all(n.size == 1 and plain(n) for n in numbers)
        if counts and len(counted) == len(stored) and counted[0] < stored[0]:
            return counted[-1]
    return stored[-1]


def _other_word(placed: Placed, read: Collection[int], t: int) -> Misplaced | None:
    """One that is the word of another step; or all of them, in another order."""
    for k in sorted(read):
        s = _word(placed, k, t)
        if s is not None and s != t:
            return _other_word(placed, placed.records.read.get(k, ()), t) or Misplaced(
                k, t, "x", of_step=s
            )
    return None


def _word(placed: Placed, record: int, t: int) -> int | None:
    """Which word it is; of all words, which one stands at a step. The one that should, if alike."""
    T, numbers = placed.steps.T, placed.records.of(record)
    words = np.sort(placed.steps.x.reshape(T, -1), axis=1)
    if plain(numbers) or numbers.size not in (words[0].size, words.size):
        return None
    own = np.sort(numbers if numbers.size == words[0].size else numbers.reshape(T, -1)[t])
    at = [s for s in range(T) if the_same(own, words[s])]
    return t if t in at else next(iter(at), None)


def _other_state(placed: Placed, read: Collection[int], t: int, going: Going) -> Misplaced | None:
    """One that stands for the state of some sentences before this step, and is not."""
    right = {q: before[t] for q, before in placed.steps.before.items()}
    states = [k for k in read if any(placed.last(k).size == b.size for b in right.values())]
    fits = {q: [k for k in states if placed.alike(placed.last(k), b, going)]
            for q, b in right.items()}  # fmt: skip
    missing = [q for q, found in fits.items() if not found]
    used = {k for found in fits.values() for k in found}
    doubtful = [k for k in states if k not in used and _may_be_to_blame(placed, k, t)]
    for state in missing:
        meant = [k for k in doubtful if placed.meant(k) == state]
        carried = [k for k in doubtful if placed.step(k) == t - 1]
        one = meant or (carried if len(missing) == 1 else [])
        if one:
            kept = miskept(placed, max(one))
            return kept or Misplaced(max(one), placed.number[max(one)], state)
    return None


def _may_be_to_blame(placed: Placed, record: int, t: int) -> bool:
    """Whether it was made for this step, and is not right for the one that made it."""
    readers = [use for use, _sure in placed.records.used_by.get(record, ())]
    named = [k for k in readers if placed.records.name(k)]
    places = [(placed.rows[k][0], placed.rows[k][2], placed.rows[k][7]) for k in named]
    if record not in placed.series or len(set(places)) < len(places):
        return False  # it was right for a step before: it should have been renewed
    return not placed.is_state_of_its_own(record) and (
        len(placed.series[record]) > 1 or t == 0 or not _begins(placed, record)
    )


def _begins(placed: Placed, record: int) -> bool:
    return any(
        near(placed.records.of(record), np.sort(before[0].ravel()))
        for before in placed.steps.before.values()
    )


def _source(placed: Placed, record: int) -> int:
    """Where the same numbers were first under the wrong name."""
    numbers = placed.last(record)
    if plain(numbers):  # zeros are everywhere
        return record
    for k in sorted(placed.records.read.get(record, ()), reverse=True):
        inner = placed.series.get(k)
        if not inner or not np.array_equal(placed.last(k), numbers):
            continue
        if placed.meant(k) in placed.steps.after and not placed.is_state_of_its_own(k):
            return _source(placed, k)
    return record
