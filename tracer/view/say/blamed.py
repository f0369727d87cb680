"""The line to look at, and what was computed about it: nothing is said of why it is wrong."""

from __future__ import annotations

import re
from dataclasses import replace

from tracer.grading.report import Blame, Report, Why
from tracer.language import _, plural
from tracer.view.say.difference import listed
from tracer.view.say.ending import Ending, line_of
from tracer.view.say.own_words import OwnWords
from tracer.view.say.words import clean

MOST_RIGHT = 6
"""Variables before the line that are named at most: those that came last."""


def line_to_look_at(report: Report, words: OwnWords) -> list[str | Ending]:
    """The line, what its value is or is not, and what was right before it; or nothing."""
    blame = report.blame
    if blame is not None:
        blame = replace(blame, quantity=words.name(blame.quantity))
    code = [] if blame is None else line_of(report.blamed_form, blame.line)
    if blame is None or not code:
        return []
    whole, piece = code[0]
    value = _value(blame, piece, _mistakes(report))
    right = _right(report, called_right(report))
    look = Ending(_("Look at {line}").format(line=whole), piece)
    return [look, " ".join(filter(None, (value, right, _origin(report, blame))))]


def called_right(report: Report) -> tuple[tuple[str, int], ...]:
    """The variables before the line that are called right, and their lines."""
    named = report.diagnosis is not None and bool(report.diagnosis.named)
    # Beside a mistake that is named, what is right in this one call may sound as if it were not.
    return () if report.blame is None or named else report.blame.right[-MOST_RIGHT:]


def _mistakes(report: Report) -> int:
    """How many mistakes are told."""
    failing = report.first_failing
    found = (failing.diagnosis if failing else None) or report.diagnosis
    if found is None:
        return 1
    beside = any(e.verdict == "wrong" for e in found.equations)
    return max(1, len(found.named) + bool(found.generated) + beside)


def _value(blame: Blame, code: str, mistakes: int) -> str:
    """What is known of the value of the line."""
    name = clean(blame.name)
    returned = name.partition("[")[0] == "return"
    if returned and not re.search(r"\b(return|yield|lambda)\b", code):
        name = ""  # it is called there, or a comprehension
    said = _of_the_form(blame, name)
    if said:
        return said
    if blame.step is not None:
        return _value_at_step(blame, blame.step, name)
    match blame.why:
        case Why.LOOP:
            return _("The values of {name} show the mistake.").format(name=name)
        case Why.OTHER if name and returned:
            return _("What it returns has the numbers of {other}.").format(other=blame.quantity)
        case Why.OTHER if name:
            said = _("There {name} gets the numbers of {other}.")
            return said.format(name=name, other=blame.quantity)
        case Why.UNEQUAL if name and returned:
            return _("What it returns is not what is asked for there.")
        case Why.UNEQUAL if name == blame.quantity:
            return _("The value of {name} is not what the equations give.").format(name=name)
        case Why.UNEQUAL if name:
            said = _("The value of {name} is not what the equations give for {quantity}.")
            return said.format(name=name, quantity=clean(blame.quantity))
        case Why.OTHER | Why.UNEQUAL:
            return _("What is handed back there is not what is asked for.")
        case Why.MISTAKEN if not name:
            return plural(
                "A value there is the first to show the mistake.",
                "A value there is the first to show one of the mistakes.",
                mistakes,
            )
        case Why.MISTAKEN if returned:
            return plural(
                "What it returns is the first value to show the mistake.",
                "What it returns is the first value to show one of the mistakes.",
                mistakes,
            )
        case Why.MISTAKEN:
            said = plural(
                "The value of {name} is the first to show the mistake.",
                "The value of {name} is the first to show one of the mistakes.",
                mistakes,
            )
            return said.format(name=name)
    if not name:
        return _("A value there is the first that does not occur in the right computation.")
    if returned:
        return _("What it returns is the first value that does not occur in the right computation.")
    said = _("The value of {name} is the first that does not occur in the right computation.")
    return said.format(name=name)


def _of_the_form(blame: Blame, name: str) -> str:
    """What is said of how the code runs, and of no value; empty where that is not the matter."""
    t = None if blame.step is None else blame.step + 1
    match blame.why:
        case Why.MISSING if t is None and not name:
            said = _("In this call the loop does not run, and nothing is stored.")
        case Why.MISSING if t is None:
            said = _("The loop stores nothing in a part of {name}.")
        case Why.SKIPPED if t is None:
            said = _("What stands below it is left out in some round of the loop.")
        case Why.SKIPPED:
            said = _("At t = {t}, what stands below it is left out.")
        case Why.TURNED if not name:
            said = _("A value there has the rows of {quantity} in another order.")
        case Why.TURNED:
            said = _("The rows of {name} are those of {quantity} in another order.")
        case Why.ONCE:
            said = _(
                "{name} is set only once there: the next sentence begins with what the one before "
                "has left in it."
            )
        case Why.PASSED:
            said = _("The function is called there with the numbers of {quantity} as its {name}.")
        case Why.LOST:
            said = _("The result of this line is not stored: {name} keeps its old value.")
        case Why.COMPARED:
            said = _("== compares and stores nothing: {name} keeps its old value.")
        case Why.ENDED:
            said = _("The function ends there, in the first round of the loop.")
        case Why.NO_RETURN:
            said = _("{name} has no return, so it gives back None.")
        case Why.SHARED:
            said = _("{name} is made once for all calls: each finds in it what came before.")
        case _:
            return ""
    return said.format(name=name, t=t, quantity=clean(blame.quantity))


def _value_at_step(blame: Blame, step: int, name: str) -> str:
    """The same of one step of a sequence."""
    if blame.why is Why.MISSING:
        said = _("The loop ends before t = {t}, for which nothing is stored.")
    elif blame.of_step is not None and name:
        said = _("At t = {t}, {name} gets the numbers of {quantity} at t = {other}.")
    elif blame.of_step is not None:
        said = _("At t = {t}, a value there has the numbers of {quantity} at t = {other}.")
    elif blame.why is Why.OTHER and name:
        said = _("At t = {t}, {name} gets the numbers of {quantity}.")
    elif blame.why is Why.OTHER:
        said = _("At t = {t}, a value there has the numbers of {quantity}.")
    elif name == blame.quantity:
        said = _("At t = {t}, the value of {name} is not what the equations give.")
    else:
        said = _("At t = {t}, the value of {name} is not what the equations give for {quantity}.")
    other = None if blame.of_step is None else blame.of_step + 1
    quantity = clean(blame.quantity)
    return said.format(t=step + 1, name=name, quantity=quantity, other=other)


def _origin(report: Report, blame: Blame) -> str:
    """What the value was computed from, and where the function was called."""
    shown = [
        _("{name} (line {n})").format(name=clean(name), n=at.number)
        for name, line in blame.read
        if (at := report.blamed_form.line(line)) is not None
    ]
    computed = _("It is computed from {names}.")
    said = [computed.format(names=listed(shown))] if shown else []
    at = None if blame.under is None else report.blamed_form.line(blame.under)
    if at is not None:
        under = _("It is set there under the condition of line {n}.")
        said.append(under.format(n=at.number))
    at = None if blame.called is None else report.blamed_form.line(blame.called)
    if at is not None:
        said.append(_("The function is called in line {n}.").format(n=at.number))
    return " ".join(said)


def _right(report: Report, shown: tuple[tuple[str, int], ...]) -> str:
    """What was right before it: ``f, i and g (lines 12 to 15) are right``."""
    places = [report.blamed_form.line(n) for _name, n in shown]
    there = [(name, at) for (name, _n), at in zip(shown, places, strict=True) if at is not None]
    if not there:
        return ""
    names = listed([clean(name) for name, _at in there])
    numbers = sorted({at.number for _name, at in there})
    if len({at.cell for _name, at in there}) > 1:
        return plural("{names} is right.", "{names} are right.", len(there)).format(names=names)
    if len(numbers) == 1:
        said = plural("{names} (line {n}) is right.", "{names} (line {n}) are right.", len(there))
        return said.format(names=names, n=numbers[0])
    if len(numbers) > 2 and numbers == list(range(numbers[0], numbers[-1] + 1)):
        said = _("{names} (lines {first} to {last}) are right.")
        return said.format(names=names, first=numbers[0], last=numbers[-1])
    said = _("{names} (lines {numbers}) are right.")
    return said.format(names=names, numbers=listed([str(n) for n in numbers]))
