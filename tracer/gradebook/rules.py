"""The rules of a course, as one TOML file says them: what counts, and when it is due.

::

    counts = "best"              # of several attempts: last, best, or last before due
    attempts = 5                 # only the first five count
    drop = 1                     # the lowest result of each student is left out

    [late]
    percent = 10                 # of what was earned, for each day or hour that has begun
    per = "day"
    grace_minutes = 15           # so much later is not late yet
    most = 50                    # never more per cent than these

    [exercises.22_lstm_step]
    due = 2026-11-20T23:59:00+01:00
    closes = 2026-11-27T23:59:00+01:00

    [extensions.ada]
    22_lstm_step = 2026-11-24T23:59:00+01:00

    [marks.ada.22_lstm_step]     # what a person decides stands, whatever is graded anew
    points = 12
    comment = "shown on the blackboard"

    [feedback]                   # what a student is shown; see feedback_rules.py
    now = "where"
    after_due = "hint"
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType
from typing import Any

from tracer.gradebook.feedback import Feedback
from tracer.gradebook.feedback_rules import feedback
from tracer.gradebook.naming import as_text
from tracer.gradebook.table import Table, listed
from tracer.language import _
from tracer.storage import tomlfile

Key = tuple[str, str]
"""A student and an exercise."""

_PERIODS = {"day": timedelta(days=1), "hour": timedelta(hours=1)}


class Counts(StrEnum):
    """Which of several attempts counts."""

    LAST = "last"
    BEST = "best"
    BEFORE_DUE = "last before due"


@dataclass(frozen=True, slots=True)
class Late:
    """What lateness costs: `share` of what was earned for each `period` that has begun."""

    share: float = 0.0
    period: timedelta = timedelta(days=1)
    grace: timedelta = timedelta(0)
    most: float = 1.0


@dataclass(frozen=True, slots=True)
class Mark:
    """What a person decided: points, a comment, or both."""

    points: float | None = None
    comment: str = ""


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules of a course; these here are those of one that says nothing.

    Attributes
    ----------
    counts : Counts
    attempts : int or None
        How many count, the first ones; None for all.
    drop : int
        How many of a student's lowest results are left out.
    late : Late
    due, closes : mapping of str to datetime
        Of each exercise; after `closes` nothing counts that is handed in.
    extensions : mapping of (str, str) to datetime
        When an exercise is due for one student.
    marks : mapping of (str, str) to Mark
    feedback : Feedback
        What a student is shown.
    """

    counts: Counts = Counts.LAST
    attempts: int | None = None
    drop: int = 0
    late: Late = Late()
    due: Mapping[str, datetime] = field(default_factory=lambda: MappingProxyType({}))
    closes: Mapping[str, datetime] = field(default_factory=lambda: MappingProxyType({}))
    extensions: Mapping[Key, datetime] = field(default_factory=lambda: MappingProxyType({}))
    marks: Mapping[Key, Mark] = field(default_factory=lambda: MappingProxyType({}))
    feedback: Feedback = field(default_factory=Feedback)

    @property
    def students(self) -> frozenset[str]:
        """Everybody who is named in them."""
        return frozenset(student for student, _exercise in (*self.extensions, *self.marks))


def read(path: Path, exercises: Mapping[str, Collection[str]]) -> Rules:
    """The rules in a file; `exercises` may stand in it, and the names of their checks.

    Raises
    ------
    FileError
        If it cannot be read, or says what cannot stand there. It names the file, the key, what
        stands there and what may.
    """
    top = Table(path, "", tomlfile.read(path))
    late = top.table("late")
    period = late.value("per", "day", lambda v: v in list(_PERIODS), _('"day" or "hour"'))
    settled = Rules(
        counts=Counts(
            top.value("counts", "last", lambda v: v in list(Counts), listed(list(Counts)))
        ),
        attempts=top.value("attempts", None, _is_count, _("a whole number from 1")),
        drop=top.value("drop", 0, lambda v: v == 0 or _is_count(v), _("a whole number from 0")),
        late=Late(
            late.value("percent", 0, _is_percent, _("a number from 0 to 100")) / 100,
            _PERIODS[period],
            timedelta(
                minutes=late.value("grace_minutes", 0, _is_amount, _("a number from 0")),
            ),
            late.value("most", 100, _is_percent, _("a number from 0 to 100")) / 100,
        ),
        **_by_exercise(top.table("exercises"), exercises),
        extensions=_extensions(top.table("extensions"), exercises),
        marks=_marks(top.table("marks"), exercises),
        feedback=feedback(top, exercises),
    )
    top.close("late", "exercises", "extensions", "marks", "feedback")
    late.close()
    return settled


def _by_exercise(table: Table, exercises: Collection[str]) -> dict[str, Any]:
    found: dict[str, dict[str, datetime]] = {"due": {}, "closes": {}}
    for name in table.named("exercise", exercises):
        inner = table.table(name)
        for key, moments in found.items():
            moment = inner.value(key, None, _is_moment, _MOMENT)
            if moment is not None:
                moments[name] = moment
        inner.close("feedback", "checks")
    return {key: MappingProxyType(moments) for key, moments in found.items()}


def _extensions(table: Table, exercises: Collection[str]) -> Mapping[Key, datetime]:
    found = {}
    for student in table.values:
        inner = table.table(student)
        for name in inner.named("exercise", exercises):
            found[as_text(student), name] = inner.value(name, None, _is_moment, _MOMENT)
    return MappingProxyType(found)


def _marks(table: Table, exercises: Collection[str]) -> Mapping[Key, Mark]:
    found = {}
    for student in table.values:
        of_student = table.table(student)
        for name in of_student.named("exercise", exercises):
            inner = of_student.table(name)
            points = inner.value("points", None, _is_amount, _("a number from 0"))
            comment = inner.value("comment", "", lambda v: isinstance(v, str), _("text"))
            inner.close()
            found[as_text(student), name] = Mark(points, comment)
    return MappingProxyType(found)


_MOMENT = _("a date and time with its time zone, as 2026-11-20T23:59:00+01:00")


def _is_moment(value: Any) -> bool:
    return isinstance(value, datetime) and value.tzinfo is not None


def _is_count(value: Any) -> bool:
    return type(value) is int and value >= 1


def _is_amount(value: Any) -> bool:
    return type(value) in (int, float) and 0 <= value < 10**6


def _is_percent(value: Any) -> bool:
    return _is_amount(value) and value <= 100
