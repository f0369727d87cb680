"""Arrays and a header in one file: written whole or not at all, read by memory map.

The format is safetensors: a JSON header and raw bytes, no pickle. What the header says is the
business of whoever writes it; this file only knows arrays, text and paths.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from tracer.errors import FileError, TracerError
from tracer.language import quoted_file
from tracer.storage.endings import SUFFIX
from tracer.storage.whole import check_disk, replacing

AnyArray = npt.NDArray[Any]

HEADER_KEY = "tracer"
USES = {
    "tracer trace": " Look into it: tracer show {path}",
    "tracer model": ' Send a sentence through it: tracer show "SENTENCE" --model {path}',
    "tracer checkpoint": " To continue its training: tracer train --save {model} --resume",
}
"""What a file is good for, by its kind; said to whoever gives it where another kind is expected."""

_DTYPES = {"F32": np.float32, "F64": np.float64, "I64": np.int64, "BOOL": np.bool_}
_NAMES = {np.dtype(dtype): name for name, dtype in _DTYPES.items()}


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
    with writing(path, kind, version, arrays, header) as put:
        for name, array in arrays.items():
            put(name, 0, array)


Put = Callable[[str, int, AnyArray], None]
"""Write rows into an array of a file: its name, the first of the rows, and the rows."""


@contextmanager
def writing(
    path: str | os.PathLike[str],
    kind: str,
    version: int,
    arrays: Mapping[str, AnyArray],
    header: Mapping[str, Any],
) -> Iterator[Put]:
    """Write a file as `write` does, but its arrays in pieces, in any order, so that none is whole.

    Of each of `arrays` only dtype and shape are read: it may be a view of a single number. All its
    rows have to be put before the end.

    Raises
    ------
    FileError
        If the folder is missing or not writable, or the disk is full or would be.
    """
    begins, described, size = _layout(arrays, _text({"format": kind, "version": version, **header}))
    missing = size - len(described)
    check_disk(path, size)
    with replacing(path) as temporary, temporary.open("wb") as file:
        file.write(described)

        def put(name: str, first: int, rows: AnyArray) -> None:
            nonlocal missing
            row = arrays[name].nbytes // len(arrays[name]) if first else 0
            file.seek(begins[name] + first * row)
            parts = [rows] if rows.flags.c_contiguous else rows
            file.writelines(np.ascontiguousarray(part).data for part in parts)
            missing -= rows.nbytes

        yield put
        assert not missing, f"{missing} bytes of {path} were not put"


def _text(header: Mapping[str, Any]) -> str:
    """The header as JSON; what UTF-8 cannot hold, half of a character, is escaped."""
    text = json.dumps(header, ensure_ascii=False)
    return text if text.isascii() or _is_utf_8(text) else json.dumps(header)


def _is_utf_8(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _layout(arrays: Mapping[str, AnyArray], text: str) -> tuple[dict[str, int], bytes, int]:
    """Where in a safetensors file each array begins; what stands before them all; and its size.

    The format's own library wants every array in one piece first. The gates of a trace are views
    of one array, so that would take the memory of a large trace twice.
    """
    # Wide numbers first, so that each array begins where its numbers may lie.
    order = sorted(arrays, key=lambda name: (-arrays[name].itemsize, name))
    layout: dict[str, Any] = {"__metadata__": {HEADER_KEY: text}}
    end, begins = 0, {}
    for name in order:
        begins[name], end = end, end + arrays[name].nbytes
        entry = {"dtype": _NAMES[arrays[name].dtype], "shape": arrays[name].shape}
        layout[name] = entry | {"data_offsets": [begins[name], end]}
    described = json.dumps(layout, ensure_ascii=False, separators=(",", ":")).encode()
    described += b" " * (-len(described) % 8)
    described = len(described).to_bytes(8, "little") + described
    start = len(described)
    return {name: start + begin for name, begin in begins.items()}, described, start + end


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
            f"{path} is not a whole safetensors file ({error}); expected a {kind} that tracer saved"
        ) from error
    except OSError as error:
        raise FileError(f"cannot open {path}: {error.strerror or error}") from error
    except (KeyError, TypeError, ValueError, RecursionError) as error:
        raise FileError(f"{path} is a safetensors file, but not one of tracer's") from error
    if found != kind:
        model = quoted_file(path.with_suffix(SUFFIX))  # the network that a run leaves
        use = USES.get(str(found), "").format(path=quoted_file(path), model=model)
        raise FileError(f"{path} is a {found}; expected a {kind}.{use}")
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
    with path.open("rb") as file:  # once: by its name it may be another file a moment later
        size = int.from_bytes(file.read(8), "little")
        layout = json.loads(file.read(size))
        mapped = np.asarray(np.memmap(file, dtype=np.uint8, mode="r"))
    start = 8 + size
    arrays = {}
    for name, entry in layout.items():
        if name != "__metadata__":
            begin, end = entry["data_offsets"]
            flat: AnyArray = mapped[start + begin : start + end].view(_DTYPES[entry["dtype"]])
            arrays[name] = flat.reshape(entry["shape"])
    return arrays
