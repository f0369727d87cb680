"""Random cells and runs for the tests of the core."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from hypothesis import strategies as st

import tracer
from tracer.cells import CELL_CLASSES, Cell
from tracer.cells.activations import Array
from tracer.cells.parameters import expected_shape


@dataclass(frozen=True)
class Run:
    """Everything that `tracer.unroll` takes."""

    cell: Cell
    x: Array
    state: dict[str, Array]
    lengths: list[int]

    @property
    def start(self) -> dict[str, Any]:
        """The state before the first step, as `tracer.unroll` names it."""
        return {f"{name}_0": state for name, state in self.state.items()}


def unroll(run: Run, device: str = "cpu", level: str = "all", **options: Any) -> tracer.Trace:
    """Run it, from its own state and with its lengths."""
    options |= run.start
    return tracer.unroll(
        run.cell, run.x, lengths=run.lengths, device=device, level=level, **options
    )


def make_run(
    kind: str,
    option: str,
    *,
    T: int = 5,
    N: int = 3,
    D: int = 4,
    H: int = 7,
    dtype: str = "float64",
    scale: float = 1.0,
    lengths: list[int] | None = None,
    seed: int = 0,
) -> Run:
    """A run with random numbers everywhere: weights, inputs, biases and initial states."""
    rng = np.random.default_rng(seed)
    make = CELL_CLASSES[kind]

    def draw(*shape: int) -> Array:
        return (scale * rng.normal(size=shape)).astype(dtype)

    weights: dict[str, Any] = {
        p.name: draw(*expected_shape(p, {"D": D, "H": H})) for p in make.equations.parameters
    }
    (name,) = make.equations.options
    weights[name] = option
    cell = make(**weights)
    state = {name: draw(N, H) for name in make.equations.state}
    return Run(cell, draw(T, N, D), state, lengths or [T] * N)


KINDS_AND_OPTIONS = [
    (kind, option)
    for kind, make in CELL_CLASSES.items()
    for choices in make.equations.options.values()
    for option in choices
]


@st.composite
def runs(draw: st.DrawFn, *, T: int = 9, N: int = 4, D: int = 9, H: int = 11) -> Run:
    """Any cell, option, dtype, scale, and lengths; sizes up to those given."""
    kind, option = draw(st.sampled_from(KINDS_AND_OPTIONS))
    T, N = draw(st.integers(1, T)), draw(st.integers(1, N))
    sizes: dict[str, Any] = {
        "T": T,
        "N": N,
        "D": draw(st.integers(1, D)),
        "H": draw(st.integers(1, H)),
        "dtype": draw(st.sampled_from(["float32", "float64"])),
        "scale": draw(st.sampled_from([0.1, 1.0, 10.0])),
        "lengths": draw(st.lists(st.integers(1, T), min_size=N, max_size=N)),
        "seed": draw(st.integers(0, 2**32 - 1)),
    }
    return make_run(kind, option, **sizes)
