"""A class for tests of Parquet, and what is written of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from tests.gradebook.handing import STEP
from tracer.gradebook.counting import Row, rows
from tracer.gradebook.fact import Fact
from tracer.gradebook.handed import Student
from tracer.gradebook.rules import Mark, Rules

DAY = datetime(2026, 11, 20, tzinfo=UTC)
STUDENTS = {
    key: Student(key, name) for key, name in (("7", "李雷"), ("8", "=cmd"), ("9", ""), ("10", ""))
}
FACTS = [
    Fact("7", STEP, "a", 1, DAY + timedelta(hours=1), None, "wrong", 7.3, 13),
    Fact("8", STEP, "b", 2, None, None, "grader_fault", None, 13),
    Fact("10", STEP, "c", 3, DAY + timedelta(days=2), None, "passed", 13, 13),
]
CLASS: list[Row] = rows(
    list(STUDENTS),
    FACTS,
    {STEP: 13},
    Rules(
        due={STEP: DAY},
        closes={STEP: DAY + timedelta(days=1)},
        marks={("9", STEP): Mark(5, "oral")},
    ),
)
EXPECTED = [
    {
        "student": "7", "name": "李雷", "email": "", "exercise": STEP, "points": 7.3, "out_of": 13,
        "attempts": 1, "verdict": "wrong", "attempt": "a", "handed_in": FACTS[0].time,
        "late_seconds": 3600.0, "counts": True, "dropped": False, "set_by_hand": False,
        "comment": "",
    },
    {
        "student": "8", "name": "=cmd", "email": "", "exercise": STEP, "points": None,
        "out_of": 13, "attempts": 1, "verdict": "grader_fault", "attempt": "b",
        "handed_in": None, "late_seconds": None, "counts": True, "dropped": False,
        "set_by_hand": False, "comment": "",
    },
    {
        "student": "9", "name": "", "email": "", "exercise": STEP, "points": 5.0, "out_of": 13,
        "attempts": 0, "verdict": None, "attempt": None, "handed_in": None,
        "late_seconds": None, "counts": None, "dropped": False, "set_by_hand": True,
        "comment": "oral",
    },
    {
        "student": "10", "name": "", "email": "", "exercise": STEP, "points": 0.0, "out_of": 13,
        "attempts": 1, "verdict": "passed", "attempt": "c", "handed_in": FACTS[2].time,
        "late_seconds": 172800.0, "counts": False, "dropped": False, "set_by_hand": False,
        "comment": "",
    },
]  # fmt: skip
