"""Arrays and a header in one file: written whole or not at all, read by memory map.

The format is safetensors: a JSON header and raw bytes, no pickle. What the header says is the
business of `tracer.trace` and `tracer.model`; this file only knows arrays, text and paths.
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
import secrets
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from tracer.errors import FileError, TracerError

AnyArray = npt.NDArray[Any]

HEADER_KEY = "tracer"
USES = {
    "tracer trace": " Look into it: tracer show {path}",
    "tracer model": ' Send a sentence through it: tracer show "SENTENCE" --model {path}',
    "tracer checkpoint": " Go on with its run: tracer train --save NAME --resume",
}
"""What a file is good for, by its kind; said to whoever gives it where another kind is wanted."""

_DTYPES = {"F32": np.float32, "F64": np.float64, "I64": np.int64, "BOOL": np.bool_}


def write(
    path: str | os.PathLike[str],
    kind: str,
    version: int,
    arrays: Mapping[str, AnyArray],
    header: Mapping[str, Any],
) -> None:
    """Write arrays and a header (anything JSON can hold) as one file, whole or not at all.

    `kind` and `version` say what the file is and in which version of its format.

    Raises
    ------
    FileError
        If the folder is missing, not writable, or the disk is full.
    """
    from safetensors.numpy import save_file

    contiguous = {name: np.ascontiguousarray(array) for name, array in arrays.items()}
    whole = {"format": kind, "version": version, **header}
    metadata = {HEADER_KEY: json.dumps(whole, ensure_ascii=False)}
    with replacing(path) as temporary:
        save_file(contiguous, temporary, metadata)


@contextmanager
def replacing(path: str | os.PathLike[str]) -> Iterator[Path]:
    """Give a temporary name beside `path` to write to; at the end it takes the place of `path`.

    Whoever opens `path` sees the old file or the whole new one, never half of it. After an error
    the old file is untouched and nothing else is left behind; only a kill can leave the temporary
    file, and `remove_abandoned` removes it. A symbolic link stays one: its target is replaced.

    Raises
    ------
    FileError
        If `path` is no name of a file, or it cannot be written.
    """
    target = _target(path)
    temporary = target.with_name(f"{_mark(target)}-{os.getpid()}-{secrets.token_hex(4)}")
    try:
        temporary.touch()
        mode = temporary.stat().st_mode  # as the user's umask wants it, whatever the writer does
        yield temporary
        temporary.chmod(mode)
        _to_disk(temporary)
        temporary.replace(target)
        with suppress(OSError):  # not every system lets a folder be opened
            _to_disk(target.parent)
    except OSError as error:
        raise FileError(f"cannot write {path}: {error.strerror or error}") from error
    except Exception as error:
        if type(error).__module__.startswith("safetensors"):
            raise FileError(f"cannot write {path}: {error}") from error
        raise
    finally:
        with suppress(OSError):  # the error above says what went wrong
            temporary.unlink(missing_ok=True)


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
    except (ValueError, RuntimeError) as error:  # a byte 0; links that go in a circle
        raise FileError(f"cannot write {path}: {error}") from error
    if other:
        raise FileError(f"cannot write {path}: it is not a plain file")
    return target


def _mark(target: Path) -> str:
    """How the temporary files of this file begin: short, for a name may already be the longest."""
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


def _to_disk(path: Path) -> None:
    """Wait until a file or the names in a folder are on the disk."""
    number = os.open(path, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)


def read(
    path: str | os.PathLike[str], kind: str, version: int
) -> tuple[dict[str, AnyArray], dict[str, Any]]:
    """Map a file into memory: its arrays, read from disk only where they are looked at, and header.

    Raises
    ------
    FileError
        If the file is missing, truncated, not one that tracer wrote, of another kind than `kind`,
        or of a version that this tracer does not read.
    """
    from safetensors import SafetensorError, safe_open

    path = Path(path)
    try:
        plain, there = path.is_file(), path.exists()
    except (OSError, ValueError) as error:
        raise FileError(f"cannot open {path}: {getattr(error, 'strerror', error)}") from error
    if not plain:  # a FIFO or a device would wait for ever
        what = "it is not a plain file" if there else "there is no such file"
        raise FileError(f"cannot open {path}: {what}")
    try:
        with safe_open(path, framework="numpy") as file:  # checks every size and offset
            metadata = file.metadata() or {}
        arrays, header = _mapped(path), json.loads(metadata[HEADER_KEY])
        found, written = header["format"], header["version"]
    except SafetensorError as error:
        raise FileError(
            f"{path} is not a whole safetensors file ({error}); wanted a {kind} that tracer saved"
        ) from error
    except OSError as error:
        raise FileError(f"cannot open {path}: {error.strerror or error}") from error
    except (KeyError, TypeError, ValueError, RecursionError) as error:
        raise FileError(f"{path} is a safetensors file, but not one of tracer's") from error
    if found != kind:
        use = USES.get(str(found), "").format(path=path)
        raise FileError(f"{path} is a {found}; wanted a {kind}.{use}")
    if type(written) is not int or written != version:
        raise FileError(
            f"{path} is a {kind} of format version {written}; this tracer reads version {version}"
        )
    return arrays, header


@contextmanager
def damage(path: str | os.PathLike[str]) -> Iterator[None]:
    """Turn whatever goes wrong while a header is understood into a `FileError` that names the file.

    A header is text that anybody could have written: any type may stand anywhere in it.
    """
    try:
        yield
    except TracerError as error:
        raise FileError(f"{path} is damaged: {error}") from error
    except (KeyError, TypeError, ValueError, AttributeError, IndexError, OverflowError) as error:
        raise FileError(f"{path} is damaged: its header and its arrays do not fit") from error


def _mapped(path: Path) -> dict[str, AnyArray]:
    """The arrays of a safetensors file, as views of one memory map."""
    with path.open("rb") as file:
        size = int.from_bytes(file.read(8), "little")
        layout = json.loads(file.read(size))
    start = 8 + size
    mapped = np.asarray(np.memmap(path, dtype=np.uint8, mode="r"))
    arrays = {}
    for name, entry in layout.items():
        if name != "__metadata__":
            begin, end = entry["data_offsets"]
            flat: AnyArray = mapped[start + begin : start + end].view(_DTYPES[entry["dtype"]])
            arrays[name] = flat.reshape(entry["shape"])
    return arrays
