"""The files below a folder, each as a path and a way to read it.

A link is never followed, for it could lead to a file of the grader's own. What is no plain file, or
cannot be read, is left out with the reason, and the rest goes on. Nothing is opened for writing.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from tracer.errors import FileError
from tracer.exercises.submission import LARGEST_FILE, bounded, opened
from tracer.gradebook.handed import LeftOut
from tracer.gradebook.naming import as_text
from tracer.language import _

PROGRAMS = (".py", ".ipynb", ".py.txt")
"""How answers end; Windows hides the last ending, and its editor adds one."""

ARCHIVE = ".zip"

LARGEST_ARCHIVE = 2**25
"""Bytes of an archive that a student handed in; that of a whole class may have any size."""

DEEPEST = 30
"""Folders inside each other; nobody's answer lies deeper."""

_RUBBISH = ("__MACOSX", "__pycache__", "node_modules", "venv", "site-packages")
"""Folders that systems and programs leave, beside all whose names begin with a dot."""


@dataclass(frozen=True, slots=True)
class Found:
    """A file: its path below what was given, how its bytes are read, and when it was changed.

    `read` raises a `FileError` where it is no plain file, or too large.
    """

    parts: tuple[str, ...]
    read: Callable[[], bytes]
    time: datetime | None = None

    @property
    def where(self) -> str:
        """Its path, as text."""
        return as_text("/".join(self.parts))

    @property
    def name(self) -> str:
        """The name of the file itself, as text."""
        return as_text(self.parts[-1])


def is_program(name: str) -> bool:
    """Whether a file may be an answer, by its ending."""
    return name.lower().endswith(PROGRAMS)


def is_archive(name: str) -> bool:
    """Whether it is an archive that is looked into, by its ending."""
    return name.lower().endswith(ARCHIVE)


def is_rubbish(part: str) -> bool:
    """Whether a file or folder of that name is nobody's answer."""
    return part.startswith(".") or part in _RUBBISH


def in_folder(root: Path) -> Iterator[Found | LeftOut]:
    """Every file below a folder, in the order of their names.

    Raises
    ------
    FileError
        If the folder itself cannot be listed.
    """
    try:
        waiting: list[tuple[str, ...]] = [(entry.name,) for entry in _listed(root)]
    except OSError as error:
        raise FileError(f"cannot read {root}: {error.strerror or error}") from error
    while waiting:
        parts = waiting.pop()
        path, where = root.joinpath(*parts), as_text("/".join(parts))
        if is_rubbish(parts[-1]):
            continue
        try:
            if path.is_symlink():
                yield LeftOut(where, _("it is a link, and links are not followed"))
            elif not path.is_dir():
                yield file(path, parts)
            elif len(parts) <= DEEPEST:
                waiting += [(*parts, entry.name) for entry in _listed(path)]
            else:
                said = _("it lies in more than {most} folders inside each other")
                yield LeftOut(where, said.format(most=DEEPEST))
        except OSError as error:
            yield LeftOut(where, error.strerror or str(error))


def file(path: Path, parts: tuple[str, ...]) -> Found:
    """One file, read when it is wanted."""

    def read() -> bytes:
        with opened(path, links=False) as stream:
            return whole(path, stream)

    return Found(parts, read, _changed(path))


def whole(path: Path, stream: IO[bytes]) -> bytes:
    """All bytes of a file, if they are not more than such a file may have.

    Raises
    ------
    FileError
        If they are more; nothing beyond that is read, however long the file says it is.
    """
    if not is_archive(path.name):
        return bounded(path, stream.read(LARGEST_FILE + 1), stream.read)
    data = stream.read(LARGEST_ARCHIVE + 1)
    if len(data) > LARGEST_ARCHIVE:
        raise FileError(
            f"cannot check {path}: it has more than {LARGEST_ARCHIVE} bytes, the most of an "
            "archive that a student hands in"
        )
    return data


def _changed(path: Path) -> datetime | None:
    """When a file was changed; None where it has a time that no calendar knows."""
    try:
        return datetime.fromtimestamp(path.stat().st_mtime, UTC)
    except (ValueError, OverflowError):
        return None


def _listed(folder: Path) -> list[os.DirEntry[str]]:
    """What lies in a folder, the last name first, for the last is taken first."""
    with os.scandir(folder) as entries:
        return sorted(entries, key=lambda entry: entry.name, reverse=True)
