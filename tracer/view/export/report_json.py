"""A report on a submission for programs: JSON, as report.schema.json beside this file says."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tracer.grading.report import Report, Verdict, Why
from tracer.view.export.to_json import json_number
from tracer.view.parts.judged import CheckRow, Judged, Stopped, WrongNumber
from tracer.view.parts.reading import ReadAloud
from tracer.view.parts.report import judged, said_in, told_as_said, words_of
from tracer.view.parts.said import Said
from tracer.view.parts.unrolled import SideBySide, StateRow
from tracer.view.say.blamed import called_right
from tracer.view.say.diagnosis import changes
from tracer.view.say.numbers import column
from tracer.view.say.own_words import OwnWords
from tracer.view.say.reported import (
    clean_lines,
    first_wrong,
    no_points_lost,
    score,
    without_the_warning,
)
from tracer.view.say.verdict import all_passed, verdict_name
from tracer.view.say.words import clean

if TYPE_CHECKING:
    from tracer.mistakes import Diagnosis

SCHEMA = "tracer-report-4"
"""Its name; the number is another one as soon as a key comes, goes or means something else."""


def schema() -> dict[str, Any]:
    """The JSON Schema of a record."""
    text = Path(__file__).with_name("report.schema.json").read_text("utf-8")
    found: dict[str, Any] = json.loads(text)
    return found


def as_record(report: Report, advice: Sequence[Said] = ()) -> dict[str, Any]:
    """The report for JSON: ``t`` and calls as screens count them, everything else from 0.

    Parameters
    ----------
    report : Report
    advice : sequence of Said
        What to do next.
    """
    part = judged(report)
    return {
        "schema": SCHEMA,
        "exercise": part.exercise,
        "number": part.number,
        "title": part.title,
        "file": part.file,
        "verdict": part.verdict,
        "verdict_said": verdict_name(part.verdict, part.points),
        "points": part.points,
        "out_of": part.out_of,
        "score": score(part.points, part.out_of),
        "seed": report.seed,
        "seconds": round(report.seconds, 3),
        "wall": report.wall,
        "notes": list(part.notes),
        "diagnosis": _diagnosis(
            [one.text for one in part.diagnosis], report.diagnosis, words_of(report)
        ),
        "explained": part.explained,
        "line": _line_record(report, part.look_at),
        "said": _said(part),
        "checks": [
            _check_record(
                row,
                c.diagnosis,
                OwnWords(report.exercise, c.check),
                explained=row.explained or part.explained,
            )
            for row, c in zip(part.checks, report.checks, strict=True)
        ],
        "reading": None if part.reading is None else _reading_record(part.reading),
        "printed": clean_lines(report.printed),
        "advice": _advice(part, advice),
    }


def nothing_to_check(left_out: Sequence[str] = ()) -> dict[str, Any]:
    """The record where every exercise is passed already: the same keys, and nothing in them.

    Those that are `left_out`, because they cannot be used, are not passed.
    """
    verdict = None if left_out else Verdict.PASSED
    return {
        "schema": SCHEMA, "exercise": None, "number": None, "title": None, "file": None,
        "verdict": verdict, "verdict_said": verdict_name(verdict) if verdict else "",
        "points": 0, "out_of": 0, "score": score(0, 0), "seed": None, "seconds": 0.0,
        "wall": None,
        "notes": [], "diagnosis": None, "explained": False, "line": None,
        "said": [all_passed(left_out)], "checks": [], "reading": None, "printed": "",
        "advice": [],
    }  # fmt: skip


def _said(part: Judged) -> list[str]:
    """What is said of all checks together; a command that belongs to it is advice."""
    return [no_points_lost() for _one in part.without_warning]


def _advice(part: Judged, advice: Sequence[Said]) -> list[str]:
    """What to do next: commands, which whoever has only the answer cannot type."""
    commands = [one.typed for one in part.without_warning if one.typed]
    return [*map(without_the_warning, commands), *(one.text for one in advice)]


def _line_record(report: Report, said: Sequence[Said]) -> dict[str, Any] | None:
    """The line to look at, numbered as in the student's file."""
    blame = report.blame
    at = None if blame is None else report.blamed_form.line(blame.line)
    if blame is None or at is None:
        return None
    return {
        "number": at.number, "cell": at.cell, "file": clean(at.file or report.blamed_form.file),
        "code": clean(at.text.strip()), "name": blame.name,
        "why": blame.why,
        "numbers_of": blame.quantity if blame.why in (Why.OTHER, Why.PASSED) else None,
        "instead_of": (blame.quantity or None) if blame.why is Why.UNEQUAL else None,
        "t": None if blame.step is None else blame.step + 1,
        "of_t": None if blame.of_step is None else blame.of_step + 1,
        "right": [_right_record(report, name, line) for name, line in called_right(report)],
        "said": [one.text for one in said],
    }  # fmt: skip


def _right_record(report: Report, name: str, line: int) -> dict[str, Any]:
    """What was right before the line to look at."""
    at = report.blamed_form.line(line)
    return {"name": clean(name), "number": None if at is None else at.number}


def _check_record(
    c: CheckRow, diagnosis: Diagnosis | None, words: OwnWords, *, explained: bool
) -> dict[str, Any]:
    told = said_in(c.name, told_as_said(c.diagnosis))
    return {
        "name": c.name,
        "title": c.title,
        "verdict": c.verdict,
        "verdict_said": verdict_name(c.verdict, c.points),
        "points": c.points,
        "out_of": c.out_of,
        "run": c.run,
        "told_in": c.told_in or None,
        "quantities": [{"name": q.name, "standing": q.standing} for q in c.quantities],
        "said": [c.standings] if c.standings else [],
        "first": None if c.wrong is None else _first(c, c.wrong),
        "also": [_number_record(other, _also(other, explained=explained)) for other in c.also],
        "states": None if c.states is None else _states_record(c.states),
        "diagnosis": _diagnosis([one.text for one in told], diagnosis, words),
        "explained": c.explained,
        "trouble": None if c.stopped is None else _stopped_record(c.stopped),
        "remarks": [_stopped_record(remark) for remark in c.remarks],
        "printed": clean_lines(c.printed),
    }


def _reading_record(part: ReadAloud) -> dict[str, Any]:
    """What a right answer made of a sentence."""
    return {
        "model": part.reading.model,
        "rows": [
            {
                "t": row.t,
                "word": row.word,
                "h": [json_number(value) for value in row.h],
                "h_said": [column(value).strip() for value in row.h],
            }
            for row in part.rows
        ],
        "label": part.reading.label,
        "share": json_number(part.reading.share),
        "same": part.reading.same,
        "said": [part.said.text, *(one.text for one in part.after)],
    }


def _states_record(part: SideBySide) -> dict[str, Any]:
    """The sentence with the wrong number, step by step."""
    return {
        "sentence": part.sentence,
        "rows": [_state_record(row, part.digits) for row in part.rows],
        "said": [part.said.text, *(note.text for note in part.notes)],
    }


def _state_record(row: StateRow, digits: int) -> dict[str, Any]:
    return {
        "t": row.t,
        "quantity": row.quantity,
        "called": row.called,
        "got": [json_number(value) for value in row.yours],
        "right": [json_number(value) for value in row.right],
        "got_said": [column(value, digits=digits).strip() for value in row.yours],
        "right_said": [column(value, digits=digits).strip() for value in row.right],
        "differs": list(row.differs),
        "first": row.first,
    }


def _stopped_record(part: Stopped) -> dict[str, Any]:
    said = [one.text for one in part.said]
    called = [part.called] if part.called else []
    return {"kind": part.kind, "call": part.call, "t": part.t, "said": [*said, *called]}


def _diagnosis(
    said: Sequence[str], found: Diagnosis | None, words: OwnWords
) -> dict[str, Any] | None:
    """The mistakes by their ids: those that together give all numbers, of each what looks alike."""
    if found is None:
        return None
    return {
        "said": list(said),
        "mistakes": [[mistake.id for mistake in alike] for alike in found.named],
        "changes": changes(found, words),
        "equations": [{"name": e.name, "verdict": e.verdict} for e in found.equations],
        "reference": found.reference or None,
        "zero": found.zero,
    }


def _first(c: CheckRow, wrong: WrongNumber) -> dict[str, Any]:
    reading = [c.reading] if c.reading else []
    return _number_record(wrong, [first_wrong(c.name, wrong.place), *reading])


def _also(other: WrongNumber, *, explained: bool) -> list[str]:
    """Where no mistake explains both: that it is wrong by itself."""
    return [] if explained or not other.as_well else [other.as_well]


def _number_record(wrong: WrongNumber, said: list[str]) -> dict[str, Any]:
    return {
        "call": wrong.call,
        "t": wrong.t,
        "quantity": wrong.quantity,
        "axes": list(wrong.axes),
        "at": list(wrong.at),
        "place": wrong.place,
        "got": json_number(wrong.got),
        "expected": json_number(wrong.expected),
        "got_said": wrong.yours,
        "expected_said": wrong.wanted,
        "row": [
            {"place": one.place, "yours": one.yours, "expected": one.expected, "wrong": one.wrong}
            for one in wrong.row
        ],
        "said": [*said, *wrong.how_much, *([wrong.from_own] if wrong.from_own else [])],
        "from_own": list(wrong.own),
        "equations": [f"{line}   {line.note}".rstrip() for line in wrong.worked],
    }
