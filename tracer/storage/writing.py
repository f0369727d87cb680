"""What the system refuses to write, said of its file."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

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
        raise FileError(
            _("cannot write {file}: {why}").format(
                file=error.filename, why=error.strerror or str(error)
            )
        ) from error
