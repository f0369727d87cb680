"""What a run is given: arrays by name, held against their axes, and the sizes read from them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from tracer.cells.activations import Array
from tracer.errors import InputError, UnknownNameError
from tracer.program.line import CLOCK, Axes

if TYPE_CHECKING:
    from tracer.program.program import Program

_FLOAT = np.dtype(np.float64)
_KINDS: Mapping[str, np.dtype[Any]] = {
    "label": np.dtype(np.int64), "label_T": np.dtype(np.int64),
    "lengths": np.dtype(np.int64), "mask": np.dtype(np.bool_),
}  # fmt: skip
"""Given names that hold other numbers than float64."""


def _array(value: Any, kind: np.dtype[Any]) -> npt.NDArray[Any]:
    return np.asarray(value, kind)


class Given:
    """The arrays that came, the sizes, and which steps are real.

    Attributes
    ----------
    values : dict
        Arrays and sizes by name, float64; zero gradients of the final state where none came.
    sizes : dict of str to int
        By letter, as far as they can be read from what came.
    lengths : int array (N,) or None
        Where sentences differ in length.
    """

    def __init__(self, program: Program, given: Mapping[str, Any], reads: Collection[str]) -> None:
        self.program = program
        self.sizes: dict[str, int] = {}
        self._shapes: dict[Axes, tuple[int, ...]] = {}
        self._active: dict[int, npt.NDArray[np.bool_]] = {}
        self.values: dict[str, Any] = {}
        for name, value in given.items():
            self.values[name] = self._read(name, value)
        self.lengths = self._ragged()
        self.ragged = self.lengths is not None
        if not program.carries:
            return
        T, N, H = (self.sizes.get(letter) for letter in "TNH")
        if T is not None and not CLOCK.isdisjoint(reads):
            t = np.arange(T, dtype=np.float64).reshape(T, 1, 1)
            self.values |= {"t": t, "first_step": t == 0, "last_step": t == T - 1}
        if T is not None and N is not None and ("mask" in reads or "count" in reads):
            self._mask(T)
        if N is not None and H is not None:
            for carry in program.carries.values():
                if carry.backward and carry.initial not in self.values:
                    self.values[carry.initial] = np.zeros((N, H))
        self.values |= self.sizes

    def _read(self, name: str, value: Any) -> Any:
        """An array of the axes that its name has."""
        axes = self.program.names.get(name)
        if axes is None:
            raise UnknownNameError(f"{self.program.title} quantity", name, self.program.names)
        kind = _KINDS.get(name, _FLOAT)
        array = value if type(value) is np.ndarray and value.dtype == kind else _array(value, kind)
        if array.shape == self._shapes.get(axes):
            return array
        if array.ndim != len(axes):
            self._refuse(name, axes, array)
        for axis, size in zip(axes, array.shape, strict=True):
            blocks = int(axis[:-1] or 1)
            if self.sizes.setdefault(axis[-1], size // blocks) * blocks != size:
                self._refuse(name, axes, array)
        self._shapes[axes] = array.shape
        return array

    def _refuse(self, name: str, axes: Axes, array: npt.NDArray[Any]) -> None:
        known = {axis[-1]: self.sizes[axis[-1]] for axis in axes if axis[-1] in self.sizes}
        sizes = ", ".join(f"{letter}={size}" for letter, size in known.items()) or "any sizes"
        raise InputError(
            f"{name} has shape {array.shape}; expected ({', '.join(axes)}) with {sizes}"
        )

    def _ragged(self) -> npt.NDArray[np.int64] | None:
        lengths = self.values.get("lengths")
        T, N = self.sizes.get("T"), self.sizes.get("N")
        if lengths is None and T is not None and N is not None:
            self.values["lengths"] = np.full(N, T)
        if lengths is None or T is None:
            return None
        if lengths.min() < 1 or lengths.max() > T:
            raise InputError(f"lengths is {lengths.tolist()}; each has to be 1 to T={T}")
        found: npt.NDArray[np.int64] = np.minimum(lengths + self.program.beyond, T)
        return None if self.program.runs_on or found.min() == T else found

    def _mask(self, T: int) -> None:
        """Which steps count: of the real ones all, or those that `mask` says."""
        lengths = self.values["lengths"]
        real = np.arange(T).reshape(T, 1) < lengths
        mask = self.values.get("mask")
        self.values["mask"] = mask = real if mask is None else mask & real
        self.values["count"] = float(np.count_nonzero(mask))

    def shape(self, axes: Axes) -> tuple[int, ...]:
        """Axes in numbers."""
        found = self._shapes.get(axes)
        if found is None:
            try:
                found = tuple(int(axis[:-1] or 1) * self.sizes[axis[-1]] for axis in axes)
            except KeyError as error:
                raise InputError(
                    f"{self.program.title}: nothing that was given says how large {error} is"
                ) from None
            self._shapes[axes] = found
        return found

    def active(self, ndim: int) -> npt.NDArray[np.bool_]:
        """Which steps are real, (T, N) and as many axes of 1 as make `ndim`."""
        found = self._active.get(ndim)
        if found is None:
            assert self.lengths is not None
            T = self.sizes["T"]
            real: npt.NDArray[np.bool_] = np.arange(T).reshape(T, 1) < self.lengths
            found = self._active[ndim] = real.reshape(*real.shape, *[1] * (ndim - 2))
        return found

    def standing(self, states: Array) -> Array:
        """States (T, N, H) that no step hands on, standing still past a sentence's end."""
        assert self.lengths is not None
        t = np.arange(self.sizes["T"]).reshape(-1, 1)
        last = np.maximum(self.lengths - 1, 0)
        still: Array = states[np.minimum(t, last), np.arange(self.sizes["N"])]
        return still
