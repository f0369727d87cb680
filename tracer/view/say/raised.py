"""What a student's own exception says, at the line of their own file, and what to do about it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from tracer.exercises.earlier import usable
from tracer.exercises.products import Fits, fitting
from tracer.grading.report import Report, Trouble
from tracer.language import _, plural
from tracer.view.say.compiling import not_compiled
from tracer.view.say.difference import listed
from tracer.view.say.earlier import earlier_missing, raised_in_earlier
from tracer.view.say.ending import Ending, line_of
from tracer.view.say.form import in_another_order
from tracer.view.say.products import product_sentence, shapes_sentence, spread_sentence
from tracer.view.say.python import about_python, in_own_lines
from tracer.view.say.shapes import rows_sentences
from tracer.view.say.simulated import of_a_thread, uncompiled, without_thread
from tracer.view.say.words import clean

_OF_THE_FILE = (
    "SyntaxError", "IndentationError", "TabError", "ImportError", "ModuleNotFoundError", "EOFError",
)  # fmt: skip
"""What is the matter with a file wherever in it that stands."""

FOREIGN = frozenset(
    {"torch", "tensorflow", "tf", "keras", "jax", "jnp", "pandas", "pd", "matplotlib", "plt",
     "sklearn"}
)  # fmt: skip
"""Libraries, by the names that they are known by, that no answer may import."""

_UNDEFINED = re.compile(r"name '(?P<name>\w+)' is not defined")
_MISSING = re.compile(r"No module named '(?P<name>\w+)")


def raised(report: Report, trouble: Trouble) -> list[str | Ending]:
    """The student's own exception, at the line of their own file."""
    facts = trouble.facts
    functions = report.exercise.functions
    asked = next((f for f in functions if f.name == facts.get("function")), functions[0])
    name, message = clean(facts["type"]), clean(facts["message"].replace("\n", " "))
    message = in_own_lines(report.form, message)
    if facts["not_implemented"]:
        said = _("{function} is not written yet: it still raises NotImplementedError.")
        return [said.format(function=asked.name), *start(report)]
    if facts["memory"]:
        return [
            _("Your code ran out of memory: it needs more than it may use."),
            *line(report, facts["line"]),
        ]
    if name == "SystemExit":
        ended = _("Your code ended Python (sys.exit, exit or quit).")
        if report.form.live:
            return [ended, *line(report, facts["line"])]
        own = report.form.line(facts["line"])
        if own is not None and "parse_args" in own.text:
            ended = _("Your code asks for arguments of the command line; there are none.")
        todo = _("Remove that: an answer only computes and returns.")
        return [
            ended,
            todo if facts["loaded"] else own_tries(),
            *line(report, facts["line"]),
        ]
    if facts.get("numba"):
        above = []
        if facts["undecorated"]:
            said = _("{function} has no @njit above it; this check compiles it all the same.")
            above = [said.format(function=asked.name)]
        return [*above, *not_compiled(facts), *line(report, facts["line"])]
    refused = uncompiled(clean(facts["message"])) if report.exercise.device else None
    if refused is not None:
        return [refused[0], *line(report, refused[1])]
    if facts["line"] is None and name == "TypeError":
        return [
            _("{function} cannot be called the way the exercise calls it: {message}").format(
                function=asked.name, message=message
            ),
            _("Expected: {signature}").format(signature=asked.signature),
        ]
    thread = of_a_thread(name, message) if report.exercise.device else []
    message = without_thread(message) if thread else message
    what = f"{name}: {message}" if message else name
    misfit = facts.get("product") or facts.get("apart")
    if misfit is not None:
        what = _("{name}: the shapes in {product} do not fit").format(
            name=name, product=clean(misfit[0])
        )
    if facts["loaded"]:
        lines: list[str | Ending] = [_("Your code raised {what}").format(what=what)]
    elif name in ("SyntaxError", "IndentationError", "TabError") and not facts.get("inside"):
        lines = [_("Your file is not valid Python: {what}").format(what=what)]
    else:
        lines = [_("Your file cannot be loaded: {what}").format(what=what)]
    lines += [*line(report, facts["line"]), *thread]
    if facts.get("inside"):
        return [*lines, *raised_in_earlier(report, facts)]
    if facts.get("again"):
        lines.append(_("The call in this line leads to itself again and again, and never ends."))
    lines += _meant(facts) or _foreign(report, name, message)
    lines += [*_of_shapes(report, trouble), *rows_sentences(facts)]
    if name in ("ModuleNotFoundError", "ImportError") and not report.form.live:
        lines += _import(report, message, near=facts["near"])
    better = about_python(report.form, name, message)
    lines += better
    if not facts["loaded"] and not better and name not in _OF_THE_FILE:
        lines.append(own_tries())
    if name == "EOFError" and not report.form.live:
        lines.append(_("Nobody is there to answer input(); remove it."))
    return lines


def own_tries() -> str:
    """Where code belongs that only tries the function out, and ends the loading of the file."""
    return _(
        'Code that only tries out your function belongs under if __name__ == "__main__": it does '
        "not run there when your answer is checked."
    )


def _of_shapes(report: Report, trouble: Trouble) -> Iterator[str]:
    """Which shapes do not fit, and what would."""
    facts = trouble.facts
    product, apart = facts.get("product"), facts.get("apart")
    if not (product or apart) and facts.get("shapes"):
        yield shapes_sentence(facts["shapes"])
    if apart is not None:
        yield spread_sentence(*apart[1:])
    if product is not None:
        _text, left, right = product
        yield product_sentence(left, right, _fitting(report, trouble))


def _fitting(report: Report, trouble: Trouble) -> Fits | None:
    """The product that the exercise's own axes allow, where one does not fit.

    None where the names stand for other arrays than in the exercise.
    """
    asked = [f for f in report.exercise.functions if f.name == trouble.facts.get("function")]
    if any(in_another_order(report, f.name, tuple(f.arguments)) for f in asked):
        return None
    given = next((c.shapes for c in report.checks if c.trouble is trouble), {})
    _text, left, right = trouble.facts["product"]
    return fitting(report.exercise, asked[0], given, left, right) if asked else None


def _meant(facts: Mapping[str, Any]) -> list[str]:
    """Which name was meant, or which import is missing."""
    if facts["near"]:
        return [_("Did you mean {name}?").format(name=clean(facts["near"]))]
    if facts["missing"]:
        return [_("Is the line “{line}” missing?").format(line=clean(facts["missing"]))]
    return []


def _foreign(report: Report, name: str, message: str) -> list[str]:
    """That a library which is not imported may not be: one that no answer can have."""
    found = _UNDEFINED.match(message) if name == "NameError" else None
    if found is None or found["name"] not in FOREIGN or report.form.live:
        return []
    said = _("{name} is not imported; an answer may import {names}, and nothing else.")
    return [said.format(name=found["name"], names=_importable(report))]


def _importable(report: Report) -> str:
    """All that an answer to this exercise may import."""
    there = [library for library, installed in report.libraries.items() if installed]
    names = [_("Python's standard library"), *there]
    own = sorted(one.number for one in usable(report.exercise))
    if own:
        said = plural(
            "your answer to exercise {numbers}", "your answers to exercises {numbers}", len(own)
        )
        names.append(said.format(numbers=listed(own)))
    return listed(names)


def _import(report: Report, message: str, *, near: str) -> list[str]:
    """What can be imported, and what is missed though it may be.

    `near` is a name that may have been meant.
    """
    there = [name for name, installed in report.libraries.items() if installed]
    lines = [
        _("{name} is not installed here.").format(name=name)
        for name in report.libraries
        if name not in there and name in message
    ]
    lines.append(
        _("An answer may import {names}, and nothing else, also where more is installed.").format(
            names=_importable(report)
        )
    )
    if "relative import" in message:
        lines.append(_("An answer is one file: copy into it what it needs of your other files."))
    own = earlier_missing(report, message)
    if own:
        return own
    missing = _MISSING.match(message)
    if missing is not None and missing["name"] not in report.libraries and not near:
        said = _(
            "If {name} is a file of your own: an answer is one file, so copy into it what it needs "
            "of {name}."
        )
        lines.append(said.format(name=missing["name"]))
    return lines


def start(report: Report) -> list[str]:
    """How to begin where nothing is written yet."""
    if report.form.live:  # there is no file of that name
        return []
    return [
        _(
            "Read README.md in the folder {name}, then write the body of {function} in {file}."
        ).format(
            name=report.exercise.name,
            function=", ".join(f.name for f in report.exercise.functions),
            file=clean(report.form.file or report.exercise.file),
        )
    ]


def line(report: Report, number: int | None) -> list[Ending]:
    """A line of the answer."""
    return line_of(report.form, number)
