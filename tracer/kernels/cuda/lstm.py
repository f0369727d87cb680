"""The step of the LSTM for one unit of one sequence on the card, forward and backward.

The loops over time, which hand the steps their sums z, are in `tile` and `grid`.
"""

from __future__ import annotations

from functools import cache
from types import MappingProxyType
from typing import Any

from tracer.kernels.cuda.activations import activation
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
def steps(dtype: str, option: str) -> Steps:
    """The steps for numbers of a dtype, with this activation of the gates."""
    σ, σ_slope = activation(dtype, option)
    tanh, tanh_slope = activation(dtype, "tanh")
    zero, one = REAL[dtype](0), REAL[dtype](1)

    @on_card
    def squeeze(q: int, z: Any) -> Any:
        return tanh(z) if q == G else σ(z)

    @on_card
    def update(
        gates: Any, at: int, apart: int, c_prev: Any, plan: Any, room: Any, unit: int
    ) -> Any:
        i, f = gates[at + I * apart], gates[at + F * apart]
        g, o = gates[at + G * apart], gates[at + O * apart]

        c = f * c_prev + i * g
        tanh_c = tanh(c)
        h = o * tanh_c

        if plan[TANH_C] != NOWHERE:
            room[plan[TANH_C] + unit] = tanh_c
        return h, c

    @on_card
    def read_back(plan: Any, numbers: Any, unit: int, wide: int, into: Any, at: int) -> None:
        for q in range(BLOCKS):
            into[at + q] = numbers[plan[Z] + wide + q * plan[HIDDEN]]
            into[at + BLOCKS + q] = numbers[plan[GATES] + wide + q * plan[HIDDEN]]
        into[at + 2 * BLOCKS] = numbers[plan[TANH_C] + unit]
        into[at + 2 * BLOCKS + 1] = numbers[plan[STATE_C] + unit]  # of the step before

    @on_card
    def back(
        plan: Any, given: Any, first: int, gradients: Any, d_z: Any, at: int, apart: int,
        unit: int, d_h: Any, d_c_from_next: Any,
    ) -> Any:  # fmt: skip
        values = first + BLOCKS
        z_i, i = given[first + I], given[values + I]
        z_f, f = given[first + F], given[values + F]
        z_g, g = given[first + G], given[values + G]
        z_o, o = given[first + O], given[values + O]
        tanh_c, c_prev = given[values + BLOCKS], given[values + BLOCKS + 1]

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

        d_z[at + I * apart] = d_i * σ_slope(z_i, i)
        d_z[at + F * apart] = d_f * σ_slope(z_f, f)
        d_z[at + G * apart] = d_g * tanh_slope(z_g, g)
        d_z[at + O * apart] = d_o * σ_slope(z_o, o)

        gradients[plan[D_O] + unit] = d_o
        gradients[plan[D_TANH_C] + unit] = d_tanh_c
        gradients[plan[D_C_FROM_H] + unit] = d_c_from_h
        gradients[plan[D_C] + unit] = d_c
        gradients[plan[D_I] + unit] = d_i
        gradients[plan[D_F] + unit] = d_f
        gradients[plan[D_G] + unit] = d_g
        return d_c_prev

    @on_card
    def ended(plan: Any, gradients: Any, unit: int) -> None:
        gradients[plan[D_O] + unit] = zero
        gradients[plan[D_TANH_C] + unit] = zero
        gradients[plan[D_C_FROM_H] + unit] = zero
        gradients[plan[D_I] + unit] = zero
        gradients[plan[D_F] + unit] = zero
        gradients[plan[D_G] + unit] = zero

    return Steps(dtype, BLOCKS, 2 * BLOCKS + 2, squeeze, update, read_back, back, ended)
