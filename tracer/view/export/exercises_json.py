"""The list of exercises for programs: JSON."""

from __future__ import annotations

from typing import Any

from tracer.view.parts.exercises import ExerciseList


def as_record(part: ExerciseList) -> list[dict[str, Any]]:
    """The list; ``verdict`` is null where nothing was checked yet."""
    return [
        {
            "exercise": row.name, "title": row.title, "equations": row.equations or None,
            "functions": list(row.functions), "points": row.points, "out_of": row.out_of,
            "verdict": row.verdict, "changed": row.changed, "needs": list(row.needs),
            "checks": list(row.checks),
        }
        for row in part.rows
    ]  # fmt: skip
