"""A report on a submission for programs: JSON."""

from __future__ import annotations

from typing import Any

from tracer.equations import CellEquations
from tracer.grading.report import CheckReport, Difference, Report, Verdict
from tracer.view.export.to_json import json_number
from tracer.view.parts.worked import wrong_number
from tracer.view.say.trouble import sentences
from tracer.view.say.words import clean


def as_record(report: Report) -> dict[str, Any]:
    """The report for JSON: ``t`` and calls as screens count them, everything else from 0."""
    return {
        "exercise": report.exercise.name,
        "file": clean(report.file),
        "verdict": report.verdict,
        "points": report.points,
        "out_of": report.out_of,
        "seed": report.seed,
        "seconds": round(report.seconds, 3),
        "checks": [_check_record(report, c) for c in report.checks],
        "printed": _lines(report.printed),
    }


def nothing_to_check() -> dict[str, Any]:
    """The record where every exercise is passed already: the same keys, and nothing in them."""
    return {
        "exercise": None, "file": None, "verdict": Verdict.PASSED, "points": 0, "out_of": 0,
        "seed": None, "seconds": 0.0, "checks": [], "printed": "",
    }  # fmt: skip


def _lines(text: str) -> str:
    """Each line safe to show, and the lines kept apart."""
    return "\n".join(clean(line) for line in text.split("\n"))


def _check_record(report: Report, c: CheckReport) -> dict[str, Any]:
    cell = report.exercise.equations
    return {
        "name": c.check.name,
        "title": c.check.title,
        "verdict": c.verdict,
        "points": c.points,
        "out_of": c.check.points,
        "printed": _lines(c.printed),
        "first": None if c.difference is None else _difference_record(cell, c.difference),
        "also": [_difference_record(cell, other) for other in c.also],
        "blocks_read_as": list(c.blocks) or None,
        "trouble": None if c.trouble is None else {
            "kind": c.trouble.kind,
            "call": c.trouble.call + 1,
            "t": c.trouble.step + 1,
            "said": [clean(said) for said in sentences(report, c.trouble)],
        },
    }  # fmt: skip


def _difference_record(cell: CellEquations, d: Difference) -> dict[str, Any]:
    return {
        "call": d.call + 1,
        "t": d.step + 1,
        "quantity": d.quantity,
        "batch": d.batch,
        "unit": d.unit,
        "got": json_number(d.got),
        "expected": json_number(d.expected),
        "equations": [str(line) for line in wrong_number(cell, d)],
        "may_share": list(d.shares),
    }
