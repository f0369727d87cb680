"""A class at a glance as one page of HTML: it loads nothing, runs nothing, and can be printed.

Whatever a colour says, a number or a word beside it says as well. Names of students, and what their
files are called, are escaped.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from html import escape
from pathlib import Path

from tracer.gradebook.glance import Item, Scores
from tracer.language import _, code
from tracer.view.parts.glance import BINS, Glance, GroupRow, MistakeRow, percent
from tracer.view.parts.said import Said

WIDE = 8.0
"""Rem of the longest bar."""


def page(part: Glance, title: str) -> str:
    """The whole page.

    Parameters
    ----------
    part : Glance
    title : str
        What the class is called.
    """
    style = Path(__file__).with_name("glance.css").read_text("utf-8")
    heading = _("A class at a glance: {title}").format(title=title)
    inside = "\n".join([f"<h1>{escape(heading)}</h1>", _p(part.about), *_sections(part)])
    return (
        f'<!doctype html>\n<html lang="{escape(code())}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="referrer" content="no-referrer">\n'
        f"<title>{escape(heading)}</title>\n<style>\n{style}</style>\n</head>\n"
        f"<body>\n<main>\n{inside}\n</main>\n</body>\n</html>\n"
    )


def _sections(part: Glance) -> Iterator[str]:
    yield _section(_("Scores"), _scores(part.scores))
    yield _section(_("Mistakes, and where they show first"), _mistakes(part.mistakes))
    about = "".join(
        f"<p>{escape(said)}: {escape(_listed(items)) or _none()}</p>"
        for said, items in (
            (_("Everybody passes"), part.everybody),
            (_("Nobody passes"), part.nobody),
        )
    )
    yield _section(_("Checks"), about + _items(part.items))
    notes = "".join(_note(said) for said in part.about_groups)
    yield _section(_("Answers that are alike"), notes + _groups(part.groups))


def _scores(scores: Sequence[Scores]) -> str:
    most = max((n for s in scores for n in s.counts), default=1)
    heads = (_("students"), _("mean"), _("median"))
    row = [
        _head(_("exercise")),
        *(_head(head, number=True) for head in heads),
        *(_head(f"{label} %") for label in BINS),
    ]
    rows = [
        [
            _row_head(s.exercise),
            *(_number(text) for text in (str(s.students), percent(s.mean), percent(s.median))),
            *(f"<td>{_bar(n, most)}</td>" for n in s.counts),
        ]
        for s in scores
    ]
    return f'<div class="spread">{_table(_("Students by per cent of the points"), row, rows)}</div>'


def _bar(count: int, most: int) -> str:
    """A bar and the number that it stands for."""
    wide = f'<span class="bar" aria-hidden="true" style="width:{WIDE / 2 * count / most:.2f}rem">'
    return f"{wide}</span>{count}" if count else '<span class="none">0</span>'


def _mistakes(mistakes: Sequence[MistakeRow]) -> str:
    if not mistakes:
        return _none()
    heads = (_("exercise"), _("answers"), _("where"), _("what"))
    rows = [
        [_row_head(m.exercise), _number(m.share), _cell(m.where), _cell(m.said)] for m in mistakes
    ]
    row = [_head(head, number=head == heads[1]) for head in heads]
    return _table(_("The most frequent first"), row, rows)


def _items(items: Sequence[Item]) -> str:
    row = [
        _head(_("exercise")),
        _head(_("check")),
        _head(_("passed")),
        _head(_("what it is about")),
    ]
    rows = [
        [
            _row_head(item.exercise),
            _cell(item.check),
            f"<td>{_share(item.passed, item.students)}</td>",
            _cell(item.title),
        ]
        for item in items
    ]
    return _table(_("Of those who have begun the exercise"), row, rows)


def _share(passed: int, students: int) -> str:
    said = escape(_("{count} of {all}").format(count=passed, all=students))
    wide = WIDE * passed / students if students else 0
    return f'<span class="bar" aria-hidden="true" style="width:{wide:.2f}rem"></span>{said}'


def _groups(groups: Sequence[GroupRow]) -> str:
    if not groups:
        return _none()
    row = [
        _head(text) for text in (_("exercise"), _("students"), _("alike in"), _("known mistake"))
    ]
    rows = [
        [
            _row_head(group.exercise),
            _cell(", ".join(group.names)),
            _cell(group.alike),
            _cell(group.known or "–"),
        ]
        for group in groups
    ]
    return _table(_("Those for which no mistake is known come first"), row, rows)


def _section(title: str, inside: str) -> str:
    return f"<section>\n<h2>{escape(title)}</h2>\n{inside}\n</section>"


def _table(caption: str, heads: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    body = "\n".join(f"<tr>{''.join(row)}</tr>" for row in rows)
    return (
        f'<div class="wide" tabindex="0" role="region" aria-label="{escape(caption)}">'
        f"<table>\n<caption>{escape(caption)}</caption>\n"
        f"<thead><tr>{''.join(heads)}</tr></thead>\n<tbody>\n{body}\n</tbody>\n</table></div>"
    )


def _head(text: str, *, number: bool = False) -> str:
    return f'<th scope="col"{_class(number=number)}>{escape(text)}</th>'


def _row_head(text: str) -> str:
    return f'<th scope="row">{escape(text)}</th>'


def _cell(text: str) -> str:
    return f"<td>{escape(text)}</td>"


def _number(text: str) -> str:
    return f"<td{_class(number=True)}>{escape(text)}</td>"


def _class(*, number: bool) -> str:
    return ' class="number"' if number else ""


def _listed(items: Sequence[Item]) -> str:
    return ", ".join(f"{item.exercise} “{item.check}”" for item in items)


def _none() -> str:
    return f'<span class="none">{escape(_("none"))}</span>'


def _note(said: Said) -> str:
    return f'<p class="note">{escape(said.text)}</p>'


def _p(text: str) -> str:
    return f"<p>{escape(text)}</p>"
