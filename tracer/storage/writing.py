"""What the system refuses to write, said of its file."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tracer.errors import FileError
from tracer.language import _


@contextmanager
def writing() -> Iterator[None]:
    """What cannot be written in there is said of its file, with the system's reason."""
    try:
        yield
    except FileError:
        raise
    except OSError as error:
        said = _("cannot write {file}: {why}")
        raise FileError(said.format(file=error.filename, why=_why(error))) from error


def _why(error: OSError) -> str:
    """The reason: that a file is where a folder is wanted, or the system's own words."""
    path = Path(error.filename or "")
    if isinstance(error, FileExistsError) and path.is_file():
        return _("it is a file, not a folder")
    if isinstance(error, NotADirectoryError):
        for folder in path.parents:
            if folder.is_file():
                return _("{folder} is a file, not a folder").format(folder=folder)
    return error.strerror or str(error)
