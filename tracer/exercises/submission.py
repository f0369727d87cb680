"""A student's file, read as bytes."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from stat import S_ISDIR, S_ISREG
from typing import BinaryIO

from tracer.errors import FileError

LARGEST_FILE = 2**20

LARGEST_NOTEBOOK = 2**25
"""Of a notebook most bytes are pictures; how much code it may hold is looked at later."""


@dataclass(frozen=True, slots=True)
class Submission:
    """A student's file, as bytes; nobody has looked into it yet.

    `earlier` has the same student's answers to exercises before it, by the exercise's name, as far
    as this one may import them. Of one that is there and could not be read, `unread` says why.
    """

    name: str
    source: bytes
    earlier: Mapping[str, Submission] = field(default_factory=dict)
    unread: str = ""

    @classmethod
    def read(cls, path: str | os.PathLike[str], *, links: bool = True) -> Submission:
        """Read a plain file of at most 1 MiB, or a notebook of at most 32 MiB.

        What is read is what was opened: a file that is exchanged for another one in between, that
        grows, or that tells another size than it has, makes no difference.

        Parameters
        ----------
        path : path
        links : bool
            Whether the name may be a symbolic link. That of somebody else could lead anywhere.

        Raises
        ------
        FileError
            If there is none, or it is a folder, a pipe, a device, or too large.
        """
        path = Path(path)
        with opened(path, links=links) as file:
            return cls(str(path), bounded(path, file.read(LARGEST_FILE + 1), file.read))


@contextmanager
def opened(path: Path, *, links: bool = True) -> Iterator[BinaryIO]:
    """Open a plain file for reading, and say what is wrong with it in a sentence; see `read`."""
    try:
        if not links and path.is_symlink():
            raise FileError(f"cannot check {path}: it is a link; give the file itself")
        _refuse_what_is_no_file(path, path.stat())  # to open a device may do something already
        number = os.open(path, _flags(links=links))
        with os.fdopen(number, "rb") as file:
            _refuse_what_is_no_file(path, os.fstat(file.fileno()))
            yield file
    except ValueError as error:
        raise FileError(f"cannot check {str(path)!r}: {error}") from error
    except OSError as error:
        if isinstance(error, FileError):
            raise
        why = "it is a link" if not links and error.errno == errno.ELOOP else error.strerror
        raise FileError(f"cannot check {path}: {why or error}") from error


def _flags(*, links: bool) -> int:
    """How a file is opened: a pipe that took its place in between keeps nobody waiting."""
    flags = os.O_RDONLY
    for name in ("O_NONBLOCK", "O_CLOEXEC", "O_BINARY", *(() if links else ("O_NOFOLLOW",))):
        flags |= getattr(os, name, 0)
    return flags


def _refuse_what_is_no_file(path: Path, status: os.stat_result) -> None:
    if not S_ISREG(status.st_mode):
        what = "a folder" if S_ISDIR(status.st_mode) else "not a plain file"
        raise FileError(f"cannot check {path}: it is {what}; give the .py file itself")


def bounded(path: Path, beginning: bytes, more: Callable[[int], bytes]) -> bytes:
    """All bytes of a file of which `beginning` is read, if they are not too many.

    Parameters
    ----------
    path : Path
        What an error calls it; its ending tells a notebook.
    beginning : bytes
        One more than `LARGEST_FILE` of them, where there are as many.
    more : callable
        Reads so many bytes more.

    Raises
    ------
    FileError
        If there are too many.
    """
    if len(beginning) <= LARGEST_FILE:
        return beginning
    if path.suffix.lower() != ".ipynb" and not beginning.lstrip().startswith(b"{"):
        raise FileError(
            f"cannot check {path}: it has more than {LARGEST_FILE} bytes, the most of an answer"
        )
    source = beginning + more(LARGEST_NOTEBOOK + 1 - len(beginning))
    if len(source) > LARGEST_NOTEBOOK:
        raise FileError(
            f"cannot check {path}: it has more than {LARGEST_NOTEBOOK} bytes, the most of a "
            "notebook; clear the outputs of its cells, and save it again"
        )
    return source
