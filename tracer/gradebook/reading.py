"""The store of a class, only to be read: nothing is written, also while a class is graded."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tracer.errors import FileError
from tracer.gradebook.store import FILE, Store, check_there
from tracer.gradebook.tables import VERSION
from tracer.language import _, quoted_file


@contextmanager
def read_store(folder: Path) -> Iterator[Store]:
    """The store in a folder; whoever writes it meanwhile is not waited for.

    Raises
    ------
    FileError
        If there is none, or its file is none of ours.
    """
    check_there(folder)
    path = folder / FILE
    # A file beside it says that somebody writes; without one, nobody has to be waited for, and it
    # can be read where nothing may be written either.
    still = "" if path.with_name(f"{FILE}-wal").exists() else "&immutable=1"
    try:
        uri = f"{path.resolve().as_uri()}?mode=ro{still}"
        connection = sqlite3.connect(uri, uri=True, isolation_level=None, timeout=10)
        try:
            _check_version(connection, path)
            connection.execute("BEGIN")  # all that is read is of one moment
            yield Store(connection)
        finally:
            connection.close()
    except sqlite3.Error as error:
        raise FileError(_("cannot read {file}: {why}").format(file=path, why=error)) from error


def _check_version(connection: sqlite3.Connection, path: Path) -> None:
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version != VERSION:
        said = _("{file} is version {found} of a gradebook; this tracer reads version {wanted}")
        if version < VERSION:  # which only who writes it can do
            said = _(
                "{file} is version {found} of a gradebook, from an earlier tracer; give tracer "
                "grade --out {folder} once, which makes it version {wanted}"
            )
        raise FileError(
            said.format(file=path, found=version, wanted=VERSION, folder=quoted_file(path.parent))
        )
