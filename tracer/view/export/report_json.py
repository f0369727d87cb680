"""A report on a submission for programs: JSON."""

from __future__ import annotations

from typing import Any

from tracer.grading.report import Report, Verdict
from tracer.view.export.to_json import json_number
from tracer.view.parts.report import CheckRow, WrongNumber, judged
from tracer.view.say.words import clean


def as_record(report: Report) -> dict[str, Any]:
    """The report for JSON: ``t`` and calls as screens count them, everything else from 0."""
    part = judged(report)
    return {
        "exercise": part.exercise,
        "file": part.file,
        "verdict": part.verdict,
        "points": part.points,
        "out_of": part.out_of,
        "seed": report.seed,
        "seconds": round(report.seconds, 3),
        "notes": list(part.notes),
        "checks": [_check_record(c) for c in part.checks],
        "printed": _lines(report.printed),
    }


def nothing_to_check() -> dict[str, Any]:
    """The record where every exercise is passed already: the same keys, and nothing in them."""
    return {
        "exercise": None, "file": None, "verdict": Verdict.PASSED, "points": 0, "out_of": 0,
        "seed": None, "seconds": 0.0, "notes": [], "checks": [], "printed": "",
    }  # fmt: skip


def _lines(text: str) -> str:
    """Each line safe to show, and the lines kept apart."""
    return "\n".join(clean(line) for line in text.split("\n"))


def _check_record(c: CheckRow) -> dict[str, Any]:
    return {
        "name": c.name,
        "title": c.title,
        "verdict": c.verdict,
        "points": c.points,
        "out_of": c.out_of,
        "printed": _lines(c.printed),
        "first": None if c.wrong is None else _number_record(c.wrong),
        "also": [_number_record(other) for other in c.also],
        "blocks_read_as": None if c.blocks is None else list(c.blocks.read),
        "trouble": None if c.stopped is None else {
            "kind": c.stopped.kind,
            "call": c.stopped.call,
            "t": c.stopped.t,
            "said": list(c.stopped.said),
        },
    }  # fmt: skip


def _number_record(wrong: WrongNumber) -> dict[str, Any]:
    return {
        "call": wrong.call,
        "t": wrong.t,
        "quantity": wrong.quantity,
        "batch": wrong.batch,
        "unit": wrong.unit,
        "got": json_number(wrong.got),
        "expected": json_number(wrong.expected),
        "equations": [str(line) for line in wrong.worked],
        "may_share": list(wrong.may_share),
    }
