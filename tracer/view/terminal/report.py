"""The screen of ``tracer check``: verdict, score, each check, and the first thing that is wrong."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from rich.text import Text

from tracer.grading.report import CheckReport, Report, Verdict
from tracer.language import _, plural
from tracer.view.parts.mistake import first_mistake, in_check
from tracer.view.say.trouble import sentences
from tracer.view.say.words import clean
from tracer.view.terminal.columns import fit, widest
from tracer.view.terminal.console import Abilities, folded
from tracer.view.terminal.palette import Palette, palette

PRINTED_LINES = 10
"""Lines of the student's own output that are shown."""

_MARKS = {Verdict.PASSED: "✓", Verdict.NOT_STARTED: "·", Verdict.UNDECIDED: "–"}


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
        Verdict.UNDECIDED: _("undecided"),
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
        lines += [Text(""), *first_mistake(report, failing, able, colours)]
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
    partly = report.verdict is Verdict.WRONG and report.points > 0
    said = _("partly right") if partly else verdict_name(report.verdict)
    line.append(said, _style(report.verdict, colours))
    line.append(f" · {score}")
    yield line
    yield Text("  ").append(
        fit(clean(report.file, able.encoding), able.width - 2).rstrip(), colours.faint
    )


def _checks(report: Report, able: Abilities, colours: Palette) -> Iterator[Text]:
    """A line for each check: mark, name, points, title; what else than wrong it was."""
    name = widest([c.check.name for c in report.checks])
    for c in report.checks:
        verdict = Verdict.UNDECIDED if _not_run(c) else c.verdict
        line = Text("  ").append(_mark(verdict), _style(verdict, colours))
        line.append(f" {fit(c.check.name, name)}", "bold")
        line.append(f"  {c.points}/{c.check.points}  ")
        about = c.check.title
        if verdict not in (Verdict.PASSED, Verdict.WRONG, Verdict.UNDECIDED, report.verdict):
            about = f"{verdict_name(verdict)} · {about}"
        room = able.width - line.cell_len
        first, *rest = folded(Text(about, style=colours.faint), room, unicode=able.unicode)
        yield line.append_text(first)
        yield from (Text(" " * (able.width - room)).append_text(more) for more in rest)
    said = ""
    if _not_run(report.checks[0]):  # what was loaded for one check is no file that cannot be
        said = _("– not run: your file could not be loaded")
    elif any(c.verdict is Verdict.UNDECIDED for c in report.checks):
        said = _("– undecided: mend what is marked ✗ first")
    if said:
        yield from folded(Text(said, style=colours.faint), able.width, "    ", unicode=able.unicode)


def _not_run(c: CheckReport) -> bool:
    """Whether the check got no further than loading the file."""
    return c.trouble is not None and not c.trouble.facts.get("loaded", True)


def _remark(report: Report, able: Abilities) -> Iterator[Text]:
    """What is good to know of an answer that is right."""
    remarks = [(c, c.trouble) for c in report.checks if c.trouble is not None]
    for c, trouble in remarks[:1]:
        first, *rest = sentences(report, trouble)
        more = _("No point is lost. How to do without a warning:")
        yield Text("")
        for sentence in (in_check(c, first), *rest, more):
            yield from folded(Text(clean(sentence, able.encoding)), able.width, "  ")
        command = f'tracer hint {report.exercise.number} --check "{c.check.name}"'
        yield Text("    " + command)


def _printed(report: Report, able: Abilities, colours: Palette) -> Iterator[Text]:
    """What the student's code wrote, as the data it is."""
    printing = [c for c in report.checks if c.printed.strip()]
    failing = report.first_failing
    chosen = [c for c in printing if c is failing] if failing else printing[:1]
    if not chosen:
        return
    said = _("Your code printed in check “{check}”:").format(check=chosen[0].check.name)
    lines = chosen[0].printed.splitlines()
    yield Text("")
    yield from folded(Text(said, style=colours.faint), able.width, "  ")
    for line in lines[:PRINTED_LINES]:
        shown = clean(line[: able.width].expandtabs(4), able.encoding)
        yield Text("    ").append(fit(shown, able.width - 4, colours.glyphs.cut).rstrip())
    if len(lines) > PRINTED_LINES:
        count = len(lines) - PRINTED_LINES
        said = plural("… and {count} line more", "… and {count} lines more", count)
        yield Text("    " + said.format(count=count), style=colours.faint)
    others = len(printing) - 1
    if others and failing is None:
        said = plural(
            "It printed in {count} more check.", "It printed in {count} more checks.", others
        )
        yield Text("  " + said.format(count=others), style=colours.faint)


def _mark(verdict: Verdict) -> str:
    return _MARKS.get(verdict, "✗")


def _style(verdict: Verdict, colours: Palette) -> Any:
    plain = {
        Verdict.PASSED: "bold",
        Verdict.NOT_STARTED: colours.faint,
        Verdict.UNDECIDED: colours.faint,
    }
    return plain.get(verdict, colours.broken)
