"""The table of ``tracer dev check --report``: how well each exercise is graded."""

from __future__ import annotations

from rich.text import Text

from tracer.course.reporting import Row, Share
from tracer.language import _
from tracer.view.terminal.columns import fit
from tracer.view.terminal.console import Abilities
from tracer.view.terminal.palette import palette

_NAME, _CELLS = 22, (4, 9, 9, 10, 10, 8, 10, 7)


def report_heading(able: Abilities) -> list[Text]:
    """What the columns are."""
    heads = (
        _("stub"), _("solution"), _("mistakes"), _("right"), _("one"), _("two"), _("line"),
        _("untrue"),
    )  # fmt: skip
    return [Text(""), Text(_line("", heads), palette(able).faint)]


def report_row(row: Row, able: Abilities) -> Text:
    """One exercise."""
    del able
    cells = (
        "✓" if row.stub else "✗",
        "✓" if row.solution else "✗",
        *map(_share, _shares(row)),
        str(row.wrong),
    )
    return Text(_line(row.name, cells))


def report_total(rows: list[Row], able: Abilities) -> list[Text]:
    """All of them, and what the columns count."""
    total = [
        Share(sum(s.good for s in shares), sum(s.all for s in shares))
        for shares in zip(*map(_shares, rows), strict=True)
    ]
    cells = ("", "", *map(_share, total), str(sum(row.wrong for row in rows)))
    said = (
        _("mistakes: known mistakes that fail as their first line says"),
        _("right: right answers in other styles that pass, and in which no mistake is named"),
        _("one, two: answers with one or two well-known mistakes that are named, or told as"),
        _("an equation; untrue: answers in which something is named that is not so"),
        _("line: answers with a single wrong line, and this line is the one that is blamed"),
    )
    colours = palette(able)
    return [
        Text(_line("", cells), "bold"),
        Text(""),
        *(Text(f"  {line}", colours.faint) for line in said),
        Text(""),
    ]


def _shares(row: Row) -> tuple[Share, ...]:
    return row.mistakes, row.right, row.singles, row.pairs, row.lines


def _line(name: str, cells: tuple[str, ...]) -> str:
    columns = zip(cells, _CELLS, strict=True)
    return "  " + fit(name, _NAME) + "".join(cell.rjust(width) for cell, width in columns)


def _share(share: Share) -> str:
    return f"{share.good}/{share.all}" if share.all else "–"
