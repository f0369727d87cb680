"""The ladder for programs: JSON."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tracer.view.parts.ladder import CheckedRow, Ladder


def as_record(part: Ladder) -> list[dict[str, Any]]:
    """What ``tracer progress`` knows; ``passed`` is null where it never was."""
    return [
        {
            "exercise": rung.name, "verdict": rung.verdict, "passed": rung.passed or None,
            "tries": rung.tries,
        }
        for rung in part.rungs
    ]  # fmt: skip


def checked_record(rows: Sequence[CheckedRow]) -> list[dict[str, Any]]:
    """The table of ``tracer check --all``; ``first`` is null where nothing is wrong."""
    return [
        {
            "exercise": row.name, "verdict": row.verdict, "points": row.points,
            "out_of": row.out_of, "first": row.first or None,
        }
        for row in rows
    ]  # fmt: skip
