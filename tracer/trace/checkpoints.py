"""What a long run keeps of itself: its state every √T steps. From there any step is run again.

A run of 10^6 steps then keeps a thousand states, and a look at any one of its steps costs a
thousand steps of computing at most.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from math import isqrt
from typing import Any

import numpy as np
import numpy.typing as npt

from tracer.cells import Cell
from tracer.cells.activations import Array
from tracer.cells.parameters import freeze
from tracer.equations import LEVELS
from tracer.kernels.device import Device, on_host

CHECKPOINTS, STATES = LEVELS[:2]


@dataclass(frozen=True, eq=False)
class Checkpoints:
    """The state before some of the steps; that before step 0 is the run's own initial state.

    Attributes
    ----------
    steps : int array (C,)
        In rising order, each within 1..T-1.
    states : mapping
        Each (C, N, H).
    gradients : mapping
        What comes back to the last step of each window from the step after it: under ``"h"`` the
        d_h_from_next there. Each (C + 1, N, H); empty where nothing went backward.
    """

    steps: npt.NDArray[np.int64] = field(default_factory=lambda: np.empty(0, np.int64))
    states: Mapping[str, Array] = field(default_factory=dict)
    gradients: Mapping[str, Array] = field(default_factory=dict)

    def __post_init__(self) -> None:
        freeze((self.steps, *self.states.values(), *self.gradients.values()))

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self.__post_init__()

    def __len__(self) -> int:
        return len(self.steps)

    def windows(self, T: int) -> Iterator[tuple[int, int]]:
        """The steps start..stop between one checkpoint and the next, for all T steps."""
        return pairwise([0, *self.steps.tolist(), T])

    def around(self, t: int, T: int) -> tuple[int, int]:
        """The window in which step t lies."""
        after = int(np.searchsorted(self.steps, t, side="right"))
        start = int(self.steps[after - 1]) if after else 0
        return start, int(self.steps[after]) if after < len(self) else T

    def before(self, t: int, initial: Mapping[str, Array]) -> Mapping[str, Array]:
        """The state before step t, which is 0 or one of `steps`."""
        if t == 0:
            return initial
        at = int(np.searchsorted(self.steps, t))
        return {name: states[at] for name, states in self.states.items()}

    def after(self, stop: int, T: int) -> Mapping[str, Array] | None:
        """What comes back to step ``stop - 1``; None where no window ends with it."""
        at = int(np.searchsorted(self.steps, stop))
        if stop < T and (at == len(self) or self.steps[at] != stop):
            return None
        return {name: back[at] for name, back in self.gradients.items()}

    def cut(
        self, start: int, stop: int, batch: slice, back: Mapping[str, Array] | None = None
    ) -> Checkpoints:
        """Those inside the steps start..stop, counted from `start`; `back` comes back to them."""
        first, last = np.searchsorted(self.steps, [start + 1, stop]).tolist()
        return Checkpoints(
            self.steps[first:last] - start,
            {name: states[first:last, batch] for name, states in self.states.items()},
            {
                name: np.concatenate([self.gradients[name][first:last], d[np.newaxis]])[:, batch]
                for name, d in (back or {}).items()
            },
        )

    def joined(self) -> Checkpoints:
        """As of a run that has one window."""
        return Checkpoints(gradients={name: back[-1:] for name, back in self.gradients.items()})


NO_CHECKPOINTS = Checkpoints()


def distance(T: int) -> int:
    """How many steps lie between two checkpoints of a run of T steps."""
    return isqrt(T)


def steps_of(T: int) -> npt.NDArray[np.int64]:
    """The steps of a run of T steps before which the state is kept."""
    return np.arange(distance(T), T, distance(T))


def in_windows(
    module: Device,
    cell: Cell,
    x: Array,
    state: Mapping[str, Array],
    lengths: npt.NDArray[np.int64],
    level: str,
    steps: int,
) -> Iterator[tuple[int, Array, dict[str, Array]]]:
    """Run so many `steps` at a time, each time from the state that the last ones left.

    Yields the first step, its window of x (n, N, D), and what `level` stores of it, each
    (n, N, H). The numbers are those of one long run, to the bit.
    """
    stored = STATES if level == CHECKPOINTS else level
    for start in range(0, len(x), steps):
        rows = np.array(x[start : start + steps], cell.W.dtype, order="C")
        # np.clip takes as long as the steps of a short window
        real = np.minimum(np.maximum(lengths - start, 0), len(rows))
        made = module.forward(cell, rows, state, real, stored)
        found = {name: on_host(numbers) for name, numbers in made.items()}
        state = {name: found[name][-1] for name in state}
        yield start, rows, found


def checkpointed(
    module: Device,
    cell: Cell,
    x: Array,
    state: Mapping[str, Array],
    lengths: npt.NDArray[np.int64],
) -> Checkpoints:
    """Run over all steps of x (T, N, D) and keep the checkpoints."""
    T = len(x)
    every, steps = distance(T), steps_of(T)
    states = {
        name: np.empty((len(steps), *before.shape), x.dtype) for name, before in state.items()
    }
    for start, _rows, found in in_windows(module, cell, x, state, lengths, CHECKPOINTS, every):
        after = start // every
        if after < len(steps):
            for name, kept in states.items():
                kept[after] = found[name][-1]
    return Checkpoints(steps, states)
