"""What a student is shown of a report, as plain text: what its JSON holds, each mistake once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from tracer.grading.report import Verdict
from tracer.language import _
from tracer.view.parts.gradebook import number
from tracer.view.say.reported import also_where
from tracer.view.say.verdict import points
from tracer.view.say.words import clean

_MARKS = {Verdict.PASSED: "✓", Verdict.NOT_STARTED: "·", Verdict.NOT_TRIED: "·"}


def as_text(report: Mapping[str, Any]) -> str:
    """The text, with a line break at its end.

    Parameters
    ----------
    report : mapping
        As `tracer.gradebook.feedback.shown` makes it.
    """
    return "\n".join(_lines(report)) + "\n"


def _lines(report: Mapping[str, Any]) -> Iterator[str]:
    yield f"{report['exercise']} · {report['title']}"
    yield f"{report['verdict_said']} · {report['score']} · {report['file']}"
    if report.get("result"):
        yield from _result(report["result"], report["points"])
    yield from report["notes"]
    if report["diagnosis"]:
        yield from ("", *report["diagnosis"]["said"])
    if report["line"]:
        yield from ("", *report["line"]["said"])
    for check in report["checks"]:
        yield ""
        yield from _check(check)
    if report["said"]:
        yield from ("", *report["said"])
    if report["seed"] is not None:
        said = _("The numbers of the checks were drawn with the seed {seed}.")
        yield from ("", said.format(seed=report["seed"]))


def _result(result: Mapping[str, Any], earned: float) -> Iterator[str]:
    """What counts in the course, where that is not the points of this answer alone."""
    decided = result["set_by_hand"]  # whatever was handed in, and when
    reasons = {
        _("set by hand"): decided,
        _("handed in too late to count"): result["too_late"] and not decided,
        _("late"): result["late"] and not result["too_late"] and not decided,
        _("another attempt counts"): result["another_attempt"] and not decided,
        _("left out of the sum, as one of the lowest"): result["dropped"],
    }
    why = ", ".join(reason for reason, holds in reasons.items() if holds)
    if result["points"] is None:
        yield _("Under the rules of the course: no points yet, for the grader failed")
    elif why or result["points"] != earned:
        said = _("Under the rules of the course: {points} of {out_of} points")
        text = said.format(points=number(result["points"]), out_of=result["out_of"])
        yield f"{text} ({why})" if why else text
    if result["comment"]:
        yield _("Comment: {comment}").format(comment=clean(result["comment"]))


def _check(check: Mapping[str, Any]) -> Iterator[str]:
    mark = _MARKS.get(Verdict(check["verdict"]), "✗")
    earned = f"{points(check['points'])}/{check['out_of']}"
    yield f"{mark} {check['name']} · {earned} · {check['title']}"
    yield from (f"    {line}" for line in of_check(check))


def of_check(check: Mapping[str, Any]) -> Iterator[str]:
    """What is said of one check, beside its title and its points."""
    if check["told_in"] and not (check["run"] or check["verdict"] == Verdict.NOT_TRIED):
        yield _("Not run: your file could not be loaded.")
        return
    if check["told_in"]:
        yield _("Mend the check “{name}” first.").format(name=check["told_in"])
        return
    if check["verdict"] not in (Verdict.PASSED, Verdict.WRONG):
        yield check["verdict_said"]
    for wrong in [*([check["first"]] if check["first"] else []), *check["also"]]:
        yield from wrong["said"]
        if wrong["got_said"] is not None:
            yield also_where(wrong["place"], wrong["got_said"], wrong["expected_said"])
        yield from (f"  {line}" for line in wrong["equations"])
    if check["diagnosis"]:
        yield from check["diagnosis"]["said"]
    yield from check["said"]
    for trouble in [*([check["trouble"]] if check["trouble"] else []), *check["remarks"]]:
        yield from trouble["said"]
    yield from (f"| {line}" for line in check["printed"].splitlines())
