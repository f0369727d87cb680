"""A TOML file that a person wrote: its keys and values, or the line that is not TOML."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any

from tracer.errors import FileError


def read(path: Path) -> dict[str, Any]:
    """The file's keys and values, as far as TOML goes.

    Raises
    ------
    FileError
        If it cannot be read, or is no UTF-8, or no TOML.
    """
    if path.exists() and not path.is_file():  # reading a pipe could wait for ever
        raise FileError(f"cannot read {path}: it is not a plain file")
    try:
        data = path.read_bytes()
    except OSError as error:
        raise FileError(f"cannot read {path}: {error.strerror or error}") from error
    try:
        return tomllib.loads(data.decode("utf-8"))
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise FileError(f"{path}, line {line}: not UTF-8; save the file as UTF-8") from error
    except (ValueError, RecursionError) as error:  # a number too long for Python is no TOML either
        raise FileError(f"{path} is not valid TOML: {error}") from error


def written(value: Any) -> str:
    """`value` much as TOML writes it, shortened: for the error that names it."""
    try:
        text = json.dumps(value, ensure_ascii=False, default=str)
    except (ValueError, RecursionError):  # Python writes no number of more than 4300 digits
        text = "something very long"
    return text if len(text) <= 60 else text[:59] + "…"
