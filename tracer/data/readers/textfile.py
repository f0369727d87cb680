"""A file of text, whole: from bytes of any kind to lines that end the same way."""

from __future__ import annotations

import codecs
import re
from pathlib import Path

from tracer.errors import FileError, InputError

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # begins like the one of UTF-16
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
"""First bytes that say which encoding follows; Windows programs write them."""

_OTHER = {
    b"\x1f\x8b": "it is packed with gzip; unpack it first: gunzip",
    b"BZh": "it is packed with bzip2; unpack it first: bunzip2",
    b"\xfd7zXZ": "it is packed with xz; unpack it first: unxz",
    b"\x28\xb5\x2f\xfd": "it is packed with zstd; unpack it first: unzstd",
    b"PK\x03\x04": "it is a zip archive, as .zip, .xlsx and .ods are: unpack it, or open it and "
                     "save the sheet as CSV (UTF-8)",
    b"\xd0\xcf\x11\xe0": "it is an old Excel file; open it and save the sheet as CSV (UTF-8)",
    b"PAR1": "it is a Parquet file; write its table as CSV",
    b"%PDF": "it is a PDF",
    b"SQLite format 3": "it is an SQLite database; write its table as CSV",
    b"version https://git-lfs": "it only names a file that Git LFS keeps; fetch it: git lfs pull",
    b"<!doctype html": "it is a web page; was the file itself meant, and not the page about it?",
    b"<html": "it is a web page; was the file itself meant, and not the page about it?",
}  # fmt: skip
"""What a file that is no plain text says of itself in its first bytes."""

_CHINESE_FIRST = ("gb18030", "big5", "cp1252")
_WESTERN_FIRST = ("cp1252", "gb18030", "big5")
"""What a file that is not UTF-8 most often is, in the order in which they are tried."""

_BEYOND_ASCII = re.compile(rb"[\x80-\xff]+")


def read_text(path: Path, encoding: str | None = None) -> str:
    r"""Text of a plain file; every line ends with ``\n``.

    A ``\r`` that is left stands inside a line.

    Parameters
    ----------
    path : Path
    encoding : str or None
        A name that Python knows; None for UTF-8, or UTF-16 if the first bytes say so.

    Raises
    ------
    FileError
        If there is no such file, it is a folder or a pipe, it is empty, or its bytes are not text
        in that encoding; the message names the line and the byte.
    InputError
        If there is no such encoding.
    """
    data = _bytes(path)
    for beginning, what in _OTHER.items():
        if data[: len(beginning)].lower() == beginning.lower():
            raise FileError(f"{path} is not plain text: {what}")
    marked = next((name for mark, name in _MARKS if data.startswith(mark)), "utf-8")
    if encoding is not None and _is_utf8(encoding):
        encoding = "utf-8-sig"  # the mark, if there is one, is no part of the first word
    try:
        text = data.decode(encoding or marked)
    except UnicodeDecodeError as error:
        raise FileError(_not_text(path, data, error, encoding or marked)) from None
    except (LookupError, ValueError) as error:
        raise InputError(f"encoding is {encoding!r}: {error}; for example gb18030") from None
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        order = "be" if text.index("\0") % 2 == 0 else "le"
        raise FileError(
            f"{path}, line {line}: there is a zero byte, which text never has. Is this a text "
            f"file? If a Windows program wrote it, try --encoding utf-16-{order}"
        )
    text = text.removeprefix("\ufeff")
    if not text.strip():
        raise FileError(f"{path} is empty; expected labelled sentences")
    text = text.replace("\r\n", "\n")
    if text.count("\r") > text.count("\n"):  # the line end of old Macs, and of Excel on them
        text = text.replace("\r", "\n")
    return text


def _bytes(path: Path) -> bytes:
    try:
        if path.is_file():
            return path.read_bytes()
        what = "it is not a plain file" if path.exists() else "there is no such file"
        if path.is_dir():
            what = "it is a folder; name a file in it"
    except OSError as error:
        what = error.strerror or str(error)
    raise FileError(f"cannot open {path}: {what}")  # a pipe or a device would wait for ever


def _is_utf8(encoding: str) -> bool:
    try:
        return codecs.lookup(encoding).name == "utf-8"
    except (LookupError, ValueError):
        return False


def _not_text(path: Path, data: bytes, error: UnicodeDecodeError, encoding: str) -> str:
    line = data.count(b"\n", 0, error.start) + 1
    what = (
        f"{path}, line {line}: byte {error.start + 1} of the file ({data[error.start]:#04x}) is "
        f"not {encoding.removesuffix('-sig').upper()}"
    )
    fitting = [name for name in _likely(data) if name != encoding and _decodes(data, name)]
    if not fitting:
        return f"{what}. Save the file as UTF-8, or name its encoding with --encoding"
    return f"{what}. It could be {' or '.join(fitting)}: try --encoding {fitting[0]}"


def _likely(data: bytes) -> tuple[str, ...]:
    """An accented letter stands alone between plain ones; a Chinese character has two bytes."""
    runs = _BEYOND_ASCII.findall(data)
    alone = sum(len(run) == 1 for run in runs)
    return _WESTERN_FIRST if alone > len(runs) / 2 else _CHINESE_FIRST


def _decodes(data: bytes, encoding: str) -> bool:
    try:
        data.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def shown(text: str, width: int = 40) -> str:
    """Text in quotes for a message, on one line and not longer than `width`."""
    return repr(text if len(text) <= width else text[: width - 1] + "…")
