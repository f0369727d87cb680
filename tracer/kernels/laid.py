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

    __slots__ = ("_shape", "begun", "places", "room")

    def __init__(
        self,
        room: Array,
        places: Mapping[str, slice],
        shape: tuple[int, ...],
        begun: Mapping[str, Array],
    ) -> None:
        self.room = room  # all of it; the device may write to it
        self.places = places
        self.begun = begun  # the state before the first step, by name; it lies above its steps
        self._shape = shape

    def __getitem__(self, name: str) -> Array:
        numbers = self.room[self.places[name]].reshape(self._shape)
        numbers.flags.writeable = False
        return numbers

    def a_step_before(self, name: str) -> Array:
        """The numbers of a state before each step: those of `begun`, then of all steps but one."""
        there, N = self.places[name], self._shape[1]
        numbers = self.room[there.start - N : there.stop - N].reshape(self._shape)
        numbers.flags.writeable = False
        return numbers

    def __contains__(self, name: object) -> bool:
        return name in self.places

    def __iter__(self) -> Iterator[str]:
        return iter(self.places)

    def __len__(self) -> int:
        return len(self.places)

    def __reduce__(self) -> tuple[type[dict[str, Array]], tuple[Any, ...]]:
        """A copy, or what comes out of a pickle, is a plain dictionary."""
        return dict, (dict(self),)
