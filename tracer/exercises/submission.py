"""A student's file, read as bytes."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from stat import S_ISREG

from tracer.errors import FileError

LARGEST_FILE = 2**20


@dataclass(frozen=True, slots=True)
class Submission:
    """A student's file, as bytes; nobody has looked into it yet."""

    name: str
    source: bytes

    @classmethod
    def read(cls, path: str | os.PathLike[str]) -> Submission:
        """Read a plain file of at most 1 MiB.

        Raises
        ------
        FileError
            If there is none, or it is a folder, a pipe, a device, or too large.
        """
        path = Path(path)
        try:
            status = path.stat()
            if not S_ISREG(status.st_mode):  # reading a pipe could wait for ever
                what = "a folder" if path.is_dir() else "not a plain file"
                raise FileError(f"cannot check {path}: it is {what}; give the .py file itself")
            if status.st_size > LARGEST_FILE:
                raise FileError(
                    f"cannot check {path}: it has {status.st_size} bytes; "
                    f"an answer has at most {LARGEST_FILE}"
                )
            return cls(str(path), path.read_bytes())
        except ValueError as error:
            raise FileError(f"cannot check {str(path)!r}: {error}") from error
        except OSError as error:
            if isinstance(error, FileError):
                raise
            raise FileError(f"cannot check {path}: {error.strerror or error}") from error
