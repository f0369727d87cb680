"""Is this what was meant? The labels of a file, looked at before anything is learned from them.

A wrong guess about a file does not fail: it trains, and says nonsense. So what is hardly ever meant
is a question, with the option that answers it.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from pathlib import Path
from statistics import fmean
from unicodedata import normalize

from tracer.data.readers.rows import Row, Wanted
from tracer.data.readers.textfile import shown
from tracer.errors import FileError, InputError
from tracer.text.splitting import split

FEWEST = 4
"""Of fewer rows nothing can be said."""

_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?", re.ASCII | re.IGNORECASE)


MISSING = frozenset(
    {"NA", "N/A", "n/a", "#N/A", "<NA>", "NaN", "nan", "NULL", "null", "None"}
)  # fmt: skip
"""What programs write where nothing is."""


def check_texts(path: Path, rows: list[Row], wanted: Wanted) -> None:
    """Raise a `FileError` where the text is a number in every row, as in a table (id, label).

    Whoever has named the text's column is not asked.
    """
    if wanted.text_column is not None or wanted.task != "classify" or len(rows) < FEWEST:
        return
    texts = [" ".join(_words(row.text)) for row in rows]
    if all(" " not in text and any(map(str.isdigit, text)) for text in texts):
        raise FileError(
            f"{path}: no row has a text, only a number or a code (line {rows[0].line} has "
            f"{shown(texts[0])}). Is the column of the text missing? If these are the texts, name "
            f"their column with --text-column"
        )


def check_labels(path: Path, rows: list[Row], wanted: Wanted) -> None:
    """Raise a `FileError` that asks which column is the label, where it hardly can be this one.

    Whoever has named the label's column is not asked.
    """
    if wanted.label_column is not None or len(rows) < FEWEST:
        return
    labels = _labels(rows, wanted.task)
    answer = "name the label column with --label-column (this very column, if it is meant)"
    if wanted.task == "tag":
        kinds = len({word for row in rows for word in _words(row.text)})
        if len(labels) > kinds:
            raise FileError(
                f"{path}: there are more different tags ({len(labels):,}) than different words "
                f"({kinds:,}), in line {rows[0].line} {shown(' '.join(_words(rows[0].label)))}. "
                f"Are text and label swapped? If so, {answer}"
            )
        return
    missing = [row for row in rows if row.label in MISSING]
    if missing and len(missing) < len(rows):
        raise FileError(
            f"{path}: the label of {len(missing):,} rows is {shown(str(missing[0].label))} (first "
            f"in line {missing[0].line}). If that means no label, delete these rows. If it is a "
            f"class, {answer}"
        )
    example = f"in line {rows[0].line} {shown(' '.join(_words(rows[0].label)))}"
    lengths = [fmean(map(_length, cells)) for cells in _columns(rows)]
    if lengths[1] > lengths[0]:
        raise FileError(
            f"{path}: the labels are longer than the texts, {lengths[1]:.1f} words beside "
            f"{lengths[0]:.1f} ({example}). Are text and label swapped? If so, {answer}"
        )
    if 2 * len(labels) > len(rows):
        numbers = all(map(_NUMBER.fullmatch, labels))
        why = (
            "Numbers that measure something are no classes: group them into a few, like low and "
            "high"
            if numbers
            else "A class is a label that many texts share"
        )
        raise FileError(
            f"{path}: {len(rows):,} rows have {len(labels):,} different labels ({example}). {why}; "
            f"or {answer}"
        )


def check_sentences(path: Path, rows: list[Row]) -> None:
    """Raise a `FileError` if every sentence to tag is a single word: lines without empty lines."""
    if len(rows) >= FEWEST and all(len(_words(row.text)) == 1 for row in rows):
        raise FileError(
            f"{path}: every sentence is a single word (line {rows[0].line} is "
            f"{shown(_words(rows[0].text)[0])}), so there is no context to learn. If these are the "
            f"words of sentences, put an empty line after each sentence. If each is a text with a "
            f"class: --task classify"
        )


def merged(path: Path, rows: list[Row], task: str, alike: str | None) -> list[Row]:
    """The rows with one spelling for labels that are the same: 1 and 1.0, Good and good.

    `alike` says what to do with those: ``"merge"`` or ``"keep"``; None asks.

    Raises
    ------
    FileError
        If there are such labels, and nothing was said.
    InputError
        If something was said, and there are none.
    """
    labels = _labels(rows, task)
    groups: defaultdict[tuple[str, object], list[str]] = defaultdict(list)
    for label in labels:
        groups[_meaning(label, task)].append(label)
    doubtful = {meaning: names for meaning, names in groups.items() if len(names) > 1}
    if not doubtful:
        if alike is not None:
            raise InputError(f"--alike-labels has no effect: no two labels of {path} are alike")
        return rows
    if alike == "keep":
        return rows
    if alike is None:
        (kind, _value), names = next(iter(doubtful.items()))
        first = {name: next(row.line for row in rows if name in _of(row, task)) for name in names}
        listed = " and ".join(f"{shown(name)} (line {line})" for name, line in first.items())
        what = {
            "number": "are the same number, written differently",
            "word": "differ only in capitals or spaces",
        }[kind]
        raise FileError(
            f"{path}: the labels {listed} {what}. One label or {len(names)}? For one: "
            f"--alike-labels merge. To keep them apart: --alike-labels keep"
        )
    chosen = {
        name: max(names, key=lambda one: (labels[one], -len(one), one))
        for names in doubtful.values()
        for name in names
    }
    return [
        row._replace(
            label=chosen.get(row.label.strip(), row.label)
            if isinstance(row.label, str) and task == "classify"
            else tuple(chosen.get(label, label) for label in _words(row.label))
        )
        for row in rows
    ]


def _meaning(label: str, task: str) -> tuple[str, object]:
    """What a label means, whatever its spelling; the case of a tag may have a meaning."""
    if _NUMBER.fullmatch(label):
        return "number", float(label)
    return "word", label if task == "tag" else " ".join(normalize("NFKC", label).casefold().split())


def _labels(rows: list[Row], task: str) -> Counter[str]:
    return Counter(label for row in rows for label in _of(row, task))


def _of(row: Row, task: str) -> tuple[str, ...]:
    """The labels of a row: one, or one a word."""
    if task == "classify" and isinstance(row.label, str):
        return (row.label.strip(),) if row.label.strip() else ()
    return _words(row.label)


def _words(cell: str | tuple[str, ...]) -> tuple[str, ...]:
    return tuple(cell.split()) if isinstance(cell, str) else cell


def _length(cell: str | tuple[str, ...]) -> int:
    """How many words a cell has, each Chinese character being one; a sign like + counts as one."""
    text = cell if isinstance(cell, str) else " ".join(cell)
    return max(1, len(split(text, lambda _word: False, 1)))


def _columns(rows: list[Row]) -> tuple[list[str | tuple[str, ...]], list[str | tuple[str, ...]]]:
    return [row.text for row in rows], [row.label for row in rows]
