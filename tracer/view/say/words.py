r"""Words that people typed, made safe to show: no control characters, no reordering.

A word may hold anything: escape sequences, right-to-left overrides, markup. What a terminal would
obey is written out (``\x1b``, ``\u202e``) instead, and so is what begins a command where a service
for builds reads along: ``::error``, ``##[group]``, ``##vso[…]``.
"""

from __future__ import annotations

import re
import unicodedata

# Cc control, Cf format (bidi overrides, joiners), Cs surrogate, Co private use, Zl/Zp line breaks
_OBEYED = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


_COMMAND = re.compile(r"::(?=[^\W\d])|##(?=\w*\[)")
"""How a line begins that such a service obeys; a screen may break its lines anywhere."""

_IN_ASCII = str.maketrans(
    {
        **dict(zip("·…–—−“”’→←─│█━╸◀×±▲▼✓✗‖∂", '*~---""\'><-|##-<x~^v+x|d', strict=True)),
        "≈": "~", "≥": ">=", "≤": "<=", "σ": "sigmoid", "Σ": "sum", "²": "**2",
    }
)  # fmt: skip


def in_ascii(text: str) -> str:
    """`text` with the signs that screens use written in ASCII: drawings as wide as before.

    What would mean something else in one column takes more: ``≥`` is ``>=``, ``σ`` is ``sigmoid``.
    """
    return text.translate(_IN_ASCII)


def clean(text: str, encoding: str = "utf-8") -> str:
    """`text` with all that somebody would obey, or `encoding` cannot write, written out."""
    told = _COMMAND.sub(lambda found: rf"\x{ord(found[0][0]):x}{found[0][1]}", visible(text))
    return visible(told, encoding)


def visible(text: str, encoding: str = "utf-8") -> str:
    """`text` without what a terminal obeys; what a service for builds does is left.

    That is for pages of a course, where ``x[j::H]`` is a slice.
    """
    shown = "".join(
        ascii(character)[1:-1] if unicodedata.category(character) in _OBEYED else character
        for character in text
    )
    return shown.encode(encoding, "backslashreplace").decode(encoding)
