"""A function of one's own that is called with another quantity than its parameter is named after.

``forward(x, h, c)`` called as ``forward(x, c_prev, h_prev)``: what it makes of them is wrong, and
each of its lines is right. The names are taken at their word only where another parameter is what
it is called: ``def slope(h)`` may be meant for anything.
"""

from __future__ import annotations

from tracer.grading.blame.among import Quantities, plain
from tracer.grading.blame.before import is_own
from tracer.grading.blame.naming import meant_by
from tracer.grading.blame.occurring import Right
from tracer.grading.blame.recorded import Given, Records
from tracer.grading.report import OF_A_VALUE, Blame, Why


def wrongly_called(blame: Blame | None, records: Records, right: Right) -> Blame | None:
    """The outermost call that gives something else to the function of a line; None if none does.

    Parameters
    ----------
    blame : Blame or None
        A line that is named for the value that it makes.
    records : Records
    right : Right
    """
    if blame is None or blame.why not in OF_A_VALUE:
        return None
    given = {} if right.computing is None else right.computing.given
    quantities = Quantities({**given, **right.quantities})
    at = next(iter(records.made_at(blame.line, blame.name)), None)
    found = None
    while at is not None and (caller := records.caller(at)) is not None:
        got = records.arguments(at)
        others = [(one.name, _other(records, one, quantities)) for one in got]
        if any(_is_as_called(one, quantities) for one in got):
            for name, other in others:
                if other:
                    found = Blame(*caller, name, Why.PASSED, other)
                    break
        at = _made_by(records, at, caller)
    return found


def _made_by(records: Records, record: int, caller: tuple[int, int]) -> int | None:
    """The next record that the statement made which called its function."""
    call = records.rows[record, 7]
    later = range(record + 1, len(records.rows))
    return next(
        (k for k in later if records.lines(k) == caller and records.rows[k, 7] != call), None
    )


def _is_as_called(given: Given, quantities: Quantities) -> bool:
    """Whether an argument is the quantity that its parameter is named after, at some step."""
    return not plain(given.numbers) and any(
        is_own(given.numbers, name, quantities) for name in _meant(given, quantities)
    )


def _meant(given: Given, quantities: Quantities) -> list[str]:
    """The quantities after which a parameter may be named: of h also the state before."""
    name = meant_by(given.name, quantities)
    state = name.removesuffix("_prev")
    names = [name, f"{name}_prev", f"{state}_0", f"{name}_from_loss", f"{name}_from_next"]
    return [q for q in names if q in quantities]


def _other(records: Records, given: Given, quantities: Quantities) -> str:
    """The one quantity that each call gives a parameter, and that is not what it is called."""
    if meant_by(given.name, quantities) not in quantities:
        return ""
    every: set[str] | None = None
    for one in _each_call(records, given):
        if plain(one.numbers) or _is_as_called(one, quantities):
            return ""
        others = {q for q in quantities if is_own(one.numbers, q, quantities)}
        every = others if every is None else every & others
    # The state before this step, rather than the one to begin with.
    return min(every or (), key=lambda name: (name.endswith("_0"), len(name), name), default="")


def _each_call(records: Records, given: Given) -> list[Given]:
    """What every call of a function gave the same parameter."""
    found = []
    for _call, f, name, start, count in records.given.tolist():
        if (records.names[f], records.names[name]) == (given.function, given.name):
            found.append(given._replace(numbers=records.handed[start : start + count]))
    return found
