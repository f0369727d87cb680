"""The line to look at: the first of the student's own numbers that the right computation never has.

The child records, line by line, what each variable became (`tracer.sandbox.recording`); each
record is held against the right computation (`tracer.grading.blame.held`). Where it is known which
mistake gives all the numbers that came back, the first record with numbers that only the
computation with this mistake has is the line; else the first that is not right. Where that follows
as the equations ask from a wrong value that was made before, the line is the one that made that
(`tracer.grading.blame.following`). The sentence about it says no more than that. It is feedback and
has no part in a verdict or in points.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import numpy as np

from tracer.cells.activations import Array, sigmoid
from tracer.grading.blame.among import Quantities, each_near, near, plain, telling
from tracer.grading.blame.around import Around
from tracer.grading.blame.before import is_own, right_before
from tracer.grading.blame.behind import behind, nothing_stored, put_there
from tracer.grading.blame.called import right_in_itself
from tracer.grading.blame.following import cause
from tracer.grading.blame.handed import first_made, not_renewed, other_counts
from tracer.grading.blame.held import (
    Held,
    asked_for,
    held,
    names_of_parts,
)
from tracer.grading.blame.looping import while_head
from tracer.grading.blame.misplaced import Misplaced, miskept, misread, misstored, zeroed
from tracer.grading.blame.naming import meant_by
from tracer.grading.blame.occurring import Mistaken, Right
from tracer.grading.blame.recorded import Records
from tracer.grading.blame.shown import with_mistake
from tracer.grading.blame.steps import Placed
from tracer.grading.report import Blame, Why

MOST_TRIED = 200
"""Of how many numbers of an array it is seen one by one whether they are right."""


def blamed(
    records: Records, right: Right, returned: Mapping[str, Collection[str]],
    mistaken: Sequence[Mistaken] = (), source: bytes = b"",
) -> Blame | None:  # fmt: skip
    """The first record with a mistake in it; None if there is none.

    Parameters
    ----------
    records : Records
    right : Right
    returned : mapping of str to collection of str
        The quantities that belong into each part of what is handed back: ``return[0]``.
    mistaken : sequence of Mistaken
        The computation with the mistake that is known to give all the numbers that came back;
        several where several mistakes give the same numbers.
    source : bytes
        What was run, for what stands around a line.
    """
    known, around = held(records, right, returned), Around(source)
    placed = None if right.steps is None else Placed(records, right.steps, right.known)
    shown = with_mistake(records, right, mistaken, around)
    why = Why.ABSENT if shown is None else Why.MISTAKEN
    quantity = None if shown is None else shown.quantity
    head = _head_of_while(records, mistaken, around) if shown is not None else None
    if head is not None and quantity is None:
        return head
    made = first_made(records, known, right, around) if shown is None else shown.record
    if made is None:
        return None
    found = made
    if quantity is None and not nothing_stored(records, found, known):
        told, blame = _made_before(records, found, known, right, mistaken, around, returned)
        if told:
            return blame
    if placed is not None and quantity is None and not nothing_stored(records, found, known):
        first = _without_padding(known, found, placed)
        if first is None:
            return None
        misplaced = _of_step(records, first, known, placed, returned)
        absent = not known.occurs[found] and misplaced is not None and misplaced.record == found
        if misplaced is not None and not absent:
            begun = zeroed(placed, misplaced, right.quantities)
            put = None
            if known.handed_back[first] and begun == misplaced and not misplaced.missing:
                put = behind(records, first, known, right, returned, around)
            if put is not None and put.blame is not None:
                return put.blame
            return _misplaced(records, begun, right, around)
        if first != found and not absent:  # what came before is no matter: it is not the first
            if not known.handed_back[first]:
                later = range(first, len(records.rows))
                back = next((k for k in later if known.handed_back[k]), first)
                put = put_there(records, back, known, right, returned, around)
                return None if put is None else put.blame
            found, why = first, Why.ABSENT
    if quantity is None:
        more = behind(records, found, known, right, returned, around)
        if more is not None:
            return more.blame
    only_returned = any(m.returned for m in mistaken)
    if (why is Why.ABSENT or only_returned) and known.handed_back[found]:
        found = _assigned(records, found, right, returned)
    if why is Why.ABSENT and not records.whole(found).any():
        return None  # 0 may come from anywhere before
    if around.launches(records.lines(found)[0]) and not _left_as_made(records, found):
        return None  # nothing is known of what a thread does
    if quantity is None:
        line, last, name = _place(records, found, known, right)
        if known.occurs[found] and not (shown is not None and shown.whole):
            why, quantity = _elsewhere(records, found, name, right.quantities, why)
    else:
        line, last, name = *records.lines(found), records.name(found)
        why = Why.UNEQUAL if quantity else Why.LOOP
    if why is Why.ABSENT and known.occurs[found]:
        return None  # it is somewhere in the right computation, and nothing else is known of it
    if name.startswith("return") and why is not Why.OTHER and around.hands_back(line):
        return None  # a variable is wrong that it hands back
    before = right_before(records, found, line, right.quantities)
    return Blame(line, last, name, why, quantity or "", before)


def _head_of_while(records: Records, mistaken: Sequence[Mistaken], around: Around) -> Blame | None:
    """The ``while`` that goes through other steps than it should, where these are the mistake."""
    for m in mistaken:
        head = None if m.loop.counts is None else while_head(records, m.loop.counts, around)
        if head is not None:
            line, name = head
            return Blame(line, line, name, Why.LOOP)
    return None


def _made_before(
    records: Records, found: int, known: Held, right: Right, mistaken: Sequence[Mistaken],
    around: Around, returned: Mapping[str, Collection[str]],
) -> tuple[bool, Blame | None]:  # fmt: skip
    """Whether a value from before is to blame for a record, or may be; and what is said of it."""
    if right.computing is not None:
        asked = asked_for(records, found, returned) if known.handed_back[found] else ()
        begun = cause(records, found, known, right, mistaken, around, asked)
        if begun is not None and _right_elsewhere(records, begun.record, known.right):
            called = records.caller(begun.record)
            if called is not None and called == records.lines(found):
                return False, None  # the function is right, and is asked for something else there
        return begun is not None, None if begun is None else _caused(records, *begun, right)
    if records.caller(found) is not None:
        return False, None
    counts = other_counts(records, found, right)
    if counts is not None:
        return True, Blame(*records.lines(counts), records.name(counts))
    return not_renewed(records, found, known.right), None  # it may have to be made anew


def _caused(records: Records, record: int, quantity: str, right: Right) -> Blame:
    """What is said of a value from which wrong numbers follow."""
    line, last = records.lines(record)
    before = right_before(records, record, line, right.quantities)
    return Blame(line, last, records.name(record), Why.UNEQUAL, quantity, before)


def _left_as_made(records: Records, launched: int) -> bool:
    """Whether some numbers are still 0, with which an array was made: no thread set them."""
    numbers, before = records.of(launched), records.before.get(launched)
    made = None if before is None else records.of(before)
    return made is not None and not made.any() and bool((numbers == 0).any())


def _without_padding(known: Held, found: int, placed: Placed) -> int | None:
    """The first from there on that is not right, of more than sentences that are over."""
    later = (k for k in range(found, len(known.right)) if k == found or not known.right[k])
    return next((k for k in later if not placed.padding(k)), None)


def _of_step(
    records: Records, first: int, known: Held, placed: Placed,
    returned: Mapping[str, Collection[str]],
) -> Misplaced | None:  # fmt: skip
    """What is not as its step asks for."""
    misplaced = misread(placed, first) or miskept(placed, first)
    if misplaced is None and known.handed_back[first]:
        misplaced = misstored(placed, first, asked_for(records, first, returned))
    return misplaced


def _misplaced(records: Records, misplaced: Misplaced, right: Right, around: Around) -> Blame:
    """What is said of a record that is not what its step asks for."""
    record, step, quantity, of_step, missing, turned = misplaced
    other = quantity if of_step is not None else ""
    if not other and not missing and not turned:
        other = _other(records, record, right.quantities)
        other = "" if other == quantity else other
    why = Why.OTHER if other else Why.UNEQUAL
    why = Why.MISSING if missing else Why.TURNED if turned else why
    line, last, name = *records.lines(record), records.name(record)
    loops = around.loops(line) if missing else []
    if loops and len(ends := around.breaks(loops[-1])) == 1:
        line, last, name = ends[0], ends[0], ""
    before = right_before(records, record, line, right.quantities)
    several = right.steps is not None and right.steps.T > 1
    at = step if several else None
    return Blame(line, last, name, why, other or quantity, before, at, of_step)


def _elsewhere(
    records: Records, found: int, name: str, quantities: Quantities, why: Why
) -> tuple[Why, str]:
    """What is to be said of numbers that the right computation has, but not there."""
    other, quantity = _other(records, found, quantities), meant_by(name, quantities)
    if other and other != quantity:
        return Why.OTHER, other
    if quantity in quantities or name.startswith("return"):
        return Why.UNEQUAL, quantity if quantity in quantities else ""
    return why, ""


def _place(records: Records, found: int, known: Held, right: Right) -> tuple[int, int, str]:
    """The lines to look at, and the variable that got the numbers there.

    Where a right function was given wrong numbers, they are those of the statement that called it.
    """
    right_function = right_in_itself(records, found, right.quantities, right.lines)
    if right_function is None:
        right_function = _right_elsewhere(records, found, known.right) or _given_wrong(
            records, found, right.known
        )
    caller = records.caller(found) if right_function else None
    if caller is not None:
        named = _received(records, found, caller)
        if named is not None:
            return *caller, records.name(named)
        if not known.occurs[found]:
            return *caller, ""
        # What could be said of it is said of its own name only.
    return *records.lines(found), records.name(found)


def _assigned(
    records: Records, back: int, right: Right, returned: Mapping[str, Collection[str]]
) -> int:
    """The record that gave a variable what was then handed back; the return itself if none did.

    A variable that is right as what it is called was only handed back in the wrong place; and so
    was one that has all numbers of another quantity which is to be handed back.
    """
    numbers, quantities = records.of(back), right.quantities
    earlier = records.read.get(back, ())
    alike = [e for e in earlier if np.array_equal(records.whole(e), numbers)]
    if not alike:
        return back
    last = alike[-1]
    if records.rows[last, 7] != records.rows[back, 7]:
        if records.caller(last) == records.lines(back) and records.name(last) == records.name(back):
            return _assigned_inside(records, last)  # it is handed on as it is
        # What another function returned is not to blame if it is right for something else.
        return back if _other(records, last, quantities) else last
    own = meant_by(records.name(last), quantities, loosely=True)
    asked = asked_for(records, back, returned)
    others = {q for group in returned.values() for q in group}.difference(asked, [own])
    if own not in asked and any(is_own(numbers, q, quantities) for q in others):
        return back
    is_right = own in names_of_parts(records, quantities) or is_own(numbers, own, quantities)
    return back if is_right else _made_inside(records, last)


def _made_inside(records: Records, record: int) -> int:
    """Where a function gave a variable its numbers that a record only got from it; or itself."""
    returned = [
        e
        for e in records.read.get(record, ())
        if records.caller(e) == records.lines(record)
        and records.name(e).startswith("return")
        and np.array_equal(records.whole(e), records.whole(record))
    ]
    return _assigned_inside(records, returned[0]) if len(returned) == 1 else record


def _assigned_inside(records: Records, back: int) -> int:
    """The record of the same call that gave a variable what is handed back; or the return."""
    call, numbers = records.rows[back, 7], records.of(back)
    own = [e for e in records.read.get(back, ()) if records.rows[e, 7] == call]
    alike = [e for e in own if np.array_equal(records.whole(e), numbers)]
    return alike[-1] if alike else back


def _right_elsewhere(records: Records, record: int, right: list[bool]) -> bool:
    """Whether the same statement has given the same variable right numbers in another call.

    In the same call it says nothing: a loop over the gates may be wrong for one of them.
    """
    line, name, call = records.rows[record, [0, 2, 7]].tolist()
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
    if not alone or records.name(record) != "return":
        return False
    if plain(numbers) or not np.isfinite(numbers).all():
        return False
    some = telling(numbers)[:MOST_TRIED]
    right = int(each_near(some, known).sum())
    if right < 2 or right * 10 < some.size:  # two may be by chance
        return False
    with np.errstate(all="ignore"):
        return any(near(numbers, np.sort(f(known))) for f in (sigmoid, np.tanh))


def _received(records: Records, record: int, caller: tuple[int, int]) -> int | None:
    """The record of the caller's variable that was given these very numbers, if there is one."""
    numbers = records.of(record)
    for k in range(record + 1, len(records.rows)):
        if records.lines(k) == caller and np.array_equal(records.of(k), numbers):
            return None if records.name(k).startswith("return") else k
    return None


def _other(records: Records, record: int, quantities: Quantities) -> str:
    """A quantity whose numbers these are, of several the one with the shortest name; or empty."""
    numbers = records.of(record)
    if plain(numbers):  # zeros are everywhere
        return ""
    found = [name for name in quantities if quantities.has_at_once(name, numbers)]
    return min(found, key=len, default="")
