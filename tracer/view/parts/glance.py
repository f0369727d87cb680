"""The parts of a class at a glance: scores, mistakes, items and groups, in words and numbers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from tracer.gradebook import glance
from tracer.gradebook.glance import Answer, Group, Item, Kind, Mistake, Scores
from tracer.gradebook.handed import Student
from tracer.grading import report
from tracer.language import _, plural
from tracer.view.parts.gradebook import student_name
from tracer.view.parts.said import Said, Tone
from tracer.view.say.words import clean

BINS = ("0", "1–25", "26–50", "51–75", "76–99", "100")
"""Per cent of the points, over the columns of the scores."""

PLACES = 3
"""Of where a mistake shows first, so many places are named."""


@dataclass(frozen=True, slots=True)
class MistakeRow:
    """What is wrong with how many answers; `where` is where it shows first."""

    exercise: str
    share: str
    said: str
    where: str
    named: bool


@dataclass(frozen=True, slots=True)
class GroupRow:
    """Students whose answers are alike, in what, and what is known of it."""

    exercise: str
    names: tuple[str, ...]
    alike: str
    known: str


@dataclass(frozen=True, slots=True)
class Glance:
    """A class at a glance.

    Attributes
    ----------
    about : str
        How many answers of how many students it is made of.
    scores : tuple of Scores
    mistakes : tuple of MistakeRow
    items : tuple of Item
    everybody, nobody : tuple of Item
        Those that all pass who have begun, and those that none passes.
    groups : tuple of GroupRow
    about_groups : tuple of Said
        How they are to be read.
    """

    about: str
    scores: tuple[Scores, ...]
    mistakes: tuple[MistakeRow, ...]
    items: tuple[Item, ...]
    everybody: tuple[Item, ...]
    nobody: tuple[Item, ...]
    groups: tuple[GroupRow, ...]
    about_groups: tuple[Said, ...]


def glance_at(answers: Sequence[Answer], students: Mapping[str, Student]) -> Glance:
    """All that is said of a class."""
    items = tuple(glance.items(answers))
    told = [item for item in items if item.students > 1]
    found = glance.groups(answers)
    return Glance(
        _about(answers),
        tuple(glance.scores(answers)),
        tuple(map(_mistake, glance.mistakes(answers))),
        items,
        tuple(item for item in told if item.passed == item.students),
        tuple(item for item in told if item.passed == 0),
        tuple(_group(group, students) for group in found),
        tuple(_about_groups(answers, found)),
    )


def _about(answers: Sequence[Answer]) -> str:
    count = len({a.student for a in answers})
    said = plural("{answers} of {count} student", "{answers} of {count} students", count)
    some = plural("{count} answer that counts", "{count} answers that count", len(answers))
    return said.format(answers=some.format(count=len(answers)), count=count)


def _mistake(found: Mistake) -> MistakeRow:
    share = _("{count} of {all}").format(count=found.students, all=found.out_of)
    shown = dict.fromkeys(_place(found, *place) for place in found.places[:PLACES])
    where = "; ".join(shown) + ("; …" if len(found.places) > PLACES else "")
    named = found.kind is Kind.NAMED
    return MistakeRow(found.exercise, share, _said(found), where, named)


def _said(found: Mistake) -> str:
    if found.kind is Kind.NAMED:
        return " ".join(found.said)
    if glance.REMEMBERS in found.said and found.kind is Kind.UNNAMED:
        return _("The function remembers the call before: called alone, its numbers are right.")
    if found.kind is Kind.UNNAMED:
        return _("No mistake is known that gives these numbers.")
    return _("No wrong number: {kind}").format(kind=kind_name(found.said[0]))


def kind_name(kind: str) -> str:
    """A kind of trouble in a few words; one that has no words of its own is as it is recorded."""
    return {
        "empty": _("nothing is written yet"),
        "still none": _("nothing is computed yet"),
        "none": _("None came back"),
        "count": _("another number of values came back"),
        "no dict": _("no dict came back"),
        "no entry": _("an entry of the dict is missing"),
        "ragged": _("rows of different lengths"),
        "dtype": _("no numbers"),
        "shape": _("another shape"),
        "precision": _("another precision"),
        "shared": _("an array that changed later"),
        "changed": _("an input that was changed"),
        "remembers": _("the call before is remembered"),
        "no function": _("the function is missing"),
        "launch": _("no kernel ran with a thread for each number"),
        "form": _("the file cannot be run"),
        "property": _("what the exercise demands does not hold"),
        "raised": _("an exception"),
        glance.NO_PYTHON: _("the file is not valid Python"),
        glance.NOT_LOADED: _("the file cannot be loaded"),
        "time": _("the time limit"),
        "memory": _("the limit of memory"),
        "died": _("the process ended"),
        "disk": _("too much written"),
        "garbled": _("something other than numbers came back"),
    }.get(kind, kind)


_OF_THE_FILE = (
    report.Kind.NO_FUNCTION, report.Kind.FORM, glance.NO_PYTHON, glance.NOT_LOADED,
)  # fmt: skip


def _place(found: Mistake, what: str, t: int | None, count: int) -> str:
    place = clean(what)
    if found.kind is Kind.TROUBLE and found.said[0] in _OF_THE_FILE:
        return _("in the file")  # the check has no part in it
    if found.kind is Kind.TROUBLE:
        place = _("in “{check}”").format(check=place)
    elif t is not None:
        place = _("{quantity} at t = {t}").format(quantity=place, t=t)
    return f"{place} ({count})" if len(found.places) > 1 else place


def _group(group: Group, students: Mapping[str, Student]) -> GroupRow:
    names = tuple(student_name(students.get(key, Student(key))) for key in group.students)
    if group.same_file:
        return GroupRow(group.exercise, names, _("the same file, byte by byte"), "")
    alike = plural("the same wrong number", "the same {count} wrong numbers", group.numbers).format(
        count=group.numbers
    )
    return GroupRow(group.exercise, names, alike, " ".join(group.said))


def _about_groups(answers: Sequence[Answer], found: Sequence[Group]) -> Iterator[Said]:
    if found:
        yield Said(
            _(
                "A place to look, and no verdict: who makes the same mistake has the same numbers, "
                "and people who worked together, as they may, have the same file."
            ),
            Tone.STRONG,
        )
    if not glance.comparable(answers):
        yield Said(
            _(
                "Each answer had numbers of its own, so that wrong numbers cannot be held against "
                "each other; files can. A class that is graded with --seed has the same numbers."
            )
        )


def percent(share: float) -> str:
    """A share as whole per cent; never 0 or 100 for what is not exactly that."""
    shown = round(100 * share)
    if 0 < share < 1:
        shown = min(max(shown, 1), 99)
    return f"{shown} %"
