"""What is the matter with a submission, in sentences a tired student understands at midnight.

The first sentence says what happened, the next ones what to do about it. What the student's own
code says (messages, names) is data: it is cleaned, and never read as markup.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping, Sequence
from typing import Any

from tracer.exercises.exercise import Function
from tracer.exercises.handing import counts_steps
from tracer.exercises.layout import Stated
from tracer.grading.report import Kind, Report, Trouble
from tracer.language import _, plural
from tracer.view.say.earlier import earlier_at_fault, line_inside, whose_file
from tracer.view.say.ending import Ending
from tracer.view.say.form import elsewhere, form_sentences
from tracer.view.say.launched import not_launched
from tracer.view.say.raised import line, own_tries, raised, start
from tracer.view.say.shapes import dtype_advice, rows_sentences, shape_advice
from tracer.view.say.stated import not_as_stated
from tracer.view.say.words import clean


def sentences(report: Report, trouble: Trouble) -> Sequence[str | Ending]:
    """What happened, and what to do."""
    facts = trouble.facts
    asked = function_of(report, trouble)
    function, signature = asked.name, asked.signature
    match trouble.kind:
        case Kind.EMPTY:
            return [_("{function} has no code yet.").format(function=function), *start(report)]
        case Kind.STILL_NONE:
            said = _("{function} still returns None: nothing is computed yet.")
            return [said.format(function=function), *start(report)]
        case Kind.NONE:
            return _none(report, trouble, asked)
        case Kind.COUNT:
            return [
                _count(asked, trouble),
                _("Expected: {signature}").format(signature=signature),
            ]
        case Kind.NO_DICT:
            return [
                _("{function} returned something of type {got} where a dict is expected.").format(
                    function=function, got=clean(facts["got"])
                ),
                _("Expected: {signature}").format(signature=signature),
            ]
        case Kind.NO_ENTRY:
            return [
                _("The dict that {function} returned has no entry {name!r}.").format(
                    function=function, name=clean(facts["name"])
                ),
                _("It has: {names}").format(names=clean(facts["got"]) or "–"),
            ]
        case Kind.RAGGED:
            return [
                _("{name} is a {got} whose rows differ in length.").format(**_words(trouble)),
                *rows_sentences(facts),
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
            letters, wanted = facts["axes"], _shape(facts["wanted"])
            return [
                _("{name} has shape {got}; expected {wanted}.").format(
                    name=clean(facts["name"]), got=_shape(facts["got"]),
                    wanted=f"{letters} = {wanted}" if letters and facts["wanted"] else wanted,
                ),
                *_order_or_advice(facts, signature),
            ]  # fmt: skip
        case Kind.PRECISION:
            return [
                _("{name} is float64, though no argument is.").format(name=clean(facts["name"])),
                *_float64(report, facts),
            ]
        case Kind.SHARED:
            return [
                _(
                    "The array {name} that you returned at {where} was right, but changed later."
                ).format(name=clean(facts["name"]), where=_where(report, trouble)),
                *line(report, facts.get("line")),
                _("A later call overwrote it. Return a new array from every call."),
            ]
        case Kind.CHANGED:
            return _changed(report, asked, facts)
        case Kind.EARLIER:
            return earlier_at_fault(facts, function)
        case Kind.REMEMBERS:
            return _remembers(report, trouble, function)
        case Kind.WARNED:
            said = _("NumPy gave a warning: {message}")
            if facts["type"] == "SyntaxWarning":
                said = _("Python warned when it read your file: {message}")
            return [said.format(message=clean(facts["message"])), *line(report, facts["line"])]
        case Kind.PROPERTY:
            return not_as_stated(trouble, function)
        case Kind.NO_FUNCTION if report.form.live:  # of a class, which was given
            return [
                _("{function} is no function.").format(function=function),
                _("Expected: {signature}").format(signature=signature),
            ]
        case Kind.NO_FUNCTION if not report.form.program.strip():
            return [
                _("{file} is empty.").format(file=clean(report.form.file)),
                _("Expected: {signature}").format(signature=signature),
            ]
        case Kind.NO_FUNCTION:
            return [
                _("Your file has no function {function}.").format(function=function),
                *elsewhere(report, function.partition(".")[0]),
                _("Expected: {signature}").format(signature=signature),
            ]
        case Kind.LAUNCH:
            return not_launched(asked, facts)
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
        case Kind.DISK:
            said = _("Your code was stopped: it kept more than {size:.0f} MB in its folder.")
            return [said.format(size=facts["most"] / 1e6), _reached(report, trouble)]
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


def function_of(report: Report, trouble: Trouble) -> Function:
    """The function that a trouble is about; the exercise's first, where it is about none."""
    functions = report.exercise.functions
    named = trouble.facts.get("function")
    return next((f for f in functions if f.name == named), functions[0])


def _order_or_advice(facts: Mapping[str, Any], signature: str) -> list[str]:
    """In which order the shapes fit, where they do in another one; else what this one is."""
    if facts.get("order"):
        said = _("The shapes of all that you return fit the order {names}.")
        return [
            said.format(names=", ".join(facts["order"])),
            _("Expected: {signature}").format(signature=signature),
        ]
    return [shape_advice(facts["got"], facts["wanted"], facts["axes"])]


def _none(report: Report, trouble: Trouble, asked: Function) -> list[str | Ending]:
    """What it means that None came back, as far as the file tells it."""
    facts = trouble.facts
    said: list[str | Ending] = [_("{function} returned None.").format(function=asked.name)]
    if facts["name"] and len(asked.returns) > 1:
        said = [
            _("{function} returned None for {name}.").format(
                function=asked.name, name=clean(facts["name"])
            )
        ]
    elif facts["written"] and facts["line"] is None:
        said.append(
            _("It has no return with a value. Expected: return {names}").format(
                names=", ".join(asked.returns)
            )
        )
    elif facts["line"] is not None:
        said.append(_("This call did not reach its return, or what stands there was None:"))
        said += line(report, facts["line"])
    return said


def _float64(report: Report, facts: Mapping[str, Any]) -> list[str | Ending]:
    """The line that makes the first value in float64, if it is known, and what often does."""
    where = line(report, facts.get("line"))
    if not where:
        return [_("Which line makes a float64 array? np.zeros and np.ones do, without dtype=.")]
    said = _("The first value in float64 is made at {line}")
    told: list[str | Ending] = [Ending(said.format(line=whole), code) for whole, code in where]
    made = _made_without_dtype(where[0].piece)
    if made is not None:
        told.append(_("np.{function} gives float64, without dtype=.").format(function=made))
    return told


_DTYPE_AT = {
    "zeros": 1, "ones": 1, "empty": 1, "identity": 1, "full": 2, "eye": 3, "linspace": 5,
}  # fmt: skip
"""Where each of NumPy's functions takes its dtype by position, counted from 0."""


def _made_without_dtype(code: str) -> str | None:
    """The function that makes an array in this piece of code and is given no dtype."""
    try:
        tree = ast.parse(code.strip())
    except SyntaxError:  # half of a statement
        return None
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute | ast.Name):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else node.func.id
            keywords = {given.arg for given in node.keywords}
            if name in _DTYPE_AT and "dtype" not in keywords and len(node.args) <= _DTYPE_AT[name]:
                return name
    return None


def _changed(report: Report, asked: Function, facts: Mapping[str, Any]) -> list[str | Ending]:
    """That an argument is another one after the call, and which line did it."""
    name = facts["name"]
    where = line(report, facts.get("line"))
    modified = _("{function} modified its argument {name}.").format(function=asked.name, name=name)
    entry = facts["entry"]
    if facts["gone"]:
        no_longer = _("{entry} no longer holds the array that was given.")
        modified += " " + no_longer.format(entry=entry)
    if all(isinstance(layout, Stated) for layout in asked.returns.values()):  # it makes no array
        return [modified, _put_back(facts)]
    said: list[str | Ending] = [
        modified,
        *where,
        _(
            "The caller still needs it. Leave it in there: no {name}.pop(…), no del {entry}, "
            "no {entry} = …"
        ).format(name=name, entry=entry)
        if facts["gone"]
        else _(
            "The caller still needs {name}. Make a new array instead: "
            "no {name}[:] = …, no {name} {sign} …"
        ).format(name=entry, sign=_sign_of(where)),
    ]
    if facts["gone"]:
        return said
    if not any(re.search(rf"\b{re.escape(name)}\b", one.piece) for one in where):
        other = _(
            "The same holds for another name of the array: after b = {name}, b += … changes {name}."
        )
        said.append(other.format(name=entry))
    return said


_IN_PLACE = re.compile(r"(?<![<>=!])(?:\*\*|//|<<|>>|[-+*/@%&|^])=")


def _sign_of(where: Sequence[Ending]) -> str:
    """How the line that changed it does so, ``*=``; an example, where it does not so."""
    found = [sign[0] for one in where if (sign := _IN_PLACE.search(one.piece))]
    return found[0] if found else "+="


def _put_back(facts: Mapping[str, Any]) -> str:
    """What to do where an argument is changed for a while only."""
    if facts["rounded"]:
        return _(
            "It is what it was but for rounding: a number plus eps minus eps is not always that "
            "number. Keep the old number, and put it back."
        )
    return _(
        "The caller still needs {name}. Keep each number that you change, and put it back before "
        "you return."
    ).format(name=facts["name"])


def _remembers(report: Report, trouble: Trouble, function: str) -> list[str]:
    """That numbers are right alone and wrong after other calls."""
    if trouble.facts["between"] == "checks":
        return [
            _("Run alone, this check passes; after the checks before it, it did not."),
            _("Your file changes something outside of itself that stays. It costs no points."),
        ]
    return [
        _("{function} remembers the call before: called alone, {where} is right.").format(
            function=function, where=_where(report, trouble)
        ),
        _("Look for variables outside of the function, and for default arguments that change."),
    ]


def _count(asked: Function, trouble: Trouble) -> str:
    """Too many values came back, or too few."""
    function, name = asked.name, clean(trouble.facts["name"])
    got, length = clean(trouble.facts["got"]), trouble.facts["length"]
    if name:
        what = function if len(asked.returns) == 1 else name
        said = _("{name} is a {got} of {n} values where one array is wanted.")
        if len(asked.returns) == 1:
            said = _("{name} returned a {got} of {n} values where one array is wanted.")
        return said.format(name=what, got=got, n=length)
    if length is None:
        return _("{function} returned one value, of type {got}.").format(function=function, got=got)
    return plural(
        "{function} returned a {got} of {n} value.",
        "{function} returned a {got} of {n} values.",
        length,
    ).format(function=function, n=length, got=got)


def _timed_out(report: Report, trouble: Trouble) -> list[str | Ending]:
    seconds = trouble.facts["seconds"]
    said = {
        "time": _("Your code timed out: it ran for {seconds:g} s of processor time."),
        "waited": _("Your code timed out: no result within {seconds:g} s on the clock."),
        "spent": _(
            "Your code timed out: its checks ran for {seconds:g} s of processor time in all."
        ),
        "long": _("Your code timed out: its checks took {seconds:g} s on the clock in all."),
    }[trouble.facts["how"]]
    lines: list[str | Ending] = [said.format(seconds=seconds)]
    if not trouble.facts["loaded"]:
        where: list[str | Ending] = [
            *_stood(report, trouble),
            *whose_file(report, trouble.facts["inside"]),
        ]
        return [*lines, _reached(report, trouble), *where, own_tries()]
    more = _("Does every loop end?")
    if trouble.facts["how"] in ("waited", "long"):
        more = _("Does it wait for something: sleep, a lock, another process, the network?")
    return [
        *lines,
        _reached(report, trouble),
        *_stood(report, trouble),
        *whose_file(report, trouble.facts["inside"]),
        more,
    ]


def _stood(report: Report, trouble: Trouble) -> list[Ending]:
    """The line at which the code stood when it was stopped, if that is known."""
    said = _("It was stopped at {line}")
    if trouble.facts["in_loop"]:
        said = _("It was stopped inside the loop that begins at {line}")
    where = line(report, trouble.facts["line"]) or line_inside(report, trouble.facts)
    return [Ending(said.format(line=whole), code) for whole, code in where]


def _reached(report: Report, trouble: Trouble) -> str:
    facts = trouble.facts
    function = function_of(report, trouble).name
    if not facts["loaded"]:
        return _("It happened while your file was loading, before {function} was called.").format(
            function=function
        )
    if not facts["returned"]:
        return _("It happened in the first call to {function}.").format(function=function)
    return _("The last result was {names} at {where}.").format(
        names=", ".join(facts["came"]), where=_where(report, trouble)
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


def _where(report: Report, trouble: Trouble) -> str:
    if not trouble.step and not counts_steps(report.exercise):
        return _("call {call}").format(call=trouble.call + 1)
    if trouble.call:
        return _("call {call}, t = {t}").format(call=trouble.call + 1, t=trouble.step + 1)
    return _("t = {t}").format(t=trouble.step + 1)


def _shape(shape: Sequence[int]) -> str:
    return str(tuple(shape))
