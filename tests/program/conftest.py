"""Random numbers for a whole run of a program."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import strategies as st

from tracer.cells.activations import Array
from tracer.program import Program, program_of

KINDS = ("rnn", "lstm")


def given_of(program: Program, sizes: dict[str, int], *, ragged: bool, seed: int) -> dict[str, Any]:
    """Everything that a program is given, with no number 0."""
    rng = np.random.default_rng(seed)

    def draw(axes: tuple[str, ...]) -> Array:
        return 0.8 * rng.normal(size=[int(axis[:-1] or 1) * sizes[axis[-1]] for axis in axes])

    T, N, K = (sizes[letter] for letter in "TNK")
    given: dict[str, Any] = {name: draw(axes) for name, axes in program.given.items()}
    given["label"] = rng.integers(0, K, (T, N))
    given["lengths"] = rng.integers(1, T + 1, N) if ragged else np.full(N, T)
    given["mask"] = rng.random((T, N)) < 0.7
    given["label_T"] = rng.integers(0, K, N)
    return given


@st.composite
def rounds(draw: st.DrawFn, kind: str | None = None) -> tuple[Program, dict[str, Any]]:
    """A program of any kind, and any numbers for it."""
    program = program_of(kind or draw(st.sampled_from(KINDS)))
    sizes = {letter: draw(st.integers(1, 6)) for letter in "TNDHK"}
    given = given_of(program, sizes, ragged=draw(st.booleans()), seed=draw(st.integers(0, 2**32)))
    return program, given
