"""From the bytes of a student's file to its text: encodings, line ends, bytes 0."""

from __future__ import annotations

import codecs
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

_BOMS = (  # UTF-32 first, for its mark begins with that of UTF-16
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_WIDE = ("utf-32-le", "utf-32-be", "utf-16-le", "utf-16-be")
"""What a file with bytes 0 may be written in, though no mark at its beginning says so."""

_OTHER = (
    (b"%PDF", "PDF"),
    (b"PK\x03\x04", "ZIP"),  # Word too
    (b"\x1f\x8b", "gzip"),
    (b"{\\rtf", "RTF"),
    (b"<!doctype html", "HTML"),
    (b"<html", "HTML"),
)
"""How files begin that are no program, whatever their name says."""

_DECLARED = re.compile(r"\A(?P<before>[ \t\f]*#.*?coding[:=][ \t]*)(?P<encoding>[-\w.]+)", re.ASCII)
"""An encoding that the file itself names (PEP 263): in one of its first two lines."""

_NO_CODE = re.compile(rb"[ \t\f]*(#.*)?")


class Odd(StrEnum):
    """Why a file is no program that Python could run, whatever it computes."""

    NULL = "null byte"
    UNKNOWN_ENCODING = "unknown encoding"
    UNDECODABLE = "undecodable"
    NO_JSON = "no json"  # a notebook that is cut off, or was edited by hand
    NO_JSON_AT_ALL = "no json at all"  # another file, called .ipynb
    NO_NOTEBOOK = "no notebook"  # JSON, and no cells in it
    NO_CODE = "no code"  # a notebook without a code cell
    LANGUAGE = "language"  # a notebook of another language
    OTHER = "other"  # a document, a page, an archive
    TOO_LONG = "too long"  # more code than any answer has
    TOO_MANY = "too many"  # more cells or statements than any answer has
    UNREAD = "unread"  # an earlier answer: too large, a folder, of somebody else


@dataclass(frozen=True, slots=True)
class Problem:
    """Why the file is not run; `facts` are what a sentence about it needs."""

    what: Odd
    facts: Mapping[str, Any] = field(default_factory=dict)


def decoded(data: bytes) -> str | Problem:
    r"""The text, with ``"\n"`` at the end of every line, or why there is none.

    A mark at the beginning (BOM) counts before an encoding that the file names. Without both it is
    UTF-8, as for Python; or UTF-16 or UTF-32, if that is what makes text of its bytes 0.
    """
    begins = data[:64].lstrip().lower()
    for beginning, kind in _OTHER:
        if begins.startswith(beginning.lower()):
            return Problem(Odd.OTHER, {"kind": kind})
    marked = next((name for bom, name in _BOMS if data.startswith(bom)), None)
    encoding = marked or _declared(data) or "utf-8"
    if marked is None and b"\0" in data:
        encoding = next((name for name in _WIDE if _is_text(data, name)), encoding)
    try:
        text = codecs.decode(data, encoding) if _is_text_encoding(encoding) else None
    except UnicodeError as error:
        start = error.start if isinstance(error, UnicodeDecodeError) else 0
        facts = {"encoding": encoding, "line": len(_lines(data[:start]))}
        return Problem(Odd.UNDECODABLE, facts)
    if text is None:
        return Problem(Odd.UNKNOWN_ENCODING, {"encoding": encoding})
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if "\0" in text:
        return Problem(Odd.NULL, {"line": text[: text.index("\0")].count("\n") + 1})
    return text


def in_utf8(text: str) -> bytes:
    """`text` as UTF-8, and an encoding that it names is UTF-8 too."""
    first, *rest = text.split("\n", 2)
    lines = [_DECLARED.sub(r"\g<before>utf-8", line, count=1) for line in (first, *rest[:1])]
    return "\n".join((*lines, *rest[1:])).encode("utf-8", "replace")


def _declared(data: bytes) -> str | None:
    for line in _lines(data)[:2]:
        found = _DECLARED.match(line.decode("latin-1"))
        if found is not None:
            return found["encoding"]
        if not _NO_CODE.fullmatch(line):
            return None
    return None


def _lines(data: bytes) -> list[bytes]:
    """The lines as Python counts them: a form feed ends none."""
    return data.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")


def _is_text_encoding(name: str) -> bool:
    try:
        return bool(codecs.lookup(name)._is_text_encoding)  # noqa: SLF001 - as bytes.decode asks it
    except (LookupError, ValueError):
        return False


def _is_text(data: bytes, encoding: str) -> bool:
    """Whether that makes text of which most is ASCII, as in every program."""
    try:
        text = data.decode(encoding)
    except UnicodeError:
        return False
    return "\0" not in text and 2 * sum(map(str.isascii, text)) > len(text)
