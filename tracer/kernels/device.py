"""A device runs the equations over whole sequences; this is what each offers, and their list.

A device is a module with these functions (see `Device`):

``forward``, ``backward``
    unroll a cell over all steps in one call, and run backward through them;
``project``, ``outer``
    the products with which shares of a sum and gradients of weights are rebuilt, on ``cpu`` with
    the arithmetic of ``forward``, to the bit;
``needs_compiling``
    whether the first call will take its time.

``reference`` is the oracle: a plain loop over `tracer.cells`.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache, lru_cache
from importlib import import_module
from types import MappingProxyType
from typing import Any, Protocol, cast

import numpy as np
import numpy.typing as npt

from tracer.cells import COMPILED, Cell
from tracer.cells.activations import Array
from tracer.errors import UnknownNameError

DEVICES: Mapping[str, str] = MappingProxyType(
    {
        "cpu": "tracer.kernels.cpu.device",
        "cuda": "tracer.kernels.cuda.device",
        "reference": "tracer.kernels.reference",
    }
)
"""Module of each device, by the name that users give."""


class Device(Protocol):
    """What a device module offers."""

    def forward(
        self,
        cell: Cell,
        x: Array,
        state: Mapping[str, Array],
        lengths: npt.NDArray[np.int64],
        level: str,
    ) -> Mapping[str, Array]:
        """Unroll `cell` over x (T, N, D) from `state`, each (N, H).

        Returns the quantities that `level` stores, each (T, N, H); see `on_host`. Past its length a
        sequence's state stands still and its other quantities are 0.
        """

    def backward(
        self,
        cell: Cell,
        numbers: Mapping[str, Array],
        state: Mapping[str, Array],
        lengths: npt.NDArray[np.int64],
        d_h: Array,
        d_last: Mapping[str, Array],
        window: int | None,
    ) -> dict[str, Array]:
        """Run backward through time over every quantity that ``forward`` computes from `state`.

        `d_h` (T, N, H) comes from the loss of each step; `d_last`, each (N, H), from whatever uses
        the final state. With a `window`, nothing goes back over the start of every window-th step.

        Returns the cell's backward quantities, each (T, N, ·), and ``d_h_0`` and so on, (N, H). If
        it has the gradients of parameters already, those too; `outer` adds up all others.
        Past its length a sequence only stands still: the gradients of its state pass through
        unchanged, and all others are 0.
        """

    def outer(
        self, d_z: Array, rows: Array, *, per_step: bool, total: Array | None = None
    ) -> Array:
        """The sum over sentences of ``d_z x^T``, for d_z (T, N, J) and rows (T, N, K).

        (J, K), added up over all steps, or (T, J, K), each step alone. To a `total` of earlier
        steps these are added one after the other; a card takes none.
        """

    def project(self, rows: Array, M: Array) -> Array:
        """``rows @ M.T`` for rows (T, N, J) and M (K, J), as (T, N, K)."""

    def needs_compiling(self, cell: Cell) -> bool:
        """Whether the first call for this kind of cell will have to compile its kernel."""


class OnACard(Protocol):
    """An array on a graphics card, of any library that tells others where it lies."""

    @property
    def __cuda_array_interface__(self) -> Any: ...


def device(name: str) -> Device:
    """The device of that name, or an `UnknownNameError`."""
    try:
        module = DEVICES[name]
    except (KeyError, TypeError):
        raise UnknownNameError("device", name, DEVICES) from None
    return _loaded(module)


@cache
def _loaded(module: str) -> Device:
    return cast("Device", import_module(module))


@lru_cache(maxsize=16)
def at_zero(N: int, H: int, dtype: str) -> Array:
    """One array for every state that nobody gave; a device knows it, and nobody can write to it."""
    zero: Array = np.zeros((N, H), dtype)
    zero.setflags(write=False)
    return zero.view()  # who owns the numbers could let itself write to them again


def adopted(name: str, value: Any, where: str) -> Any:
    """What a caller gave, if the device called `where` takes it as it lies; else None."""
    if isinstance(value, (np.ndarray, list)):
        return None
    adopt = getattr(device(where), "adopted", None)
    return adopt(name, value) if adopt else None


def on_host(numbers: Any) -> Array:
    """Numbers that a device gave back, as a NumPy array: from a card they are copied, once."""
    return numbers if isinstance(numbers, np.ndarray) else cast("Array", numbers.host)


def rebuilding(name: str) -> str:
    """The device that rebuilds what the one of that name left out: itself, or else the CPU."""
    trouble = getattr(device(name), "trouble", None)
    return "cpu" if trouble and trouble() else name


def device_for(cell: Cell, name: str) -> str:
    """The device that runs this cell where the one called `name` is asked for.

    A kind of cell without a compiled step runs in the textbook's loop.
    """
    compiled = name != "cpu" or cell.equations.name in COMPILED
    return name if compiled else "reference"


MOST_NUMBERS = 2**24
"""Steps times weights, up to which the textbook's loop is done before Numba is loaded."""
MOST_STEPS = 2_000


def soonest(cell: Cell, steps: int, *, backward: bool = False) -> str:
    """The device that has a few steps ready first, where nobody asks for the last bit.

    Loading Numba takes about half a second, and compiling for the first time several: for a
    sentence on a screen the textbook's loop is done before. Backward takes it about five times as
    long.
    """
    steps *= 5 if backward else 1
    if cell.equations.name not in COMPILED:
        return "cpu"  # for which `device_for` takes the textbook's loop, and it is said
    few = steps <= MOST_STEPS and steps * (cell.U.size + cell.W.size) <= MOST_NUMBERS
    return "reference" if few else "cpu"
