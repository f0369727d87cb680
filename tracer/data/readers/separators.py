"""What stands between the columns of a table: the sign by which every row has as many of them.

The standard library's `csv.Sniffer` looks at the beginning of a file and at the neighbours of
quotes, and takes letters for separators too; the whole file, read once for each sign, knows better.
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from tracer.data.readers.rows import LABEL_COLUMNS, TEXT_COLUMNS, usual_column
from tracer.data.readers.textfile import shown
from tracer.data.source import SEPARATORS
from tracer.errors import FileError

LONGEST = 2**31 - 1
"""Characters in one cell; csv's own limit is less than a sentence of 100,000 words."""

_SEP = re.compile(r'\A"?sep=(.)"?\n', re.IGNORECASE)
"""The first line by which Excel is told the separator; it is no row."""


class Table(NamedTuple):
    """A file read with one separator.

    `rows` has the line and the cells of each row that is not empty, up to the place where the
    reading broke off; `broken` says why it did.
    """

    name: str
    rows: list[tuple[int, list[str]]]
    empty: int
    broken: str = ""

    @property
    def width(self) -> int:
        """How many columns most rows have."""
        widths = Counter(len(cells) for _line, cells in self.rows)
        return max(widths, key=lambda width: (widths[width], width > 1)) if widths else 0

    @property
    def fits(self) -> bool:
        """Whether every row has the same two or more columns."""
        return not self.broken and self.width > 1 and not self.odd

    @property
    def odd(self) -> list[tuple[int, list[str]]]:
        """The rows that have more or fewer columns than most."""
        width = self.width
        return [row for row in self.rows if len(row[1]) != width]


def table_of(path: Path, content: str, separator: str | None) -> Table:
    """The one table that a file can be.

    Parameters
    ----------
    path : Path
    content : str
    separator : str or None
        A name from `SEPARATORS`; None to find it.

    Raises
    ------
    FileError
        If there is none, because rows differ in width or a quote is left open; or if there are two,
        and only a person can say which one is meant.
    """
    content = content.rstrip("\n")
    skipped = 0
    if said := _SEP.match(content):
        names = {sign: name for name, sign in SEPARATORS.items()}
        separator = separator or names.get(said[1])
        content, skipped = content[said.end() :], 1
    names_in_order = [separator] if separator else list(SEPARATORS)
    if not separator and path.suffix.lower() == ".tsv":
        names_in_order.sort(key=lambda name: name != "tab")
    there = [name for name in names_in_order if SEPARATORS[name] in content]
    readings = [_reading(content, name, skipped) for name in there or names_in_order[:1]]
    fitting = [table for table in readings if table.fits]
    if not any(table.rows or table.broken for table in readings):
        raise FileError(f"{path} is empty; expected labelled sentences")
    if not fitting:
        best = max(readings, key=_share)
        raise FileError(_misfit(path, best, content))
    if path.suffix.lower() == ".tsv" and fitting[0].name == "tab":
        return fitting[0]
    named = [table for table in fitting if _has_usual_names(table)]
    if len(named or fitting) > 1:
        raise FileError(_which(path, named or fitting))
    return (named or fitting)[0]


def _reading(content: str, name: str, skipped: int) -> Table:
    """The file with one separator. Tab-separated text may have quotes (pandas) or none (IANA)."""
    quoted = _read(content, name, skipped, quotes=True)
    if name != "tab" or '"' not in content:
        return quoted
    plain = _read(content, name, skipped, quotes=False)
    if not quoted.fits:
        return plain if plain.fits or (plain.width > 1 and not quoted.broken) else quoted
    if plain.fits and not _means_quotes(plain):
        return plain
    return quoted


def _means_quotes(plain: Table) -> bool:
    """Whether the quotes of a table that was read without them can only be those of cells."""
    columns = zip(*(cells for _line, cells in plain.rows[1:]), strict=True)
    inside = (cell[1:-1] for _line, cells in plain.rows for cell in cells if cell[:1] == '"')
    return any(all(cell[:1] == '"' for cell in column) for column in columns) or any(
        '""' in cell for cell in inside
    )


def _read(content: str, name: str, skipped: int, *, quotes: bool) -> Table:
    lines = io.StringIO(content.replace("\r", " "))
    reader = csv.reader(
        lines,
        delimiter=SEPARATORS[name],
        quoting=csv.QUOTE_MINIMAL if quotes else csv.QUOTE_NONE,
        strict=True,
    )
    rows, empty, broken = [], 0, ""
    with long_cells():
        while True:
            line = reader.line_num + 1 + skipped
            try:
                cells = next(reader)
            except StopIteration:
                break
            except csv.Error as error:
                ended = "unexpected end" in str(error)
                what = "is opened and never closed" if ended else "closes too early"
                broken = f'line {line}: a quote {what}; a quote inside a quoted text is written ""'
                break
            if any(cell.strip() for cell in cells):
                rows.append((line, cells))
            else:
                empty += 1
    return Table(name, rows, empty, broken)


@contextmanager
def long_cells() -> Iterator[None]:
    """While this lasts, `csv` reads cells of any length."""
    before = csv.field_size_limit(LONGEST)
    try:
        yield
    finally:
        csv.field_size_limit(before)


def _has_usual_names(table: Table) -> bool:
    cells = [cell.strip() for cell in table.rows[0][1]]
    found = (usual_column(cells, usual) for usual in (TEXT_COLUMNS, LABEL_COLUMNS))
    return any(place is not None for place in found)


def _share(table: Table) -> tuple[bool, float]:
    """How much of the file is a table with this separator."""
    read = len(table.rows) + bool(table.broken)
    return table.width > 1, (len(table.rows) - len(table.odd)) / read if read else 0.0


def _misfit(path: Path, table: Table, content: str) -> str:
    """What is said about the separator that fits best, and still does not fit."""
    if table.broken:
        return f"{path}, {table.broken}"
    sign = table.name
    if table.width < 2:
        line, cells = table.rows[0]
        return (
            f"{path} has one column only (line {line} is {shown(cells[0])}); expected a text and "
            f"its label, with a comma, a semicolon or a tab between them"
        )
    line, cells = table.odd[0]
    like = next(row for row in table.rows if len(row[1]) == table.width)
    parts = "one column" if len(cells) == 1 else f"{len(cells)} columns"
    said = f"{path}, line {line} has {parts}, but line {like[0]} has {table.width}"
    if len(cells) > table.width and sign != "tab":
        said += f"; if a {sign} belongs to the text, put the text in quotes"
    elif len(cells) < table.width:
        said += (
            f". It is {shown(SEPARATORS[sign].join(cells))}: a line break inside a text needs "
            f"quotes around the text; remove a title or remark above the table"
        )
    if "\r" in content:
        at = content.count("\n", 0, content.index("\r")) + 1
        said += (
            f". In line {at} there is a lone carriage return (CR), which some programs write at "
            f"the end of a line: save the file with one kind of line end"
        )
    return said


def _which(path: Path, tables: Sequence[Table]) -> str:
    """The question which of several separators is meant."""
    seen = [
        f"{table.name} ({' | '.join(shown(cell, 20) for cell in table.rows[0][1][:4])})"
        for table in tables
    ]
    options = " or ".join(f"--separator {table.name}" for table in tables)
    return (
        f"{path}: more than one separator gives every row the same number of columns. Line "
        f"{tables[0].rows[0][0]} read with each: {'; '.join(seen)}. Choose one: {options}"
    )
