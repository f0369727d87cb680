"""Numbers that lie on the card: handed out as they lie, and copied when the host reads them."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from tracer.cells.activations import Array
from tracer.cells.parameters import DTYPES
from tracer.errors import InputError
from tracer.kernels.cuda.numbers import Numbers, on_card
from tracer.kernels.cuda.package import STREAM

NO_STREAM = None, 0
"""What the protocol has where there is nothing to wait for: its 0 means nothing."""


@dataclass(eq=False)
class Block:
    """Numbers in one piece, and their shape.

    Attributes
    ----------
    lying : Numbers
    shape : tuple of int
    """

    lying: Numbers
    shape: tuple[int, ...]

    @cached_property
    def host(self) -> Array:
        """The numbers, copied once."""
        copied: Array = self.lying.on_host().reshape(self.shape)
        copied.flags.writeable = False
        return copied


@dataclass(eq=False)
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
        return self.block.lying.dtype

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
        size = self.dtype.itemsize
        first = self.block.lying.address + (self.columns.start or 0) * size
        return {
            "shape": self.shape,
            "typestr": self.dtype.str,
            "data": (first, False),  # PyTorch takes nothing that says it cannot be written to
            "strides": _dense(self.block.shape, size),
            "stream": STREAM,
            "version": 3,
        }


def adopted(name: str, value: Any) -> OnCard | None:
    """Somebody's numbers on the card, as they lie there; None where they do not lie on one.

    Raises
    ------
    InputError
        If they are not of a float type, or not one after the other.
    """
    if value is None or isinstance(value, OnCard | np.ndarray):
        return value if isinstance(value, OnCard) else None
    if getattr(value, "requires_grad", False):
        value = value.detach()
    found = getattr(value, "__cuda_array_interface__", None)
    if found is None:
        return None
    dtype, shape = np.dtype(found["typestr"]), tuple(map(int, found["shape"]))
    if dtype.name not in DTYPES:
        raise InputError(f"{name} has dtype {dtype}; tracer computes in float32 or float64")
    if found.get("strides") not in (None, _dense(shape, dtype.itemsize)):
        raise InputError(
            f"{name} lies on the card, but not one number after the other; pass {name}.contiguous()"
        )
    if found.get("stream") not in (*NO_STREAM, STREAM):
        from numba import cuda

        cuda.external_stream(found["stream"]).synchronize()
    return OnCard(Block(Numbers(found["data"][0], math.prod(shape), dtype, value), shape))


def _dense(shape: tuple[int, ...], size: int) -> tuple[int, ...]:
    """The strides of numbers that lie one after the other, each of so many bytes."""
    strides = [size]
    for many in shape[:0:-1]:
        strides.append(strides[-1] * many)
    return tuple(reversed(strides))


def lying(value: Any) -> Numbers:
    """The numbers as they lie on the card, or else copied to it."""
    if isinstance(value, OnCard) and value.columns == slice(None):
        return value.block.lying
    return on_card(np.asarray(value))
