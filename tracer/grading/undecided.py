"""Which failing checks say nothing of their own, for a mistake told before shows in them again.

With the gates in a wrong order every number of every check is wrong. That is one mistake, and it
does not tell whether inputs are kept, or whether large numbers are survived: such a check is
undecided. It gets no points, as its numbers are wrong, but nobody is told that it failed.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import replace

from tracer.grading.report import CheckReport, Kind, Verdict

_DECIDED = (Verdict.PASSED, Verdict.NOT_STARTED, Verdict.FORBIDDEN, Verdict.GRADER_FAULT)


def settled(reports: Sequence[CheckReport]) -> list[CheckReport]:
    """The same reports; those in which only mistakes of earlier ones show again are undecided."""
    told: set[Hashable] = set()
    settled = []
    for report in reports:
        mistake = _mistake(report)
        again = mistake in told and report.verdict not in _DECIDED
        settled.append(replace(report, verdict=Verdict.UNDECIDED) if again else report)
        if mistake is not None:
            told.add(mistake)
    return settled


def _mistake(report: CheckReport) -> Hashable:
    """What two checks have in common if one mistake shows in both; None if that cannot be said."""
    d, trouble = report.difference, report.trouble
    if d is not None:  # what is right at first and wrong later has a cause of its own
        return "a step by itself" if (d.call, d.step) == (0, 0) else None
    if trouble is None:
        return None
    facts = trouble.facts
    match trouble.kind:
        case Kind.ORDER:
            return "a step by itself"
        case Kind.RAISED:
            return trouble.kind, facts["type"], facts["line"]
        case Kind.DIED:
            return trouble.kind, facts["signal"], facts["status"]
        case kind:
            return kind, facts.get("name")
