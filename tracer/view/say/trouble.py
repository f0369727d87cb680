"""What is the matter with a submission, in sentences a tired student understands at midnight.

The first sentence says what happened, the next ones what to do about it. What the student's own
code says (messages, names) is data: it is cleaned, and never read as markup.
"""

from __future__ import annotations

from collections.abc import Sequence

from tracer.grading.report import Kind, Report, Trouble
from tracer.language import _, plural
from tracer.view.say.raised import line, raised, start
from tracer.view.say.shapes import dtype_advice, shape_advice
from tracer.view.say.words import clean


def sentences(report: Report, trouble: Trouble) -> list[str]:
    """What happened, and what to do."""
    facts = trouble.facts
    function, file = report.exercise.function, report.exercise.file
    signature = report.exercise.signature
    match trouble.kind:
        case Kind.EMPTY:
            return [
                _("{function} has no code yet.").format(function=function),
                *start(report),
            ]
        case Kind.NONE:
            return [
                _("{function} returned nothing (None).").format(function=function),
                _("Is there a return in every branch? It must end with: return {names}").format(
                    names=", ".join(report.exercise.returns)
                ),
            ]
        case Kind.COUNT:
            return [_count(function, trouble), _("Wanted: {signature}").format(signature=signature)]
        case Kind.RAGGED:
            return [
                _("{name} is a {got}, and its rows differ in length.").format(**_words(trouble)),
                _("Return one array of numbers."),
            ]
        case Kind.DTYPE:
            return [
                _("{name} is of type {got} and dtype {dtype}; wanted float64 or float32.").format(
                    dtype=clean(facts["dtype"]), **_words(trouble)
                ),
                dtype_advice(facts["dtype"]),
            ]
        case Kind.SHAPE:
            return [
                _("{name} has shape {got}; wanted (N, H) = {wanted}.").format(
                    name=facts["name"], got=_shape(facts["got"]), wanted=_shape(facts["wanted"])
                ),
                shape_advice(facts["got"], facts["wanted"]),
            ]
        case Kind.PRECISION:
            return [
                _("{name} is float64, though every argument is float32.").format(
                    name=facts["name"]
                ),
                _("Which line of yours makes float64? np.zeros and np.array do, without dtype=."),
            ]
        case Kind.ORDER:
            return _order(facts["got"], facts["wanted"], alike=facts["alike"])
        case Kind.SHARED:
            return [
                _(
                    "The array {name} that you returned at {where} was right, but changed later."
                ).format(name=facts["name"], where=_where(trouble)),
                _("A later call wrote into it. Return a new array at each call."),
            ]
        case Kind.CHANGED:
            return [
                _("Your function changed its argument {name}.").format(name=facts["name"]),
                _(
                    "{name} still belongs to the caller. Write into a new array: "
                    "no {name}[:] = …, no {name} += …"
                ).format(name=facts["name"]),
            ]
        case Kind.WARNED:
            return [
                _("The numbers are right, but NumPy warned: {message}").format(
                    message=clean(facts["message"])
                ),
                *line(report, facts["line"]),
            ]
        case Kind.NO_FUNCTION:
            return [
                _("There is no function {function} in your file.").format(function=function),
                _("Wanted in {file}: {signature}").format(file=file, signature=signature),
            ]
        case Kind.RAISED:
            return raised(report, trouble)
        case Kind.TIME:
            return _timed_out(report, trouble)
        case Kind.MEMORY:
            return [_("Your code asked for more memory than it may have.")]
        case Kind.DIED:
            return [_died(trouble), _reached(report, trouble)]
        case Kind.GARBLED:
            return [
                _("Something other than numbers came back ({what}).").format(
                    what=clean(facts["what"])
                ),
                _("An answer only computes and returns; it opens no other way out."),
            ]
        case Kind.FAULT:
            return [
                _("This is a bug in tracer: {what}").format(what=clean(facts["what"])),
                _("This says nothing about your answer, and gives no points in either direction."),
            ]


def _count(function: str, trouble: Trouble) -> str:
    """Too many values came back, or too few."""
    got, length = clean(trouble.facts["got"]), trouble.facts["length"]
    if length is None:
        return _("{function} returned one value, of type {got}.").format(function=function, got=got)
    return plural(
        "{function} returned {n} value, in a {got}.",
        "{function} returned {n} values, in a {got}.",
        length,
    ).format(function=function, n=length, got=got)


def _order(got: Sequence[str], wanted: Sequence[str], *, alike: bool) -> list[str]:
    """Right numbers in the wrong places. `alike`: two mistakes look the same from outside."""
    came, asked = ", ".join(got), ", ".join(wanted)
    said = [
        _("The numbers are right, but they come in another order."),
        _("What you return as {wanted} is {got}.").format(wanted=asked, got=came),
    ]
    if not alike:
        return [*said, _("Wanted: return {wanted}").format(wanted=asked)]
    return [
        *said,
        _(
            "Either the blocks of z were read in another order than {wanted}, or the values are "
            "returned in another order. Look at both lines."
        ).format(wanted=asked),
    ]


def _timed_out(report: Report, trouble: Trouble) -> list[str]:
    said = _("Your code ran out of time: no result came back within {seconds} s.")
    lines = [said.format(seconds=f"{trouble.facts['seconds']:g}")]
    if not trouble.facts["loaded"]:
        return [*lines, _("It happened while the file was loaded, outside of every function.")]
    return [
        *lines,
        _reached(report, trouble),
        _("Does every loop end? If it only needs more time, add: --time-limit 30"),
    ]


def _reached(report: Report, trouble: Trouble) -> str:
    facts = trouble.facts
    if not facts["loaded"]:
        return _("It happened while the file was loaded.")
    if not facts["returned"]:
        return _("It happened in the first call of {function}.").format(
            function=report.exercise.function
        )
    return _("The last that came back was {names} at {where}.").format(
        names=", ".join(report.exercise.returns), where=_where(trouble)
    )


def _died(trouble: Trouble) -> str:
    if trouble.facts["signal"]:
        return _("Python was killed by signal {number} while it ran your code.").format(
            number=trouble.facts["status"]
        )
    return _("Your code ended Python without a word (exit status {number}).").format(
        number=trouble.facts["status"]
    )


def _words(trouble: Trouble) -> dict[str, str]:
    return {"name": clean(trouble.facts["name"]), "got": clean(trouble.facts["got"])}


def _where(trouble: Trouble) -> str:
    if trouble.call:
        return _("call {call}, t = {t}").format(call=trouble.call + 1, t=trouble.step + 1)
    return _("t = {t}").format(t=trouble.step + 1)


def _shape(shape: Sequence[int]) -> str:
    return str(tuple(shape))
