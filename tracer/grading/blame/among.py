"""Whether numbers are among others: up to the order in which the terms of a sum are added."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np
import numpy.typing as npt

from tracer.cells.activations import Array

CLOSE = 1e-8
"""How far two sums of the same terms in another order may be apart, beside their size."""


def plain(numbers: Array) -> bool:
    """Whether it is nothing but whole numbers: sizes, counters, zeros."""
    return bool((numbers == np.round(numbers)).all())


def telling(numbers: Array) -> Array:
    """Those that are no whole ones, which may come from anywhere."""
    found: Array = numbers[numbers != np.round(numbers)]
    return found


def occurs(numbers: Array, known: Array) -> bool:
    """Whether each number is one of the known ones, or a plain one that says nothing.

    Where it stands among others, a whole number beyond 1 says something: what was cut off at 5.
    """
    if not np.isfinite(numbers).all():
        return False
    if plain(numbers):
        return True
    return near(numbers[(numbers != np.round(numbers)) | (np.abs(numbers) > 1)], known)


def near(numbers: Array, known: Array) -> bool:
    """Whether each number is one of the known ones, which are sorted."""
    return bool(known.size) and bool(each_near(numbers, known).all())


def each_near(numbers: Array, known: Array) -> npt.NDArray[np.bool_]:
    """Of each number, whether it is one of the known ones, which are sorted."""
    if not known.size:
        return np.zeros(numbers.shape, np.bool_)
    after = np.searchsorted(known, numbers).clip(1, known.size - 1) if known.size > 1 else 0
    distance = np.minimum(np.abs(known[after] - numbers), np.abs(known[after - 1] - numbers))
    each: npt.NDArray[np.bool_] = distance <= CLOSE * np.maximum(1.0, np.abs(numbers))
    return each


def alike(one: Array, other: Array) -> bool:
    """Whether two arrays have the same shape and numbers, each at its place."""
    return one.shape == other.shape and bool(np.allclose(one, other, CLOSE, CLOSE))


class Quantities(dict[str, Array]):
    """Quantities by name; the numbers of each are sorted once."""

    def __init__(self, arrays: Mapping[str, Array] = MappingProxyType({})) -> None:
        super().__init__(arrays)
        self._sorted: dict[str, Array] = {}

    def numbers(self, name: str) -> Array:
        """All numbers of one, sorted."""
        if name not in self._sorted:
            self._sorted[name] = np.sort(self[name].ravel())
        return self._sorted[name]

    def has(self, name: str, numbers: Array) -> bool:
        """Whether these are numbers of one, of one step or of all, in any layout."""
        return name in self and _is_part(numbers, self.numbers(name))

    def has_at_once(self, name: str, numbers: Array) -> bool:
        """The same; of as many as one step has, whether they are of one and the same."""
        array = self.get(name)
        if array is None or not self.has(name, numbers):
            return False
        if array.ndim < 2 or numbers.size != array[0].size:
            return True
        own = np.sort(numbers)
        return any(bool(each_near(np.sort(step.ravel()), own).all()) for step in array)

    def first_of(self, name: str) -> Array:
        """The numbers of the first step of one, sorted; none if there is no such one."""
        array = self.get(name)
        return np.zeros(0) if array is None or array.ndim < 2 else np.sort(array[0].ravel())

    def begins_with(self, name: str, numbers: Array) -> bool:
        """Whether these are numbers of the first step of one."""
        return _is_part(numbers, self.first_of(name))


def _is_part(numbers: Array, known: Array) -> bool:
    finite = bool(np.isfinite(numbers).all())
    return finite and known.size >= numbers.size and near(numbers, known)
