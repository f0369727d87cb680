"""The memory of large runs that are over, kept for the next one.

Memory that goes back to the system comes out of it again in cleared pages, one by one, which takes
up to a sixth of a large run. So what a run has lain in stays here for a while once nobody has any
number of it any more, and the next run of about the same size lies there.
"""

from __future__ import annotations

from math import prod
from typing import Any
from weakref import finalize

import numpy as np
import numpy.typing as npt

from tracer.cells.activations import Array

LEAST = 2**20
"""Bytes below which the memory allocator keeps what it gets back."""

MOST = 2**30
"""Bytes that are kept at most; what has lain here longest goes first."""

_Memory = npt.NDArray[np.uint8]

_spare: dict[int, _Memory] = {}
# By address. Several threads may take and give at once: single steps of a dictionary are safe.


class _Lent:
    """Who has the memory: the owner of an array, which goes with the last view of its numbers."""

    def __init__(self, memory: _Memory, shape: tuple[int, ...], dtype: np.dtype[Any]) -> None:
        self.__array_interface__ = {
            "version": 3, "shape": shape, "typestr": dtype.str, "data": (_address(memory), False),
        }  # fmt: skip
        finalize(self, _keep, memory).atexit = False


def empty(shape: tuple[int, ...], dtype: np.dtype[Any]) -> Array:
    """As `np.empty`: an array that may hold any numbers."""
    size = prod(shape) * dtype.itemsize
    if size < LEAST:
        return np.empty(shape, dtype)
    memory = _taken(size)
    if memory is None:
        memory = _new(size)
    return np.asarray(_Lent(memory, shape, dtype))


def held() -> int:
    """The bytes that are kept and in nobody's use."""
    return sum(memory.size for memory in list(_spare.values()))


def let_go() -> None:
    """Give all of it back to the system."""
    _spare.clear()


def _new(size: int) -> _Memory:
    try:
        return np.empty(size, np.uint8)
    except MemoryError:
        let_go()
        return np.empty(size, np.uint8)


def _taken(size: int) -> _Memory | None:
    """The smallest memory that is kept and large enough; None where none is, or twice as large."""
    fits = [(m.size, at) for at, m in list(_spare.items()) if size <= m.size <= 2 * size]
    for _, at in sorted(fits):
        memory = _spare.pop(at, None)
        if memory is not None:  # no other thread was quicker
            return memory
    return None


def _keep(memory: _Memory) -> None:
    if memory.size > MOST:
        return
    _spare[_address(memory)] = memory
    for at in list(_spare):
        if held() <= MOST:
            break
        _spare.pop(at, None)


def _address(memory: _Memory) -> int:
    return int(memory.ctypes.data)
