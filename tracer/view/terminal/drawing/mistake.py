"""The first thing that is wrong with an answer: which mistake it is, where, and both numbers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.text import Text

from tracer.grading.report import Kind
from tracer.view.parts.judged import Beside, CheckRow, Judged, Stopped, WrongNumber
from tracer.view.parts.report import mistake_told
from tracer.view.parts.said import Said, Tone
from tracer.view.say.reported import (
    also_where,
    first_wrong,
    labels,
)
from tracer.view.terminal.columns import fit, widest
from tracer.view.terminal.console import Abilities
from tracer.view.terminal.drawing.paragraphs import paragraph, paragraphs
from tracer.view.terminal.drawing.unrolled import side_by_side
from tracer.view.terminal.drawing.worked import worked_lines
from tracer.view.terminal.palette import palette

COLUMNS = 8
"""Numbers of a row that stand beside each other at most."""


def first_mistake(part: Judged, failing: CheckRow, able: Abilities) -> Iterator[Text]:
    """The mistake, where it is known; the first thing that is wrong, and what to do about it."""
    for remark in _earlier(failing):
        yield from [*paragraphs(remark.said, able), Text("")]
    mistake = mistake_told(part, failing)
    if mistake:
        yield from [*paragraphs(mistake, able), Text("")]
    if failing.wrong is None:
        assert failing.stopped is not None
        yield from _stopped(failing.stopped, able)
        yield from _look_at(part, able)
        yield from _remarks([r for r in failing.remarks if r not in _earlier(failing)], able)
        return
    wrong = failing.wrong
    remembers = [r for r in failing.remarks if r.kind is Kind.REMEMBERS]
    for remark in remembers:
        yield from [*paragraphs(remark.said, able), Text("")]
    yield from paragraph(Said(first_wrong(failing.name, wrong.place), Tone.STRONG), able)
    read = " ".join(said for said in (failing.reading, *wrong.how_much) if said)
    yield from paragraph(Said(read, Tone.ASIDE), able) if read else ()
    yield Text("")
    yield from _numbers(wrong, able)
    if wrong.from_own:
        yield from paragraph(Said(wrong.from_own, Tone.ASIDE), able, "    ")
    if wrong.worked:
        said = Said(wrong.working, Tone.ASIDE)
        yield from [Text(""), *paragraph(said, able)]
        yield from worked_lines(wrong.worked, able, indent=4, aligned=False)
    if failing.states is not None:
        yield from [Text(""), *side_by_side(failing.states, able)]
    yield from _look_at(part, able)
    if not (failing.explained or part.explained or _earlier(failing)):
        yield from _also(failing.also, able)
    if failing.standings:
        yield from [Text(""), *paragraph(Said(failing.standings), able)]
    told = [*_earlier(failing), *remembers]
    yield from _remarks([r for r in failing.remarks if r not in told], able)


def _earlier(failing: CheckRow) -> list[Stopped]:
    """That an earlier answer of the student's own is at fault: before all else."""
    return [remark for remark in failing.remarks if remark.kind is Kind.EARLIER]


def _look_at(part: Judged, able: Abilities) -> Iterator[Text]:
    """The line to look at, and what was found there."""
    if part.look_at:
        line, found = part.look_at
        yield from [Text(""), *paragraph(line, able)]
        yield from paragraph(Said(found.text, Tone.ASIDE), able)


def _numbers(wrong: WrongNumber, able: Abilities) -> Iterator[Text]:
    """Both numbers, with those beside them in the row as far as there is room."""
    colours = palette(able)
    row = wrong.row or (Beside("", wrong.yours, wrong.wanted, wrong=True),)
    label = widest(labels())
    wide = max(len(t) for one in row for t in (one.place, one.yours, one.expected))
    room = max((able.width - 4 - label) // (wide + 2), 1)
    first = max(min(wrong.first_shown, len(row) - 1) - min(room, COLUMNS) + 1, 0)
    shown = row[first : first + min(room, COLUMNS)]
    if wrong.row:
        line = Text(" " * (4 + label), style=colours.faint)
        yield line.append("".join(f"  {one.place:>{wide}}" for one in shown))
    yours, expected = (Text(f"    {fit(text, label)}") for text in labels())
    for one in shown:
        yours.append("  ").append(
            f"{one.yours:>{wide}}", colours.broken if one.wrong else colours.faint
        )
        expected.append("  ").append(
            f"{one.expected:>{wide}}", "bold" if one.wrong else colours.faint
        )
    yield from (yours, expected)


def _stopped(part: Stopped, able: Abilities) -> Iterator[Text]:
    """What happened, and what to do."""
    yield from paragraphs(part.said, able)
    if part.called:
        yield from paragraph(Said(part.called, Tone.ASIDE), able)


def _remarks(remarks: Sequence[Stopped], able: Abilities) -> Iterator[Text]:
    """NumPy's warnings, and what is remembered from call to call."""
    for remark in remarks:
        yield from [Text(""), *paragraphs(remark.said, able)]


def _also(others: Sequence[WrongNumber], able: Abilities) -> Iterator[Text]:
    """Other quantities that are wrong as well."""
    for other in others:
        if other.as_well:
            yield from [Text(""), *paragraph(Said(other.as_well), able)]
        said = also_where(other.place, other.yours, other.wanted)
        yield from paragraph(Said(said), able, "    ")
        if other.from_own:
            yield from paragraph(Said(other.from_own, Tone.ASIDE), able, "    ")
