"""The step of the LSTM for one unit of one sequence on the card, forward and backward.

The loops over time, which hand the steps their sums z, are in `tile` and `grid`.
"""

from __future__ import annotations

from functools import cache
from types import MappingProxyType
from typing import Any

from tracer.kernels.cuda.activations import TANH, activations
from tracer.kernels.cuda.package import REAL, on_card
from tracer.kernels.cuda.places import (
    D_C,
    D_C_FROM_H,
    D_C_FROM_NEXT,
    D_F,
    D_G,
    D_H,
    D_H_FROM_NEXT,
    D_I,
    D_O,
    D_TANH_C,
    D_Z,
    GATES,
    HIDDEN,
    NOWHERE,
    OPTION,
    STATE_C,
    STATE_H,
    TANH_C,
    Place,
    Z,
)
from tracer.kernels.cuda.steps import Steps

BLOCKS = 4
I, F, G, O = range(BLOCKS)

FORWARD = MappingProxyType({
    "z_i": Place(Z, I), "i": Place(GATES, I),
    "z_f": Place(Z, F), "f": Place(GATES, F),
    "z_g": Place(Z, G), "g": Place(GATES, G),
    "z_o": Place(Z, O), "o": Place(GATES, O),
    "c": Place(STATE_C), "tanh_c": Place(TANH_C), "h": Place(STATE_H),
})  # fmt: skip

BACKWARD = MappingProxyType({
    "d_h_from_next": Place(D_H_FROM_NEXT), "d_h": Place(D_H), "d_o": Place(D_O),
    "d_tanh_c": Place(D_TANH_C), "d_c_from_h": Place(D_C_FROM_H),
    "d_c_from_next": Place(D_C_FROM_NEXT), "d_c": Place(D_C),
    "d_i": Place(D_I), "d_f": Place(D_F), "d_g": Place(D_G),
    "d_z_i": Place(D_Z, I), "d_z_f": Place(D_Z, F), "d_z_g": Place(D_Z, G), "d_z_o": Place(D_Z, O),
})  # fmt: skip


@cache
def steps(dtype: str) -> Steps:
    """The steps for numbers of a dtype."""
    σ, slope = activations(dtype)
    one = REAL[dtype](1)

    @on_card
    def squeeze(gate: int, q: int, z: Any) -> Any:
        return σ(TANH if q == G else gate, z)

    @on_card
    def update(
        gates: Any, at: int, apart: int, c_prev: Any, plan: Any, room: Any, unit: int
    ) -> Any:
        i, f = gates[at + I * apart], gates[at + F * apart]
        g, o = gates[at + G * apart], gates[at + O * apart]

        c = f * c_prev + i * g
        tanh_c = σ(TANH, c)
        h = o * tanh_c

        if plan[TANH_C] != NOWHERE:
            room[plan[TANH_C] + unit] = tanh_c
        return h, c

    @on_card
    def update_back(
        plan: Any, numbers: Any, gradients: Any, d_z: Any, at: int, apart: int,
        unit: int, wide: int, d_h: Any, d_c_from_next: Any, c_prev: Any,
    ) -> Any:  # fmt: skip
        H, gate = plan[HIDDEN], plan[OPTION]
        z, values = plan[Z] + wide, plan[GATES] + wide
        z_i, i = numbers[z + I * H], numbers[values + I * H]
        z_f, f = numbers[z + F * H], numbers[values + F * H]
        z_g, g = numbers[z + G * H], numbers[values + G * H]
        z_o, o = numbers[z + O * H], numbers[values + O * H]
        tanh_c = numbers[plan[TANH_C] + unit]

        # h = o * tanh_c
        d_o = d_h * tanh_c
        d_tanh_c = d_h * o
        d_c_from_h = d_tanh_c * (one - tanh_c * tanh_c)
        d_c = d_c_from_h + d_c_from_next

        # c = f * c_prev + i * g
        d_i = d_c * g
        d_f = d_c * c_prev
        d_g = d_c * i
        d_c_prev = d_c * f

        d_z[at + I * apart] = d_i * slope(gate, z_i, i)
        d_z[at + F * apart] = d_f * slope(gate, z_f, f)
        d_z[at + G * apart] = d_g * slope(TANH, z_g, g)
        d_z[at + O * apart] = d_o * slope(gate, z_o, o)

        gradients[plan[D_O] + unit] = d_o
        gradients[plan[D_TANH_C] + unit] = d_tanh_c
        gradients[plan[D_C_FROM_H] + unit] = d_c_from_h
        gradients[plan[D_C] + unit] = d_c
        gradients[plan[D_I] + unit] = d_i
        gradients[plan[D_F] + unit] = d_f
        gradients[plan[D_G] + unit] = d_g
        return d_c_prev

    return Steps(squeeze, update, update_back)
