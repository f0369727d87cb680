"""A word and its tag on each line, an empty line after each sentence: CoNLL-2003 and its kin.

Source: E. Tjong Kim Sang and F. De Meulder, CoNLL-2003 shared task.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable
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
from tracer.data.readers.separators import long_cells
from tracer.data.readers.table import header_question
from tracer.data.readers.textfile import shown
from tracer.data.source import SEPARATORS
from tracer.errors import FileError
from tracer.language import _

DOCUMENT = "-DOCSTART-"
"""The word on the line with which CoNLL-2003 begins a new document."""

_CHUNK = re.compile(r"[BIOESLU]-")
"""How a tag begins that says where a name or a phrase begins and ends; no column is called so."""

_EMPTY_LINE = re.compile(r"\n[ \t\r]*\n")

Sentence = list[tuple[int, list[str]]]
"""The lines of a sentence: each with its number and its cells."""


def sentences_of(path: Path, content: str, separator: str | None = None) -> list[Sentence]:
    """The sentences of a file with a word a line; none if it is no such file.

    It is one if empty lines part its lines, every line has as many cells, and the first cell and
    the last are one word each.
    """
    if not _EMPTY_LINE.search(content):
        return []
    for split in _splits(path, separator):
        found: list[Sentence] = [[]]
        for number, line in enumerate(content.replace("\r", "").split("\n"), 1):
            if not line.strip():
                found.append([])
            elif found[-1] or not line.startswith("# "):  # a remark above a sentence
                found[-1].append((number, split(line)))
        found = [sentence for sentence in found if sentence]
        lines = [cells for sentence in found for _number, cells in sentence]
        widths = set(map(len, lines))
        if (
            1 < len(found) < len(lines)
            and len(widths) == 1
            and widths != {1}
            and all(_is_word(cells[0]) and _is_word(cells[-1]) for cells in lines)
        ):
            return found
    return []


def _splits(path: Path, separator: str | None) -> list[Callable[[str], list[str]]]:
    """The ways to cut a line: by tabs, as a table may be, or as CoNLL-2003 by spaces."""
    if separator is not None:
        return [_cells(SEPARATORS[separator])]
    if path.suffix.lower() in (".csv", ".tsv"):
        return [_cells(sign) for sign in ("\t", ",", ";")]
    return [_cells("\t"), str.split]


def _cells(sign: str) -> Callable[[str], list[str]]:
    if sign == "\t":
        return lambda line: line.split(sign)

    def cells(line: str) -> list[str]:
        with long_cells():
            return next(csv.reader([line], delimiter=sign), [])

    return cells


def _is_word(cell: str) -> bool:
    return len(cell.split()) == 1


def tags_differ(sentences: list[Sentence]) -> bool:
    """Whether most sentences have lines with different tags, as tagged sentences do."""
    mixed = [len({cells[-1] for _line, cells in sentence}) > 1 for sentence in sentences]
    return sum(mixed) > len(mixed) / 2


def read_word_lines(path: Path, content: str, wanted: Wanted) -> Rows:
    """The sentences of a file with a word a line: a list of words and a list of tags each.

    Raises
    ------
    FileError
        If it is no such file, if it has more than two columns and none is named as the tag, or if
        its first line may be a header.
    """
    sentences = sentences_of(path, content, wanted.separator)
    if not sentences:
        raise FileError(
            f"{path}: expected a word and its tag on each line, with a tab or spaces between them, "
            f"the same number of columns on every line, and an empty line after each sentence"
        )
    line, first = sentences[0][0]
    where = f"{path}, line {line}"
    text_at = 0
    if wanted.text_column is not None:
        text_at = column(where, "text", first, wanted.text_column, TEXT_COLUMNS, wanted.header)
    if wanted.label_column is not None:
        label_at = column(where, "label", first, wanted.label_column, LABEL_COLUMNS, wanted.header)
    elif len(first) == 2:
        label_at = 1 - text_at
    else:
        raise FileError(
            f"{where} has {len(first)} columns, a word and more than one tag: {numbered(first)}. "
            f"Which one is the tag? Name it with --label-column {len(first)}, or another number"
        )
    if _has_header(where, sentences, text_at, label_at, wanted):
        del sentences[0][0]
    marks = [sentence[0] for sentence in sentences if sentence and sentence[0][1][0] == DOCUMENT]
    rows = [
        Row(
            sentence[0][0],
            tuple(cells[text_at].strip() for _line, cells in sentence),
            tuple(cells[label_at].strip() for _line, cells in sentence),
        )
        for sentence in sentences
        if sentence and sentence[0] not in marks
    ]
    said = _("a word and its tag on each line, an empty line after each sentence")
    if marks:
        said += _("; document markers skipped: {count:,}").format(count=len(marks))
    return Rows(rows, 0, said)


def _has_header(
    where: str, sentences: list[Sentence], text_at: int, label_at: int, wanted: Wanted
) -> bool:
    """Whether the first line names the columns; a tag that no other line has makes it doubtful."""
    (_line, first), *_rest = sentences[0]
    if wanted.header is not None:
        return wanted.header == "yes"
    if usual_column(first, TEXT_COLUMNS) == text_at:
        return True
    tags = [cells[label_at] for sentence in sentences for _line, cells in sentence]
    if first[0] == DOCUMENT or tags[0] in tags[1:] or len(set(tags)) == len(tags):
        return False
    if _CHUNK.match(tags[0]):
        return False
    raise FileError(header_question(where, first[text_at], first[label_at]))


def word_lines_question(path: Path, sentences: list[Sentence]) -> str:
    """What is said to whoever wants to classify the lines of such a file."""
    line, cells = sentences[0][0]
    return (
        f"{path} looks like tagged sentences: a word and its tag on each line ({shown(cells[0])} "
        f"and {shown(cells[-1])} in line {line}), and an empty line after each sentence. To learn "
        f"these tags: --task tag. If each line is a text with its class: --label-column "
        f"{len(cells)}"
    )
