"""Rows of a JSONL file, an object a line; or of one JSON array of objects."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tracer.data.readers.rows import (
    LABEL_COLUMNS,
    TEXT_COLUMNS,
    Row,
    Rows,
    Wanted,
    column,
)
from tracer.data.readers.textfile import shown
from tracer.errors import FileError
from tracer.language import _

_BETWEEN = tuple(" \t\r\n,")
"""What stands between the objects of an array."""


def read_json_lines(path: Path, content: str, wanted: Wanted) -> Rows:
    """Rows of a JSONL file: each line an object; text is text or a list of words.

    Raises
    ------
    FileError
        If a line is no JSON object, has not the two names, or other things than text in them.
    """
    rows: list[Row] = []
    names = ("", "")
    content = content.rstrip("\n")
    array = content.lstrip()[:1] == "[" and content.lstrip()[1:].lstrip()[:1] == "{"
    objects = list(_of_array(path, content) if array else _of_lines(path, content))
    for line, found in objects:
        where = f"{path}, line {line}"
        if not rows:
            keys = list(found)
            names = (
                keys[column(where, "text", keys, wanted.text_column, TEXT_COLUMNS)],
                keys[column(where, "label", keys, wanted.label_column, LABEL_COLUMNS)],
            )
        for name in names:
            if name not in found:
                raise FileError(f"{where} has no {shown(name)}; it has {_listed(found)}")
        text, label = (_value(where, name, found[name]) for name in names)
        rows.append(Row(line, text, label))
    said = _("columns: {text} is the text, {label} the label").format(
        text=shown(names[0]), label=shown(names[1])
    )
    empty = 0 if array else content.count("\n") + 1 - len(rows)
    return Rows(rows, empty, said)


def _of_lines(path: Path, content: str) -> Iterator[tuple[int, dict[str, Any]]]:
    for line, written in enumerate(content.split("\n"), 1):
        if written.strip():
            yield line, _object(f"{path}, line {line}", written)


def _of_array(path: Path, content: str) -> Iterator[tuple[int, dict[str, Any]]]:
    """The objects of one array over the whole file, each with the line where it begins."""
    decoder = json.JSONDecoder()
    at, line, counted = content.index("[") + 1, 1, 0
    while True:
        while content[at : at + 1] in _BETWEEN:
            at += 1
        line, counted = line + content.count("\n", counted, at), at
        if content[at : at + 1] == "]":
            return
        where = f"{path}, line {line}"
        try:
            found, at = decoder.raw_decode(content, at)
        except json.JSONDecodeError as error:
            raise FileError(f"{path}, line {error.lineno} is not JSON: {error.msg}") from None
        except (ValueError, RecursionError):
            raise FileError(_too_much(where)) from None
        if not isinstance(found, dict):
            raise FileError(_no_object(where, json.dumps(found)))
        yield line, found


def _object(where: str, written: str) -> dict[str, Any]:
    try:
        found = json.loads(written)
    except json.JSONDecodeError as error:
        raise FileError(
            f"{where} is not JSON: {error.msg} at character {error.colno}; each line of a .jsonl "
            f'file is one object, like {{"text": "…", "label": "…"}}'
        ) from None
    except (ValueError, RecursionError):
        raise FileError(_too_much(where)) from None
    if not isinstance(found, dict):
        raise FileError(_no_object(where, written))
    return found


def _listed(found: dict[str, Any]) -> str:
    return ", ".join(shown(name) for name in list(found)[:12]) or "nothing"


def _too_much(where: str) -> str:
    return f"{where} is JSON with a number too long or lists too deep"


def _no_object(where: str, written: str) -> str:
    return f'{where} is {shown(written)}; expected an object, like {{"text": "…", "label": "…"}}'


def _value(where: str, name: str, value: Any) -> str | tuple[str, ...]:
    """Text, a list of texts, or a number as it would be written (labels are often 0 and 1)."""
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return tuple(value)
    if isinstance(value, str):
        return value
    if isinstance(value, (int, float)) and value == value:  # noqa: PLR0124 - not NaN
        return json.dumps(value)
    raise FileError(f"{where}: {shown(name)} is {shown(json.dumps(value))}; expected text")
