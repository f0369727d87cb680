"""A report in plain lines that are harmless wherever they are shown.

What a student has written, a name or what was printed, may stand in them. All that a terminal
would obey is written out in the report already (`tracer.view.say.words.clean`); here a line loses
what the log of a build would take for a command: ``::error`` at its beginning, ``##[`` anywhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from tracer.language import _

_COMMAND = re.compile(r"^(?P<before>\W*?)::|##(?=\w*\[)", re.MULTILINE)

MOST_PRINTED = 4000
"""Characters of what an answer has printed that are shown."""


def harmless(text: str) -> str:
    """`text` without what the log of a build takes for a command."""
    return _COMMAND.sub(
        lambda found: "# #" if found["before"] is None else f"{found['before']}: :", text
    )


def as_text(lines: Iterator[str]) -> str:
    """Lines as one text; none twice in a row, and harmless."""
    said: list[str] = []
    for line in lines:
        if line not in said[-1:]:
            said.append(line)
    return harmless("\n".join(said))


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
        yield f"  {line['number']} | {line['code']}"
    if report["printed"]:
        yield _("printed:")
        yield from (f"  | {one}" for one in report["printed"][:MOST_PRINTED].splitlines())


def of_check(check: Mapping[str, Any]) -> Iterator[str]:
    """What is said of one check."""
    yield check["verdict_said"]
    yield from check["said"]
    if check["told_in"]:
        yield _("mend the check {name} first").format(name=check["told_in"])
    for number in [*([check["first"]] if check["first"] else []), *check["also"]]:
        yield from number["said"]
        yield from (f"  {one}" for one in number["equations"])
    if check["diagnosis"]:
        yield from check["diagnosis"]["said"]
    for trouble in [*([check["trouble"]] if check["trouble"] else []), *check["remarks"]]:
        yield from trouble["said"]
