"""Two commands never write the same file at once: the second one waits a moment, then says so.

The lock is the operating system's: it ends with its process, however that ends. The empty-looking
file that carries it lies beside the file that is written, and goes when the work is over; where a
kill leaves it behind, it locks nothing, and the next command takes it over.
"""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tracer.errors import FileError
from tracer.language import _


@contextmanager
def locked(path: str | os.PathLike[str], what: str, wait: float = 2.0) -> Iterator[None]:
    """Be the only one who works on `path` while this lasts.

    Whoever reads a file to write it anew reads it inside, so that nothing written in between is
    lost. Where no lock can be made, nothing can be written either (a folder that is read-only, full
    or missing): then there is none, and the first write says what is wrong.

    Parameters
    ----------
    path : path
        The file, or the folder, that is worked on; it need not be there yet.
    what : str
        How a sentence calls it: "the training run m.checkpoint".
    wait : float
        How many seconds another command is given to finish.

    Raises
    ------
    FileError
        If another command is still at work after that; names its process.
    """
    from filelock import FileLock, Timeout

    carrier = _carrier(Path(path))
    if not carrier.parent.is_dir():  # filelock would make it
        yield
        return
    lock = FileLock(carrier)
    try:
        lock.acquire(timeout=wait)
    except Timeout:
        raise FileError(
            _(
                "another tracer command{holder} is working on {what}; wait until it has ended"
            ).format(what=what, holder=_holder(carrier))
        ) from None
    except (OSError, NotImplementedError):  # the second: a file system that knows no locks
        yield
        return
    try:
        _sign(carrier)
        yield
    finally:
        _remove(carrier)  # first, so that nobody waits for a file that then goes
        lock.release()


def _carrier(path: Path) -> Path:
    """The file beside `path` that carries its lock: the same one through every symbolic link."""
    with suppress(OSError, RuntimeError):  # links that go in a circle: the write will say so
        path = path.resolve()
    digest = hashlib.sha256(path.name.encode(errors="surrogateescape")).hexdigest()
    return path.with_name(f".tracer-{digest[:12]}.lock")


def _remove(carrier: Path) -> None:
    """Remove the file that carries the lock, while it is locked; filelock leaves it to us.

    Removed once more afterwards, it would be the next command's. On Windows filelock does that.
    """
    if sys.platform != "win32":
        with suppress(OSError):
            carrier.unlink()


def _sign(carrier: Path) -> None:
    """Leave this process's number; after the first byte, which Windows lets nobody else read."""
    with suppress(OSError), carrier.open("r+b", buffering=0) as file:
        file.seek(1)
        file.write(b"%d\n" % os.getpid())
        file.truncate()


def _holder(carrier: Path) -> str:
    """Which process signed, as " (process 1234)"; nothing if that cannot be read."""
    with suppress(OSError, ValueError), carrier.open("rb", buffering=0) as file:
        file.seek(1)
        return _(" (process {number})").format(number=int(file.read(20)))
    return ""
