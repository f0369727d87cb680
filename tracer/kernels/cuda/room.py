"""All numbers of a run on the card, in one buffer, and its quantities by name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from tracer.cells.activations import Array
from tracer.kernels.cuda.oncard import Block, OnCard
from tracer.kernels.cuda.package import room_for
from tracer.kernels.cuda.places import WITH_ONE_MORE, Place, Sizes, laid_out


@dataclass(frozen=True, eq=False)
class Room:
    """A buffer on the card, and where which numbers begin in it.

    Attributes
    ----------
    numbers : device array
        Flat.
    sizes : Sizes
    quantities : mapping
        The place of each quantity that is kept, by name.
    places : mapping
        Where each kind of numbers begins.
    """

    numbers: Any
    sizes: Sizes
    quantities: Mapping[str, Place]
    places: Mapping[int, int]

    def before(self, at: int) -> Any:
        """What is before the first step, (N, H) numbers."""
        return self.numbers[self.places[at] : self.places[at] + self.sizes.N * self.sizes.H]

    def after(self, at: int) -> Any:
        """What is after the last step, (N, H) numbers."""
        end = self.places[at] + self.sizes.numbers(at)
        return self.numbers[end - self.sizes.N * self.sizes.H : end]

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
            shape = (T, N, self.sizes.width(at))
            blocks[at] = Block(self.numbers[first : start + self.sizes.numbers(at)], shape)
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
    return Room(room_for(total + scratch, dtype), sizes, quantities, places), total


def filled(
    room: Room, numbers: Mapping[str, Array], state: Mapping[str, Array], states: Mapping[str, int]
) -> Room:
    """The room, with numbers of the host copied into it."""
    import numpy as np

    for at, block in room.blocks.items():
        parts = [name for name, place in room.quantities.items() if place.at == at]
        joined = np.concatenate([np.asarray(numbers[name]) for name in parts], axis=-1)
        block.lying.copy_to_device(np.ascontiguousarray(joined).reshape(-1))
    for name, before in state.items():
        room.before(states[name]).copy_to_device(np.ascontiguousarray(before).reshape(-1))
    return room
