"""Which failing checks need not be looked at by themselves: one told before is mended first.

Who gets a single step wrong gets it wrong in every check, and does not want to read it eight times.
This is about what is said only; each check has the points that its own numbers earn.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from tracer.grading.report import CheckReport, Kind, Verdict

_FAILED = (Verdict.WRONG, Verdict.CRASHED, Verdict.TIMED_OUT, Verdict.OUT_OF_MEMORY)

_SEEN_LATER = (Kind.PRECISION, Kind.SHARED, Kind.CHANGED, Kind.PROPERTY)
"""What is looked at only when every number is right."""


def settled(
    reports: Sequence[CheckReport], *, one: bool = False, later: bool = True
) -> list[CheckReport]:
    """The same reports; those after the first that fails at its first step refer to it.

    What is right in the first step and wrong in a later one has a cause of its own: it refers to
    the first check in which the same quantity goes wrong so, unless it is known that one mistake
    gives the numbers of all checks.

    Parameters
    ----------
    reports : sequence of CheckReport
    one : bool
        Whether that is known.
    later : bool
        Whether what goes wrong in a later step refers to anything.
    """
    told = ""
    told_of: dict[str, str] = {}
    stated: list[CheckReport] = []
    settled = []
    for report in reports:
        wrong_number = one and report.difference is not None
        at_once = report.verdict in _FAILED and (wrong_number or _at_first_step(report))
        before = told if at_once else ""
        d = report.difference
        if later and not at_once and d is not None and d.call == 0:
            before = told_of.get(d.quantity, "")
            told_of.setdefault(d.quantity, report.check.name)
        if later and _is_stated(report):
            same = (one.check.name for one in stated if _fails_too(report, one))
            before = before or next(same, "")
            stated.append(report)
        settled.append(replace(report, told_in=before) if before else report)
        told = told or (report.check.name if at_once else "")
    return settled


def _at_first_step(report: CheckReport) -> bool:
    """Whether not even the first step that is computed in the first call is right."""
    d, trouble = report.difference, report.trouble
    if d is not None:
        first = d.steps - 1 if d.from_the_end else 0
        return d.call == 0 and d.step in (None, first)
    if trouble is None or (trouble.call, trouble.step) != (0, 0):
        return False
    return trouble.kind not in _SEEN_LATER and not trouble.facts.get("returned")


def _is_stated(report: CheckReport) -> bool:
    """Whether what the check states of a value does not hold."""
    return report.trouble is not None and report.trouble.kind is Kind.PROPERTY


def _fails_too(report: CheckReport, before: CheckReport) -> bool:
    """Whether a check does not hold because one before does not.

    Who does not learn 70 % does not learn 97 %, and who refuses right numbers may refuse others.
    Of a check that looks at the inputs, which are as they were, it is known already that the value
    is not the right one.
    """
    assert report.trouble is not None
    assert before.trouble is not None
    now, then = report.trouble.facts, before.trouble.facts
    if now["how"] != then["how"]:
        return False
    if now["how"] == "accuracy":
        return bool(now["wanted"] >= then["wanted"])
    return (report.check.accepts or report.check.inputs_kept) and bool(
        now["wanted"] == then["wanted"]
    )
