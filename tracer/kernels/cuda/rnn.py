"""The step of the RNN for one unit of one sequence on the card, forward and backward.

The loops over time, which hand the steps their sums z, are in `tile` and `grid`.
"""

from __future__ import annotations

from functools import cache
from types import MappingProxyType
from typing import Any

from tracer.kernels.cuda.activations import activations
from tracer.kernels.cuda.package import on_card
from tracer.kernels.cuda.places import (
    BATCH,
    D_H,
    D_H_FROM_NEXT,
    D_Z,
    HIDDEN,
    OPTION,
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
def steps(dtype: str) -> Steps:
    """The steps for numbers of a dtype."""
    f, slope = activations(dtype)

    @on_card
    def squeeze(option: int, _q: int, z: Any) -> Any:
        return f(option, z)

    @on_card
    def update(
        gates: Any, at: int, _apart: int, nothing: Any, _plan: Any, _room: Any, _unit: int
    ) -> Any:
        h = gates[at]  # f(z)
        return h, nothing

    @on_card
    def update_back(
        plan: Any, numbers: Any, _gradients: Any, d_z: Any, at: int, _apart: int,
        unit: int, _wide: int, d_h: Any, nothing: Any, _c_prev: Any,
    ) -> Any:  # fmt: skip
        z, h = numbers[plan[Z] + unit], numbers[plan[STATE_H] + plan[BATCH] * plan[HIDDEN] + unit]

        # h = f(z)
        d_z[at] = d_h * slope(plan[OPTION], z, h)
        return nothing

    return Steps(squeeze, update, update_back)
