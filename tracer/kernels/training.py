"""Training on the CPU: a batch of sentences goes in, two compiled calls learn from it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from tracer.cells.activations import Array
from tracer.kernels import learning, updating
from tracer.kernels.cpu import is_new
from tracer.kernels.squeezing import CODE

WEIGHTS = ("E", "U", "W", "a", "V", "b")
"""The arrays of a network, in the order in which the compiled loops take them."""

RULES: Mapping[str, int] = {
    "sgd": updating.SGD,
    "momentum": updating.MOMENTUM,
    "adam": updating.ADAM,
}
_GRADIENTS: Mapping[str, Any] = {
    "rnn": learning.rnn_gradients,
    "lstm": learning.lstm_gradients,
}
_LOSSES: Mapping[str, Any] = {"rnn": learning.rnn_losses, "lstm": learning.lstm_losses}


class Batch(NamedTuple):
    """Sentences side by side: words, target and weight (T, N), lengths (N,).

    The target is -1 where there is none; the weight is that of the step's loss, and a step of full
    weight counts as an answer.
    """

    words: npt.NDArray[np.int64]
    lengths: npt.NDArray[np.int64]
    target: npt.NDArray[np.int64]
    weight: Array


class Losses(NamedTuple):
    """What a batch gave: loss summed over sentences, right answers, how many counted, and norm."""

    loss: float
    hits: int
    counted: int
    norm: float = 0.0


class Rule(NamedTuple):
    """The numbers of one step of an optimiser; see `tracer.training.optimisers`."""

    name: str
    rate: float
    momentum: float
    beta2: float
    epsilon: float
    decay: float
    clip_norm: float
    clip_value: float


class Memory(NamedTuple):
    """Everything that training changes, as flat arrays of the same length P; and room.

    The weights that are learned are views of theta; their gradients of d_theta. The room, made by
    `room_for`, is where the loops work: memory anew for every batch would cost as much as they do.
    """

    theta: Array
    d_theta: Array
    first: Array
    second: Array
    room: Array


def room_for(cell: str, H: int, steps: int, dtype: str) -> Array:
    """Room to work on batches of at most so many steps, those past the ends included."""
    return np.empty(learning.ROOM[cell] * steps * H, dtype)


def train(
    cell: str,
    activation: str,
    window: int,
    weights: Mapping[str, Array],
    gradients: Mapping[str, Array],
    memory: Memory,
    rule: Rule,
    step: int,
    batch: Batch,
) -> Losses:
    """Learn from one batch, in place; `step` counts from 1. Weights stay where the loss is NaN."""
    for name in WEIGHTS:
        gradients[name].fill(0)
    given = (weights[name] for name in WEIGHTS)
    found = (gradients[name] for name in WEIGHTS)
    loss, hits, counted = _GRADIENTS[cell](
        *batch, CODE[activation], window, *given, *found, memory.room
    )
    norm = updating.update(*memory[:4], RULES[rule.name], step, *rule[1:])
    return Losses(loss, hits, counted, norm)


def losses(cell: str, activation: str, weights: Mapping[str, Array], batch: Batch) -> Losses:
    """Loss and right answers of one batch; nothing is learned."""
    given = (weights[name] for name in WEIGHTS)
    return Losses(*_LOSSES[cell](*batch, CODE[activation], *given))


def needs_compiling(cell: str) -> bool:
    """Whether the first batch will have to compile: no machine code of this cell is cached."""
    return is_new(_GRADIENTS[cell])
