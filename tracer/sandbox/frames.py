"""Frames: the only thing that comes back from a student's process.

A frame is a named array: four bytes with the length of a header, the header (JSON: name, dtype,
shape), then the numbers themselves, little-endian, row by row. Nothing else fits in: no pickle, no
object, no code. Everything read is bounded and checked, because what arrives was written by a
process in which a student's program was running.

This file is used on both sides, so it imports NumPy and the standard library only.
"""

from __future__ import annotations

import json
import math
import re
import sys
from collections.abc import Mapping
from functools import lru_cache
from json.encoder import encode_basestring_ascii as quoted
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

DTYPES = ("float64", "float32", "int64", "bool", "uint8")
MAX_HEADER = 512
MAX_FRAMES = 16384
MAX_AXES = 4
MAX_BYTES = 64 * 2**20
MAX_NOTE = 16 * 2**10

NAME = re.compile(r"\w[\w.]*(/\w[\w.]*){0,3}", re.ASCII)
NUMBER = re.compile(r"0|[1-9][0-9]{0,5}")
"""How a check or a call is numbered; ``00`` would be another way to write 0, and is none."""

_HEADER = re.compile(
    rb'{"name": "([\w./]+)", "dtype": "(float64|float32|int64|bool|uint8)", '
    rb'"shape": \[((?:(?:0|[1-9]\d{0,7})(?:, (?:0|[1-9]\d{0,7})){0,3})?)\]}'
)
"""A header as `pack` writes it, which is read without a parser of JSON."""

_KINDS = {np.dtype(name): name for name in DTYPES}

_WRITTEN = {name.encode(): np.dtype(name).newbyteorder("<") for name in DTYPES}

TRUNCATED = "truncated"

OUT_OF_MEMORY = 71
"""Exit code of a runner that has not even the memory left to say so."""


class Frame(NamedTuple):
    """A named array that crossed the boundary."""

    name: str
    array: npt.NDArray[Any]


class Unpacked(NamedTuple):
    """The frames that could be read, and what was wrong with the rest (empty: nothing)."""

    frames: list[Frame]
    problem: str


def pack(name: str, array: npt.NDArray[Any]) -> bytes:
    """One frame as bytes. `array` has one of `DTYPES`."""
    kind = _KINDS.get(array.dtype)
    if kind is None or sys.byteorder == "big":  # the bytes of each number in another order
        kind = array.dtype.name
        # A method of the array, for functions of NumPy's can be replaced by the student's code.
        array = array.astype(array.dtype.newbyteorder("<"), copy=False)
    shape = ", ".join(map(str, array.shape))
    text = f'{{"name": {quoted(name)}, "dtype": "{kind}", "shape": [{shape}]}}'.encode("ascii")
    return b"".join((len(text).to_bytes(4, "big"), text, array.tobytes("C")))


def pack_note(name: str, facts: Mapping[str, Any]) -> bytes:
    """A frame of text: small facts as JSON, carried as an array of bytes."""
    text = json.dumps(facts).encode("ascii")
    return pack(name, np.frombuffer(text, np.uint8))


def read_note(array: npt.NDArray[Any], most: int = MAX_NOTE) -> dict[str, Any] | None:
    """The facts of a note of at most so many bytes, or None if it is none."""
    if array.dtype != np.uint8 or array.ndim != 1 or array.size > most:
        return None
    try:
        facts = json.loads(array.tobytes().decode("ascii"))
    except (ValueError, RecursionError):
        return None
    return facts if isinstance(facts, dict) else None


def unpack(data: bytes) -> Unpacked:
    """Read frames until the data ends or the first thing that is no frame. Never raises.

    Returns
    -------
    Unpacked
        ``problem`` is ``TRUNCATED`` if the data stops inside a frame, as when a process was
        stopped while it wrote, and otherwise says what a frame had that none may have.
    """
    frames: list[Frame] = []
    names: set[str] = set()
    at = 0
    if len(data) > MAX_BYTES:
        kept, problem = unpack(data[:MAX_BYTES])
        too_much = "" if problem == TRUNCATED else problem
        return Unpacked(kept, too_much or f"more than {MAX_BYTES} bytes")
    while at < len(data):
        if len(frames) == MAX_FRAMES:
            return Unpacked(frames, f"more than {MAX_FRAMES} frames")
        length = int.from_bytes(data[at : at + 4], "big")
        if len(data) - at >= 4 and length > MAX_HEADER:
            return Unpacked(frames, f"a header of {length} bytes")
        if len(data) - at < 4 + length:
            return Unpacked(frames, TRUNCATED)
        parsed = _header(data[at + 4 : at + 4 + length])
        if isinstance(parsed, str):
            return Unpacked(frames, parsed)
        name, dtype, shape = parsed
        if name in names:
            return Unpacked(frames, f"the name {name} twice")
        at += 4 + length
        count = math.prod(shape)
        # An axis of no numbers makes none of the others small: NumPy refuses (0, 2^26, 2^26, 2^26).
        if (count or math.prod(filter(None, shape))) * dtype.itemsize > MAX_BYTES:
            return Unpacked(frames, "an array too large to be sent")
        size = count * dtype.itemsize
        if len(data) - at < size:
            return Unpacked(frames, TRUNCATED)
        if dtype.kind == "b" and np.frombuffer(data, np.uint8, size, at).max(initial=0) > 1:
            return Unpacked(frames, "a bool that is neither 0 nor 1")
        numbers = np.ndarray(shape, dtype, data, at) if size else np.zeros(shape, dtype)
        frames.append(Frame(name, numbers.astype(dtype.newbyteorder("="))))
        names.add(name)
        at += size
    return Unpacked(frames, "")


def _header(text: bytes) -> tuple[str, np.dtype[Any], tuple[int, ...]] | str:
    """Name, dtype and shape, or what is wrong with them."""
    known = _HEADER.fullmatch(text)
    if known is not None:
        named, kind, axes = known.groups()
        shape = tuple(map(int, axes.split(b", "))) if axes else ()
        name = named.decode("ascii")
        if max(shape, default=0) <= MAX_BYTES and _is_name(name):
            return name, _WRITTEN[kind], shape
    return _header_of_any(text)


@lru_cache(2**12)
def _is_name(name: str) -> bool:
    """Whether a frame may have this name; the same ones come from every process."""
    return NAME.fullmatch(name) is not None and all(
        NUMBER.fullmatch(part) for part in name.split("/") if part.isdecimal()
    )


def _header_of_any(text: bytes) -> tuple[str, np.dtype[Any], tuple[int, ...]] | str:
    """The same of a header that somebody else may have written."""
    try:
        header = json.loads(text.decode("ascii"))
    except (ValueError, RecursionError):
        return "a header that is not JSON"
    if not isinstance(header, dict) or set(header) != {"name", "dtype", "shape"}:
        return "a header without exactly name, dtype and shape"
    name, dtype, shape = header["name"], header["dtype"], header["shape"]
    if not isinstance(name, str) or not _is_name(name):
        return "an invalid name"
    if not isinstance(dtype, str) or dtype not in DTYPES:
        return "an invalid dtype"
    if not isinstance(shape, list) or len(shape) > MAX_AXES:
        return "an invalid shape"
    if not all(type(n) is int and 0 <= n <= MAX_BYTES for n in shape):
        return "an invalid shape"
    return name, np.dtype(dtype).newbyteorder("<"), tuple(shape)
