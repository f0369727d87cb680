"""A verdict in words."""

from __future__ import annotations

from collections.abc import Sequence

from tracer.grading.report import Verdict
from tracer.language import _, plural


def verdict_name(verdict: Verdict, points: float = 0) -> str:
    """How it ended; an answer that is wrong and has `points` is partly right."""
    if verdict is Verdict.WRONG and points:
        return _("partly right")
    return {
        Verdict.PASSED: _("passed"),
        Verdict.WRONG: _("wrong"),
        Verdict.NOT_STARTED: _("not started"),
        Verdict.CRASHED: _("crashed"),
        Verdict.TIMED_OUT: _("timed out"),
        Verdict.NOT_TRIED: _("not tried"),
        Verdict.OUT_OF_MEMORY: _("out of memory"),
        Verdict.FORBIDDEN: _("forbidden"),
        Verdict.GRADER_FAULT: _("grader error"),
    }[verdict]


def all_passed(left_out: Sequence[str] = ()) -> str:
    """That nothing is left to do; exercises that cannot be used are not passed."""
    if not left_out:
        return _("All exercises passed.")
    said = plural(
        "All other exercises passed; {names} cannot be used.",
        "All other exercises passed; {names} cannot be used.",
        len(left_out),
    )
    return said.format(names=", ".join(left_out))


def points(value: float) -> str:
    """Points as they are shown: ``2``, ``1.5``."""
    return f"{value:.1f}".removesuffix(".0")
