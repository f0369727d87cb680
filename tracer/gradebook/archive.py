"""A zip archive, read in memory: nothing of it is ever written, so no name in it leads anywhere.

Only what may be an answer is read, and no more of it than an answer may have. An archive inside an
archive is opened too, for so students send their work; one inside that is not. The times in it are
not believed: who packs it writes what they like, and on them a penalty may hang.
"""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator
from functools import lru_cache, partial
from io import BytesIO
from pathlib import Path
from stat import S_ISLNK
from typing import IO

from tracer.errors import FileError
from tracer.gradebook.found import (
    DEEPEST,
    Found,
    is_archive,
    is_program,
    is_rubbish,
    whole,
)
from tracer.gradebook.handed import LeftOut
from tracer.gradebook.naming import as_text
from tracer.language import _

MOST_NAMES = 200_000
"""Names in an archive: those of the largest class, and no list that takes all memory."""

MOST_INNER_NAMES, MOST_INNER, MOST_INNER_BYTES = 20_000, 500, 2**28
"""Names and answers in an archive that a student handed in; their bytes when they are unpacked."""

_UTF_8, _ENCRYPTED = 0x800, 0x1

_READABLE = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
"""How an entry may be packed: of these Python unpacks no more than it is asked for."""

_BROKEN = (
    zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError,
    OverflowError, OSError,
)  # fmt: skip
"""What Python's reader raises over an archive that is cut off, or made by hand."""


def opened_archive(file: IO[bytes], name: str, most: int = MOST_NAMES) -> zipfile.ZipFile:
    """The archive in a file; `name` is what an error calls it.

    Raises
    ------
    FileError
        If it is none, or holds more names than `most`.
    """
    try:
        archive = zipfile.ZipFile(file)
    except _BROKEN as error:
        said = _("cannot read {file}: it is no zip archive, or not all of it ({why})")
        raise FileError(said.format(file=name, why=error)) from error
    count = len(archive.infolist())
    if count > most:
        said = _("cannot read {file}: it holds {count} files; expected at most {most}")
        raise FileError(said.format(file=name, count=count, most=most))
    return archive


def in_archive(archive: zipfile.ZipFile, above: tuple[str, ...] = ()) -> Iterator[Found | LeftOut]:
    """Every file in an archive, in its own order; `above` is the path of the archive itself."""
    for entry in archive.infolist():
        name = _name(entry)
        parts = (*above, *(part for part in name.split("/") if part not in ("", ".")))
        where = as_text("/".join(parts))
        why = _leads_out(name)
        if why:
            yield LeftOut(where, why)
        elif not entry.is_dir() and parts != above and not any(map(is_rubbish, parts)):
            why = _unreadable(entry, parts)
            yield LeftOut(where, why) if why else _found(archive, entry, parts)


def unpacked(found: Found) -> Iterator[Found | LeftOut]:
    """What a student's own archive holds; it is read again for its answers, and not kept with them.

    What in it may be no answer is passed over. An archive in it is left out.
    """
    try:
        with opened_archive(BytesIO(found.read()), found.where, MOST_INNER_NAMES) as archive:
            inner = list(in_archive(archive, found.parts))
            sizes = [e.file_size for e in archive.infolist() if is_program(e.filename)]
    except FileError as error:
        yield LeftOut(found.where, str(error))
        return
    if len(sizes) > MOST_INNER or sum(sizes) > MOST_INNER_BYTES:
        said = _(
            "it unpacks to {count} programs of {size} bytes; expected at most {most} of {room}"
        )
        why = said.format(count=len(sizes), size=sum(sizes), most=MOST_INNER, room=MOST_INNER_BYTES)
        yield LeftOut(found.where, why)
        return
    for number, one in enumerate(inner):
        if isinstance(one, LeftOut):
            yield one
        elif is_archive(one.name):
            yield LeftOut(one.where, _("it is an archive in an archive in another; unpack it"))
        else:
            yield Found(one.parts, partial(_again, found, number), found.time)


def _again(found: Found, number: int) -> bytes:
    """The bytes of one file of a student's archive."""
    one = _inside(found)[number]
    assert isinstance(one, Found)
    return one.read()


@lru_cache(maxsize=1)
def _inside(found: Found) -> list[Found | LeftOut]:
    """What a student's archive holds, open until that of another one is wanted.

    One student's files are read together, so that each archive is opened once for all in it.
    """
    archive = opened_archive(BytesIO(found.read()), found.where, MOST_INNER_NAMES)
    return list(in_archive(archive, found.parts))


def _found(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, parts: tuple[str, ...]) -> Found:
    shown = Path(as_text("/".join(parts)))

    def read() -> bytes:
        try:
            with archive.open(entry) as stream:
                return whole(shown, stream)
        except FileError:
            raise
        except _BROKEN as error:
            said = _("cannot read {file}: the archive is damaged there ({why})")
            raise FileError(said.format(file=shown, why=error)) from error

    return Found(parts, read)


def _name(entry: zipfile.ZipInfo) -> str:
    r"""The name of an entry. macOS writes UTF-8 and does not say so; old Windows writes ``\``."""
    name = entry.orig_filename
    if not entry.flag_bits & _UTF_8:
        try:
            name = name.encode("cp437").decode("utf-8")
        except UnicodeError:  # it is in the encoding of somebody's system; nothing says which
            name = entry.orig_filename
    return name if "/" in name else name.replace("\\", "/")


def _leads_out(name: str) -> str:
    """Why a name is one that no program packs by itself; empty where it is an ordinary one."""
    if "\0" in name:
        return _("there is a null byte in its name")
    if name.startswith("/") or name[1:2] == ":" or ".." in name.split("/"):
        return _("its name leads out of the archive")
    return ""


def _unreadable(entry: zipfile.ZipInfo, parts: tuple[str, ...]) -> str:
    """Why an entry is not read; empty where it can be, or need not be."""
    if S_ISLNK(entry.external_attr >> 16):
        return _("it is a link, and links are not followed")
    if len(parts) > DEEPEST:
        said = _("it lies in more than {most} folders inside each other")
        return said.format(most=DEEPEST)
    if not (is_program(parts[-1]) or is_archive(parts[-1])):
        return ""
    if entry.flag_bits & _ENCRYPTED:
        return _("it is locked with a password")
    if entry.compress_type not in _READABLE:
        return _("it is packed in an unusual way; pack it as an ordinary zip archive")
    return ""
