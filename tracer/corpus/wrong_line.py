"""The one line that is wrong in an answer: where it is known, blame can be held against it."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from difflib import SequenceMatcher

from tracer.corpus.source import written
from tracer.corpus.variants import Variant


def changed_line(variant: Variant) -> int | None:
    """The line in which an answer differs from the right one of its style, from 1.

    None where it differs in several, or lacks one.
    """
    right = written(variant.exercise, variant.style).splitlines()
    wrong = variant.source.splitlines()
    codes = SequenceMatcher(None, right, wrong, autojunk=False).get_opcodes()
    parts = [code for code in codes if code[0] != "equal"]
    if any(kind == "delete" for kind, *_ in parts):
        return None
    return _only(n for *_, first, last in parts for n in range(first + 1, last + 1))


def remarked_line(source: str) -> int | None:
    """The line that the author of a known mistake has put a comment to; or beneath one.

    None where there is no comment but the first line, or more than one.
    """
    lines = source.splitlines()
    found = []
    for number, line in enumerate(lines[1:], 2):
        code, comment, _ = line.partition("#")
        if comment:
            found.append(number if code.strip() else number + 1)
    return _only(found)


def stands_in(source: str, line: int, first: int, last: int) -> bool:
    """Whether a line belongs to the statement that lines `first` to `last` are of."""
    if first <= line <= last:
        return True
    statements = [n for n in ast.walk(ast.parse(source)) if isinstance(n, ast.stmt)]
    whole = [n for n in statements if not hasattr(n, "body")]
    return any(
        n.lineno <= line <= (n.end_lineno or n.lineno) and n.lineno <= first <= (n.end_lineno or 0)
        for n in whole
    )


def _only(found: Iterable[int]) -> int | None:
    lines = list(found)
    return lines[0] if len(lines) == 1 else None
