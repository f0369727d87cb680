"""The screen of ``tracer check``: verdict, score, each check, and the first thing that is wrong."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from rich.text import Text

from tracer.grading.report import Report, Verdict
from tracer.view.parts.judged import CheckRow, Judged
from tracer.view.parts.report import judged, said_in
from tracer.view.parts.said import Said, Tone
from tracer.view.say.reported import more_lines, printed_elsewhere, printed_in, score
from tracer.view.say.verdict import points, verdict_name
from tracer.view.say.words import clean
from tracer.view.terminal.columns import fit, widest
from tracer.view.terminal.console import Abilities, folded
from tracer.view.terminal.drawing.mistake import first_mistake
from tracer.view.terminal.drawing.paragraphs import paragraph, paragraphs
from tracer.view.terminal.drawing.reading import read_aloud
from tracer.view.terminal.palette import Palette, palette

PRINTED_LINES = 10
"""Lines of the student's own output that are shown."""

_MARKS = {Verdict.PASSED: "✓", Verdict.NOT_STARTED: "·", Verdict.NOT_TRIED: "·"}
TOLD_BEFORE = "–"
"""The sign of a check that needs no look: one before it is mended first."""


def screen(
    report: Report, able: Abilities, advice: Sequence[Said] = (), *, mistake_first: bool = False
) -> list[Text]:
    """All of it.

    Parameters
    ----------
    report : Report
    able : Abilities
    advice : sequence of Said
        What to do next; each becomes a line at the end.
    mistake_first : bool
        Whether the checks stand below what is wrong, or what a right answer reads: where a reader
        sees the first lines only.
    """
    part, colours = judged(report, able.encoding), palette(able)
    lines = [Text(""), *_heading(part, able, colours)]
    checks = [Text(""), *_checks(part, able, colours)]
    failing = part.first_failing
    below = mistake_first and (failing is not None or part.reading is not None)
    lines += [] if below else checks
    if failing is not None:
        lines += [Text(""), *paragraphs(map(Said, part.notes), able)] if part.notes else []
        lines += [Text(""), *first_mistake(part, failing, able)]
        for said in part.also_ended:
            lines += [Text(""), *paragraphs(said, able)]
    else:
        lines += _remark(part, able)
        if part.reading is not None:
            lines += [Text(""), *read_aloud(part.reading, able)]
    lines += _printed(part, able, colours)
    lines += checks if below else []
    if advice:
        lines += [Text(""), *paragraphs(advice, able)]
    return [*lines, Text("")]


def _heading(part: Judged, able: Abilities, colours: Palette) -> Iterator[Text]:
    yield from paragraph(Said(f"{part.exercise} · {part.title}", Tone.STRONG), able)
    line = Text("  ").append(mark(part.verdict) + " ", style(part.verdict, colours))
    line.append(verdict_name(part.verdict, part.points), style(part.verdict, colours))
    line.append(f" · {score(part.points, part.out_of)}")
    yield line
    yield Text("  ").append(fit(part.file, able.width - 2).rstrip(), colours.faint)
    if part.wall:
        yield Text("  ").append(part.wall, colours.faint)


def _checks(part: Judged, able: Abilities, colours: Palette) -> Iterator[Text]:
    """A line for each check: mark, name, points, title; what else than wrong it was."""
    rows = []
    for c in part.checks:
        before = bool(c.told_in) or not (c.run or c.verdict is Verdict.NOT_TRIED)
        look = colours.faint if before else style(c.verdict, colours)
        about = c.title
        if part.ended_otherwise(c):
            about = f"{verdict_name(c.verdict)} · {about}"
        sign = Text(TOLD_BEFORE if before else mark(c.verdict), look)
        rows.append(Row(sign, c.name, f"{points(c.points)}/{c.out_of}", about))
    yield from check_lines(rows, able, colours)
    for said in part.about_marks:
        yield from paragraph(Said(said, Tone.ASIDE), able, "    ")


class Row(NamedTuple):
    """One check: its sign, its name, what it earned, and what it is about."""

    sign: Text
    name: str
    earned: str
    about: str


def check_lines(rows: Sequence[Row], able: Abilities, colours: Palette) -> Iterator[Text]:
    """The checks below each other; what a check is about goes on in a line of its own."""
    name, wide = widest([row.name for row in rows]), widest([row.earned for row in rows])
    for row in rows:
        line = Text("  ").append_text(row.sign)
        line.append(f" {fit(row.name, name)}", "bold")
        line.append(f"  {row.earned:>{wide}}  ")
        room = able.width - line.cell_len
        first, *rest = folded(Text(row.about, style=colours.faint), room, unicode=able.unicode)
        yield line.append_text(first)
        yield from (Text(" " * (able.width - room)).append_text(more) for more in rest)


def _remark(part: Judged, able: Abilities) -> Iterator[Text]:
    """What is good to know of an answer that is right."""
    remarked = next((c for c in part.checks if c.remarks), None)
    if remarked is None:
        return
    yield Text("")
    yield from paragraphs(said_in(remarked.name, remarked.remarks[0].said), able)
    yield from paragraphs(part.without_warning, able)


def _printed(part: Judged, able: Abilities, colours: Palette) -> Iterator[Text]:
    """What the student's code wrote, as the data it is."""
    printing = [c for c in part.checks if c.printed.strip()]
    failing = part.first_failing
    chosen = [c for c in printing if c is failing] if failing else printing[:1]
    if not chosen:
        return
    yield Text("")
    yield from _lines(chosen[0], able, colours)
    others = len(printing) - 1
    if others and failing is None:
        yield Text("  " + printed_elsewhere(others), style=colours.faint)


def _lines(c: CheckRow, able: Abilities, colours: Palette) -> Iterator[Text]:
    """The first lines that were printed in a check, each cut where it is too long."""
    yield from paragraph(Said(printed_in(c.name), Tone.ASIDE), able)
    lines = c.printed.splitlines()
    for line in lines[:PRINTED_LINES]:
        shown = clean(line[: able.width].expandtabs(4), able.encoding)
        yield Text("    ").append(fit(shown, able.width - 4, colours.glyphs.cut).rstrip())
    if len(lines) > PRINTED_LINES:
        yield Text("    " + more_lines(len(lines) - PRINTED_LINES), style=colours.faint)


def mark(verdict: Verdict | None) -> str:
    """The sign before a check, or an exercise; None is for what was never checked."""
    if verdict is None:
        return "·"
    return _MARKS.get(verdict, "✗")


def style(verdict: Verdict | None, colours: Palette) -> Any:
    """How that sign looks."""
    plain = {
        None: colours.faint,
        Verdict.PASSED: "bold",
        Verdict.NOT_STARTED: colours.faint,
        Verdict.NOT_TRIED: colours.faint,
    }
    return plain.get(verdict, colours.broken)
