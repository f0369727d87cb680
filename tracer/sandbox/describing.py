"""What a student must know of an exception, or of a function without a body; runs in the child.

Everything that is looked at here belongs to the student, so it may be anything: an exception whose
words cannot be read, a class whose name is no text. Like `runner`, this file is copied beside the
student's and imports the standard library only.
"""

from __future__ import annotations

import ast
import traceback
from pathlib import Path
from types import CodeType
from typing import Any

LONGEST_TEXT = 600


def shortened(text: str) -> str:
    """At most `LONGEST_TEXT` characters."""
    return text if len(text) <= LONGEST_TEXT else text[: LONGEST_TEXT - 1] + "…"


def words(value: object) -> str:
    """`value` as plain text, shortened; empty if its own ``__str__`` gives none."""
    try:  # str.encode, for str() may give a subclass with methods of its own
        return shortened(str.encode(str(value), "utf-8", "backslashreplace").decode())
    except BaseException:  # noqa: BLE001 - a __str__ of the student's may do anything
        return ""


def describe(error: BaseException, file: Path, function: str) -> dict[str, Any]:
    """Type, words, and the line of the student's own file."""
    said, line, within = words(error), None, ""
    for frame in traceback.extract_tb(error.__traceback__):
        if frame.filename == str(file):
            line, within = frame.lineno, frame.name
    if isinstance(error, SyntaxError) and error.filename == str(file):
        said, line = words(error.msg), error.lineno
    return {
        "event": "raised",
        "type": words(type(error).__name__),
        "message": said.replace(str(file), file.name),
        "line": line if type(line) is int else None,
        # Only where the function itself says so; a helper that is missing is another matter.
        "not_implemented": isinstance(error, NotImplementedError) and within == function,
        "memory": isinstance(error, MemoryError),
    }


def compiled(source: bytes, file: Path) -> CodeType:
    """The program. Brackets or signs nested too deeply end the parser's own stack, not memory."""
    try:
        return compile(source, str(file), "exec", dont_inherit=True)
    except (MemoryError, RecursionError):
        raise SyntaxError("something is nested too deeply for Python to read") from None


def is_empty(source: bytes, function: str) -> bool:
    """Whether the function has no body yet: a docstring, `pass`, `...`, or a bare `return`."""
    for node in ast.parse(source).body:
        if isinstance(node, ast.FunctionDef) and node.name == function:
            return all(
                isinstance(line, ast.Pass)
                or (isinstance(line, ast.Expr) and isinstance(line.value, ast.Constant))
                or (isinstance(line, ast.Return) and line.value is None)
                for line in node.body
            )
    return False
