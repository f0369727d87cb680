"""The first wrong numbers that a line of the call made itself, and did not get out of a cache.

What a cache holds of a sentence that is over may be anything: nobody reads it, or it is made 0 in
the end. What is computed of it on the way is no sign of a mistake.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from tracer.grading.blame.among import each_near, plain
from tracer.grading.blame.around import Around
from tracer.grading.blame.held import Held
from tracer.grading.blame.occurring import Right
from tracer.grading.blame.recorded import Records

Marks = npt.NDArray[np.bool_]


def first_made(records: Records, known: Held, right: Right, around: Around) -> int | None:
    """The first record that is not right, for which something that was handed in is no excuse."""
    N = next((a.shape[1] for a in right.quantities.values() if a.ndim == 3), 1)
    doubtful: dict[int, Marks] = {}  # sentences whose numbers follow from what was handed in
    for k in range(len(records.rows)):
        from_cache = not known.occurs[k] and around.only_moves(records.lines(k)[0])
        marks = np.zeros(N, np.bool_)
        for earlier in doubtful.keys() & set(records.read.get(k, ())):
            marks |= doubtful[earlier]
        unknown = _unknown(records, k, right, N)
        if from_cache:
            marks |= unknown
        elif not known.right[k] and (
            not marks.any() or known.occurs[k] or (unknown & ~marks).any()
        ):
            return k
        if (marks & unknown).any():
            doubtful[k] = marks & unknown
    return None


def _unknown(records: Records, record: int, right: Right, N: int) -> Marks:
    """The sentences of which some number is not known; all, where there is no row of each."""
    numbers = records.of(record)
    small = (numbers == np.round(numbers)) & (np.abs(numbers) <= 1)  # as `occurs` has it
    unknown: Marks = ~np.asarray(each_near(numbers, right.known) | small)
    if not numbers.size or numbers.size % N:
        return np.full(N, bool(unknown.any()))
    return np.asarray(unknown.reshape(N, -1).any(axis=1))


def other_counts(records: Records, found: int, right: Right) -> int | None:
    """Whole numbers that a record was made of, and the right computation has never together.

    The numbers of words say nothing one by one: 0, 1 and 2 are everywhere.
    """
    for k in sorted(records.read.get(found, ())):
        numbers, room = records.whole(k), records.filled(k) or records.grows(k)
        if numbers.size < 2 or room or not plain(numbers):
            continue
        own = np.sort(numbers)
        counts = [other for other in right.wholes.get(own.size, ()) if plain(other)]
        telling = any((other > 1).any() for other in counts)
        if telling and not any(np.array_equal(own, other) for other in counts):
            return k
    return None


def not_renewed(records: Records, found: int, right: Sequence[bool]) -> bool:
    """Whether its line was right in a round before, and reads what was made before that round."""
    own = (records.rows[:, [0, 2, 7]] == records.rows[found, [0, 2, 7]]).all(axis=1)
    earlier = [k for k in np.flatnonzero(own).tolist() if k < found]
    if not earlier or not all(right[k] for k in earlier):
        return False
    read = (k for k in records.read.get(found, ()) if records.name(k) and k < earlier[0])
    return any(not plain(records.of(k)) for k in read)
