"""A report in plain lines that are harmless wherever they are shown.

What a student has written, a name or what was printed, may stand in them. What a terminal or the
log of a build would obey is written out (`tracer.view.say.words.clean`); in a report it is so
already, and once more here, for it may have been kept by an earlier tracer.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from tracer.language import _
from tracer.view.say.words import clean

MOST_PRINTED = 4000
"""Characters of what an answer has printed that are shown."""

LONGEST = 6000
"""Characters of one text; what it is part of may have a megabyte or so."""


def as_text(lines: Iterator[str]) -> str:
    """Lines as one text; none twice in a row, not too many, and harmless."""
    said: list[str] = []
    for line in lines:
        if line not in said[-1:]:
            said.append(line[:LONGEST])
    return "\n".join(map(clean, "\n".join(said)[:LONGEST].split("\n")))


def whole(report: Mapping[str, Any]) -> Iterator[str]:
    """What is said of a submission as a whole."""
    yield f"{report['title']}: {report['verdict_said']}, {report['score']}"
    yield from report["notes"]
    if report["diagnosis"]:
        yield from report["diagnosis"]["said"]
    yield from report["said"]
    line = report["line"]
    if line:
        yield from line["said"]
    if report["printed"]:
        yield _("printed:")
        yield from (f"  | {one}" for one in report["printed"][:MOST_PRINTED].splitlines())
