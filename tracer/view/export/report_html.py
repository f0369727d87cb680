"""A report on functions of a notebook, as the notebook draws it: HTML, and nothing that runs.

It has no colour of its own for text or ground, so that it is read on a light page and on a dark
one. Every mark is a sign as well as a colour. What the student's code says is escaped.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from html import escape

from tracer.grading.report import Kind, Report, Verdict
from tracer.language import _
from tracer.view.parts.judged import Beside, CheckRow, Judged, Stopped, WrongNumber
from tracer.view.parts.reading import ReadAloud
from tracer.view.parts.report import judged, mistake_told, said_in
from tracer.view.parts.said import Said, Tone
from tracer.view.parts.unrolled import SideBySide, StateRow, marks
from tracer.view.say.numbers import column
from tracer.view.say.reported import (
    also_where,
    clean_lines,
    first_wrong,
    labels,
    printed_in,
    right_label,
    score,
)
from tracer.view.say.verdict import points, verdict_name

WRONG = "color:#cf5408;font-weight:bold"  # 4.3 : 1 against white, 4.2 : 1 against #111
FIRST, OTHER = "◀", "≠"
FAINT = "opacity:.7"
STRONG = "font-weight:bold"
WHOLE = "max-width:60em;margin:.5em 0;line-height:1.5;overflow-wrap:anywhere;text-align:left"
CELL = "text-align:right;padding:.1em .6em;background:none;border:none;white-space:nowrap"
APART = "margin-top:.8em"
HEAD = f"text-align:left;font-weight:normal;{FAINT}"
LISTED = "margin:.2em 0 .2em 1.5em"

_STYLES = {Tone.ASIDE: FAINT, Tone.STRONG: STRONG, Tone.BROKEN: WRONG}
_MARKS = {Verdict.PASSED: "✓", Verdict.NOT_STARTED: "·", Verdict.NOT_TRIED: "·"}


def page(report: Report, advice: Sequence[Said] = ()) -> str:
    """All of it, as one element.

    Parameters
    ----------
    report : Report
    advice : sequence of Said
        What to do next; each becomes a paragraph at the end.
    """
    part = judged(report)
    inside = [*_heading(part), *_checks(part)]
    failing = part.first_failing
    if failing is not None:
        inside += [_p(note) for note in part.notes]
        inside += _first_mistake(part, failing)
        for also in part.also_ended:
            inside.append(f'<div style="{APART}">{"".join(_said(also))}</div>')
        inside += _printed(failing)
    else:
        inside += _remark(part)
        inside += _reading(part.reading) if part.reading is not None else []
    inside += [_paragraph(said, f"{FAINT};{'' if n else APART}") for n, said in enumerate(advice)]
    return f'<div style="{WHOLE}">{"".join(inside)}</div>'


def _heading(part: Judged) -> Iterator[str]:
    yield _p(f"{part.exercise} · {part.title}", STRONG)
    verdict = f"{_mark(part.verdict)} {verdict_name(part.verdict, part.points)}"
    style = STRONG if part.verdict is Verdict.PASSED else WRONG
    told = f'<span style="{style}">{escape(verdict)}</span>'
    yield f"<div>{told} · {escape(score(part.points, part.out_of))}</div>"
    yield _p(part.file, FAINT)
    if part.wall:
        yield _p(part.wall, FAINT)


def _checks(part: Judged) -> Iterator[str]:
    """A line for each check: mark, name, points, title."""
    rows = []
    for c in part.checks:
        untried = c.verdict is Verdict.NOT_TRIED
        before = bool(c.told_in) or not (c.run or untried)
        mark = "–" if before else _mark(c.verdict)
        style = FAINT if before or untried else STRONG if c.verdict is Verdict.PASSED else WRONG
        about = c.title
        if part.ended_otherwise(c):
            about = f"{verdict_name(c.verdict)} · {about}"
        rows.append(
            f'<div style="padding-left:1.5em;text-indent:-1em"><span style="{style}">{mark}</span> '
            f"<b>{escape(c.name)}</b> · {points(c.points)}/{c.out_of} · "
            f'<span style="{FAINT}">{escape(about)}</span></div>'
        )
    yield f'<div style="margin:.5em 0">{"".join(rows)}</div>'
    yield from (_p(said, FAINT) for said in part.about_marks)


def _look_at(part: Judged) -> Iterator[str]:
    """The line to look at, and what was found there."""
    for said, style in zip(part.look_at, (f"{STRONG};{APART}", FAINT), strict=False):
        yield _paragraph(said, style)


def _first_mistake(part: Judged, failing: CheckRow) -> Iterator[str]:
    """The mistake, where it is known; the first thing that is wrong, and what to do about it."""
    wrong, explained = failing.wrong, failing.explained or part.explained
    mistake = mistake_told(part, failing)
    if mistake:
        yield f'<div style="{APART}">{"".join(_said(mistake))}</div>'
    if wrong is None:
        assert failing.stopped is not None
        yield from _stopped(failing.stopped)
        yield from _look_at(part)
    else:
        yield _p(first_wrong(failing.name, wrong.place), f"{STRONG};{APART}")
        yield _p(" ".join(said for said in (failing.reading, *wrong.how_much) if said), FAINT)
        yield _numbers(wrong)
        yield _p(wrong.from_own, FAINT)
        if wrong.worked:
            yield _p(wrong.working, f"{FAINT};{APART}")
            lines = "".join(f"<div><code>{escape(str(line))}</code></div>" for line in wrong.worked)
            yield f'<div style="{LISTED}">{lines}</div>'
        if failing.states is not None:
            yield from _states(failing.states)
        yield from _look_at(part)
        earlier = any(remark.kind is Kind.EARLIER for remark in failing.remarks)
        for other in () if explained or earlier else failing.also:
            yield _p(other.as_well, APART)
            yield _p(also_where(other.place, other.yours, other.wanted), LISTED)
            yield _p(other.from_own, f"{FAINT};{LISTED}")
        yield _p(failing.standings, APART)
    for remark in failing.remarks:
        yield f'<div style="{APART}">{"".join(_said(remark.said))}</div>'


def _stopped(part: Stopped) -> Iterator[str]:
    """What happened, and what to do."""
    yield f'<div style="{APART}">{"".join(_said(part.said))}</div>'
    yield _p(part.called, FAINT)


def _numbers(wrong: WrongNumber) -> str:
    """Both numbers, with those beside them in the row; a long row is scrolled."""
    row = wrong.row or (Beside("", wrong.yours, wrong.wanted, wrong=True),)
    yours, expected = labels()
    places = _line("", ((one.place, FAINT) for one in row))
    return _table(
        [
            places if wrong.row else "",
            _line(yours, ((one.yours, WRONG if one.wrong else FAINT) for one in row)),
            _line(expected, ((one.expected, STRONG if one.wrong else FAINT) for one in row)),
        ]
    )


def _states(part: SideBySide) -> Iterator[str]:
    """The sentence step by step, a line for each state: the student's numbers, then the right."""
    yield _p(part.said.text, APART)
    units = [(_("unit {n}").format(n=n), FAINT) for n in range(part.units)]
    yours, right = (
        [(said, FAINT), *[("", "")] * (part.units - 1)] for said in (labels()[0], right_label())
    )
    gap = ("", "")
    lines = [_line("", [gap, *yours, gap, *right]), _line("", [gap, *units, gap, *units])]
    for row in part.rows:
        came, wanted = (
            [
                (
                    column(value, digits=part.digits).strip() + _mark_of(row, n, yours=yours),
                    f"{_ground(value / row.scale)};{style}",
                )
                for n, value in enumerate(row.yours if yours else row.right)
                for style in [(WRONG if yours else STRONG) if row.differs[n] else ""]
            ]
            for yours in (True, False)
        )
        lines.append(_line(f"t = {row.t}", [(row.called, STRONG), *came, gap, *wanted]))
    yield _table(lines)
    yield _p(" · ".join(f"{one.mark} {one.meaning}" for one in marks(part, FIRST, OTHER)), FAINT)
    yield from (_p(note.text, FAINT) for note in part.notes)


def _reading(part: ReadAloud) -> Iterator[str]:
    """What a right answer makes of a sentence, a line for each word."""
    yield _p(part.said.text, APART)
    units = [(_("unit {n}").format(n=n), FAINT) for n in range(len(part.rows[0].h))]
    lines = [_line("", [("", ""), *units])]
    for row in part.rows:
        h = [(column(value).strip(), _ground(value)) for value in row.h]
        lines.append(_line(str(row.t), [(row.word, STRONG), *h]))
    yield _table(lines)
    yield from _said(part.after)


def _mark_of(row: StateRow, unit: int, *, yours: bool) -> str:
    if not (yours and row.differs[unit]):
        return ""
    return f" {FIRST if unit == row.first else OTHER}"


def _ground(share: float) -> str:
    """Behind a number: blue below 0 and orange above, the stronger the larger its size."""
    colour = "255,160,58" if share > 0 else "88,180,255"
    size = min(abs(share), 1.0) if math.isfinite(share) else 0.0
    return f"background:rgba({colour},{0.5 * size:.2f})"


def _line(label: str, cells: Iterable[tuple[str, str]]) -> str:
    """A row of a table: each cell's text and style."""
    inside = "".join(f'<td style="{CELL};{style}">{escape(text)}</td>' for text, style in cells)
    head = f'<th scope="row" style="{CELL};{HEAD}">{escape(label)}</th>'
    return f'<tr style="background:none">{head}{inside}</tr>'


def _table(lines: Iterable[str]) -> str:
    style = "border-collapse:collapse;margin:.3em 0;font-family:monospace;border:none"
    return f'<div style="overflow-x:auto"><table style="{style}">{"".join(lines)}</table></div>'


def _remark(part: Judged) -> Iterator[str]:
    """What is good to know of an answer that is right."""
    remarked = next((c for c in part.checks if c.remarks), None)
    if remarked is None:
        return
    said = said_in(remarked.name, remarked.remarks[0].said)
    yield f'<div style="{APART}">{"".join(_said(said))}</div>'
    yield from _said(part.without_warning)


def _printed(c: CheckRow) -> Iterator[str]:
    """What the student's code wrote, as the data it is."""
    if c.printed.strip():
        text = escape(clean_lines(c.printed.rstrip("\n")))
        yield f'{_p(printed_in(c.name), FAINT)}<pre style="white-space:pre-wrap">{text}</pre>'


def _said(sentences: Iterable[Said]) -> Iterator[str]:
    yield from (_paragraph(one, _STYLES.get(one.tone, "")) for one in sentences)


def _paragraph(said: Said, style: str = "") -> str:
    """A sentence; the piece of code at its end as code."""
    code = f" <code>{escape(said.piece)}</code>" if said.piece else ""
    return f'<div style="margin:.15em 0;{style}">{escape(said.before)}{code}</div>'


def _p(text: str, style: str = "") -> str:
    """One paragraph; nothing where there is nothing to say."""
    return f'<div style="margin:.15em 0;{style}">{escape(text)}</div>' if text.strip() else ""


def _mark(verdict: Verdict) -> str:
    return _MARKS.get(verdict, "✗")
