"""The screen of tracer doctor: each fact under its area, and what to do about it."""

from __future__ import annotations

import os
from collections.abc import Iterator

from rich.cells import cell_len
from rich.text import Text

from tracer.language import _
from tracer.view.parts.doctor import Diagnosis, Finding
from tracer.view.say.words import clean
from tracer.view.terminal.columns import fit
from tracer.view.terminal.console import Abilities, folded
from tracer.view.terminal.drawing.paragraphs import paragraph

NAME = 12
"""Columns of a name."""

VALUE = 2 + 5 + 1 + NAME + 1
"""Columns before a value: the indent, the status and the name."""

ALONE = 8
"""Columns before a value that has a line of its own."""


def doctor(part: Diagnosis, able: Abilities) -> list[Text]:
    """The lines of the screen, none wider than ``able.width``."""
    lines = []
    for area in part.areas:
        lines.append(Text(area.title, style="bold"))
        for finding in area.findings:
            lines += _finding(finding, able)
    return [*lines, Text(""), *paragraph(part.verdict, able, indent="")]


def _finding(finding: Finding, able: Abilities) -> Iterator[Text]:
    words = {"ok": _("ok"), "note": _("note")}
    styles = {"ok": "green", "note": "bold yellow"}
    line = Text("  ").append(fit(words[finding.status], 5), styles[finding.status])
    line.append(f" {fit(finding.name, NAME)} ")
    value = clean(finding.value, able.encoding)
    if cell_len(value) > able.width - VALUE and " " not in value:
        line.rstrip()
        yield line
        yield from folded(Text(value), able.width, " " * ALONE)  # a path, whole if it can be
    else:
        first, *more = folded(Text(value), able.width, " " * VALUE)
        yield line.append_text(first[VALUE:])
        yield from more
    if finding.advice:
        advice = Text(clean(finding.advice, able.encoding), style="italic")
        yield from folded(advice, able.width, " " * VALUE)


def terminal_findings(able: Abilities) -> Iterator[Finding]:
    """What only the screen knows: the terminal itself."""
    environment = [
        f"{name}={os.environ[name]}"
        for name in ("TERM", "COLORTERM", "NO_COLOR", "FORCE_COLOR", "COLUMNS")
        if name in os.environ
    ]
    yield Finding("terminal", "kind", _("a terminal") if able.terminal else _("a pipe or a file"))
    yield Finding("terminal", "width", str(able.width))
    yield Finding(
        "terminal",
        "colours",
        able.colours or _("none"),
        _("set FORCE_COLOR=1 to get them") if able.terminal and able.colours is None else "",
    )
    yield Finding(
        "terminal",
        "characters",
        f"Unicode ({able.encoding})" if able.unicode else f"ASCII ({able.encoding})",
        "" if able.unicode else _("PYTHONUTF8=1 and a UTF-8 terminal give finer pictures"),
    )
    yield Finding("terminal", "environment", " ".join(environment) or "-")
