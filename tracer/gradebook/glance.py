"""A class at a glance: pure functions of what is recorded, read by the table and by the page.

Of each student and exercise it is the attempt that counts. Nothing here says why two answers are
alike: that is for a person to find out.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from statistics import median
from typing import Any

BOUNDS = (0.0, 0.25, 0.5, 0.75)
"""Shares of the points: none, up to each of these, more and not all, all."""

REMEMBERS, NO_PYTHON, NOT_LOADED = "remembers", "no Python", "not loaded"
"""What is noticed of an answer beside its numbers, and what keeps a file from running."""

_NO_PYTHON = re.compile(r"\b(?:SyntaxError|IndentationError|TabError)\b")


class Kind(StrEnum):
    """What is known of an answer that is not right."""

    NAMED = "named"  # a mistake that gives all its numbers
    UNNAMED = "unnamed"  # numbers that no known mistake gives; `said` may have what was noticed
    TROUBLE = "trouble"  # no wrong number: an exception, a shape, a time limit


@dataclass(frozen=True, slots=True)
class Wrong:
    """What is wrong with an answer, and where it shows first.

    Attributes
    ----------
    kind : Kind
    said : tuple of str
        The mistake, as the student is told; for trouble its kind.
    check, quantity : str
        Where it shows first; `quantity` is empty for trouble.
    t : int or None
        The step, from 1; None of what has no steps.
    """

    kind: Kind
    said: tuple[str, ...]
    check: str
    quantity: str = ""
    t: int | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What the glance needs of one record.

    Attributes
    ----------
    student, exercise : str
    seed : int
        Only answers to the same numbers can be held against each other.
    digest : str
    verdict : str
    share : float
        Of the points.
    points : float
    checks : tuple of (str, str, bool)
        Name, title, and whether it passes.
    wrong : Wrong or None
        None where it is right, or was not started.
    numbers : tuple
        Every wrong number that is recorded, with its place; empty where there is none, or all
        are 0.
    """

    student: str
    exercise: str
    seed: int
    digest: str
    verdict: str
    share: float
    points: float
    checks: tuple[tuple[str, str, bool], ...]
    wrong: Wrong | None = None
    numbers: tuple[tuple[Any, ...], ...] = ()


def answer_of(record: Mapping[str, Any]) -> Answer:
    """What the glance needs of a record."""
    report = record["report"]
    return Answer(
        record["student"]["key"],
        record["exercise"],
        record["seed"],
        record["digest"],
        record["verdict"],
        record["points"] / record["out_of"] if record["out_of"] else 1.0,
        record["points"],
        tuple((c["name"], c["title"], c["verdict"] == "passed") for c in report["checks"]),
        _wrong(report),
        _numbers(report),
    )


def _wrong(report: Mapping[str, Any]) -> Wrong | None:
    failing = next((c for c in report["checks"] if c["verdict"] != "passed"), None)
    if failing is None or report["verdict"] == "not_started":
        return None
    first = failing["first"]
    if first is None:
        return Wrong(Kind.TROUBLE, (_trouble(failing),), failing["name"])
    place = failing["name"], first["quantity"], first["t"]
    for found in (failing["diagnosis"], report["diagnosis"]):
        if found and (found["mistakes"] or found["changes"]):
            return Wrong(Kind.NAMED, tuple(found["said"]), *place)
    if any(remark["kind"] == REMEMBERS for remark in failing["remarks"]):
        return Wrong(Kind.UNNAMED, (REMEMBERS,), *place)
    return Wrong(Kind.UNNAMED, (), *place)


def _trouble(failing: Mapping[str, Any]) -> str:
    """Its kind; of an exception that keeps the file from loading, whether Python can read it."""
    trouble = failing["trouble"]
    if not trouble:
        return str(failing["verdict"])
    if trouble["kind"] != "raised" or failing["run"]:
        return str(trouble["kind"])
    return NO_PYTHON if _NO_PYTHON.search(trouble["said"][0]) else NOT_LOADED


def _numbers(report: Mapping[str, Any]) -> tuple[tuple[Any, ...], ...]:
    """The wrong numbers with all their digits; 0 and what is not finite come about in many ways."""
    found = [
        (check["name"], n["call"], n["t"], n["quantity"], tuple(n["at"]), n["got"])
        for check in report["checks"]
        for n in [*([check["first"]] if check["first"] else []), *check["also"]]
    ]
    return tuple(found) if any(_tells(number[-1]) for number in found) else ()


def _tells(got: Any) -> bool:
    """Whether few answers give such a number by chance."""
    return isinstance(got, float) and not got.is_integer()


@dataclass(frozen=True, slots=True)
class Scores:
    """The scores of an exercise: `counts` are those of none, of up to each bound, and of all."""

    exercise: str
    students: int
    mean: float
    median: float
    counts: tuple[int, ...]


def scores(answers: Sequence[Answer]) -> list[Scores]:
    """How the shares of the points are spread, exercise by exercise."""
    found = []
    for exercise, theirs in _by_exercise(answers):
        shares = [a.share for a in theirs]
        counts = Counter(map(_bin, shares))
        spread = tuple(counts[k] for k in range(len(BOUNDS) + 2))
        mean = sum(shares) / len(shares)
        found.append(Scores(exercise, len(theirs), mean, median(shares), spread))
    return found


def _bin(share: float) -> int:
    """The place of a share among the bounds; all the points are the last."""
    if share >= 1:
        return len(BOUNDS) + 1
    return sum(share > bound for bound in BOUNDS)


@dataclass(frozen=True, slots=True)
class Item:
    """How many of those who began an exercise pass one of its checks."""

    exercise: str
    check: str
    title: str
    passed: int
    students: int


def items(answers: Sequence[Answer]) -> list[Item]:
    """Every check of every exercise, in its order; an answer that was not started is no try."""
    found = []
    for exercise, theirs in _by_exercise(answers):
        begun = [a for a in theirs if a.verdict != "not_started"]
        titles = {name: title for a in begun for name, title, _passed in a.checks}
        passed = Counter(name for a in begun for name, _title, right in a.checks if right)
        tried = Counter(name for a in begun for name, _title, _right in a.checks)
        found += [
            Item(exercise, name, title, passed[name], tried[name]) for name, title in titles.items()
        ]
    return found


@dataclass(frozen=True, slots=True)
class Mistake:
    """What is wrong with how many answers, and where it shows first in how many of them.

    `places` are the quantity, the step and the number of answers, the most frequent first; of
    trouble the check stands for the quantity.
    """

    exercise: str
    kind: Kind
    said: tuple[str, ...]
    students: int
    out_of: int
    places: tuple[tuple[str, int | None, int], ...]


def mistakes(answers: Sequence[Answer]) -> list[Mistake]:
    """What is wrong, the most frequent first."""
    found = []
    for exercise, theirs in _by_exercise(answers):
        by: dict[tuple[Kind, tuple[str, ...]], list[Wrong]] = {}
        for answer in theirs:
            if (wrong := answer.wrong) is not None:
                by.setdefault((wrong.kind, wrong.said), []).append(wrong)
        for (kind, said), alike in by.items():
            places = Counter((w.quantity or w.check, w.t) for w in alike)
            ordered = tuple((what, t, n) for (what, t), n in places.most_common())
            found.append(Mistake(exercise, kind, said, len(alike), len(theirs), ordered))
    return sorted(found, key=lambda one: -one.students)


@dataclass(frozen=True, slots=True)
class Group:
    """Students whose answers are the same in something.

    Attributes
    ----------
    exercise : str
    students : tuple of str
        Their keys.
    same_file : bool
        Whether it is the file, byte by byte; else it is every wrong number that is recorded.
    said : tuple of str
        The mistake that gives these numbers to whoever makes it; empty where none is known.
    numbers : int
        How many wrong numbers are compared.
    """

    exercise: str
    students: tuple[str, ...]
    same_file: bool
    said: tuple[str, ...] = ()
    numbers: int = 0


def groups(answers: Sequence[Answer]) -> list[Group]:
    """Answers that are alike: first those whose numbers no known mistake gives, then large groups.

    Numbers are compared only where the same were drawn, and not where the files are the same.
    """
    files: dict[tuple[str, str], list[Answer]] = {}
    numbers: dict[tuple[Any, ...], list[Answer]] = {}
    for answer in answers:
        if answer.verdict != "not_started":
            files.setdefault((answer.exercise, answer.digest), []).append(answer)
        if answer.numbers:
            key = answer.exercise, answer.seed, answer.numbers
            numbers.setdefault(key, []).append(answer)
    found = [
        Group(alike[0].exercise, _students(alike), same_file=True)
        for alike in files.values()
        if len(_students(alike)) > 1
    ]
    for alike in numbers.values():
        wrong = alike[0].wrong
        if len({a.digest for a in alike}) > 1 and len(_students(alike)) > 1:
            said = wrong.said if wrong is not None and wrong.kind is Kind.NAMED else ()
            found.append(
                Group(
                    alike[0].exercise,
                    _students(alike),
                    same_file=False,
                    said=said,
                    numbers=len(alike[0].numbers),
                )
            )
    return sorted(found, key=lambda one: (bool(one.said), -len(one.students), one.exercise))


def comparable(answers: Sequence[Answer]) -> bool:
    """Whether two students have answered to the same numbers anywhere."""
    seen = Counter((a.exercise, a.seed) for a in answers)
    return any(count > 1 for count in seen.values())


def _students(answers: Iterable[Answer]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(a.student for a in answers))


def _by_exercise(answers: Sequence[Answer]) -> list[tuple[str, list[Answer]]]:
    by: dict[str, list[Answer]] = {}
    for answer in answers:
        by.setdefault(answer.exercise, []).append(answer)
    return sorted(by.items())
