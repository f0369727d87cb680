"""What is the matter with the form of a file: its encoding, its cells, where a function stands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tracer.exercises.decoding import Odd
from tracer.exercises.form import Place
from tracer.grading.report import Report, Verdict
from tracer.language import _
from tracer.view.say.words import clean

MOST_NAMES = 6
"""Functions of a file that are listed; the one that is meant is hard to find among more."""


def form_sentences(file: str, facts: Mapping[str, Any]) -> list[str]:
    """Why a file is nothing that Python could run, and what to do."""
    told = {name: clean(str(value)) for name, value in facts.items()} | {"file": clean(file)}
    match facts["what"]:
        case Odd.NULL:
            said = _("{file} is no text: there is a NUL byte in line {line}.")
            todo = _("Save it as plain text in UTF-8.")
        case Odd.UNKNOWN_ENCODING:
            said = _("{file} says that it is written in {encoding}, which Python does not know.")
            todo = _("Save it as UTF-8, and remove that line.")
        case Odd.UNDECODABLE:
            said = _("{file} cannot be read as {encoding}: line {line} holds other bytes.")
            todo = _("Save it as UTF-8.")
        case Odd.NO_JSON:
            said = _("{file} is a damaged notebook: it is not valid JSON (line {line}).")
            todo = _("Open it in Jupyter and save it again, or export it as a Python script.")
        case Odd.NO_JSON_AT_ALL:
            said = _("{file} is not a notebook, though it is called one: it holds no JSON.")
            todo = _("If it is a Python program, call it .py; else hand in the notebook itself.")
        case Odd.NO_NOTEBOOK:
            said = _("{file} is not a notebook: it is JSON without cells.")
            todo = _("Hand in the notebook itself, or a Python file.")
        case Odd.NO_CODE:
            said = _("{file} is a notebook without a code cell.")
            todo = _("Was it saved? Open it, and look whether your code is there.")
        case Odd.OTHER:
            said = _("{file} holds {kind} and not Python, whatever it is called.")
            todo = _("Hand in the program itself: plain text, or a notebook.")
        case Odd.LANGUAGE:
            said = _("{file} is a notebook in {language}, not in Python.")
            todo = _("Choose a Python kernel, and save it again.")
        case Odd.UNREAD:
            return [_("{file} cannot be read: {why}.").format(**told)]
        case Odd.TOO_MANY:
            said = _(
                "{file} has more than {most} code cells, or more than {most} statements outside of "
                "functions."
            )
            todo = _("Hand in only the cells that your answer needs.")
        case _:
            said = _("{file} holds {length} characters of code; an answer has at most {most}.")
            todo = _("Hand in only the cells that your answer needs.")
    return [said.format(**told), todo]


def elsewhere(report: Report, function: str) -> list[str]:
    """Where something like a function stands that the file does not define."""
    found = report.form.elsewhere.get(function)
    if found is None:
        names = report.form.defined
        said = _("It defines {names}.").format(names=clean(", ".join(names)))
        return [said] if 0 < len(names) <= MOST_NAMES else []
    match found.place:
        case Place.GUARD:
            said = _(
                'It is defined inside if __name__ == "__main__": {where}, which runs only when the '
                "file is started by itself. Move it out, to the left margin."
            )
        case Place.METHOD:
            said = _(
                "It is a method of the class {within} {where}. Write it as a function of its own, "
                "outside of the class and without self."
            )
        case Place.NESTED:
            said = _(
                "It is defined inside the function {within} {where}. Move it out, to the left "
                "margin."
            )
        case Place.NEAR:
            said = _("Did you mean {name} {where}? Rename it to {function}.")
    line = found.line
    where = _("(line {line})")
    if line.cell is not None:
        where = _("(code cell {cell}, line {line})")
    return [
        said.format(
            where=where.format(cell=line.cell, line=line.number),
            within=clean(found.within),
            name=clean(found.name),
            function=function,
        )
    ]


def form_notes(report: Report) -> list[str]:
    """What else a student has to know of a file whose function runs and is not right."""
    if report.verdict not in (Verdict.WRONG, Verdict.CRASHED):
        return []
    return [
        said
        for function in report.exercise.functions
        for said in _order_of_arguments(report, function.name, tuple(function.arguments))
    ]


def in_another_order(report: Report, function: str, asked: Sequence[str]) -> tuple[str, ...]:
    """The student's arguments where a name of the exercise stands for another value; or nothing."""
    own = report.form.arguments.get(function)
    if own is None or len(own) < len(asked):  # the call itself fails, and says why
        return ()
    return () if all(name == own[k] for k, name in enumerate(asked) if name in own) else own


def _order_of_arguments(report: Report, function: str, asked: Sequence[str]) -> list[str]:
    """That a function has a name of the exercise in another place than its value comes in.

    Its own names do not matter where the order is right.
    """
    own = in_another_order(report, function, asked)
    if not own:
        return []
    said = _("Your {function} takes {own}. The exercise hands over {asked}, in this order.")
    return [
        said.format(function=function, own=clean(", ".join(own)), asked=", ".join(asked)),
    ]
