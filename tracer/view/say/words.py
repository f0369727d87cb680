r"""Words that people typed, made safe to show: no control characters, no reordering, known width.

A word may hold anything: escape sequences, right-to-left overrides, markup, characters that take
two columns. What a terminal would obey is written out (``\x1b``, ``\u202e``) instead.
"""

from __future__ import annotations

import unicodedata

from rich.cells import cell_len, chop_cells

# Cc control, Cf format (bidi overrides, joiners), Cs surrogate, Co private use, Zl/Zp line breaks
_OBEYED = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


_IN_ASCII = str.maketrans(
    {
        **dict(zip("·…–—−“”’→←─│█━╸◀×±▲▼✓✗‖∂", '*~---""\'><-|##-<x~^v+x|d', strict=True)),
        "≥": ">=", "≤": "<=", "σ": "sigmoid", "Σ": "sum",
    }
)  # fmt: skip


def in_ascii(text: str) -> str:
    """`text` with the signs that screens use written in ASCII: drawings as wide as before.

    What would mean something else in one column takes more: ``≥`` is ``>=``, ``σ`` is ``sigmoid``.
    """
    return text.translate(_IN_ASCII)


def clean(text: str, encoding: str = "utf-8") -> str:
    """`text` with all that a terminal would obey, or `encoding` cannot write, written out."""
    visible = "".join(
        ascii(character)[1:-1] if unicodedata.category(character) in _OBEYED else character
        for character in text
    )
    return visible.encode(encoding, "backslashreplace").decode(encoding)


def fit(text: str, width: int, ellipsis: str = "…") -> str:
    """`text` in exactly `width` columns: padded with blanks, or cut with an ellipsis.

    A character that takes two columns is never cut in half.
    """
    room = cell_len(text)
    if room <= width:
        return text + " " * (width - room)
    kept = chop_cells(text, max(width - cell_len(ellipsis), 1))[0] if text else ""
    if cell_len(kept) + cell_len(ellipsis) > width:
        kept = ""
    short = (kept + ellipsis)[:width] if not kept else kept + ellipsis
    return short + " " * (width - cell_len(short))


def widest(words: tuple[str, ...] | list[str], *, least: int = 0, most: int = 1000) -> int:
    """The columns that the longest of `words` takes, held between `least` and `most`."""
    return min(max([least, *(cell_len(word) for word in words)]), most)
