"""Numbers that lie on the card: handed out as they lie, and copied when the host reads them."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numba import cuda

from tracer.cells.activations import Array
from tracer.cells.parameters import DTYPES
from tracer.errors import InputError
from tracer.kernels.cuda.package import SIMULATED


@dataclass(frozen=True, eq=False)
class Block:
    """Numbers in one piece, and their shape.

    Attributes
    ----------
    lying : device array
        Flat.
    shape : tuple of int
    """

    lying: Any
    shape: tuple[int, ...]

    @cached_property
    def host(self) -> Array:
        """The numbers, copied once."""
        copied: Array = self.lying.copy_to_host().reshape(self.shape)
        copied.flags.writeable = False
        return copied


@dataclass(frozen=True, eq=False)
class OnCard:
    """One quantity on the card: a block of numbers, or some of its columns.

    Whoever understands ``__cuda_array_interface__`` (PyTorch, CuPy, Numba) reads it there without
    a copy; NumPy gets one that is made once. It is not to be written to.

    Attributes
    ----------
    block : Block
    columns : slice
        Of its last axis.
    room : object
        All that was computed with it, for a run backward.
    """

    block: Block
    columns: slice = field(default_factory=lambda: slice(None))
    room: Any = field(default=None, repr=False)

    @property
    def shape(self) -> tuple[int, ...]:
        """As of a NumPy array."""
        *steps, width = self.block.shape
        return (*steps, len(range(*self.columns.indices(width))))

    @property
    def ndim(self) -> int:
        """The number of axes."""
        return len(self.block.shape)

    @property
    def dtype(self) -> np.dtype[Any]:
        """float32 or float64."""
        found: np.dtype[Any] = np.dtype(self.block.lying.dtype)
        return found

    @property
    def host(self) -> Array:
        """The numbers as a NumPy array, which nobody can write to."""
        return self.block.host[..., self.columns]

    def reshape(self, *shape: int) -> OnCard:
        """The same numbers in another shape."""
        assert self.columns == slice(None)
        return OnCard(Block(self.block.lying, shape))

    def __len__(self) -> int:
        return self.shape[0]

    def __getitem__(self, index: Any) -> Any:
        return self.host[index]

    def setflags(self, _write: object = False) -> None:  # noqa: FBT002 - NumPy's
        """Nobody can write to it as it is."""

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Array:  # noqa: FBT001 - NumPy's
        return np.array(self.host, dtype, copy=copy)

    def __reduce__(self) -> tuple[Any, ...]:
        """A copy or a pickle is on the host."""
        return np.array, (self.host,)

    @property
    def __cuda_array_interface__(self) -> dict[str, Any]:
        """Version 3 of Numba's protocol, by which libraries read each other's arrays on a card."""
        strides = np.cumprod([self.dtype.itemsize, *self.block.shape[:0:-1]])[::-1].tolist()
        first = address(self.block.lying) + (self.columns.start or 0) * self.dtype.itemsize
        return {
            "shape": self.shape,
            "typestr": self.dtype.str,
            "data": (first, False),  # PyTorch takes nothing that says it cannot be written to
            "strides": tuple(strides),
            "stream": 1,  # the one stream that all of ours is done on
            "version": 3,
        }


def address(lying: Any) -> int:
    """Where an array begins. In the simulator the memory of the card is that of the processor."""
    if SIMULATED:
        return int(lying.ctypes.data)
    return int(lying.__cuda_array_interface__["data"][0])


def adopted(name: str, value: Any) -> OnCard | None:
    """Somebody's numbers on the card, as they lie there; None where they do not lie on one.

    Raises
    ------
    InputError
        If they are not of a float type, or not one after the other.
    """
    if getattr(value, "requires_grad", False):
        value = value.detach()
    if isinstance(value, OnCard) or not hasattr(value, "__cuda_array_interface__"):
        return value if isinstance(value, OnCard) else None
    found = value.__cuda_array_interface__
    dtype = np.dtype(found["typestr"])
    if dtype.name not in DTYPES:
        raise InputError(f"{name} has dtype {dtype}; tracer computes in float32 or float64")
    dense = tuple(np.cumprod([dtype.itemsize, *found["shape"][:0:-1]])[::-1].tolist())
    if found.get("strides") is not None and tuple(found["strides"]) != dense:
        raise InputError(
            f"{name} lies on the card, but not one number after the other; pass {name}.contiguous()"
        )
    return OnCard(Block(_flat(value), tuple(found["shape"])))


def _flat(value: Any) -> Any:
    if not SIMULATED:
        return cuda.as_cuda_array(value).reshape(-1)
    from numba.cuda.simulator.cudadrv.devicearray import FakeCUDAArray

    # As if the processor's memory were the card's: the same numbers, seen by NumPy.
    there = type("There", (), {"__array_interface__": dict(value.__cuda_array_interface__)})()
    return FakeCUDAArray(np.asarray(there).reshape(-1))


def lying(value: Any) -> Any:
    """The numbers as a flat array on the card: as they lie there, or else copied to it."""
    if isinstance(value, OnCard) and value.columns == slice(None):
        return value.block.lying
    return cuda.to_device(np.ascontiguousarray(value).reshape(-1))
