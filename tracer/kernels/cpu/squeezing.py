"""Activations and their slopes, in loops that the compiler turns into vector instructions.

Numba's own ``math.exp`` and ``math.tanh`` are calls, one number at a time. Here e^x is
``2^n e^r`` with a whole n and a small r (W. J. Cody, W. Waite, Software Manual for the Elementary
Functions, 1980), then a polynomial. No result is further than 2.5 units in the last place from the
exact one; NaN stays NaN.
"""

from __future__ import annotations

import math
from typing import Any, cast

import numpy as np
from numba import types
from numba.extending import overload

from tracer.cells.activations import ACTIVATIONS, Array
from tracer.kernels.cpu.calls import stand_apart
from tracer.kernels.cpu.jit import compiled
from tracer.kernels.cpu.vectors import ANCHOR, LIFT, fma, lifted_power

# A kernel compares integers faster than strings; both sides count along the same list. Not of type
# int, for whose every constant Numba would compile a kernel of its own.
TANH, RELU, SIGMOID, IDENTITY, HARD_SIGMOID, HARD, HARD_SIGMOID_FIFTH = cast(
    "list[int]", np.arange(len(ACTIVATIONS))
)
CODE = {name: int(code) for code, name in enumerate(ACTIVATIONS)}

_F, _D = np.float32, np.float64

# ln 2 in two parts, the first so short that n times it is exact.
_F_LOG2E, _F_LN2, _F_LN2_REST = _F(1 / math.log(2)), _F(0.693359375), _F(-2.12194440e-4)
_D_LOG2E, _D_LN2, _D_LN2_REST = (
    _D(1 / math.log(2)), _D(6.93147180369123816490e-01), _D(1.90821492927058770002e-10),
)  # fmt: skip
_F_ANCHOR, _D_ANCHOR = _F(ANCHOR[32]), _D(ANCHOR[64])  # adding it rounds to a whole number
_F_LOWER, _D_LOWER = _F(2.0 ** -LIFT[32]), _D(2.0 ** -LIFT[64])  # takes back what was lifted
_F_LEAST, _D_LEAST = _F(-104), _D(-746)  # below, e^x rounds to 0
_F_ONE, _D_ONE = _F(1), _D(1)

# (e^r - 1 - r) / r^2, for |r| up to ln(2) / 2: S. Moshier's Cephes (1984) for float32.
_F_5, _F_4, _F_3, _F_2, _F_1, _F_0 = (
    _F(c)
    for c in (1.9875691500e-4, 1.3981999507e-3, 8.3334519073e-3, 4.1665795894e-2, 1.6666665459e-1,
              5.0000001201e-1)
)  # fmt: skip
# For float64 Taylor's, whose next term is smaller than a rounding.
(
    _D_11, _D_10, _D_9, _D_8, _D_7, _D_6, _D_5, _D_4, _D_3, _D_2, _D_1, _D_0,
) = (_D(1 / math.factorial(n)) for n in range(13, 1, -1))  # fmt: skip


@compiled
def _exp_float32(x: Any) -> Any:
    x = _F_LEAST if x < _F_LEAST else x
    anchored = fma(x, _F_LOG2E, _F_ANCHOR)
    n = anchored - _F_ANCHOR
    r = fma(n, -_F_LN2_REST, fma(n, -_F_LN2, x))
    s = fma(fma(fma(fma(fma(_F_5, r, _F_4), r, _F_3), r, _F_2), r, _F_1), r, _F_0)
    e = fma(s * r, r, r) + _F_ONE
    # In two steps: 2^n alone may be smaller than any normal number.
    return e * lifted_power(anchored) * _F_LOWER


@compiled
def _exp_float64(x: Any) -> Any:
    x = _D_LEAST if x < _D_LEAST else x
    anchored = fma(x, _D_LOG2E, _D_ANCHOR)
    n = anchored - _D_ANCHOR
    r = fma(n, -_D_LN2_REST, fma(n, -_D_LN2, x))
    s = fma(fma(fma(fma(fma(fma(_D_11, r, _D_10), r, _D_9), r, _D_8), r, _D_7), r, _D_6), r, _D_5)
    s = fma(fma(fma(fma(fma(s, r, _D_4), r, _D_3), r, _D_2), r, _D_1), r, _D_0)
    e = fma(s * r, r, r) + _D_ONE
    return e * lifted_power(anchored) * _D_LOWER


# (tanh(z) / z - 1) / z^2 for |z| < 0.625, as a function of q = z^2: Cephes again.
_T_4, _T_3, _T_2, _T_1, _T_0 = (
    _F(c)
    for c in (-5.70498872745e-3, 2.06390887954e-2, -5.37397155531e-2, 1.33314422036e-1,
              -3.33332819422e-1)
)  # fmt: skip
_P_2, _P_1, _P_0 = (
    _D(c)
    for c in (-9.64399179425052238628e-1, -9.92877231001918586564e1, -1.61468768441708447952e3)
)
_Q_2, _Q_1, _Q_0 = (
    _D(c) for c in (1.12811678491632931402e2, 2.23548839060100448583e3, 4.84406305325125486048e3)
)


@compiled
def _curve_float32(q: Any) -> Any:
    return fma(fma(fma(fma(_T_4, q, _T_3), q, _T_2), q, _T_1), q, _T_0)


@compiled
def _curve_float64(q: Any) -> Any:
    top = fma(fma(_P_2, q, _P_1), q, _P_0)
    return top / fma(fma(q + _Q_2, q, _Q_1), q, _Q_0)


def exp(x: Any) -> Any:
    """``e^x`` for x ≤ 0."""
    return _exp_float32(x) if isinstance(x, np.float32) else _exp_float64(x)


def curve(q: Any) -> Any:
    """What tanh(z) bends away from the straight line z, by ``z q``, for q = z² < 0.4."""
    return _curve_float32(q) if isinstance(q, np.float32) else _curve_float64(q)


@overload(exp, strict=False)  # type: ignore[untyped-decorator]
def _exp(x: Any) -> Any:
    # Numba wants a Python function, with the names of `exp`.
    if x == types.float32:
        return lambda x: _exp_float32(x)  # noqa: PLW0108
    return lambda x: _exp_float64(x)  # noqa: PLW0108


@overload(curve, strict=False)  # type: ignore[untyped-decorator]
def _curve(q: Any) -> Any:
    if q == types.float32:
        return lambda q: _curve_float32(q)  # noqa: PLW0108
    return lambda q: _curve_float64(q)  # noqa: PLW0108


@compiled
def squeeze(activation: int, z: Array, out: Array) -> None:
    """``out = activation(z)``, one row."""
    stand_apart()
    one = z.dtype.type(1)
    two = z.dtype.type(2)
    half = z.dtype.type(0.5)
    zero = z.dtype.type(0)
    small = z.dtype.type(0.625)
    if activation == TANH:
        for j in range(z.size):
            v = z[j]
            size = abs(v)
            e = exp(-two * size)  # at most 1: never overflows
            large = one - two * e / (one + e)
            q = v * v
            near = fma(size * q, curve(q), size)  # near 0 no digit may be lost
            out[j] = math.copysign(near if size < small else large, v)
    elif activation == SIGMOID:
        for j in range(z.size):
            e = exp(-abs(z[j]))
            out[j] = (e if z[j] < zero else one) / (one + e)
    elif activation == RELU:
        for j in range(z.size):
            out[j] = zero if z[j] < zero else z[j]
    elif activation == IDENTITY:
        for j in range(z.size):
            out[j] = z[j]
    elif activation == HARD_SIGMOID:
        for j in range(z.size):
            s = z[j] / z.dtype.type(6) + half
            out[j] = zero if s < zero else (one if s > one else s)
    elif activation == HARD_SIGMOID_FIFTH:
        for j in range(z.size):
            s = z.dtype.type(0.2) * z[j] + half
            out[j] = zero if s < zero else (one if s > one else s)
    else:
        for j in range(z.size):
            out[j] = one if z[j] > zero else (zero if z[j] <= zero else z[j])  # NaN stays NaN


@compiled
def slope(activation: int, z: Array, value: Array, out: Array) -> None:
    """``out = activation'(z)``, one row; `value` is ``activation(z)``."""
    stand_apart()
    one = z.dtype.type(1)
    zero = z.dtype.type(0)
    if activation == TANH:
        for j in range(z.size):
            out[j] = one - value[j] * value[j]
    elif activation == SIGMOID:
        for j in range(z.size):
            out[j] = value[j] * (one - value[j])
    elif activation == RELU:
        for j in range(z.size):
            out[j] = one if z[j] > zero else (zero if z[j] <= zero else z[j])  # NaN stays NaN
    elif activation == IDENTITY:
        for j in range(z.size):
            out[j] = one if z[j] == z[j] else z[j]
    elif activation == HARD_SIGMOID:
        for j in range(z.size):
            inside = abs(z[j]) < z.dtype.type(3)
            out[j] = one / z.dtype.type(6) if inside else (zero if z[j] == z[j] else z[j])
    elif activation == HARD_SIGMOID_FIFTH:
        for j in range(z.size):
            inside = abs(z[j]) < z.dtype.type(2.5)
            out[j] = z.dtype.type(0.2) if inside else (zero if z[j] == z[j] else z[j])
    else:  # a hard switch: straight through, with the slope of the sigmoid
        squeeze(SIGMOID, z, out)
        for j in range(z.size):
            out[j] = out[j] * (one - out[j])
