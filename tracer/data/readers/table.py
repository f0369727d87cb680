"""Rows of a CSV or TSV file: which column is the text, which the label, and is there a header."""

from __future__ import annotations

from pathlib import Path

from tracer.data.readers.rows import (
    LABEL_COLUMNS,
    TEXT_COLUMNS,
    Row,
    Rows,
    Wanted,
    column,
    numbered,
    usual_column,
)
from tracer.data.readers.separators import Table, table_of
from tracer.data.readers.textfile import shown
from tracer.errors import FileError
from tracer.language import _, quoted


def read_table(path: Path, content: str, wanted: Wanted) -> Rows:
    """Rows of a table, quoted as RFC 4180 says; a table with tabs may also have no quotes.

    Two columns are a text and its label, in the order that their names say, else the text first.
    Where there are more, both must have usual names or be named.

    Raises
    ------
    FileError
        If a column is missing, the rows differ in width, a quote is left open, or the file can be
        read in two ways: then it says what would decide.
    """
    table = table_of(path, content, wanted.separator)
    text_at, label_at = _columns(path, table, wanted)
    header = _has_header(path, table, text_at, label_at, wanted)
    line, first = table.rows[0]
    again = [at for at, cells in table.rows[1:] if cells == first]
    if header and again:
        raise FileError(
            f"{path}, line {again[0]} is the header of line {line} again, as where two files were "
            f"joined; delete it there"
        )
    rows = [Row(at, cells[text_at], cells[label_at]) for at, cells in table.rows[header:]]
    if header:
        said = _("columns: {text} is the text, {label} the label").format(
            text=shown(first[text_at].strip()), label=shown(first[label_at].strip())
        )
    else:
        said = _("no header row: line {line} is a sentence, {text}, with the label {label}").format(
            line=line, text=shown(first[text_at]), label=shown(first[label_at])
        )
    return Rows(rows, table.empty, said)


def _columns(path: Path, table: Table, wanted: Wanted) -> tuple[int, int]:
    """Where the text and the label are."""
    line, first = table.rows[0]
    cells = [cell.strip() for cell in first]
    where = f"{path}, line {line}"
    used = [at for at in range(len(cells)) if any(row[at].strip() for _line, row in table.rows)]
    found: dict[str, int | None] = {}
    for kind, name, usual in (
        ("text", wanted.text_column, TEXT_COLUMNS),
        ("label", wanted.label_column, LABEL_COLUMNS),
    ):
        if name is not None:
            found[kind] = column(where, kind, cells, name, usual, wanted.header)
        else:
            found[kind] = usual_column(cells, usual) if wanted.header != "no" else None
    text_at, label_at = found["text"], found["label"]
    if len(used) == 2:
        if text_at is None:
            text_at = used[0] if label_at is None else _other(used, label_at)
        if label_at is None:
            label_at = _other(used, text_at)
    if text_at is None or label_at is None:
        missing = [kind for kind, at in found.items() if at is None]
        asked = " and ".join(f"--{kind}-column" for kind in missing)
        raise FileError(
            f"{where} has {len(cells)} columns: {numbered(cells)}. Which one is the "
            f"{' and which the '.join(missing)}? Give the "
            f"{'name or number' if len(missing) == 1 else 'names or numbers'} with {asked}"
        )
    if text_at == label_at:
        raise FileError(f"{where}: column {shown(cells[text_at])} cannot be both text and label")
    return text_at, label_at


def _other(used: list[int], at: int) -> int:
    return used[0] if at == used[1] else used[1]


def _has_header(path: Path, table: Table, text_at: int, label_at: int, wanted: Wanted) -> bool:
    """Whether the first row names the columns.

    It does if it was said, if a column was given by its name, or if both have usual names. Else its
    label decides: what no other row has for a label is none, and whose it is, a person must say.
    """
    line, first = table.rows[0]
    cells = [cell.strip() for cell in first]
    if wanted.header is not None:
        return wanted.header == "yes"
    given = {wanted.text_column, wanted.label_column} - {None}
    if any(name in cells and not name.isdecimal() for name in given if name):
        return True
    usual = [usual_column(cells, each) for each in (TEXT_COLUMNS, LABEL_COLUMNS)]
    labels = [_labels(row[label_at], wanted.task) for _line, row in table.rows]
    others = [label for each in labels[1:] for label in each]
    recurs = any(label in others for label in labels[0])
    if usual == [text_at, label_at] or (usual != [None, None] and not recurs):
        return True
    counted = cells == [str(n) for n in range(len(cells))]  # pandas counts columns without a name
    if not counted and (recurs or len(set(others)) == len(others)):
        return False
    raise FileError(header_question(f"{path}, line {line}", cells[text_at], cells[label_at]))


def _labels(cell: str, task: str) -> list[str]:
    return cell.split() if task == "tag" else [cell.strip()]


def header_question(where: str, text: str, label: str) -> str:
    """The question whether a row is a header or a sentence."""
    return (
        f"{where}: is this a header or a sentence? It says {shown(text)} with the label "
        f"{shown(label)}, and no other row has such a label. If these are the names of the "
        f"columns: --text-column {quoted(text[:40])} --label-column {quoted(label[:40])} "
        f"(or --header yes). If it is a sentence with its label: --header no"
    )
