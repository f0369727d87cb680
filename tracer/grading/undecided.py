"""Which failing checks say nothing of their own, for a mistake told before shows in them again.

Who gets a single step wrong gets it wrong in every check. That is one mistake, and it does not
tell whether inputs are kept, or whether large numbers are survived: such a check is undecided. It
has no points, as it was not passed, but nobody is told that it failed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from tracer.grading.report import CheckReport, Kind, Verdict

_FAILED = (Verdict.WRONG, Verdict.CRASHED, Verdict.TIMED_OUT, Verdict.OUT_OF_MEMORY)

_SEEN_LATER = (Kind.PRECISION, Kind.SHARED, Kind.CHANGED)
"""What is looked at only when every number is right."""


def settled(reports: Sequence[CheckReport]) -> list[CheckReport]:
    """The same reports; after the first that fails at its first step, others like it say nothing.

    What is right in the first step and wrong in a later one has a cause of its own.
    """
    told = False
    settled = []
    for report in reports:
        at_once = report.verdict in _FAILED and _at_first_step(report)
        settled.append(replace(report, verdict=Verdict.UNDECIDED) if told and at_once else report)
        told = told or at_once
    return settled


def _at_first_step(report: CheckReport) -> bool:
    """Whether not even the first step of the first call is right."""
    where = report.difference or report.trouble
    if where is None or (where.call, where.step) != (0, 0):
        return False
    trouble = report.trouble
    if trouble is None:
        return True
    return trouble.kind not in _SEEN_LATER and not trouble.facts.get("returned")
