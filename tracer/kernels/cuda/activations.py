"""The functions that squeeze a sum, and their slopes, for one number on the card.

They are those of `tracer.cells.activations`, with the exact ``exp`` and ``tanh`` of CUDA's
mathematics, at most 2 units in the last place off. NaN stays NaN.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import cache
from typing import Any, NamedTuple

from tracer.kernels.cuda.package import REAL, on_card


class Activation(NamedTuple):
    """``squeeze(z)``, and ``slope(z, value)`` where value is squeezed z."""

    squeeze: Any
    slope: Any


@cache
def activation(dtype: str, name: str) -> Activation:
    """The one of this name, for numbers of a dtype."""
    squeeze, slope = _named(dtype)[name]
    return Activation(on_card(squeeze), on_card(slope))


@cache
def _named(dtype: str) -> dict[str, tuple[Callable[..., Any], Callable[..., Any]]]:
    real = REAL[dtype]
    zero, half, one, six = real(0), real(0.5), real(1), real(6)
    fifth, three, two_and_a_half = real(0.2), real(3), real(2.5)

    def tanh(z: Any) -> Any:
        return real(math.tanh(z))

    def tanh_slope(_z: Any, value: Any) -> Any:
        return one - value * value

    def sigmoid(z: Any) -> Any:
        e = real(math.exp(-abs(z)))  # at most 1, so neither branch can overflow
        return (e if z < zero else one) / (one + e)

    def sigmoid_slope(_z: Any, value: Any) -> Any:
        return value * (one - value)

    def relu(z: Any) -> Any:
        return zero if z < zero else z

    def relu_slope(z: Any, _value: Any) -> Any:
        return one if z > zero else (zero if z <= zero else z)

    def identity(z: Any) -> Any:
        return z

    def identity_slope(z: Any, _value: Any) -> Any:
        return one if z == z else z

    def hard_sigmoid(z: Any) -> Any:
        s = z / six + half
        return zero if s < zero else (one if s > one else s)

    def hard_sigmoid_slope(z: Any, _value: Any) -> Any:
        return one / six if abs(z) < three else (zero if z == z else z)

    def hard_sigmoid_fifth(z: Any) -> Any:
        s = fifth * z + half
        return zero if s < zero else (one if s > one else s)

    def hard_sigmoid_fifth_slope(z: Any, _value: Any) -> Any:
        return fifth if abs(z) < two_and_a_half else (zero if z == z else z)

    def hard(z: Any) -> Any:
        return one if z > zero else (zero if z <= zero else z)

    def hard_slope(z: Any, _value: Any) -> Any:  # straight through, with the slope of the sigmoid
        e = real(math.exp(-abs(z)))
        soft = (e if z < zero else one) / (one + e)
        return soft * (one - soft)

    return {
        "tanh": (tanh, tanh_slope),
        "relu": (relu, relu_slope),
        "sigmoid": (sigmoid, sigmoid_slope),
        "identity": (identity, identity_slope),
        "hard-sigmoid": (hard_sigmoid, hard_sigmoid_slope),
        "hard": (hard, hard_slope),
        "hard-sigmoid-0.2": (hard_sigmoid_fifth, hard_sigmoid_fifth_slope),
    }
