"""A file is written whole or not at all: under another name first, which then takes its place."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tracer.errors import FileError

MB = 10**6


@contextmanager
def replacing(path: str | os.PathLike[str], *, to_disk: bool = True) -> Iterator[Path]:
    """Give a temporary name beside `path` to write to; at the end it takes the place of `path`.

    Whoever opens `path` sees the old file or the whole new one, never half of it. After an error
    the old file is untouched and nothing else is left behind; only a kill can leave the temporary
    file, and `remove_abandoned` removes it. A symbolic link stays one: its target is replaced.
    If `to_disk` is false nobody waits for the disk, as with thousands of files that can be written
    again.

    Raises
    ------
    FileError
        If `path` is no name of a file, or it cannot be written.
    """
    import secrets

    target = _target(path)
    temporary = target.with_name(f"{_mark(target)}-{os.getpid()}-{secrets.token_hex(4)}")
    try:
        temporary.touch()
        mode = temporary.stat().st_mode  # as the user's umask wants it, whatever the writer does
        yield temporary
        if to_disk:
            _to_disk(temporary)
        temporary.chmod(mode)
        temporary.replace(target)
        if to_disk:
            _name_to_disk(target.parent)
    except OSError as error:
        raise FileError(f"cannot write {path}: {error.strerror or error}") from error
    finally:
        with suppress(OSError):  # the error above says what went wrong
            temporary.unlink(missing_ok=True)


def check_disk(path: str | os.PathLike[str], needed: int) -> None:
    """Raise a `FileError` if a new file of so many bytes does not fit beside `path`."""
    try:
        free = shutil.disk_usage(_target(path).parent).free
    except OSError:  # of a folder that is not there: the write will say so
        return
    if needed > free:
        raise FileError(
            f"cannot write {path}: {needed / MB:,.1f} MB are needed, and {free / MB:,.1f} MB are "
            "free on its disk"
        )


def remove_abandoned(path: str | os.PathLike[str]) -> None:
    """Remove temporary files of `path` whose writer was killed on this machine.

    Those of a writer that still lives stay, and so do those of another machine.
    """
    target = _target(path)
    mark = f"{_mark(target)}-"
    with suppress(OSError):  # a folder that cannot be listed is met again at the first write
        for found in target.parent.iterdir():
            writer = found.name.removeprefix(mark).partition("-")[0]
            if found.name.startswith(mark) and writer.isdecimal() and _is_gone(int(writer)):
                found.unlink(missing_ok=True)


def _target(path: str | os.PathLike[str]) -> Path:
    """The file that `path` means, through every symbolic link."""
    if not os.fspath(path):
        raise FileError("cannot write a file without a name")
    try:
        target = Path(path).resolve()
        other = target.exists() and not target.is_file()
    except OSError as error:
        raise FileError(f"cannot write {path}: {error.strerror or error}") from error
    except (ValueError, RuntimeError) as error:  # a byte 0; before Python 3.13 also a circle
        raise FileError(f"cannot write {path}: {error}") from error
    if target.is_symlink():
        raise FileError(f"cannot write {path}: its links go in a circle")
    if other:
        raise FileError(f"cannot write {path}: it is not a plain file")
    return target


def _mark(target: Path) -> str:
    """How the temporary files of this file begin: short, for a name may already be the longest."""
    import hashlib
    import platform

    said = f"{platform.node()}\0{target.name}".encode(errors="surrogateescape")
    return f".tracer-{hashlib.sha256(said).hexdigest()[:12]}"


def _is_gone(process: int) -> bool:
    """Whether no process has this number."""
    if sys.platform == "win32":  # signal 0 is no question there
        return False
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return True
    except (OSError, OverflowError):
        return False  # it is there, and somebody else's
    return False


def _to_disk(file: Path) -> None:
    """Wait until a file is on the disk. It is opened for writing: Windows flushes no other."""
    with file.open("r+b") as opened:
        os.fsync(opened.fileno())


def _name_to_disk(folder: Path) -> None:
    """Wait until the names in a folder are on the disk, where the system can wait for that."""
    if sys.platform == "win32":  # a folder cannot be opened there
        return
    with suppress(OSError):  # some file systems do not wait for a folder
        number = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(number)
        finally:
            os.close(number)
