"""Numbers that lie on the card: allocated, cut, copied there and back, and handed to kernels.

Numba has arrays on a card, too. One costs tens of microseconds to make, and so does each part of
one and each copy, which is longer than a card takes for a hundred short steps.
"""

from __future__ import annotations

import ctypes
import weakref
from collections import deque
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

from tracer.errors import InputError
from tracer.kernels.cuda.package import (
    SIMULATED,
    STREAM,
    asked,
    card_number,
    driver,
    enter,
    free_memory,
)
from tracer.kernels.memory import GB

OUT_OF_MEMORY = 2
"""The driver's number for that."""

SPARE = 2**30
"""So many bytes that were given back stay with the process, for what is allocated next."""


class Numbers:
    """So many numbers of one dtype, one after the other. In the simulator the host's memory is it.

    Attributes
    ----------
    address : int
        Of the first of them.
    dtype : np.dtype
    keeper : object
        What they belong to, and what keeps them alive.
    """

    __slots__ = ("_many", "address", "dtype", "keeper")

    def __init__(self, address: int, many: int, dtype: np.dtype[Any], keeper: Any) -> None:
        self.address, self._many, self.dtype, self.keeper = address, many, dtype, keeper

    def __len__(self) -> int:
        return self._many

    @property
    def size(self) -> int:
        """In bytes."""
        return self._many * self.dtype.itemsize

    def part(self, first: int, many: int) -> Numbers:
        """Some of them, in the same place."""
        return Numbers(self.address + first * self.dtype.itemsize, many, self.dtype, self.keeper)

    def put(self, numbers: npt.NDArray[Any]) -> None:
        """Copy numbers of the host here."""
        numbers = np.ascontiguousarray(numbers, self.dtype)
        assert numbers.nbytes == self.size
        if SIMULATED:
            ctypes.memmove(self.address, numbers.ctypes.data, self.size)
        else:
            enter()
            asked(driver().cuMemcpyHtoD(self.address, numbers.ctypes.data, self.size))

    def take(self, other: Numbers) -> None:
        """Copy other numbers of the card here."""
        assert other.size == self.size
        if SIMULATED:
            ctypes.memmove(self.address, other.address, self.size)
        else:
            enter()
            asked(driver().cuMemcpyDtoDAsync(self.address, other.address, self.size, STREAM))

    def clear(self) -> None:
        """Make all of them zero."""
        if SIMULATED:
            ctypes.memset(self.address, 0, self.size)
        else:
            enter()
            asked(driver().cuMemsetD8Async(self.address, 0, self.size, STREAM))

    def on_host(self) -> npt.NDArray[Any]:
        """A copy, (many,)."""
        copied = np.empty(self._many, self.dtype)
        if SIMULATED:
            ctypes.memmove(copied.ctypes.data, self.address, self.size)
        elif self.size:
            enter()
            asked(driver().cuMemcpyDtoH(copied.ctypes.data, self.address, self.size))
        return copied

    @property
    def argument(self) -> Any:
        """As a kernel takes them: where they begin. The simulator indexes an array instead."""
        if not SIMULATED:
            return self.address
        from numba.cuda.simulator.cudadrv.devicearray import FakeCUDAArray

        memory = (ctypes.c_byte * self.size).from_address(self.address)
        # A view, for NumPy's types know none of the arrays of ctypes.
        return FakeCUDAArray(np.frombuffer(memoryview(memory), self.dtype))


def allocated(many: int, dtype: Any) -> Numbers:
    """Room for so many numbers on the card, with whatever is in it.

    Raises
    ------
    InputError
        If they do not fit.
    """
    dtype = np.dtype(dtype)
    size = max(many, 1) * dtype.itemsize
    if SIMULATED:
        memory = np.empty(size, np.byte)
        return Numbers(memory.ctypes.data, many, dtype, memory)
    enter()
    _give_back_the_others()
    error, address = driver().cuMemAllocFromPoolAsync(size, _pool(), STREAM)
    if error == OUT_OF_MEMORY:
        free = free_memory()
        raise InputError(
            f"the card lacks memory: {size / GB:,.1f} GB are needed, and {free / GB:,.1f} GB "
            "are free. Take fewer sequences or steps at once, a leaner level, or device='cpu'"
        )
    asked((error, address))
    return Numbers(int(address), many, dtype, _Allocation(int(address)))


def on_card(numbers: npt.NDArray[Any]) -> Numbers:
    """A copy of numbers of the host."""
    there = allocated(numbers.size, numbers.dtype)
    there.put(numbers)
    return there


class _Allocation:
    """Gives memory back when nobody has it any more."""

    def __init__(self, address: int) -> None:
        weakref.finalize(self, _give_back, address).atexit = False


_LATER: deque[int] = deque()
# What was dropped in a thread that has nothing to do with a card, and so could not be given back.


def _give_back(address: int) -> None:
    (error,) = driver().cuMemFreeAsync(address, STREAM)
    if error:
        _LATER.append(address)


def _give_back_the_others() -> None:
    for _ in range(len(_LATER)):
        try:
            _give_back(_LATER.popleft())
        except IndexError:  # another thread has them
            return


@cache
def _pool() -> Any:
    """Where memory comes from: a pool, which hands out again what it was given back."""
    properties = driver().CUmemPoolProps()
    properties.allocType = driver().CUmemAllocationType.CU_MEM_ALLOCATION_TYPE_PINNED
    properties.location.type = driver().CUmemLocationType.CU_MEM_LOCATION_TYPE_DEVICE
    properties.location.id = card_number()
    pool = asked(driver().cuMemPoolCreate(properties))
    threshold = driver().CUmemPool_attribute.CU_MEMPOOL_ATTR_RELEASE_THRESHOLD
    asked(driver().cuMemPoolSetAttribute(pool, threshold, driver().cuuint64_t(SPARE)))
    return pool
