"""The line to look at: the first of the student's own numbers that the right computation never has.

The child records, line by line, what each variable became (`tracer.sandbox.recording`). A record is
right if each of its numbers occurs somewhere in the right computation: as a quantity, as a part of
an equation, or as something that people compute on the way (``1 - f``, ``e^(-z)``). One that does
not occur may still be a way of one's own to a right result, and is not held against anybody if all
that was computed from it is right. What is left first is the line that is named, and the sentence
about it says no more than that. It is feedback and has no part in a verdict or in points.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tracer.cells.activations import Array, sigmoid

CLOSE = 1e-8
"""How far two sums of the same terms in another order may be apart, beside their size."""


MOST_TRIED = 200
"""Of how many numbers of an array it is seen one by one whether they are right."""


@dataclass(frozen=True, slots=True)
class Records:
    """What the child recorded of one call.

    Attributes
    ----------
    names : tuple of str
        The variables; ``return`` is what the function gave back.
    rows : int array (R, 8)
        Of each record the first and the last line of its statement, its name, where its numbers
        begin and how many there are, the lines of the statement that called its function (0 where
        that is the grader), and which call of a function it is.
    reads : int array (E, 3)
        A record, an earlier one that its statement read, and whether it surely did so for this
        result.
    numbers : array
    """

    names: tuple[str, ...]
    rows: npt.NDArray[np.int64]
    reads: npt.NDArray[np.int64]
    numbers: Array

    def __post_init__(self) -> None:
        """Nothing that came from the child is believed before its bounds are looked at."""
        R = len(self.rows)
        rows_fit = self.rows.ndim == 2 and self.rows.shape[1:] == (8,) and (self.rows >= 0).all()
        if not rows_fit or self.numbers.ndim != 1:
            raise ValueError("rows of records have eight numbers, none below 0")
        if not (self.rows[:, 3] + self.rows[:, 4] <= self.numbers.size).all():
            raise ValueError("a record ends behind the last number")
        if not (self.rows[:, 2] < len(self.names)).all():
            raise ValueError("a record has no name")
        reads_fit = self.reads.ndim == 2 and self.reads.shape[1:] == (3,)
        if not reads_fit or not ((self.reads >= 0) & (self.reads < max(R, 2))).all():
            raise ValueError("a record reads one that is not there")

    def of(self, record: int) -> Array:
        """The numbers of a record."""
        start, count = self.rows[record, 3:5]
        return self.numbers[start : start + count]


@dataclass(frozen=True, slots=True)
class Blame:
    """A line, and what is known of it.

    Attributes
    ----------
    line, last : int
        The lines of the statement, from 1.
    name : str
        The variable that it gave these numbers to; ``return`` for what came back; empty for a
        value on the way that has no name.
    right : tuple of (str, int)
        Variables that came before it and are right, each with its line.
    instead : str
        Where the numbers do occur, but as another quantity: that quantity.
    occurs : bool
        Whether the numbers occur in the right computation, though not there.
    """

    line: int
    last: int
    name: str
    right: tuple[tuple[str, int], ...] = ()
    instead: str = ""
    occurs: bool = False

    @property
    def quantity(self) -> str:
        """The quantity that the variable is named after."""
        return meant_by(self.name)


def blamed(
    records: Records, known: Array, partial: Array, quantities: Mapping[str, Array],
    returned: Mapping[str, Collection[str]],
) -> Blame | None:  # fmt: skip
    """The first record that is neither right nor on the way to something right; None if none is.

    Parameters
    ----------
    records : Records
    known : array
        Every number of the right computation, sorted, see `occurring.numbers_of`.
    partial : array
        Sums of only some of the terms of an equation, sorted: right where the sum goes on.
    quantities : mapping of str to array
        The right value of each quantity, for a variable that has a quantity's name.
    returned : mapping of str to collection of str
        The quantities that belong into each part of what is handed back: ``return[0]``.
    """
    R = len(records.rows)
    occurs = [
        _occurs(records.of(k), known) or (_renewed(records, k) and _occurs(records.of(k), partial))
        for k in range(R)
    ]
    used_by: dict[int, list[tuple[int, bool]]] = {}
    for record, earlier, sure in records.reads.tolist():
        if earlier < record < R:
            used_by.setdefault(earlier, []).append((record, bool(sure)))
    misnamed = [
        # What is called i may be z_i at first: its name is meant where it is renewed.
        occurs[k] and not _renewed(records, k) and _misnamed(records, k, quantities)
        for k in range(R)
    ]
    handed_back = [_wrongly_returned(records, k, quantities, returned) for k in range(R)]
    right = [occurs[k] and not misnamed[k] and not handed_back[k] for k in range(R)]
    leads = list(right)  # whether all that comes of it is right
    for k in reversed(range(R)):  # what is used later is decided first
        uses = used_by.get(k, ())
        leads[k] = all(leads[use] for use, _sure in uses) if uses else right[k]
        if misnamed[k]:
            right[k] = leads[k]
            continue
        right[k] = right[k] or (bool(uses) and all(right[use] for use, _sure in uses))
        if not right[k]:
            # Nothing right is computed of something wrong; but a part of it may be right.
            right[k] = any(right[u] and sure and not _part_of(records, u, k) for u, sure in uses)
    meant = [occurs[k] and not misnamed[k] for k in range(R)]
    first = next((k for k in range(R) if not right[k]), None)
    if first is None:
        return None
    found = _assigned(records, first, quantities) if handed_back[first] else first
    right_function = _right_elsewhere(records, found, right) or _given_wrong(records, found, known)
    caller = _caller(records, found) if right_function else None
    if caller is None:
        line, last, name, *_rest = records.rows[found].tolist()
        said = records.names[name]
    elif (named := _received(records, found, caller)) is not None:
        (line, last), found = caller, named
        said = records.names[records.rows[found, 2]]
    elif not occurs[found]:
        (line, last), said = caller, ""
    else:  # what could be said of it is said of its own name only
        line, last, name, *_rest = records.rows[found].tolist()
        said = records.names[name]
    return Blame(
        line,
        last,
        said,
        tuple(_right_before(records, found, meant)),
        _other(records, found, quantities) if occurs[found] else "",
        occurs[found],
    )


def _renewed(records: Records, record: int) -> bool:
    """Whether another line gives the same variable another value later on."""
    line, _last, name, *_numbers, caller, _end = records.rows[record]
    later = records.rows[record + 1 :]
    same = (later[:, 2] == name) & (later[:, 5] == caller) & (later[:, 0] != line)
    return bool(same.any())


def _part_of(records: Records, later: int, earlier: int) -> bool:
    """Whether the numbers of a record are some of those of an earlier one."""
    return _occurs(records.of(later), np.sort(records.of(earlier)))


def _wrongly_returned(
    records: Records, record: int, quantities: Mapping[str, Array],
    returned: Mapping[str, Collection[str]],
) -> bool:  # fmt: skip
    """Whether something is handed back to the grader in the place of other quantities."""
    name, caller = records.names[records.rows[record, 2]], records.rows[record, 5]
    while name not in returned and name.endswith("]"):  # a row of what is returned as lists
        name = name[: name.rindex("[")]
    there = [quantities[q].ravel() for q in returned.get(name, ()) if q in quantities]
    if caller or not there:
        return False
    right, numbers = np.sort(np.concatenate(there)), records.of(record)
    if right.size != numbers.size or _plain(numbers):
        return not _occurs(numbers, right)
    # All of them, each as often: in whatever order the axes are.
    found = np.sort(numbers)
    scale = np.maximum(1.0, np.abs(right))
    return not bool((np.abs(found - right) <= CLOSE * scale).all())


def _assigned(records: Records, returned: int, quantities: Mapping[str, Array]) -> int:
    """The record that gave a variable what was then handed back; the return itself if none did.

    A variable that is right as what it is called was only handed back in the wrong place.
    """
    numbers = records.of(returned)
    earlier = [e for record, e, _sure in records.reads.tolist() if record == returned]
    same = [e for e in earlier if np.array_equal(records.of(e), numbers)]
    if not same:
        return returned
    own = quantities.get(meant_by(records.names[records.rows[same[-1], 2]]))
    return returned if own is not None and _is_part(numbers, own) else same[-1]


def _right_elsewhere(records: Records, record: int, right: list[bool]) -> bool:
    """Whether the same statement has given the same variable right numbers in another call.

    In the same call it says nothing: a loop over the gates may be wrong for one of them.
    """
    line, _last, name, *_rest, call = records.rows[record].tolist()
    overflown = not np.isfinite(records.of(record)).all()  # is the fault of what computes it
    return not overflown and any(
        right[k] and (row[0], row[2]) == (line, name) and row[7] != call
        for k, row in enumerate(records.rows.tolist())
    )


def _given_wrong(records: Records, record: int, known: Array) -> bool:
    """Whether it came of a function that is right, but was given something else.

    It is one that does nothing but return σ, or tanh, of each number that it was given; those
    numbers are right, and so are some of what it returned.
    """
    call = records.rows[record, 7]
    alone = np.count_nonzero(records.rows[:, 7] == call) == 1
    numbers = records.of(record)
    if not alone or records.names[records.rows[record, 2]] != "return":
        return False
    if _plain(numbers) or not np.isfinite(numbers).all():
        return False
    telling = numbers[numbers != np.round(numbers)][:MOST_TRIED]
    right = int(_each_near(telling, known).sum())
    if right < 2 or right * 10 < telling.size:  # two may be by chance
        return False
    with np.errstate(all="ignore"):
        return any(_near(numbers, np.sort(f(known))) for f in (sigmoid, np.tanh))


def _caller(records: Records, record: int) -> tuple[int, int] | None:
    """The lines of the statement that called the function of a record; None for the grader."""
    first, last = records.rows[record, 5:7].tolist()
    return (first, last) if first else None


def _received(records: Records, record: int, caller: tuple[int, int]) -> int | None:
    """The record of the caller's variable that was given these very numbers, if there is one."""
    numbers = records.of(record)
    for k in range(record + 1, len(records.rows)):
        there = tuple(records.rows[k, :2].tolist()) == caller
        if there and np.array_equal(records.of(k), numbers):
            return None if records.names[records.rows[k, 2]].startswith("return") else k
    return None


def _right_before(records: Records, wrong: int, right: list[bool]) -> Iterator[tuple[str, int]]:
    """Variables that were right when it happened, each once, with the line that made it so."""
    seen: dict[str, int] = {}
    blamed_name = records.names[records.rows[wrong, 2]]
    for k in range(wrong):
        name = records.names[records.rows[k, 2]]
        if not right[k] or name == blamed_name or name.startswith("return"):
            continue
        if not _plain(records.of(k)):
            seen.pop(name, None)
            seen[name] = int(records.rows[k, 0])
    yield from seen.items()


def _plain(numbers: Array) -> bool:
    """Whether it is nothing but whole numbers: sizes, counters, zeros."""
    return bool((numbers == np.round(numbers)).all())


def _occurs(numbers: Array, known: Array) -> bool:
    """Whether each number is one of the known ones, or a plain one that says nothing."""
    if not np.isfinite(numbers).all():
        return False
    numbers = numbers[numbers != np.round(numbers)]
    return not numbers.size or _near(numbers, known)


def _near(numbers: Array, known: Array) -> bool:
    """Whether each number is one of the known ones, which are sorted."""
    return bool(known.size) and bool(_each_near(numbers, known).all())


def _each_near(numbers: Array, known: Array) -> npt.NDArray[np.bool_]:
    """Of each number, whether it is one of the known ones, which are sorted."""
    if not known.size:
        return np.zeros(numbers.shape, np.bool_)
    after = np.searchsorted(known, numbers).clip(1, known.size - 1) if known.size > 1 else 0
    near = np.minimum(np.abs(known[after] - numbers), np.abs(known[after - 1] - numbers))
    each: npt.NDArray[np.bool_] = near <= CLOSE * np.maximum(1.0, np.abs(numbers))
    return each


def _misnamed(records: Records, record: int, quantities: Mapping[str, Array]) -> bool:
    """Whether a variable has the name of a quantity, and numbers that are not that one's."""
    name = records.names[records.rows[record, 2]]
    own, numbers = quantities.get(meant_by(name)), records.of(record)
    if own is None or _plain(numbers):
        return False
    gradient = quantities.get(f"d_{meant_by(name)}")
    if name != meant_by(name) and gradient is not None and _is_part(numbers, gradient):
        return False  # a dictionary of gradients keeps d_f as f
    fits = numbers.size in (1, own.size, own[0].size if own.ndim else 1)
    return fits and not _is_part(numbers, own)


def meant_by(name: str) -> str:
    """The quantity that a variable is named after, if there is one: of ``q['z']`` it is z."""
    _dictionary, inside, key = name.partition("['")
    return key.removesuffix("']") if inside else name


def _other(records: Records, record: int, quantities: Mapping[str, Array]) -> str:
    """A quantity whose numbers these are, of several the one with the shortest name; or empty."""
    numbers = records.of(record)
    found = [name for name, array in quantities.items() if _is_part(numbers, array)]
    return min(found, key=len, default="")


def _is_part(numbers: Array, whole: Array) -> bool:
    """Whether these are the numbers of a quantity, of one step or of all, in any layout."""
    known = np.sort(whole.ravel())
    finite = bool(np.isfinite(numbers).all())
    return finite and known.size >= numbers.size and _near(numbers, known)
