"""What the rules of a course say about feedback.

::

    [feedback]                        # how much a student is shown of each check
    now = "where"                     # verdict, where, numbers, or hint: everything
    after_due = "hint"
    after_tries = { 3 = "numbers" }   # from the third attempt on

    [exercises.22_lstm_step.feedback]                  # of one exercise, in the place of that
    now = "verdict"

    [exercises.22_lstm_step.checks."large values"]     # of one check, in the place of both
    now = "verdict"
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from types import MappingProxyType

from tracer.gradebook.feedback import Dial, Feedback, Level
from tracer.gradebook.table import Table, listed
from tracer.language import _

_COUNT = _("a whole number of attempts, from 1, before the =")
_LEVELS = {level.name.lower(): level for level in Level}


def feedback(top: Table, exercises: Mapping[str, Collection[str]]) -> Feedback:
    """The dials of a course, of its exercises, and of their checks.

    Parameters
    ----------
    top : Table
        The whole file.
    exercises : mapping of str to collection of str
        The names of the exercises, each with those of its checks.
    """
    of_exercises: dict[str, Dial] = {}
    of_checks: dict[tuple[str, str], Dial] = {}
    listed_there = top.table("exercises")
    for name in listed_there.named("exercise", exercises):
        inner = listed_there.table(name)
        if "feedback" in inner.values:
            of_exercises[name] = _dial(inner.table("feedback"))
        checks = inner.table("checks")
        for check in checks.named("check", exercises[name]):
            of_checks[name, check] = _dial(checks.table(check))
    return Feedback(
        _dial(top.table("feedback")), MappingProxyType(of_exercises), MappingProxyType(of_checks)
    )


def _dial(table: Table) -> Dial:
    def level(inner: Table, key: str, missing: str) -> Level:
        return _LEVELS[inner.value(key, missing, lambda v: v in list(_LEVELS), listed(_LEVELS))]

    tries = table.table("after_tries")
    after_tries: dict[int, Level] = {}
    for key in tries.values:
        count = int(key) if key.isascii() and key.isdecimal() and len(key) < 6 else 0
        if count == 0:
            tries.value(key, None, lambda _found: False, _COUNT)
        after_tries[count] = level(tries, key, "")
    found = Dial(
        level(table, "now", "verdict" if table.values else "hint"),
        level(table, "after_due", "verdict"),
        MappingProxyType(after_tries),
    )
    table.close("after_tries")
    return found
