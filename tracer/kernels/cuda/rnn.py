"""The step of the RNN for one unit of one sequence on the card, forward and backward.

The loops over time, which hand the steps their sums z, are in `tile` and `grid`.
"""

from __future__ import annotations

from functools import cache
from types import MappingProxyType
from typing import Any

from tracer.kernels.cuda.activations import activation
from tracer.kernels.cuda.package import on_card
from tracer.kernels.cuda.places import (
    BATCH,
    D_H,
    D_H_FROM_NEXT,
    D_Z,
    HIDDEN,
    STATE_H,
    Place,
    Z,
)
from tracer.kernels.cuda.steps import Steps

BLOCKS = 1

FORWARD = MappingProxyType({"z": Place(Z), "h": Place(STATE_H)})

BACKWARD = MappingProxyType(
    {"d_h_from_next": Place(D_H_FROM_NEXT), "d_h": Place(D_H), "d_z": Place(D_Z)}
)


@cache
def steps(dtype: str, option: str) -> Steps:
    """The steps for numbers of a dtype, with this activation."""
    f, slope = activation(dtype, option)

    @on_card
    def squeeze(_q: int, z: Any) -> Any:
        return f(z)

    @on_card
    def update(
        gates: Any, at: int, _apart: int, nothing: Any, _plan: Any, _room: Any, _unit: int
    ) -> Any:
        h = gates[at]  # f(z)
        return h, nothing

    @on_card
    def read_back(plan: Any, numbers: Any, unit: int, _wide: int, into: Any, at: int) -> None:
        into[at] = numbers[plan[Z] + unit]
        into[at + 1] = numbers[plan[STATE_H] + plan[BATCH] * plan[HIDDEN] + unit]

    @on_card
    def back(
        _plan: Any, given: Any, first: int, _gradients: Any, d_z: Any, at: int, _apart: int,
        _unit: int, d_h: Any, nothing: Any,
    ) -> Any:  # fmt: skip
        z, h = given[first], given[first + 1]

        # h = f(z)
        d_z[at] = d_h * slope(z, h)
        return nothing

    @on_card
    def ended(_plan: Any, _gradients: Any, _unit: int) -> None:
        pass  # besides d_z it has none

    return Steps(dtype, BLOCKS, 2, squeeze, update, read_back, back, ended)
