"""The functions that squeeze a sum into a switch (0..1) or into information (-1..1).

A NaN that goes in comes out: a trace must show where it began.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

Array: TypeAlias = npt.NDArray[np.floating[Any]]


def sigmoid(z: Array) -> Array:
    """``σ(z) = 1 / (1 + e^(-z))``, in the form that never overflows (Goodfellow 3.30)."""
    e = np.exp(-np.abs(z))  # at most 1, so neither branch can overflow
    squeezed: Array = np.where(z < 0, e, 1) / (1 + e)
    return squeezed


def tanh(z: Array) -> Array:
    """Hyperbolic tangent, in -1..1."""
    return np.tanh(z)


def relu(z: Array) -> Array:
    """``max(0, z)``."""
    return np.maximum(z, 0)


def identity(z: Array) -> Array:
    """``z`` itself: a linear cell."""
    return z.copy()


def hard_sigmoid(z: Array) -> Array:
    """Straight-line sigmoid ``clip(z/6 + 1/2, 0, 1)``, as in PyTorch and Keras 3."""
    return np.clip(z / 6 + 0.5, 0, 1).astype(z.dtype, copy=False)


def hard_sigmoid_fifth(z: Array) -> Array:
    """Straight-line sigmoid ``clip(0.2 z + 1/2, 0, 1)``, as in Keras 2 and, unless told, ONNX."""
    return np.clip(z.dtype.type(0.2) * z + z.dtype.type(0.5), 0, 1)


def hard(z: Array) -> Array:
    """A switch that is only ever on or off: 1 where ``z > 0``, else 0. NaN stays NaN."""
    return np.where(np.isnan(z), z, z > 0).astype(z.dtype, copy=False)


ACTIVATIONS: Mapping[str, Callable[[Array], Array]] = MappingProxyType(
    {
        "tanh": tanh,
        "relu": relu,
        "sigmoid": sigmoid,
        "identity": identity,
        "hard-sigmoid": hard_sigmoid,
        "hard": hard,
        "hard-sigmoid-0.2": hard_sigmoid_fifth,
    }
)
"""Every activation, by the name that cells and files use."""


def _sigmoid_slope(z: Array) -> Array:
    s = sigmoid(z)
    slope: Array = s * (1 - s)
    return slope


def _tanh_slope(z: Array) -> Array:
    slope: Array = 1 - np.tanh(z) ** 2
    return slope


def _relu_slope(z: Array) -> Array:
    return np.where(np.isnan(z), z, z > 0).astype(z.dtype, copy=False)


def _identity_slope(z: Array) -> Array:
    return np.where(np.isnan(z), z, 1).astype(z.dtype, copy=False)


def _hard_sigmoid_slope(z: Array) -> Array:
    inside = (z > -3) & (z < 3)
    return np.where(np.isnan(z), z, inside / 6).astype(z.dtype, copy=False)


def _hard_sigmoid_fifth_slope(z: Array) -> Array:
    inside = (z > -2.5) & (z < 2.5)
    return np.where(np.isnan(z), z, inside * z.dtype.type(0.2)).astype(z.dtype, copy=False)


SLOPES: Mapping[str, Callable[[Array], Array]] = MappingProxyType(
    {
        "tanh": _tanh_slope,
        "relu": _relu_slope,
        "sigmoid": _sigmoid_slope,
        "identity": _identity_slope,
        "hard-sigmoid": _hard_sigmoid_slope,
        "hard": _sigmoid_slope,  # straight-through
        "hard-sigmoid-0.2": _hard_sigmoid_fifth_slope,
    }
)
"""The derivative of every activation, as a function of z.

A hard switch is flat wherever it has a derivative, so nothing could be learned through it. The
backward pass takes the slope of the sigmoid instead, as if the switch had been soft: the
straight-through estimator (Y. Bengio, N. Leonard, A. Courville, arXiv 1308.3432, 2013).
"""

STRAIGHT_THROUGH = frozenset({"hard"})
"""The activations whose slope in the backward pass is not their own."""
