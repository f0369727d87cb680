"""Rows of a CSV, TSV or JSONL file: the text and the label of each, with its line number."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from tracer.data.textfile import shown
from tracer.errors import FileError
from tracer.language import _

TEXT_COLUMNS = ("text", "sentence", "words", "tokens", "review")
LABEL_COLUMNS = ("label", "labels", "tag", "tags", "class")

LONGEST = 2**31 - 1
"""Characters in one cell; csv's own limit is less than a sentence of 100,000 words."""


class Row(NamedTuple):
    """One row: where it is, its text and its label; lists where the file has lists of words."""

    line: int
    text: str | tuple[str, ...]
    label: str | tuple[str, ...]


class Rows(NamedTuple):
    """The rows of a file, how many empty lines it has, and how its columns were found."""

    rows: list[Row]
    empty: int
    columns: str


def read_table(path: Path, content: str, text_column: str | None, label_column: str | None) -> Rows:
    """Rows of a CSV file (commas or semicolons, quotes) or a TSV file (tabs, no quotes).

    The first row is a header if it has the two columns by their names. A file without header has
    two columns, the text first; or the columns are given by number, from 1.

    Raises
    ------
    FileError
        If a column is missing, a row has more or fewer columns than the first, or a quote is left
        open.
    """
    delimiter = "\t"
    if path.suffix.lower() != ".tsv":  # Excel writes ; where the comma is the decimal point
        first_line = content.lstrip("\n").partition("\n")[0]
        delimiter = next((sign for sign in ",;\t" if sign in first_line), ",")
    records = list(_records(path, content, delimiter))
    filled = [(line, cells) for line, cells in records if any(cell.strip() for cell in cells)]
    if not filled:
        raise FileError(f"{path} is empty; wanted labelled sentences")
    first_at, first = filled[0]
    text_at, label_at, header = _columns(path, first_at, first, text_column, label_column)
    for line, cells in filled:
        if len(cells) != len(first):
            hint = "; if a comma belongs to the text, put the text in quotes" * (delimiter != "\t")
            raise FileError(
                f"{path}, line {line} has {len(cells)} columns, but line {first_at} has "
                f"{len(first)}{hint}"
            )
    rows = [Row(line, cells[text_at], cells[label_at]) for line, cells in filled[header:]]
    if header:
        said = _("columns: {text} is the text, {label} the label").format(
            text=shown(first[text_at].strip()), label=shown(first[label_at].strip())
        )
    else:
        said = _("no header row: line {line} is a sentence, {text}, with the label {label}").format(
            line=first_at, text=shown(first[text_at]), label=shown(first[label_at])
        )
    return Rows(rows, len(records) - len(filled), said)


def read_json_lines(
    path: Path, content: str, text_column: str | None, label_column: str | None
) -> Rows:
    """Rows of a JSONL file: each line an object; text is text or a list of words.

    Raises
    ------
    FileError
        If a line is no JSON object, has not the two names, or other things than text in them.
    """
    rows: list[Row] = []
    names = ("", "")
    lines = content.rstrip("\n").split("\n")
    for line, written in enumerate(lines, 1):
        if not written.strip():
            continue
        where = f"{path}, line {line}"
        found = _object(where, written)
        if not rows:
            keys = list(found)
            names = (
                keys[_column(where, "text", keys, text_column, TEXT_COLUMNS)],
                keys[_column(where, "label", keys, label_column, LABEL_COLUMNS)],
            )
        for name in names:
            if name not in found:
                raise FileError(f"{where} has no {shown(name)}; it has {_listed(found)}")
        text, label = (_value(where, name, found[name]) for name in names)
        rows.append(Row(line, text, label))
    said = _("columns: {text} is the text, {label} the label").format(
        text=shown(names[0]), label=shown(names[1])
    )
    return Rows(rows, len(lines) - len(rows), said)


def _records(path: Path, content: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """The rows of a table with the line on which each begins."""
    lines = io.StringIO(content.rstrip("\n"))
    if delimiter == "\t":
        reader = csv.reader(lines, delimiter=delimiter, quoting=csv.QUOTE_NONE, strict=True)
    else:
        reader = csv.reader(lines, delimiter=delimiter, strict=True)
    with _long_cells():
        while True:
            line = reader.line_num + 1
            try:
                yield line, next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                open_ended = "unexpected end" in str(error)
                what = (
                    "a quote opens and never closes" if open_ended else "a quote closes too early"
                )
                raise FileError(
                    f'{path}, line {line}: {what}; a quote inside a quoted text is written ""'
                ) from None


@contextmanager
def _long_cells() -> Iterator[None]:
    before = csv.field_size_limit(LONGEST)
    try:
        yield
    finally:
        csv.field_size_limit(before)


def _columns(
    path: Path, line: int, first: list[str], text_column: str | None, label_column: str | None
) -> tuple[int, int, bool]:
    """Where the text and the label are, and whether the first row is a header."""
    cells = [cell.strip() for cell in first]
    lower = [cell.lower() for cell in cells]
    unnamed = text_column is None and label_column is None
    if unnamed and len(cells) == 2 and not {*TEXT_COLUMNS, *LABEL_COLUMNS} & set(lower):
        return 0, 1, False
    where = f"{path}, line {line}"
    text_at = _column(where, "text", cells, text_column, TEXT_COLUMNS)
    label_at = _column(where, "label", cells, label_column, LABEL_COLUMNS)
    if text_at == label_at:
        raise FileError(f"{where}: column {shown(cells[text_at])} cannot be both text and label")
    by_number = text_column is not None and text_column not in cells
    by_number = by_number and label_column is not None and label_column not in cells
    return text_at, label_at, not by_number


def _column(
    where: str, kind: str, there: Sequence[str], wanted: str | None, usual: tuple[str, ...]
) -> int:
    """The index of a column that is given by name or number, or has one of the usual names."""
    lower = [name.lower() for name in there]
    if wanted is None:
        found = next((lower.index(name) for name in usual if name in lower), None)
        missing = f"no column is called {', '.join(usual[:-1])} or {usual[-1]}"
    else:
        numbers = [str(number) for number in range(1, len(there) + 1)]
        places = (names.index(wanted) for names in (there, numbers) if wanted in names)
        found = next(places, None)
        missing = f"no column is called {shown(wanted)}"
    if found is not None:
        return found
    raise FileError(
        f"{where}: {missing}; the columns are {_listed(there)}. "
        f"Which one is the {kind}? Say it with --{kind}-column and its name, "
        f"or its number from 1 if there is no header row"
    )


def _listed(names: Any) -> str:
    some = [shown(name) for name in names]
    rest = f" and {len(some) - 12} more" if len(some) > 12 else ""
    return ", ".join(some[:12]) + rest if some else "none"


def _object(where: str, written: str) -> dict[str, Any]:
    try:
        found = json.loads(written)
    except json.JSONDecodeError as error:
        raise FileError(
            f"{where} is not JSON: {error.msg} at character {error.colno}; each line of a .jsonl "
            f'file is one object, like {{"text": "…", "label": "…"}}'
        ) from None
    except (ValueError, RecursionError):
        raise FileError(f"{where} is JSON with a number too long or lists too deep") from None
    if not isinstance(found, dict):
        raise FileError(
            f'{where} is {shown(written)}; wanted an object, like {{"text": "…", "label": "…"}}'
        )
    return found


def _value(where: str, name: str, value: Any) -> str | tuple[str, ...]:
    """Text, a list of texts, or a number as it would be written (labels are often 0 and 1)."""
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return tuple(value)
    if isinstance(value, str):
        return value
    if isinstance(value, (int, float)) and value == value:  # noqa: PLR0124 - not NaN
        return json.dumps(value)
    raise FileError(f"{where}: {shown(name)} is {shown(json.dumps(value))}; wanted text")
