"""The store of a class, only to be read: nothing is changed, also while a class is graded."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tracer.errors import FileError
from tracer.gradebook.store import FILE, Store, check_there
from tracer.gradebook.tables import VERSION
from tracer.language import _, quoted_file

_NOT_WRITABLE = (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY)


@contextmanager
def read_store(folder: Path) -> Iterator[Store]:
    """The store in a folder, as it is at one moment; whoever writes it is not waited for.

    Raises
    ------
    FileError
        If there is none, or its file is none of ours; or if it changed meanwhile, where SQLite can
        hold no moment.
    """
    check_there(folder)
    path = folder / FILE
    try:
        with _at_one_moment(path) as connection:
            _check_version(connection, path)
            yield Store(connection)
    except sqlite3.Error as error:
        raise FileError(_("cannot read {file}: {why}").format(file=path, why=error)) from error


@contextmanager
def _at_one_moment(path: Path) -> Iterator[sqlite3.Connection]:
    """A connection in a transaction: what another command writes from now on is not seen.

    The file beside it that ends in -wal holds what a writer has not moved into it yet. Where there
    is none, SQLite has to make one to hold a moment, and removes it again: so it is opened to be
    written (``mode=rw``), and a statement that would write is refused. Where it can make none, as
    in a folder that may not be written, it takes no lock (``immutable``); then it is looked
    afterwards whether anybody else has written.
    """
    uri = path.resolve().as_uri()
    if path.with_name(f"{FILE}-wal").exists():
        connection = _begun(f"{uri}?mode=ro")
        held = True
    else:
        before = _looks(path)
        try:
            connection, held = _begun(f"{uri}?mode=rw"), True
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF not in _NOT_WRITABLE:
                raise
            connection, held = _begun(f"{uri}?mode=ro&immutable=1"), False
    try:
        yield connection
    finally:
        connection.close()
        if not held and _looks(path) != before:  # which also is why something else went wrong
            said = _("{file} was written while it was read; give the same command again")
            raise FileError(said.format(file=path))


def _begun(uri: str) -> sqlite3.Connection:
    """Open it, and begin to read."""
    connection = sqlite3.connect(uri, uri=True, isolation_level=None, timeout=10)
    try:
        connection.execute("PRAGMA query_only = ON")
        connection.execute("BEGIN")
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except BaseException:
        connection.close()
        raise
    return connection


def _looks(path: Path) -> tuple[int, int, bool]:
    """What is another one once somebody has written."""
    now = path.stat()
    return now.st_mtime_ns, now.st_size, path.with_name(f"{FILE}-wal").exists()


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
