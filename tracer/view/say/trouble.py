"""What is the matter with a submission, in sentences a tired student understands at midnight.

The first sentence says what happened, the next ones what to do about it. What the student's own
code says (messages, names) is data: it is cleaned, and never read as markup.
"""

from __future__ import annotations

from collections.abc import Sequence

from tracer.grading.report import Kind, Report, Trouble
from tracer.language import _, plural
from tracer.view.say.form import elsewhere, form_sentences
from tracer.view.say.raised import line, raised, start
from tracer.view.say.shapes import dtype_advice, shape_advice
from tracer.view.say.words import clean


def sentences(report: Report, trouble: Trouble) -> list[str]:
    """What happened, and what to do."""
    facts = trouble.facts
    function = report.exercise.function
    signature = report.exercise.signature
    match trouble.kind:
        case Kind.EMPTY:
            return [
                _("{function} has no code yet.").format(function=function),
                *start(report),
            ]
        case Kind.NONE:
            return [
                _("{function} returned None.").format(function=function),
                _("Does every branch end with a return? Expected: return {names}").format(
                    names=", ".join(report.exercise.returns)
                ),
            ]
        case Kind.COUNT:
            return [
                _count(function, trouble),
                _("Expected: {signature}").format(signature=signature),
            ]
        case Kind.RAGGED:
            return [
                _("{name} is a {got} whose rows differ in length.").format(**_words(trouble)),
                _("Return one array of numbers."),
            ]
        case Kind.DTYPE:
            return [
                _("{name} has type {got} and dtype {dtype}; expected float64 or float32.").format(
                    dtype=clean(facts["dtype"]), **_words(trouble)
                ),
                dtype_advice(facts["dtype"]),
            ]
        case Kind.SHAPE:
            return [
                _("{name} has shape {got}; expected (N, H) = {wanted}.").format(
                    name=facts["name"], got=_shape(facts["got"]), wanted=_shape(facts["wanted"])
                ),
                shape_advice(facts["got"], facts["wanted"]),
            ]
        case Kind.PRECISION:
            return [
                _("{name} is float64, though every argument is float32.").format(
                    name=facts["name"]
                ),
                _("Which line makes a float64 array? np.zeros and np.ones do, without dtype=."),
            ]
        case Kind.ORDER:
            return _order(facts["got"], facts["wanted"], alike=facts["alike"])
        case Kind.SHARED:
            return [
                _(
                    "The array {name} that you returned at {where} was right, but changed later."
                ).format(name=facts["name"], where=_where(trouble)),
                _("A later call overwrote it. Return a new array from every call."),
            ]
        case Kind.CHANGED:
            return [
                _("Your function modified its argument {name}.").format(name=facts["name"]),
                _(
                    "The caller still needs {name}. Make a new array instead: "
                    "no {name}[:] = …, no {name} += …"
                ).format(name=facts["name"]),
            ]
        case Kind.WARNED:
            return [
                _("The numbers are right, but NumPy gave a warning: {message}").format(
                    message=clean(facts["message"])
                ),
                *line(report, facts["line"]),
            ]
        case Kind.NO_FUNCTION:
            return [
                _("Your file has no function {function}.").format(function=function),
                *elsewhere(report, function),
                _("Expected: {signature}").format(signature=signature),
            ]
        case Kind.FORM:
            return form_sentences(report.form.file, facts)
        case Kind.RAISED:
            return raised(report, trouble)
        case Kind.TIME:
            return _timed_out(report, trouble)
        case Kind.MEMORY:
            return [_("Your code ran out of memory: it needs more than it may use.")]
        case Kind.DIED:
            return [_died(trouble), _reached(report, trouble)]
        case Kind.GARBLED:
            return [
                _("Something other than numbers came back ({what}).").format(
                    what=clean(facts["what"])
                ),
                _("An answer must only compute and return; it must not write to the grader."),
            ]
        case Kind.FAULT:
            return [
                _("This is a bug in tracer: {what}").format(what=clean(facts["what"])),
                _("It says nothing about your answer, and this run does not count."),
            ]


def _count(function: str, trouble: Trouble) -> str:
    """Too many values came back, or too few."""
    got, length = clean(trouble.facts["got"]), trouble.facts["length"]
    if length is None:
        return _("{function} returned one value, of type {got}.").format(function=function, got=got)
    return plural(
        "{function} returned a {got} of {n} value.",
        "{function} returned a {got} of {n} values.",
        length,
    ).format(function=function, n=length, got=got)


def _order(got: Sequence[str], wanted: Sequence[str], *, alike: bool) -> list[str]:
    """Right numbers in the wrong places. `alike`: two mistakes look the same from outside."""
    came, asked = ", ".join(got), ", ".join(wanted)
    said = [
        _("The values are right, but in the wrong order: {got} instead of {wanted}.").format(
            got=came, wanted=asked
        ),
    ]
    if not alike:
        return [*said, _("Expected: return {wanted}").format(wanted=asked)]
    return [
        *said,
        _(
            "Either the blocks of z are not read in the order {wanted}, or the values are not "
            "returned in that order. Look at both lines."
        ).format(wanted=asked),
    ]


def _timed_out(report: Report, trouble: Trouble) -> list[str]:
    seconds = trouble.facts["seconds"]
    said = {
        "time": _("Your code timed out: it ran for {seconds:g} s of processor time."),
        "waited": _("Your code timed out: no result within {seconds:g} s on the clock."),
        "spent": _(
            "Your code timed out: its checks ran for {seconds:g} s of processor time in all."
        ),
    }[trouble.facts["how"]]
    lines = [said.format(seconds=seconds)]
    if not trouble.facts["loaded"]:
        return [*lines, _reached(report, trouble)]
    more = _("Does every loop end? If it only needs more time, add: --time-limit {seconds:g}")
    if trouble.facts["how"] == "waited":
        more = _("Does it wait for something: sleep, a lock, another process, the network?")
    return [
        *lines,
        _reached(report, trouble),
        more.format(seconds=max(30, 4 * trouble.facts["limit"])),
    ]


def _reached(report: Report, trouble: Trouble) -> str:
    facts = trouble.facts
    if not facts["loaded"]:
        return _("It happened while your file was loading, before {function} was called.").format(
            function=report.exercise.function
        )
    if not facts["returned"]:
        return _("It happened in the first call to {function}.").format(
            function=report.exercise.function
        )
    return _("The last result was {names} at {where}.").format(
        names=", ".join(report.exercise.returns), where=_where(trouble)
    )


def _died(trouble: Trouble) -> str:
    if trouble.facts["signal"]:
        return _("Python was killed by signal {number} while it ran your code.").format(
            number=trouble.facts["status"]
        )
    return _("Your code ended Python without an error message (exit status {number}).").format(
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
