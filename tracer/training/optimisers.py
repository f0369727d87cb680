"""How a gradient changes the weights: the textbook, in NumPy.

The compiled loops do the same (`tracer.kernels.updating.update`); the tests hold them together.
One step takes the gradient of the batch's loss, clips it, shrinks the weights (decay), and moves
them against the gradient.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tracer.cells.activations import Array
from tracer.errors import InputError, UnknownNameError

OPTIMISERS = ("sgd", "momentum", "adam")


@dataclass(frozen=True, slots=True)
class Optimiser:
    """An optimiser and its settings.

    Attributes
    ----------
    name : str
        ``"sgd"``: ``w -= lr * d``.
        ``"momentum"``: ``m = mu * m + d; w -= lr * m`` (Sutskever et al., ICML 2013).
        ``"adam"``: Kingma and Ba, ICLR 2015, algorithm 1.
    learning_rate, momentum, beta2, epsilon : float
        `momentum` is mu, and Adam's beta1.
    weight_decay : float
        ``w *= 1 - lr * decay`` before each step, apart from the gradient (Loshchilov and Hutter,
        ICLR 2019).
    clip_norm : float
        Scales a gradient whose length is greater down to that length; 0 never (Pascanu et al.,
        ICML 2013).
    clip_value : float
        Cuts each number of the gradient to this size; 0 never.

    Raises
    ------
    InputError, UnknownNameError
        If a setting makes no sense.
    """

    name: str = "adam"
    learning_rate: float = 0.01
    momentum: float = 0.9
    beta2: float = 0.999
    epsilon: float = 1e-8
    weight_decay: float = 0.0
    clip_norm: float = 1.0
    clip_value: float = 0.0

    def __post_init__(self) -> None:
        if self.name not in OPTIMISERS:
            raise UnknownNameError("optimiser", self.name, OPTIMISERS)
        ranges = {
            "learning_rate": (0, np.inf),
            "momentum": (0, 1),
            "beta2": (0, 1),
            "epsilon": (0, np.inf),
            "weight_decay": (0, np.inf),
            "clip_norm": (0, np.inf),
            "clip_value": (0, np.inf),
        }
        for name, (low, high) in ranges.items():
            value = getattr(self, name)
            if not low <= value < high:
                raise InputError(f"{name} is {value}; wanted {low} or more, and less than {high}")


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
