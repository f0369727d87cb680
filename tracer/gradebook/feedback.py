"""What a student is shown of a report, and when: the one place that decides it.

A report holds all that was found out. `shown` makes of it what may leave the instructor's hands:
of each check as much as its dial allows, and of what concerns several checks as much as the least
of them does. What was printed, and the text of an exception, may hold the numbers of any check.
So does the seed: who has it, and tracer, draws all numbers again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum
from types import MappingProxyType
from typing import Any

SCHEMA = "tracer-feedback-2"
"""Its name; the number is another one as soon as a key comes, goes or means something else."""


class Level(IntEnum):
    """How much is shown of a check; each shows what those before it show."""

    VERDICT = 0  # whether it passes, and its points
    WHERE = 1  # which quantity at which step and place, and what kind of trouble
    NUMBERS = 2  # the student's number and the expected one, the exception, what was printed
    HINT = 3  # the mistake, the line, and how the number is computed: everything


@dataclass(frozen=True, slots=True)
class Dial:
    """How much is shown: at once, once it is due, and from so many tries on."""

    now: Level = Level.HINT
    after_due: Level = Level.VERDICT
    after_tries: Mapping[int, Level] = field(default_factory=lambda: MappingProxyType({}))

    def level(self, tries: int, *, due: bool) -> Level:
        """How much that is now: the most of what holds.

        Parameters
        ----------
        tries : int
            How many attempts were handed in.
        due : bool
            Whether the due date is over.
        """
        earned = [level for least, level in self.after_tries.items() if tries >= least]
        return max([self.now, *earned, *([self.after_due] if due else [])])


@dataclass(frozen=True, slots=True)
class Feedback:
    """The dials of a course: of a check, else of its exercise, else of the course."""

    course: Dial = Dial()
    exercises: Mapping[str, Dial] = field(default_factory=lambda: MappingProxyType({}))
    checks: Mapping[tuple[str, str], Dial] = field(default_factory=lambda: MappingProxyType({}))

    def dial(self, exercise: str, check: str) -> Dial:
        """The dial of a check."""
        return self.checks.get((exercise, check), self.exercises.get(exercise, self.course))

    def levels(
        self, exercise: str, tries: int, due: datetime | None, now: datetime
    ) -> Callable[[str], Level]:
        """How much is shown of each check of an exercise, by its name.

        Parameters
        ----------
        exercise : str
        tries : int
            How many attempts the student has handed in.
        due : datetime or None
            When it is due for the student; None where nothing says so, and then it never is.
        now : datetime
        """
        over = due is not None and now > due
        return lambda check: self.dial(exercise, check).level(tries, due=over)


_OF_THE_FILE = ("empty", "still none", "none", "count", "shape", "shared", "changed", "remembers",
                "no function", "launch", "form", "time", "memory", "disk")  # fmt: skip
"""Kinds of trouble whose sentences hold no number of a check and no text of the student's own."""


def shown(report: Mapping[str, Any], level_of: Callable[[str], Level]) -> dict[str, Any]:
    """A report as a student gets it: the keys of a report, and nothing in those that are not shown.

    Parameters
    ----------
    report : mapping
        As `tracer.view.export.report_json.as_record` makes it.
    level_of : callable
        How much is shown of the check with this name.
    """
    levels = [level_of(check["name"]) for check in report["checks"]]
    failing = [
        level
        for level, check in zip(levels, report["checks"], strict=True)
        if check["verdict"] != "passed"
    ]
    least = min(levels, default=Level.HINT)
    told = min(failing, default=least) is Level.HINT
    return {
        "schema": SCHEMA,
        **{key: report[key] for key in _ALWAYS},
        "seed": report["seed"] if least is Level.HINT else None,
        "diagnosis": report["diagnosis"] if told else None,
        "explained": told and report["explained"],
        "line": report["line"] if told else None,
        "said": report["said"] if least is Level.HINT else [],
        "checks": [
            _check(check, level, least)
            for level, check in zip(levels, report["checks"], strict=True)
        ],
        "reading": None,  # it is made for the screen of who wrote the answer
        "printed": report["printed"] if least >= Level.NUMBERS else "",
    }


_ALWAYS = ("exercise", "number", "title", "file", "verdict", "verdict_said", "points", "out_of",
           "score", "wall", "notes")  # fmt: skip
_OF_A_CHECK = ("name", "title", "verdict", "verdict_said", "points", "out_of", "run")


def _check(check: Mapping[str, Any], level: Level, least: Level) -> dict[str, Any]:
    where, numbers, hint = (level >= one for one in (Level.WHERE, Level.NUMBERS, Level.HINT))
    texts = numbers and least >= Level.NUMBERS

    def trouble(found: Mapping[str, Any]) -> dict[str, Any]:
        told = texts or found["kind"] in _OF_THE_FILE or not check["run"]
        return {**found, "said": found["said"] if told else []}

    def number(found: Mapping[str, Any]) -> dict[str, Any]:
        return _number(found, level)

    return {
        **{key: check[key] for key in _OF_A_CHECK},
        "level": level.name.lower(),
        "told_in": check["told_in"] if where else None,
        "quantities": check["quantities"] if where else [],
        "said": check["said"] if where else [],
        "first": number(check["first"]) if where and check["first"] else None,
        "also": _each(number, check["also"]) if where else [],
        # An older tracer kept none. It has right numbers of other steps too.
        "states": check.get("states") if hint else None,
        "diagnosis": check["diagnosis"] if hint else None,
        "explained": hint and check["explained"],
        "trouble": trouble(check["trouble"]) if where and check["trouble"] else None,
        "remarks": _each(trouble, check["remarks"]) if where else [],
        "printed": check["printed"] if texts else "",
    }


def _each(
    change: Callable[[Mapping[str, Any]], dict[str, Any]], found: Sequence[Mapping[str, Any]]
) -> list[dict[str, Any]]:
    return [change(one) for one in found]


_PLACE = ("call", "t", "quantity", "axes", "at", "place", "from_own")
_NUMBERS = ("got", "expected", "got_said", "expected_said")


def _number(found: Mapping[str, Any], level: Level) -> dict[str, Any]:
    """A wrong number: its place, and what it is if that is shown."""
    numbers = level >= Level.NUMBERS
    # The last sentence says from what the expected number is computed.
    said = found["said"] if numbers or not found["from_own"] else found["said"][:-1]
    return {
        **{key: found[key] for key in _PLACE},
        **{key: found[key] if numbers else None for key in _NUMBERS},
        "row": found["row"] if numbers else [],
        "said": said,
        "equations": found["equations"] if level is Level.HINT else [],
    }
