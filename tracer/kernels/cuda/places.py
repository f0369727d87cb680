"""Where every number lies on the card: one buffer for all of a run, and one plan that says where.

A kernel takes the plan, the cell's weights, and a room with all quantities; to hand over each
quantity by itself would take longer than a short sequence does.

The numbers of one kind lie together, step after step and sequence after sequence: (T, N, H), and
(T, N, 4H) for what there is of each gate. A state has one step more, in front, for what it was
before the first: (T + 1, N, H). So has the gradient that comes from the step after, whose first is
that of the initial state.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from numba import int64, types

from tracer.kernels.cuda.weights import Weights

(
    BATCH, HIDDEN, BEGIN, END, WINDOW, W_AT, BIAS,
    STATE_H, STATE_C, Z, GATES, TANH_C, FROM_X,
    D_H_FROM_NEXT, D_C_FROM_NEXT, D_H, D_C,
    D_O, D_TANH_C, D_C_FROM_H, D_I, D_F, D_G, D_Z,
    RAGGED,
) = range(25)  # fmt: skip
"""What stands where in a plan. It is ragged where a sequence ends before the last step."""

PLAN = types.UniTuple(int64, RAGGED + 1)
"""A kernel's type of it."""

NOWHERE = -1
"""The place of what is not kept."""

Plan = tuple[int, ...]
"""As a tuple, its numbers are parameters of a kernel, which are at hand without being loaded."""
WITH_ONE_MORE = frozenset({STATE_H, STATE_C, D_H_FROM_NEXT, D_C_FROM_NEXT})
OF_EACH_GATE = frozenset({Z, GATES, FROM_X, D_Z})


class Place(NamedTuple):
    """The kind of numbers a quantity is among, and of which gate it is."""

    at: int
    gate: int = 0


class Sizes(NamedTuple):
    """T steps of N sequences; H units, and a block of rows of W for each of the gates."""

    T: int
    N: int
    H: int
    blocks: int

    def width(self, at: int) -> int:
        """How many numbers of this kind a step has for each sequence."""
        return self.H * (self.blocks if at in OF_EACH_GATE else 1)

    def numbers(self, at: int) -> int:
        """How many there are in all."""
        return (self.T + (at in WITH_ONE_MORE)) * self.N * self.width(at)


def laid_out(sizes: Sizes, kinds: Iterable[int]) -> tuple[dict[int, int], int]:
    """Where each of these kinds begins, one after the other, and how many numbers that makes."""
    places, total = {}, 0
    for at in dict.fromkeys(kinds):
        places[at] = total
        total += sizes.numbers(at)
    return places, total


def plan_of(sizes: Sizes, places: Mapping[int, int], at: Weights, **more: int) -> Plan:
    """The plan of a run, with the places of the weights `at`; what has no place is `NOWHERE`.

    `more` is any of ``begin end window ragged``.
    """
    plan = [NOWHERE] * len(PLAN)
    plan[BATCH], plan[HIDDEN], plan[W_AT], plan[BIAS] = sizes.N, sizes.H, at.W, at.a
    plan[BEGIN], plan[END] = more.get("begin", 0), more.get("end", sizes.T)
    plan[WINDOW], plan[RAGGED] = more.get("window", 0), more.get("ragged", 0)
    for kind, place in places.items():
        plan[kind] = place
    return tuple(plan)
