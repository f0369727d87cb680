"""Quantities that lie one below the other in one array; each is found by its name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from tracer.cells.activations import Array


class Laid(Mapping[str, Array]):
    """What a device recorded, as it lies: each quantity is a part of its rows, (T, N, H).

    A run of a few steps is over before a dictionary of all its arrays would be made, so each is
    made when it is asked for. None can be written to.
    """

    __slots__ = ("_places", "_rows", "_shape")

    def __init__(self, rows: Array, places: Mapping[str, slice], shape: tuple[int, ...]) -> None:
        self._rows = rows[:]  # who made them may still write to them
        self._rows.setflags(False)  # type: ignore[call-arg] # noqa: FBT003 - by name it takes longer
        self._places = places
        self._shape = shape

    def __getitem__(self, name: str) -> Array:
        return self._rows[self._places[name]].reshape(self._shape)

    def __contains__(self, name: object) -> bool:
        return name in self._places

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)

    def __reduce__(self) -> tuple[type[dict[str, Array]], tuple[Any, ...]]:
        """A copy, or what comes out of a pickle, is a plain dictionary."""
        return dict, (dict(self),)
