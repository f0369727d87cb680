"""The formulas in a sentence: ``h_prev @ W.T``, ``U x`` and single names, apart from English."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from tracer.equations.expression import Expression, Name
from tracer.equations.parsing import parse
from tracer.errors import InputError
from tracer.program.program import KNOWN

_TOKEN = re.compile(r"\*\*|\.T\b|[^\W\d]\w*|\d+(?:\.\d+)?|\s+|.")
_WORD = re.compile(r"[^\W\d]\w*")
_SIGNS = frozenset("+-*/@(), ") | {"**", ".T"}
_BESIDE = re.compile(r"(?<![\w.])([^\W\d]\w*) ([^\W\d]\w*)(?![\w(])")
"""``U x``, as a product of a matrix and a vector is written by hand."""

_ENGLISH = frozenset({"label", "lengths", "logits", "loss", "mask", "momentum", "norm", "scale"})
"""Names that by themselves are words of a sentence."""

_ARTICLE = re.compile(r" (?!and\b|in\b|is\b|are\b|that\b)[a-z]")
"""What comes after ``a`` where it is no name, unless ``bias`` stands before it."""


class Formula(NamedTuple):
    """A formula, and the name that stands to the left of it with ``=``, if there is one."""

    expression: Expression
    of: str


def pieces(sentence: str, axes: Mapping[str, tuple[str, ...]]) -> Iterator[str | Formula]:
    """A sentence as it stands, but for its formulas, each the longest that can be read there.

    Parameters
    ----------
    sentence : str
    axes : mapping
        What a formula may name, with the axes of one step.
    """
    tokens = _TOKEN.findall(sentence)
    at, before = 0, ""
    while at < len(tokens):
        expression, end = _formula_at(tokens, at, axes)
        text = "".join(tokens[at:end])
        if expression is None:
            yield text
        else:
            left = re.search(r"(?<!\w)(\w+) = $", before)
            yield Formula(expression, left[1] if left is not None and left[1] in axes else "")
        at, before = end, before + text


def _formula_at(
    tokens: list[str], at: int, axes: Mapping[str, tuple[str, ...]]
) -> tuple[Expression | None, int]:
    """The longest formula that begins there, and where it ends; None, and the next token."""
    before = tokens[at - 1] if at else " "
    if tokens[at].isspace() or re.fullmatch(r"\w+", before) or before in (".", "["):
        return None, at + 1
    last = at
    while last < len(tokens) and _may_stand(tokens, last, axes):
        last += 1
    for end in range(last, at, -1):
        piece = "".join(tokens[at:end])
        if piece.endswith(" ") or (end < len(tokens) and tokens[end] in ("(", "[")):
            continue
        found = _parsed(piece, axes)
        if found is not None and _is_meant(found, tokens, at, end):
            return found, end
    return None, at + 1


def _may_stand(tokens: list[str], at: int, axes: Mapping[str, tuple[str, ...]]) -> bool:
    """Whether a token may be part of a formula: a sign, a number, a name, or a function."""
    token = tokens[at]
    if not _WORD.fullmatch(token):
        return token in _SIGNS or token[0].isdecimal()
    called = at + 1 < len(tokens) and tokens[at + 1] == "("
    return called or token in axes or token in KNOWN


def _parsed(piece: str, axes: Mapping[str, tuple[str, ...]]) -> Expression | None:
    """The formula that a piece of text is; None where it is none, or names nothing known."""

    def product(found: re.Match[str]) -> str:
        matrix, vector = axes.get(found[1], ()), axes.get(found[2], ())
        fits = len(matrix) == 2 and matrix[0] != "N" and not found[1].startswith("d_")
        return f"({found[2]} @ {found[1]}.T)" if fits and vector[:1] == ("N",) else found[0]

    try:
        found = parse(_BESIDE.sub(product, piece))
    except (InputError, ValueError):
        return None
    reads = set(found.reads)
    return found if reads <= {*axes, *KNOWN} and reads - KNOWN else None


def _is_meant(found: Expression, tokens: list[str], at: int, end: int) -> bool:
    """Whether a word is meant as a name, and not as a word of English."""
    if not isinstance(found, Name):
        return True
    if found.name in _ENGLISH:
        return "".join(tokens[end : end + 3]) == " = "
    if found.name == "a" and _ARTICLE.match("".join(tokens[end : end + 2])):
        return "".join(tokens[max(at - 2, 0) : at]) == "bias "
    return True
