"""Whether a file looks as if it had been saved halfway: empty, or not Python as it stands."""

from __future__ import annotations

import ast
import warnings

from tracer.language import _

LONGEST = 2**17
"""Bytes; a longer file is not looked at here, where nobody may have to wait."""


def halfway(source: bytes, file: str) -> str:
    """What is the matter with a file, in a sentence; nothing where it can be run."""
    if not source.strip():
        return _("{file} is empty.").format(file=file)
    if not file.endswith(".py") or len(source) > LONGEST:
        return ""
    try:
        with warnings.catch_warnings(action="ignore"):
            ast.parse(source)
    except SyntaxError as error:
        said = _("{file}, line {line}: {why}.")
        return said.format(file=file, line=error.lineno or 1, why=error.msg)
    except (ValueError, MemoryError, RecursionError):
        return ""  # the report says what it is
    return ""
