r"""Words that people typed, made safe to show: no control characters, no reordering.

A word may hold anything: escape sequences, right-to-left overrides, markup. What a terminal would
obey is written out (``\x1b``, ``\u202e``) instead.
"""

from __future__ import annotations

import unicodedata

# Cc control, Cf format (bidi overrides, joiners), Cs surrogate, Co private use, Zl/Zp line breaks
_OBEYED = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


_IN_ASCII = str.maketrans(
    {
        **dict(zip("·…–—−“”’→←─│█━╸◀×±▲▼✓✗‖∂", '*~---""\'><-|##-<x~^v+x|d', strict=True)),
        "≈": "~", "≥": ">=", "≤": "<=", "σ": "sigmoid", "Σ": "sum",
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
