"""The functions that squeeze a sum, and their slopes, for one number on the card.

They are those of `tracer.cells.activations`, with the exact ``exp`` and ``tanh`` of CUDA's
mathematics, at most 2 units in the last place off. NaN stays NaN.
"""

from __future__ import annotations

import math
from functools import cache
from typing import Any, NamedTuple

from tracer.cells.activations import ACTIVATIONS
from tracer.kernels.cuda.package import REAL, on_card

TANH, RELU, SIGMOID, IDENTITY, HARD_SIGMOID, HARD, HARD_SIGMOID_FIFTH = range(len(ACTIVATIONS))
CODE = {name: code for code, name in enumerate(ACTIVATIONS)}
"""A kernel compares numbers; both sides count along the same list."""


class Activations(NamedTuple):
    """``squeeze(activation, z)``, and ``slope(activation, z, value)`` where value is squeezed z."""

    squeeze: Any
    slope: Any


@cache
def activations(dtype: str) -> Activations:
    """Those for numbers of a dtype."""
    real = REAL[dtype]
    zero, half, one, six = real(0), real(0.5), real(1), real(6)
    fifth, three, two_and_a_half = real(0.2), real(3), real(2.5)

    @on_card
    def squeeze(activation: int, z: Any) -> Any:
        if activation == TANH:
            return real(math.tanh(z))
        if activation == SIGMOID:
            e = real(math.exp(-abs(z)))  # at most 1, so neither branch can overflow
            return (e if z < zero else one) / (one + e)
        if activation == RELU:
            return zero if z < zero else z
        if activation == HARD_SIGMOID:
            s = z / six + half
            return zero if s < zero else (one if s > one else s)
        if activation == HARD_SIGMOID_FIFTH:
            s = fifth * z + half
            return zero if s < zero else (one if s > one else s)
        if activation == HARD:
            return one if z > zero else (zero if z <= zero else z)
        return z

    @on_card
    def slope(activation: int, z: Any, value: Any) -> Any:
        if activation == TANH:
            return one - value * value
        if activation == SIGMOID:
            return value * (one - value)
        if activation == RELU:
            return one if z > zero else (zero if z <= zero else z)
        if activation == HARD_SIGMOID:
            return one / six if abs(z) < three else (zero if z == z else z)
        if activation == HARD_SIGMOID_FIFTH:
            return fifth if abs(z) < two_and_a_half else (zero if z == z else z)
        if activation == HARD:  # straight through, with the slope of the sigmoid
            soft = squeeze(SIGMOID, z)
            return soft * (one - soft)
        return one if z == z else z

    return Activations(squeeze, slope)
