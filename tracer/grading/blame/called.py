"""Functions of the student's own, held against what they were given.

One that returns what an equation gives for its own arguments is right in itself, whatever wrong
numbers it got: the statement that called it is to blame. One whose name says σ and that returns
something else is wrong itself, and not the statement that gives its numbers to a variable.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TypeAlias

import numpy as np

from tracer.cells.activations import Array, sigmoid
from tracer.equations.expression import Call, Name
from tracer.grading.blame.among import CLOSE, Quantities
from tracer.grading.blame.naming import meant_by
from tracer.grading.blame.recorded import Given, Records
from tracer.program.line import Line

OfOne: TypeAlias = Callable[[Array], Array]

_SIGMOIDS = ("sigmoid", "sigma", "sig", "σ", "logistic")

MOST_RESULTS = 4_000
"""Numbers of a result of which it is seen whether an equation gives them."""


def right_in_itself(
    records: Records, record: int, quantities: Quantities, lines: Mapping[str, Line]
) -> bool | None:
    """Whether the function in which a record was made returned what its arguments ask for.

    None where it is not known: its names do not say what it is to compute.
    """
    returned = result_of(records, record)
    if returned is None:
        return None
    numbers, given = records.of(returned), records.arguments(record)
    if not given or numbers.size > MOST_RESULTS or not np.isfinite(numbers).all():
        return None
    if len(given) == 1:
        if "softmax" in given[0].function.lower():
            return _is_softmax(given[0].numbers, numbers, quantities) or None
        named = _named(given[0].function)
        if named is None or given[0].numbers.size != numbers.size:
            return None
        return _alike(named(given[0].numbers), numbers)
    if any(argument.numbers.size not in (1, numbers.size) for argument in given):
        return None
    return any(_alike(found, numbers) for found in _by_equations(given, lines)) or None


def _is_softmax(scores: Array, numbers: Array, quantities: Quantities) -> bool:
    """Whether it is softmax of the scores, over the classes."""
    classes = next((quantities[p].shape[-1] for p in ("probs", "probs_T") if p in quantities), 0)
    if not classes or numbers.size != scores.size or numbers.size % classes:
        return False
    each = scores.reshape(-1, classes)
    with np.errstate(all="ignore"):
        e = np.exp(each - each.max(axis=1, keepdims=True))
        return _alike((e / e.sum(axis=1, keepdims=True)).ravel(), numbers)


def result_of(records: Records, record: int) -> int | None:
    """What the function in which a record was made returned, if that is one array."""
    same_call = np.flatnonzero(records.rows[:, 7] == records.rows[record, 7]).tolist()
    returned = [k for k in same_call if records.name(k).startswith("return")]
    return returned[0] if len(returned) == 1 and records.name(returned[0]) == "return" else None


def wrong_inside(
    records: Records, record: int, quantities: Quantities, lines: Mapping[str, Line]
) -> int | None:
    """What a function made wrong of right numbers, where a record has nothing but its result.

    It is one of σ or tanh by its name, or by the quantity that its result is given to.
    """
    numbers, lines_at = records.of(record), records.lines(record)
    for k in range(record - 1, -1, -1):
        back = records.name(k).startswith("return") and records.caller(k) == lines_at
        if not back or not np.array_equal(records.of(k), numbers):
            continue
        lines_at = records.lines(k)  # it may have handed on what another one returned
        given = records.arguments(k)
        if records.name(k) != "return" or len(given) != 1 or given[0].numbers.size != numbers.size:
            continue
        own = _named(given[0].function)
        if own is None:
            own = _asked_for(records, record, given[0], quantities, lines)
        if own is None or _alike(own(given[0].numbers), numbers):
            return None
        return _first_alike(records, k)
    return None


def made_of_wrong(
    records: Records, record: int, quantity: str, lines: Mapping[str, Line]
) -> int | None:
    """What wrong numbers were made of, as their equation asks: the line that made them is right.

    It is the first of which the equation makes the numbers of the record: other scores.
    """
    line, numbers = lines.get(quantity), records.of(record)
    if line is None or not isinstance(line.expression, Call) or len(line.reads) != 1:
        return None
    for k in sorted(ancestors(records, record)):
        own = records.of(k)
        fits = 1 < own.size == numbers.size and np.isfinite(own).all()
        if fits and _alike(np.ravel(_value(line, {line.reads[0]: own})), numbers):
            return k
    return None


def ancestors(records: Records, record: int) -> set[int]:
    """All that it was computed from."""
    found: set[int] = set()
    waiting = [record]
    while waiting:
        more = [e for e in records.read.get(waiting.pop(), ()) if e not in found]
        found.update(more)
        waiting += more
    return found


def _first_alike(records: Records, returned: int) -> int:
    """The record of the same call that gave a variable what was then returned."""
    earlier = records.read.get(returned, ())
    call = records.rows[returned, 7]
    same = [
        e
        for e in earlier
        if records.rows[e, 7] == call and np.array_equal(records.of(e), records.of(returned))
    ]
    return same[-1] if same else returned


def _named(function: str) -> OfOne | None:
    """The function that is meant by a name; None where it says nothing."""
    name = function.lower().replace("_", "")
    if "prime" in name or "back" in name or "grad" in name or name.startswith("d"):
        return None
    if "tanh" in name:
        return np.tanh
    return sigmoid if name.startswith(_SIGMOIDS) else None


def _asked_for(
    records: Records, record: int, given: Given, quantities: Quantities, lines: Mapping[str, Line]
) -> OfOne | None:
    """The function of one number whose value the quantity is, if that number was given."""
    line = lines.get(meant_by(records.name(record), quantities))
    if line is None:
        return None
    match line.expression:
        case Call(_, (Name(inner),)) if quantities.has(inner, given.numbers):
            return lambda z: np.asarray(line.of_a_step({inner: z}), np.float64)
    return None


def _by_equations(given: Sequence[Given], lines: Mapping[str, Line]) -> Iterator[Array]:
    """What each equation gives for arguments that are called like what it reads."""
    for line in lines.values():
        read = _read_by(line, given, lines)
        if read is not None:
            yield np.ravel(_value(line, read))


def _read_by(
    line: Line, given: Sequence[Given], lines: Mapping[str, Line]
) -> Mapping[str, Array] | None:
    """The arguments by the names in an equation; None where one is missing, or left over."""
    inner = [lines[name] for name in line.reads if name in lines]
    # The equation of h reads tanh(c), which is one of c.
    among = {*line.reads, *(name for one in inner if not one.steps for name in one.reads)}
    found: dict[str, Array] = {}
    for argument in given:
        name = meant_by(argument.name, among, loosely=True)
        if name not in line.reads and f"{name}_prev" in line.reads:  # of c, what is called c
            name = f"{name}_prev"
        if name not in among or name in found:
            return None
        found[name] = argument.numbers
    own = set(found)
    for one in inner:
        if one.name not in found and one.reads and own.issuperset(one.reads):
            found[one.name] = _value(one, found)
    used = {n for one in inner if one.name not in own for n in one.reads} | set(line.reads)
    return found if found.keys() >= set(line.reads) and own <= used else None


def _value(line: Line, read: Mapping[str, Array]) -> Array:
    """What an equation gives; nothing where its shapes do not fit."""
    try:
        with np.errstate(all="ignore"):
            return np.asarray(line.of_a_step(read), np.float64)
    except (ValueError, IndexError, TypeError, KeyError):
        return np.zeros(0)


def _alike(one: Array, other: Array) -> bool:
    """Whether they are the same numbers, in one row."""
    if one.size != other.size:
        return False
    return bool((np.abs(one - other) <= CLOSE * np.maximum(1.0, np.abs(other))).all())
