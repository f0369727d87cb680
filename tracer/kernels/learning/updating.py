"""The compiled step of an optimiser; the tests have the same rules in NumPy."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from tracer.cells.activations import Array
from tracer.kernels.cpu.jit import compiled

SGD, MOMENTUM, ADAM = range(3)


@compiled
def _clipped(d_theta: Array, j: int, scale: Any, most: Any) -> Any:
    return min(max(d_theta[j] * scale, -most), most)


@compiled
def _squares(d: Array) -> float:
    """``sum(d**2)`` in float64; many sums side by side, or each would wait for the one before."""
    sums = np.zeros(64)
    whole = d.size - d.size % sums.size
    for start in range(0, whole, sums.size):
        block = d[start : start + sums.size]
        for j in range(sums.size):
            sums[j] += float(block[j]) * float(block[j])
    total = 0.0
    for j in range(sums.size):
        total += sums[j]
    for j in range(whole, d.size):
        total += float(d[j]) * float(d[j])
    return total


@compiled
def update(
    theta: Array, d_theta: Array, first: Array, second: Array, rule: int, step: int,
    rate: float, momentum: float, beta2: float, epsilon: float, decay: float,
    clip_norm: float, clip_value: float,
) -> float:  # fmt: skip
    """Clip the gradient, then take one step of the optimiser; returns the norm before clipping.

    Nothing is changed where the norm is not finite.
    """
    norm = math.sqrt(_squares(d_theta))
    if not math.isfinite(norm):
        return norm
    kind = theta.dtype.type
    scale = kind(clip_norm / norm) if 0 < clip_norm < norm else kind(1)
    most = kind(clip_value) if clip_value > 0 else kind(np.inf)
    keep = kind(1 - rate * decay)
    lr, mu, nu, eps = kind(rate), kind(momentum), kind(beta2), kind(epsilon)
    one = kind(1)
    lr1 = lr / kind(1 - momentum**step)
    correct2 = one / kind(math.sqrt(1 - beta2**step))
    if rule == SGD:
        for j in range(theta.size):
            theta[j] = theta[j] * keep - lr * _clipped(d_theta, j, scale, most)
    elif rule == MOMENTUM:
        for j in range(theta.size):
            first[j] = mu * first[j] + _clipped(d_theta, j, scale, most)
            theta[j] = theta[j] * keep - lr * first[j]
    else:
        for j in range(theta.size):
            d = _clipped(d_theta, j, scale, most)
            first[j] = mu * first[j] + (one - mu) * d
            second[j] = nu * second[j] + (one - nu) * d * d
            theta[j] = theta[j] * keep - lr1 * first[j] / (math.sqrt(second[j]) * correct2 + eps)
    return norm
