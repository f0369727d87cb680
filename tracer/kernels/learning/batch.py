"""Training on the CPU: a batch of sentences goes in, one compiled call learns from it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from operator import itemgetter
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from tracer.cells.activations import Array
from tracer.kernels.cpu.arrays import Places
from tracer.kernels.cpu.cells import CompiledCell, compiled_cell
from tracer.kernels.cpu.device import is_new
from tracer.kernels.cpu.squeezing import CODE
from tracer.kernels.learning import learning, updating
from tracer.kernels.learning.steps import SLACK

WEIGHTS = ("E", "U", "W", "a", "V", "b")
"""The arrays of a network, in the order in which the compiled loops take them."""

_in_order = itemgetter(*WEIGHTS)

RULES: Mapping[str, int] = {
    "sgd": updating.SGD,
    "momentum": updating.MOMENTUM,
    "adam": updating.ADAM,
}


class Batch(NamedTuple):
    """N sentences side by side, the longest first, as S rows: step after step of all of them.

    words, target and weight are (S,): first the N first words, then the second words of those that
    have one, and so on; running (T,) says how many those are. The target is -1 where there is none;
    the weight is that of the step's loss, and a step of full weight counts as an answer.
    """

    words: npt.NDArray[np.int64]
    running: npt.NDArray[np.int64]
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


@cache
def _learn(cell: CompiledCell) -> Callable[..., Any]:
    return cell.loop(learning.learn)


@cache
def _losses(cell: CompiledCell) -> Callable[..., Any]:
    return cell.loop(learning.losses)


@cache
def _codes(cell: CompiledCell, activation: str) -> Places:
    """The codes of the cell's options: the first is chosen, any other has its first choice."""
    chosen = [choices[0] for choices in cell.equations.options.values()]
    chosen[:1] = [activation] if chosen else []
    return np.array([CODE[option] for option in chosen], np.int64)


def room_size(cell: str, H: int, steps: int, sentences: int) -> int:
    """How many numbers `room_for` has room for: of each quantity, and of the gradient of each z."""
    made = compiled_cell(cell)
    rows = len(made.forward) * (steps + sentences) + len(made.sums) * steps
    return (rows + (1 + len(made.sums)) * SLACK) * H


def room_for(cell: str, H: int, steps: int, sentences: int, dtype: str) -> Array:
    """Room to work on batches of at most so many sentences, and of so many steps in all."""
    return np.zeros(room_size(cell, H, steps, sentences), dtype)


def learn(
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
    """Learn from one batch, in place; `step` counts from 1.

    Where the norm of the gradient is not finite the weights stay.

    The gradient of E has no rows where E is not learned.
    """
    made = compiled_cell(cell)
    return Losses(
        *_learn(made)(
            *batch, _codes(made, activation), window,
            *_in_order(weights), *_in_order(gradients), memory.room,
            made.states, made.wholes, made.meets, made.h_at,
            *memory[:4], RULES[rule.name], step, *rule[1:],
        )
    )  # fmt: skip


def losses(cell: str, activation: str, weights: Mapping[str, Array], batch: Batch) -> Losses:
    """Loss and right answers of one batch; nothing is learned."""
    made = compiled_cell(cell)
    return Losses(
        *_losses(made)(
            *batch, _codes(made, activation), *_in_order(weights), made.states, made.h_at
        )
    )


def needs_compiling(cell: str, dtype: str) -> bool:
    """Whether the first batch will have to compile: this cell has no machine code for the dtype."""
    made = compiled_cell(cell)
    return is_new(_learn(made), dtype) or is_new(_losses(made), dtype)
