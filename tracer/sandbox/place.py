"""The folder that a submission runs in: made among the temporary files, and removed for certain."""

from __future__ import annotations

import os
import re
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path

from tracer.errors import FileError

MEMORY = "/dev/shm"  # noqa: S108 - Linux has it; everything in it gets a name of its own
"""A folder that is no disk."""


NAME = re.compile(r"tracer-run-[0-9a-f]{16}")
"""What is made here is called so: see `tracer.sandbox.leftovers`."""


def temporary() -> str:
    """Where such folders are made: among the temporary files, or in memory on a full disk.

    Raises
    ------
    FileError
        If nothing can be written anywhere.
    """
    try:
        return tempfile.gettempdir()
    except OSError as error:  # it has tried to write in each folder that it knows
        if os.access(MEMORY, os.W_OK):
            return MEMORY
        raise FileError(f"cannot run your code: {error.strerror or error}") from error


def named() -> Path:
    """A name for such a folder, which nobody else has."""
    return Path(temporary(), name())


def name() -> str:
    """One of `NAME` that nobody else has."""
    return f"tracer-run-{secrets.token_hex(8)}"


def claimed(root: Path) -> int | None:
    """A descriptor that says whose a folder is for as long as it is open, also by a killed owner.

    None if it is somebody else's, or where the system knows no locks.
    """
    try:
        import fcntl

        held = os.open(root, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except (ImportError, OSError):
        return None
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(held)
        return None
    return held


@contextmanager
def folder(root: Path | None = None) -> Iterator[Path]:
    """A new folder, which is gone afterwards, whatever lies in it by then."""
    root, held = root or named(), None
    try:  # its name is known before it is there, so a signal in between leaves nothing
        root.mkdir(0o700)
        held = claimed(root)
        yield root
    finally:
        remove(root)
        if held is not None:
            os.close(held)


MOST_ENTRIES = 20_000
"""Files and folders; where there are more, they take up the disk whatever is in them."""


LONGEST = 3000
"""Bytes of a path that is opened as it is; systems take 4,096, of which a name has up to 255."""


def size(root: Path, most: int) -> int:
    """How many bytes lie in a folder, as far as `most` has to be compared with them.

    A folder in it that nobody may read is made readable: only somebody who hides what is in it has
    made it so. Where nothing can be read in the end, or there is no end of it, it is too much.
    """
    found, entries = 0, 0
    waiting: list[tuple[int | None, str]] = [(None, str(root))]  # paths, from where they begin
    try:
        while waiting:
            base, inner = waiting.pop()
            if base is not None and not inner:
                os.close(base)  # all below it has been seen
                continue
            try:
                if len(os.fsencode(inner)) > LONGEST and os.open in os.supports_dir_fd:
                    base, inner = _opened(inner, base), "."
                    waiting.append((base, ""))
                with _listed(inner, base) as there:
                    for entry in there:
                        entries += 1
                        if found > most or entries > MOST_ENTRIES:
                            return most + 1
                        with suppress(FileNotFoundError):
                            found += entry.stat(follow_symlinks=False).st_size
                            if entry.is_dir(follow_symlinks=False):
                                waiting.append((base, f"{inner}{os.sep}{entry.name}"))
            except (FileNotFoundError, NotADirectoryError):
                continue  # it has been removed meanwhile
            except PermissionError:
                entries += 1
                with suppress(OSError):
                    os.chmod(inner, 0o700, dir_fd=base)
                    waiting.append((base, inner))
            except OSError:  # a path that is too long, or more of them than can be open
                return most + 1
        return found
    finally:
        for base, inner in waiting:
            if base is not None and not inner:
                os.close(base)


def _opened(path: str, base: int | None) -> int:
    """A descriptor of a folder, whose path begins at another one."""
    return os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=base)


@contextmanager
def _listed(path: str, base: int | None) -> Iterator[Iterator[os.DirEntry[str]]]:
    """What is in a folder."""
    if base is None:
        with os.scandir(path) as there:
            yield there
        return
    held = _opened(path, base)
    try:
        with os.scandir(held) as there:
            yield there
    finally:
        os.close(held)


def remove(root: Path) -> None:
    """Remove a folder; no depth of folders in it, and no rights that they have, keeps it.

    A folder within is first moved to the top, so that no path grows longer than the system allows,
    and nothing here calls itself.
    """
    numbers = count()
    waiting = [root]
    while waiting:
        inner = waiting.pop()
        with suppress(OSError):
            inner.chmod(0o700)
            with os.scandir(inner) as entries:
                for entry in entries:
                    path = Path(entry.path)
                    if not entry.is_dir(follow_symlinks=False):
                        path.unlink()
                        continue
                    path.chmod(0o700)  # what cannot be written cannot be moved
                    waiting.append(path.rename(root / f".{next(numbers)}"))
            if inner != root:
                inner.rmdir()
    shutil.rmtree(root, ignore_errors=True)
