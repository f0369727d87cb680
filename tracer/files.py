"""Arrays and a header in one file: written whole or not at all, read by memory map.

The format is safetensors: a JSON header and raw bytes, no pickle. What the header says is the
business of `tracer.trace` and `tracer.model`; this file only knows arrays, text and paths.
"""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from tracer.errors import FileError

AnyArray = npt.NDArray[Any]

HEADER_KEY = "tracer"
_DTYPES = {"F32": np.float32, "F64": np.float64, "I64": np.int64, "BOOL": np.bool_}


def write(path: str | os.PathLike[str], arrays: Mapping[str, AnyArray], header: Any) -> None:
    """Write arrays and a header (anything JSON can hold) as one file, whole or not at all.

    Raises
    ------
    FileError
        If the folder is missing, not writable, or the disk is full.
    """
    from safetensors.numpy import save_file

    contiguous = {name: np.ascontiguousarray(array) for name, array in arrays.items()}
    metadata = {HEADER_KEY: json.dumps(header, ensure_ascii=False)}
    with replacing(path) as temporary:
        save_file(contiguous, temporary, metadata)


@contextmanager
def replacing(path: str | os.PathLike[str]) -> Iterator[Path]:
    """Give a temporary name beside `path` to write to; at the end it takes the place of `path`.

    Whoever opens `path` sees the old file or the whole new one, never half of it. After an error
    the old file is untouched and nothing else is left behind.
    """
    path = Path(path)
    temporary = path.with_name(f".{path.name}.{os.getpid()}-{secrets.token_hex(4)}")
    try:
        yield temporary
        with temporary.open("rb") as file:
            os.fsync(file.fileno())
        temporary.replace(path)
    except OSError as error:
        raise FileError(f"cannot write {path}: {error.strerror or error}") from error
    except Exception as error:
        if type(error).__module__.startswith("safetensors"):
            raise FileError(f"cannot write {path}: {error}") from error
        raise
    finally:
        temporary.unlink(missing_ok=True)


def read(path: str | os.PathLike[str]) -> tuple[dict[str, AnyArray], Any]:
    """Map a file into memory: its arrays, read from disk only where they are looked at, and header.

    Raises
    ------
    FileError
        If the file is missing, truncated, or not one that tracer wrote.
    """
    from safetensors import SafetensorError, safe_open

    path = Path(path)
    try:
        if not path.is_file():  # a FIFO or a device would wait for ever
            what = "there is no such file" if not path.exists() else "it is not a plain file"
            raise FileError(f"cannot open {path}: {what}")
        with safe_open(path, framework="numpy") as file:  # checks every size and offset
            metadata = file.metadata() or {}
        layout, start = _layout(path)
        mapped = np.memmap(path, dtype=np.uint8, mode="r")
        arrays = {
            name: _view(mapped, entry, start)
            for name, entry in layout.items()
            if name != "__metadata__"
        }
        return arrays, json.loads(metadata[HEADER_KEY])
    except SafetensorError as error:
        raise FileError(f"{path} is not a whole safetensors file: {error}") from error
    except OSError as error:
        if isinstance(error, FileError):
            raise
        raise FileError(f"cannot open {path}: {error.strerror or error}") from error
    except (KeyError, ValueError, RecursionError) as error:
        raise FileError(f"{path} was not written by tracer: its header is missing or foreign") from (
            error
        )


def _layout(path: Path) -> tuple[dict[str, Any], int]:
    """The JSON part of a safetensors file, and the offset at which its arrays begin."""
    with path.open("rb") as file:
        size = int.from_bytes(file.read(8), "little")
        return json.loads(file.read(size)), 8 + size


def _view(mapped: AnyArray, entry: Mapping[str, Any], start: int) -> AnyArray:
    begin, end = entry["data_offsets"]
    dtype = np.dtype(_DTYPES[entry["dtype"]])
    flat = np.asarray(mapped)[start + begin : start + end]
    return flat.view(dtype).reshape(entry["shape"])
