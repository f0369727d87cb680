"""How a gradient changes the weights: the textbook, in NumPy.

The compiled loops do the same (`tracer.kernels.learning.updating.update`); tests compare the two.
One step takes the gradient of the batch's loss, clips it, shrinks the weights (decay), and moves
them against the gradient.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tracer.cells.activations import Array
from tracer.training.optimisers import Optimiser


@dataclass
class Moments:
    """What an optimiser remembers between steps: two arrays of the size of the weights."""

    first: Array
    second: Array


def clipped(d: Array, optimiser: Optimiser) -> Array:
    """The gradient, scaled to the norm allowed and cut to the value allowed."""
    norm = np.sqrt((d.astype(np.float64) ** 2).sum())
    if 0 < optimiser.clip_norm < norm:
        d = d * d.dtype.type(optimiser.clip_norm / norm)
    cut: Array = np.clip(d, -optimiser.clip_value, optimiser.clip_value)
    return cut if optimiser.clip_value else d


def updated(w: Array, d: Array, moments: Moments, optimiser: Optimiser, step: int) -> Array:
    """The weights after one step with gradient `d`; `step` counts from 1, `moments` changes."""
    lr, mu, beta2 = optimiser.learning_rate, optimiser.momentum, optimiser.beta2
    d = clipped(d, optimiser)
    w = w * (1 - lr * optimiser.weight_decay)
    if optimiser.name == "sgd":
        return w - lr * d
    if optimiser.name == "momentum":
        moments.first = mu * moments.first + d
        return w - lr * moments.first
    moments.first = mu * moments.first + (1 - mu) * d
    moments.second = beta2 * moments.second + (1 - beta2) * d**2
    m = moments.first / (1 - mu**step)
    v = moments.second / (1 - beta2**step)
    moved: Array = w - lr * m / (np.sqrt(v) + optimiser.epsilon)
    return moved
