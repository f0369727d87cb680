"""The screen of ``tracer check``: verdict, score, each check, and the first thing that is wrong."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

from rich.text import Text

from tracer.equations import CellEquations
from tracer.grading.cases import shapes
from tracer.grading.report import CheckReport, Difference, Kind, Report, Verdict
from tracer.language import _, plural
from tracer.view.console import Abilities, folded
from tracer.view.divergence import apart
from tracer.view.palette import Palette, palette
from tracer.view.trouble import sentences
from tracer.view.words import clean, fit, widest
from tracer.view.worked import equations

PRINTED_LINES = 10
"""Lines of the student's own output that are shown."""

_MARKS = {Verdict.PASSED: "✓", Verdict.NOT_STARTED: "·"}


def verdict_name(verdict: Verdict) -> str:
    """The verdict in words."""
    return {
        Verdict.PASSED: _("passed"),
        Verdict.WRONG: _("wrong"),
        Verdict.NOT_STARTED: _("not started"),
        Verdict.CRASHED: _("crashed"),
        Verdict.TIMED_OUT: _("timed out"),
        Verdict.OUT_OF_MEMORY: _("out of memory"),
        Verdict.FORBIDDEN: _("forbidden"),
        Verdict.GRADER_FAULT: _("fault of the grader"),
    }[verdict]


def screen(report: Report, able: Abilities, advice: Sequence[str] = ()) -> list[Text]:
    """All of it.

    Parameters
    ----------
    report : Report
    able : Abilities
    advice : sequence of str
        What to do next; each becomes a line at the end.
    """
    colours = palette(able)
    lines = [Text(""), *_heading(report, able, colours), Text(""), *_checks(report, able, colours)]
    failing = report.first_failing
    if failing is not None:
        lines += [Text(""), *_first(report, failing, able, colours)]
    else:
        lines += _remark(report, able)
    lines += _printed(report, able, colours)
    if advice:
        lines.append(Text(""))
        for said in advice:
            lines += folded(Text(said), able.width, "  ")
    return [*lines, Text("")]


def _heading(report: Report, able: Abilities, colours: Palette) -> Iterator[Text]:
    title = f"{report.exercise.name} · {report.exercise.title}"
    yield from folded(Text(title, style="bold"), able.width, "  ", unicode=able.unicode)
    score = plural(
        "{points} of {out_of} point", "{points} of {out_of} points", report.out_of
    ).format(points=report.points, out_of=report.out_of)
    line = Text("  ").append(_mark(report.verdict) + " ", _style(report.verdict, colours))
    line.append(verdict_name(report.verdict), _style(report.verdict, colours))
    line.append(f" · {score}")
    yield line
    yield Text("  ").append(
        fit(clean(report.file, able.encoding), able.width - 2).rstrip(), colours.faint
    )


def _checks(report: Report, able: Abilities, colours: Palette) -> Iterator[Text]:
    """A line for each check: mark, name, points, title; what else than wrong it was."""
    name = widest([c.check.name for c in report.checks])
    for c in report.checks:
        line = Text("  ").append(_mark(c.verdict), _style(c.verdict, colours))
        line.append(f" {fit(c.check.name, name)}", "bold")
        line.append(f"  {c.points}/{c.check.points}  ")
        about = c.check.title
        if c.verdict not in (Verdict.PASSED, Verdict.WRONG, report.verdict):
            about = f"{verdict_name(c.verdict)} · {about}"
        room = able.width - line.cell_len
        first, *rest = folded(Text(about, style=colours.faint), room, unicode=able.unicode)
        yield line.append_text(first)
        yield from (Text(" " * (able.width - room)).append_text(more) for more in rest)


def _first(
    report: Report, failing: CheckReport, able: Abilities, colours: Palette
) -> Iterator[Text]:
    """The first thing that is wrong, and what to do about it."""
    if failing.trouble is not None:
        first, *rest = sentences(report, failing.trouble)
        if failing.verdict is not Verdict.NOT_STARTED and failing.trouble.facts.get("loaded", True):
            first = _in_check(failing, first)
        yield from folded(Text(clean(first, able.encoding), style="bold"), able.width, "  ")
        for said in rest:
            yield from folded(Text(clean(said, able.encoding)), able.width, "  ")
        if _was_called(failing):
            listed = ", ".join(
                f"{k} {v}" for k, v in shapes(report.exercise, failing.check).items()
            )
            called = _("It was called with {shapes}.").format(shapes=listed)
            yield from folded(Text(called, style=colours.faint), able.width, "  ")
        return
    d = failing.difference
    assert d is not None
    where = _("The first wrong number is in “{check}”: {place}").format(
        check=failing.check.name, place=place(failing, d)
    )
    yield from folded(Text(where, style="bold"), able.width, "  ")
    yield from folded(
        Text(_reading(report.exercise.equations, d), style=colours.faint), able.width, "  "
    )
    yield Text("")
    yours, expected = apart(d.got, d.expected)
    labels = (_("yours"), _("expected"))
    label, wide = widest(labels), max(len(yours), len(expected))
    yield Text(f"    {fit(labels[0], label)}  ").append(f"{yours:>{wide}}", colours.broken)
    yield Text(f"    {fit(labels[1], label)}  ").append(f"{expected:>{wide}}", "bold")
    yield Text("")
    for n, equation in enumerate(equations(report.exercise.equations, d, unicode=able.unicode)):
        style = "bold" if n == 0 else colours.faint
        for k, line in enumerate(folded(Text(equation, style=style), able.width - 6)):
            yield Text("      " if k else "    ").append_text(line)
    yield from _also(failing, able)


def _remark(report: Report, able: Abilities) -> Iterator[Text]:
    """What is good to know of an answer that is right."""
    remarks = [(c, c.trouble) for c in report.checks if c.trouble is not None]
    for c, trouble in remarks[:1]:
        first, *rest = sentences(report, trouble)
        more = _("No point is lost. How to do without a warning:")
        yield Text("")
        for sentence in (_in_check(c, first), *rest, more):
            yield from folded(Text(clean(sentence, able.encoding)), able.width, "  ")
        yield Text(f'    tracer hint {report.exercise.name} --check "{c.check.name}"')


def _in_check(c: CheckReport, said: str) -> str:
    return _("In check “{check}”: {said}").format(check=c.check.name, said=said)


def _also(failing: CheckReport, able: Abilities) -> Iterator[Text]:
    """Other quantities that are wrong, those of one cause together."""
    for shares, others in groupby(failing.also, key=lambda other: other.shares):
        if shares:
            said = _("Wrong too, and no mere consequence; {names} may be the cause of both:")
        else:
            said = _("Wrong by itself, and no consequence of that:")
        yield Text("")
        yield from folded(Text(said.format(names=", ".join(shares))), able.width, "  ")
        for other in others:
            yours, expected = apart(other.got, other.expected)
            said = _("{place}: yours {yours}, expected {expected}").format(
                place=place(failing, other), yours=yours, expected=expected
            )
            yield from folded(Text(said), able.width, "    ")


def _was_called(failing: CheckReport) -> bool:
    """Whether the shapes of the arguments help to see what went wrong."""
    trouble = failing.trouble
    if trouble is None or failing.verdict is Verdict.NOT_STARTED:
        return False
    loaded = trouble.kind is Kind.RAISED and trouble.facts["loaded"]
    return trouble.kind is Kind.SHAPE or loaded


def place(failing: CheckReport, d: Difference) -> str:
    """``c at t = 2, row 1, unit 3``: where the student finds that number."""
    said = _("{name} at t = {t}, row {batch}, unit {unit}").format(
        t=d.step + 1, name=d.quantity, batch=d.batch, unit=d.unit
    )
    if failing.check.calls > 1:
        said = _("{place}, in call {call}").format(call=d.call + 1, place=said)
    return said


def _reading(cell: CellEquations, d: Difference) -> str:
    return _("{name} is {meaning}. Rows are the sentences of the batch; both count from 0.").format(
        name=d.quantity, meaning=_(cell[d.quantity].meaning)
    )


def _printed(report: Report, able: Abilities, colours: Palette) -> Iterator[Text]:
    """What the student's code wrote, as the data it is."""
    failing = report.first_failing
    lines = failing.printed.splitlines() if failing else []
    if not lines:
        return
    yield Text("")
    yield from folded(
        Text(_("Your code printed in this check:"), style=colours.faint), able.width, "  "
    )
    for line in lines[:PRINTED_LINES]:
        shown = clean(line[: able.width].expandtabs(4), able.encoding)
        yield Text("    ").append(fit(shown, able.width - 4, colours.glyphs.cut).rstrip())
    if len(lines) > PRINTED_LINES:
        count = len(lines) - PRINTED_LINES
        said = plural("… and {count} line more", "… and {count} lines more", count)
        yield Text("    " + said.format(count=count), style=colours.faint)


def _mark(verdict: Verdict) -> str:
    return _MARKS.get(verdict, "✗")


def _style(verdict: Verdict, colours: Palette) -> Any:
    return {Verdict.PASSED: "bold", Verdict.NOT_STARTED: colours.faint}.get(verdict, colours.broken)
