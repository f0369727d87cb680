"""The screen of ``tracer watch`` while the mistake is looked for: what is certain, and no more."""

from __future__ import annotations

from rich.text import Text

from tracer.grading.report import Certain, CertainCheck, Verdict
from tracer.language import _
from tracer.view.parts.said import Said, Tone
from tracer.view.say.reported import score
from tracer.view.say.verdict import points, verdict_name
from tracer.view.say.words import clean
from tracer.view.terminal.columns import fit
from tracer.view.terminal.console import Abilities
from tracer.view.terminal.drawing.paragraphs import paragraph
from tracer.view.terminal.palette import Palette, palette
from tracer.view.terminal.report import TOLD_BEFORE, Row, check_lines, mark, style

OPEN = "…"
"""Where the report will have a sign or a number."""


def certain_screen(found: Certain, file: str, able: Abilities) -> list[Text]:
    """All of it, in the form of the report that takes its place."""
    colours, exercise = palette(able), found.exercise
    lines = [Text("")]
    lines += paragraph(Said(f"{exercise.name} · {exercise.title}", Tone.STRONG), able)
    line = Text("  ").append(f"{mark(found.verdict)} {_name(found)}", style(found.verdict, colours))
    if found.points is not None:
        line.append(f" · {score(found.points, exercise.points)}")
    shown = fit(clean(file, able.encoding), able.width - 2).rstrip()
    lines += [line, Text("  ").append(shown, colours.faint), Text("")]
    rows = [_row(one, found, colours) for one in found.checks]
    return [*lines, *check_lines(rows, able, colours), Text("")]


def _name(found: Certain) -> str:
    """The verdict; whether a wrong answer is partly right hangs on its points."""
    assert found.verdict is not None
    if found.verdict is Verdict.WRONG and found.points is None and not found.least:
        return _("not passed")
    return verdict_name(found.verdict, found.least)


def _row(one: CertainCheck, found: Certain, colours: Palette) -> Row:
    check = one.check
    earned = f"{OPEN if one.points is None else points(one.points)}/{check.points}"
    if one.verdict is None:
        return Row(Text(OPEN, colours.faint), check.name, earned, check.title)
    if one.told:
        return Row(Text(TOLD_BEFORE, colours.faint), check.name, earned, check.title)
    about = check.title
    if one.verdict not in (Verdict.PASSED, Verdict.WRONG, found.verdict):
        about = f"{verdict_name(one.verdict)} · {about}"
    return Row(Text(mark(one.verdict), style(one.verdict, colours)), check.name, earned, about)
