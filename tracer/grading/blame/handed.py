"""The first wrong numbers that a line of the call made itself, and did not get out of a cache.

What a cache holds of a sentence that is over may be anything: nobody reads it, or it is made 0 in
the end. What is computed of it on the way is no sign of a mistake.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from tracer.grading.blame.among import each_near
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
