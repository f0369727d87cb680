"""All numbers of a run on the card, in one buffer, and its quantities by name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from tracer.cells.activations import Array
from tracer.kernels.cuda.numbers import Numbers, allocated
from tracer.kernels.cuda.oncard import Block, OnCard, lying
from tracer.kernels.cuda.places import WITH_ONE_MORE, Place, Sizes, laid_out


@dataclass(frozen=True, eq=False)
class Room:
    """A buffer on the card, and where which numbers begin in it.

    Attributes
    ----------
    numbers : Numbers
    sizes : Sizes
    quantities : mapping
        The place of each quantity that is kept, by name.
    places : mapping
        Where each kind of numbers begins.
    begun : dict
        The state that was put before the first step, by name, as it came.
    """

    numbers: Numbers
    sizes: Sizes
    quantities: Mapping[str, Place]
    places: Mapping[int, int]
    begun: dict[str, Any] = field(default_factory=dict)

    def before(self, at: int) -> Numbers:
        """What is before the first step, (N, H) numbers."""
        return self.numbers.part(self.places[at], self.sizes.N * self.sizes.H)

    def after(self, at: int) -> Numbers:
        """What is after the last step, (N, H) numbers."""
        many = self.sizes.N * self.sizes.H
        return self.numbers.part(self.places[at] + self.sizes.numbers(at) - many, many)

    def initial(self, at: int) -> OnCard:
        """What is before the first step, (N, H)."""
        return OnCard(Block(self.before(at), (self.sizes.N, self.sizes.H)), room=self)

    @cached_property
    def blocks(self) -> dict[int, Block]:
        """The numbers of each kind at all steps, (T, N, ·)."""
        T, N, H, _ = self.sizes
        blocks = {}
        for at, start in self.places.items():
            first = start + (N * H if at in WITH_ONE_MORE else 0)
            width = self.sizes.width(at)
            blocks[at] = Block(self.numbers.part(first, T * N * width), (T, N, width))
        return blocks

    def quantity(self, name: str) -> OnCard:
        """One quantity at all steps, (T, N, H)."""
        (at, gate), H = self.quantities[name], self.sizes.H
        block = self.blocks[at]
        columns = slice(None) if block.shape[2] == H else slice(gate * H, (gate + 1) * H)
        return OnCard(block, columns, self)

    def all(self) -> dict[str, OnCard]:
        """Every quantity that is kept."""
        return {name: self.quantity(name) for name in self.quantities}


def make_room(
    sizes: Sizes, quantities: Mapping[str, Place], dtype: Any, scratch: int = 0
) -> tuple[Room, int]:
    """A new room for these quantities, and where `scratch` more numbers begin in it."""
    places, total = laid_out(sizes, [place.at for place in quantities.values()])
    return Room(allocated(total + scratch, dtype), sizes, quantities, places), total


def filled(
    room: Room, numbers: Mapping[str, Array], state: Mapping[str, Array], states: Mapping[str, int]
) -> Room:
    """The room, with numbers of the host copied into it."""
    for at, block in room.blocks.items():
        parts = [name for name, place in room.quantities.items() if place.at == at]
        joined = np.concatenate([np.asarray(numbers[name]) for name in parts], axis=-1)
        block.lying.put(joined)
    begin_with(room, state, states)
    return room


def begin_with(room: Room, state: Mapping[str, Array], states: Mapping[str, int]) -> None:
    """Have the states begin so."""
    for name, before in state.items():
        put(room.before(states[name]), before)
    room.begun.update(state)


def put(there: Numbers, given: Any) -> None:
    """Put numbers there, from the host or the card; those that are zero, as most are, uncopied."""
    if isinstance(given, OnCard):
        there.take(lying(given))
    elif given.any() or np.signbit(given).any():  # -0 is no 0
        there.put(given)
    else:
        there.clear()
