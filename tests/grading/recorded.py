"""What is wrong with a record: against its schema, and against what the screen says."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from jsonschema import Draft202012Validator
from rich.text import Text

from tracer.grading.report import Report
from tracer.view.export.report_json import as_record, schema
from tracer.view.parts.said import Said
from tracer.view.terminal.console import Abilities
from tracer.view.terminal.report import screen

LABELS = [
    r"[✓✗·–] ",
    r"(yours|expected|yours [^ ]+, expected [^ ]+)",
    r"In check “[^”]*”: ",
    r"How to compute the expected number( \(.* of that row\))?:",
    r"Your code printed in check “[^”]*”:",
    r"… and \d+ more lines?",
    r"It also printed in \d+ other checks?\.",
    r"\d+(\.\d)?/\d+",
    r"yours right",
    r"unit( \d+)+",
    r"t = \d+",
    r"◀ the first wrong number( ≠ not right either)?",
    r"[–·] (fails as well|not run|not tried): .*",
]
"""Words and marks that only join the parts: what they stand beside, or mean, is in the record."""


def errors(record: Any) -> list[str]:
    """Where a record is not as the schema says."""
    found = Draft202012Validator(schema()).iter_errors(record)
    return [f"{error.json_path}: {error.message}" for error in found]


def texts(record: Any) -> Iterator[str]:
    """Every text and number of a record; those of a printed one line by line."""
    if isinstance(record, dict):
        for key, value in record.items():
            yield from value.split("\n") if key == "printed" else texts(value)
    elif isinstance(record, list):
        for value in record:
            yield from texts(value)
    elif isinstance(record, str):
        yield record


def lacking(report: Report) -> list[str]:
    """What is wrong with the record of a report; nothing, if it has all that the screen says."""
    advice = [Said("For a hint: ask.")]
    record = json.loads(json.dumps(as_record(report, advice), allow_nan=False))
    return [*errors(record), *missing(screen(report, Abilities(width=10_000), advice), record)]


def missing(lines: list[Text], record: dict[str, Any]) -> list[str]:
    """The lines of a screen, as wide as they need to be, in which more stands than in the record.

    Of each line is taken away what the record holds, the longest first, then the labels.
    """
    held = sorted({" ".join(text.split()) for text in texts(record)} - {""}, key=len, reverse=True)
    found = []
    for line in lines:
        left = " ".join(line.plain.split())
        cut = left[:-1] if left.endswith("…") else None  # a line of a print that is too long
        if any(re.fullmatch(label, left) for label in LABELS):
            continue
        if cut and any(text.startswith(cut) for text in held):
            continue
        for text in held:
            left = re.sub(rf"(?<![\w/]){re.escape(text)}(?![\w/])", " ", left)
        for label in LABELS:
            left = re.sub(label, " ", left)
        if re.search(r"\w", left):
            found.append(f"{left.strip()} ← {line.plain}")
    return found
