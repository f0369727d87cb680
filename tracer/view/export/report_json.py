"""A report on a submission for programs: JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tracer.grading.report import Report, Verdict
from tracer.view.export.to_json import json_number
from tracer.view.parts.report import CheckRow, Stopped, WrongNumber, judged
from tracer.view.say.diagnosis import Told
from tracer.view.say.words import clean

if TYPE_CHECKING:
    from tracer.mistakes import Diagnosis


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
        "diagnosis": _diagnosis(part.diagnosis, report.diagnosis),
        "line": _line_record(report, part.look_at),
        "checks": [
            _check_record(row, c.diagnosis)
            for row, c in zip(part.checks, report.checks, strict=True)
        ],
        "printed": _lines(report.printed),
    }


def nothing_to_check() -> dict[str, Any]:
    """The record where every exercise is passed already: the same keys, and nothing in them."""
    return {
        "exercise": None, "file": None, "verdict": Verdict.PASSED, "points": 0, "out_of": 0,
        "seed": None, "seconds": 0.0, "notes": [], "diagnosis": None, "line": None, "checks": [],
        "printed": "",
    }  # fmt: skip


def _line_record(report: Report, said: tuple[str, ...]) -> dict[str, Any] | None:
    """The line to look at, numbered as in the student's file."""
    blame = report.blame
    at = None if blame is None else report.form.line(blame.line)
    if blame is None or at is None:
        return None
    return {
        "number": at.number, "cell": at.cell, "code": clean(at.text.strip()),
        "name": blame.name, "numbers_of": blame.instead or None, "said": list(said),
    }  # fmt: skip


def _lines(text: str) -> str:
    """Each line safe to show, and the lines kept apart."""
    return "\n".join(clean(line) for line in text.split("\n"))


def _check_record(c: CheckRow, diagnosis: Diagnosis | None) -> dict[str, Any]:
    return {
        "name": c.name,
        "title": c.title,
        "verdict": c.verdict,
        "points": c.points,
        "out_of": c.out_of,
        "told_in": c.told_in or None,
        "quantities": [{"name": q.name, "standing": q.standing} for q in c.quantities],
        "printed": _lines(c.printed),
        "reading": c.reading,
        "first": None if c.wrong is None else _number_record(c.wrong),
        "also": [_number_record(other) for other in c.also],
        "diagnosis": _diagnosis(c.diagnosis, diagnosis),
        "said": [c.standings] if c.standings else [],
        "trouble": None if c.stopped is None else _stopped_record(c.stopped),
        "remarks": [_stopped_record(remark) for remark in c.remarks],
    }


def _stopped_record(part: Stopped) -> dict[str, Any]:
    return {
        "kind": part.kind,
        "call": part.call,
        "t": part.t,
        "said": [*part.said, *([part.called] if part.called else [])],
    }


def _diagnosis(said: tuple[Told, ...], found: Diagnosis | None) -> dict[str, Any] | None:
    """The mistakes by their ids: those that together give all numbers, of each what looks alike."""
    if found is None:
        return None
    return {
        "said": [one.text for one in said],
        "mistakes": [[mistake.id for mistake in alike] for alike in found.named],
        "changes": [str(edit) for edit in found.generated],
        "equations": {equation.name: equation.verdict for equation in found.equations},
        "zero": found.zero,
    }


def _number_record(wrong: WrongNumber) -> dict[str, Any]:
    return {
        "call": wrong.call,
        "t": wrong.t,
        "quantity": wrong.quantity,
        "axes": list(wrong.axes),
        "at": list(wrong.at),
        "place": wrong.place,
        "got": json_number(wrong.got),
        "expected": json_number(wrong.expected),
        "row": [
            {"place": one.place, "yours": one.yours, "expected": one.expected, "wrong": one.wrong}
            for one in wrong.row
        ],
        "said": [*wrong.how_much, *([wrong.from_own] if wrong.from_own else [])],
        "from_own": list(wrong.own),
        "equations": [str(line) for line in wrong.worked],
    }
