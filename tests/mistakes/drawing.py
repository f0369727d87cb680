"""Inputs that tell mistakes apart, with sizes that all differ; and what a student returns."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from tracer.cells.activations import Array
from tracer.errors import InputError
from tracer.mistakes import Run
from tracer.program import Program, program_of

SIZES = {"T": 4, "N": 3, "D": 5, "H": 2, "K": 7}


def draw(program: Program, seed: int, *, ragged: bool = False, **sizes: int) -> dict[str, Array]:
    """Everything that a program can be given, at random; `sizes` are by letter."""
    rng = np.random.default_rng(seed)
    size = SIZES | sizes
    T, N = size["T"], size["N"]
    given: dict[str, Any] = {}
    for name, axes in program.given.items():
        shape = tuple(int(axis[:-1] or 1) * size[axis[-1]] for axis in axes)
        given[name] = rng.normal(size=shape) * 0.8
    if not program.carries:
        return {name: _of_update(name, array, rng) for name, array in given.items()}
    given["label"] = rng.integers(0, size["K"], (T, N))
    given["label_T"] = rng.integers(0, size["K"], N)
    given["lengths"] = np.array([T, *rng.integers(1, T, N - 1)]) if ragged else np.full(N, T)
    given["mask"] = np.arange(T)[:, np.newaxis] < given["lengths"]
    return given


def _of_update(name: str, array: Array, rng: np.random.Generator) -> Array:
    """What an update is given has to be of a certain size."""
    match name:
        case "beta1" | "beta2" | "momentum":
            return np.asarray(rng.uniform(0.6, 0.95))
        case "t":
            return np.asarray(float(rng.integers(2, 6)))
        case "v":
            return np.abs(array) + 0.1
    drawn = {"learning_rate": 0.13, "epsilon": 0.01, "max_norm": 0.7}
    return np.asarray(drawn[name]) if name in drawn else array


@dataclass(frozen=True)
class Scene:
    """A function that is asked for: of which program, over what, and what it returns."""

    program: str
    over: str
    returns: tuple[str, ...]
    sizes: tuple[Mapping[str, int], ...]
    ragged: bool = False
    gradients: bool = False  # d_h_from_loss is given, and no loss is computed
    scores: bool = False  # the logits are given, in the padding too

    def inputs(self) -> list[dict[str, Array]]:
        """What the function is called with, in each round."""
        program = program_of(self.program)
        rounds = []
        for seed, sizes in enumerate(self.sizes):
            given = draw(program, seed, ragged=self.ragged, **sizes)
            if self.gradients:
                T, N, _ = given["x"].shape
                d_h = np.random.default_rng(seed + 100).normal(size=(T, N, given["W"].shape[1]))
                given["d_h_from_loss"] = d_h * given["mask"][:, :, np.newaxis]
            if self.scores:
                shape = (*given["mask"].shape, len(given["b"]))
                given["logits"] = np.random.default_rng(seed + 200).normal(size=shape)
            rounds.append(given)
        return rounds


ONE, FEW = {"T": 1}, {"T": 3, "N": 2, "D": 4, "H": 3}
SQUARE = {"T": 1, "D": 4, "H": 4}
SCENES = {
    "rnn step": Scene("rnn", "step", ("h",), (ONE, FEW)),
    "rnn unroll": Scene("rnn", "sequence", ("h", "h_T"), ({}, {"T": 6, "D": 4}), ragged=True),
    "rnn square": Scene("rnn", "step", ("h",), (SQUARE,)),
    "lstm step": Scene("lstm", "step", ("h", "c"), (ONE, FEW)),
    "gates": Scene("lstm", "step", ("i", "f", "g", "o"), (ONE, {**FEW, **ONE})),
    "lstm square": Scene("lstm", "step", ("h", "c"), (SQUARE,)),
    "lstm unroll": Scene(
        "lstm", "sequence", ("h", "c", "h_T", "c_T"), ({}, {"T": 6, "D": 4}), ragged=True
    ),
    "tagger": Scene(
        "rnn", "sequence", ("probs", "total_loss", "d_logits", "d_V", "d_b"),
        ({}, {"T": 5, "N": 4, "H": 6}), ragged=True,
    ),
    "classifier": Scene(
        "rnn", "sequence", ("probs_T", "mean_loss"), ({}, {"T": 5, "N": 4, "H": 6}), ragged=True,
        scores=True,
    ),
    "lstm tagger": Scene("lstm", "sequence", ("total_loss", "d_V"), ({}, {"T": 2, "N": 4, "H": 6})),
    "rnn step backward": Scene(
        "rnn", "step", ("d_x", "d_h_prev", "d_U", "d_W", "d_a"), (ONE, ONE), gradients=True
    ),
    "rnn backward": Scene(
        "rnn", "sequence", ("d_x", "d_h_0", "d_U", "d_W", "d_a"), ({}, {"T": 5}), ragged=True,
        gradients=True,
    ),
    "rnn training": Scene(
        "rnn", "sequence", ("d_U", "d_W", "d_a", "d_V", "d_b"), ({}, {"T": 5, "N": 4, "H": 6})
    ),
    "rnn norms": Scene("rnn", "sequence", ("d_h_norm",), ({}, {"T": 5, "H": 6}), gradients=True),
    "lstm step backward": Scene(
        "lstm", "step", ("d_x", "d_h_prev", "d_c_prev", "d_U", "d_W", "d_a"), (ONE, ONE),
        gradients=True,
    ),
    "lstm backward": Scene(
        "lstm", "sequence", ("d_x", "d_h_0", "d_c_0", "d_U", "d_W", "d_a"), ({}, {"T": 5}),
        ragged=True, gradients=True,
    ),
    "clip": Scene(
        "clip", "", ("clipped_d_U", "clipped_d_W", "clipped_d_a"), ({}, {"D": 4, "H": 3})
    ),
    "sgd": Scene("sgd", "", ("w_new", "m_new"), ({}, {"D": 4, "H": 3})),
    "adam": Scene("adam", "", ("w_new", "m_new", "v_new"), ({}, {"D": 4, "H": 3})),
}  # fmt: skip
"""One of each sort."""


def came_of(
    program: Program, rounds: list[dict[str, Array]], returns: Collection[str]
) -> list[Run] | None:
    """What a function that computes `program` returns; None where it crashes, or its shapes do."""
    runs = []
    for given in rounds:
        try:
            came = program.run(given, wanted=tuple(returns))
        except InputError:
            return None
        runs.append(Run(given, came))
    return runs


def differ(one: list[Run], other: list[Run]) -> bool:
    """Whether any number is another one."""
    return any(
        not np.allclose(run.came[name], array, rtol=1e-7, atol=1e-9, equal_nan=True)
        for run, right in zip(one, other, strict=True)
        for name, array in right.came.items()
    )


def same_shapes(one: list[Run], other: list[Run]) -> bool:
    """Whether every array has the shape of the other one."""
    return all(
        run.came[name].shape == array.shape
        for run, right in zip(one, other, strict=True)
        for name, array in right.came.items()
    )
