"""What is said of an earlier answer that an answer imports: the fault lies there, or it is none."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from tracer.exercises.decoding import Odd
from tracer.exercises.earlier import all_earlier, from_a_package, imported, usable
from tracer.exercises.exercise import Folder
from tracer.exercises.form import Earlier
from tracer.grading.report import Report, Trouble
from tracer.language import _
from tracer.view.say.difference import place
from tracer.view.say.ending import Ending, line_of
from tracer.view.say.form import form_sentences
from tracer.view.say.numbers import apart
from tracer.view.say.words import clean

_NONE = re.compile(r"No module named '(?P<module>\w+)'")
_WITHOUT = re.compile(r"cannot import name '(?P<name>\w+)' from '(?P<module>\w+)'")

_RELATIVE = re.compile(r"attempted relative import")


def earlier_at_fault(facts: Mapping[str, Any], function: str) -> list[str]:
    """That a wrong number comes out of it, that it fails a check of its own, or that it is slow."""
    names = {"earlier": facts["names"], "number": facts["number"], "function": function}
    d = facts["difference"]
    if facts["check"] is None:
        said = _(
            "Your {earlier} (exercise {number}), which is called here, passes its own checks, but "
            "takes about {seconds:.2g} s of processor time for each call."
        )
        return [said.format(seconds=facts["seconds"], **names)]
    if d is None:
        said = _(
            "Your {earlier} (exercise {number}), which is called here, does not pass its own check "
            "“{check}”. Correct it first."
        )
        return [said.format(check=facts["check"], **names)]
    yours, wanted = apart(d.got_number, d.expected_number)
    said = _(
        "The first wrong number comes out of your {earlier} (exercise {number}). It gives "
        "{yours} for {place}; right for what goes in is {wanted}."
    )
    where = place(replace(d, returned=None), calls=1)
    return [
        said.format(place=where, yours=yours, wanted=wanted, **names),
        _("What {function} does with its numbers is right. Correct {earlier} first.").format(
            **names
        ),
    ]


def first_of_all(earlier: Folder) -> str:
    """What is said instead of a hint for the exercise that imports it."""
    said = _(
        "Your answer to exercise {number}, which is called here, is to be corrected first. No hint "
        "is used up."
    )
    return said.format(number=earlier.number)


def whose_file(report: Report, inside: str) -> list[str]:
    """Which answer a file is, where it is an earlier one."""
    found = all_earlier(report.form).get(inside)
    if found is None:
        return []
    said = _("{file} is your answer to exercise {number}.")
    return [said.format(file=clean(found.form.file), number=found.exercise.number)]


def line_inside(report: Report, facts: Mapping[str, Any]) -> list[Ending]:
    """The line of an earlier answer at which something happened."""
    found = all_earlier(report.form).get(facts["inside"])
    return [] if found is None else line_of(found.form, facts["inside_line"])


def raised_in_earlier(report: Report, facts: Mapping[str, Any]) -> list[str | Ending]:
    """Where in an earlier answer an exception was raised, or that it is not written yet."""
    found = all_earlier(report.form).get(facts["inside"])
    if found is None:
        return []
    names = {
        "file": clean(found.form.file), "number": found.exercise.number,
        "function": ", ".join(found.exercise.called_names),
    }  # fmt: skip
    where = line_inside(report, facts)
    gone = earlier_missing(report, facts["message"], facts["inside"])
    if gone:
        said = _("It was raised in your {file}, the answer to exercise {number}.")
        return [said.format(**names), *where, *gone]
    said = _("It was raised in your {file}, the answer to exercise {number}. Correct it first.")
    if facts.get("inside_right"):
        said = _(
            "It was raised in your {file}, the answer to exercise {number}, which passes its own "
            "checks. Look at what {caller} calls it with."
        )
        return [said.format(caller=", ".join(report.exercise.called_names), **names), *where]
    if facts.get("stub"):
        said = _("{function}, of exercise {number}, is not written yet. Write it first.")
    return [said.format(**names), *where]


def earlier_missing(report: Report, message: str, inside: str = "") -> list[str]:
    """That an earlier answer is not there, cannot be read, or does not define what is imported.

    `inside` is the module of the earlier answer that imports it, if it is not the answer itself.
    """
    of = {one.module: one for one in usable(report.exercise)}
    none, without = _NONE.match(message), _WITHOUT.match(message)
    if none is not None and none["module"] in of:
        return _not_found(report, of[none["module"]], inside)
    if without is not None and without["module"] in of:
        one = of[without["module"]]
        said = _("Your {file}, the answer to exercise {number}, defines no {name}.")
        return [said.format(file=one.file, number=one.number, name=without["name"])]
    if _RELATIVE.search(message):
        importing = _importing(report, inside)
        for one in from_a_package(importing.form.program, importing.exercise):
            said = _(
                "To import your answer to exercise {number}, leave the dot out: "
                "from {module} import …"
            )
            return [said.format(number=one.number, module=one.module)]
    return []


def not_there(report: Report, trouble: Trouble | None) -> Folder | None:
    """The exercise whose answer is imported and has no file, where the answer ended at that."""
    facts = {} if trouble is None else trouble.facts
    found = _NONE.match(facts.get("message", ""))
    of = {one.module: one for one in usable(report.exercise)}
    if found is None or found["module"] not in of.keys() - all_earlier(report.form).keys():
        return None
    one, importing = of[found["module"]], _importing(report, facts.get("inside", ""))
    return one if one.name in imported(importing.form.program, importing.exercise) else None


def _importing(report: Report, inside: str) -> Earlier:
    """The answer in which an import stands: an earlier one, or the one that is checked."""
    return all_earlier(report.form).get(inside) or Earlier(report.exercise, report.form)


def _not_found(report: Report, one: Folder, inside: str) -> list[str]:
    """Why there is no module of an earlier answer: its name is not seen, it is damaged, or gone."""
    found = all_earlier(report.form)
    names = {"module": one.module, "number": one.number, "name": one.name, "file": one.file}
    there = found.get(one.module)
    if there is not None and there.form.problem is not None:
        file, problem = there.form.file, there.form.problem
        said = _("{module} is your answer to exercise {number}. Its file is there, but damaged:")
        if problem.what == Odd.UNREAD:
            said = _("{module} is your answer to exercise {number}. Its file is there, but:")
        facts = {"what": problem.what, **problem.facts}
        return [said.format(**names), *form_sentences(file, facts)]
    importing = _importing(report, inside)
    if one.name not in imported(importing.form.program, importing.exercise):
        said = _(
            "{module} is your answer to exercise {number}. It can be imported only where its name "
            "stands in the import: import {module}, or from {module} import …"
        )
        return [said.format(**names)]
    return [
        _("{module} is your answer to exercise {number}, and it is not there.").format(**names),
        _(
            "It belongs into the folder {name} beside that of this exercise. For a file that "
            "lies elsewhere, or is handed in: beside that file, as {file}."
        ).format(**names),
    ]
