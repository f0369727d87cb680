"""The card of these tests: a real one (`make test-gpu`), or the processor that plays one.

`make test-cuda` sets NUMBA_ENABLE_CUDASIM=1. The simulator runs each thread of a block as a thread
of Python, so the cells here are small; and one block at a time, so ``grid`` is one block.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from hypothesis import strategies as st
from numba import cuda

import tracer
from tests.core.conftest import KINDS_AND_OPTIONS, Run, make_run
from tracer.kernels.cuda import choice, package

# The thread that plays the card's own part looks again and again whether all others wait.
sys.setswitchinterval(0.0002)

assert not package.trouble(), package.trouble()

KERNELS = ("tile", "grid")


@contextmanager
def taken(kernel: str) -> Iterator[None]:
    """Have every run take this kernel, whatever its size."""
    usual = choice.tile_shape
    if kernel == "grid":
        choice.tile_shape = lambda *_: None
    try:
        yield
    finally:
        choice.tile_shape = usual


@st.composite
def small_runs(draw: st.DrawFn) -> Run:
    """Any cell, option, dtype, scale and lengths; a few steps of a few sequences."""
    kind, option = draw(st.sampled_from(KINDS_AND_OPTIONS))
    T, N = draw(st.integers(1, 4)), draw(st.integers(1, 3))
    sizes: dict[str, Any] = {
        "T": T,
        "N": N,
        "D": draw(st.integers(1, 5)),
        "H": draw(st.integers(1, 5)),
        "dtype": draw(st.sampled_from(["float32", "float64"])),
        "scale": draw(st.sampled_from([0.1, 1.0, 10.0])),
        "lengths": draw(st.lists(st.integers(1, T), min_size=N, max_size=N)),
        "seed": draw(st.integers(0, 2**32 - 1)),
    }
    return make_run(kind, option, **sizes)


def unrolled(run: Run, where: str = "cuda", level: str = "all") -> tracer.Trace:
    """Run it, with its initial state and lengths."""
    start: dict[str, Any] = {f"{name}_0": state for name, state in run.state.items()}
    return tracer.unroll(run.cell, run.x, lengths=run.lengths, device=where, level=level, **start)


def back(
    trace: tracer.Trace, where: str = "cuda", *, window: int | None = None, per_step: bool = False
) -> tracer.Trace:
    """Run it backward, from random gradients at every step and of the final state."""
    rng = np.random.default_rng(7)
    shape = trace["h"].shape
    last = {
        f"d_{name}_last": rng.normal(size=shape[1:]).astype(trace.dtype)
        for name in trace.equations.state
    }
    d_h = rng.normal(size=shape).astype(trace.dtype)
    return tracer.backprop(trace, d_h, window=window, per_step=per_step, device=where, **last)


@dataclass(frozen=True)
class Foreign:
    """An array of another library, as CUDA's protocol hands it over.

    In the simulator the memory of the card is that of the processor.
    """

    numbers: npt.NDArray[Any]

    @property
    def __cuda_array_interface__(self) -> dict[str, Any]:
        """Where it lies."""
        return dict(self.numbers.__array_interface__) | {"version": 3}

    def get(self) -> npt.NDArray[Any]:
        """A copy on the host, as CuPy calls it."""
        return self.numbers.copy()


def on_card(numbers: npt.NDArray[Any], every: int = 1) -> Any:
    """An array on the card that tracer did not make; of each row every second number, or more."""
    if package.SIMULATED:
        return Foreign(numbers[..., ::every])
    return cuda.to_device(numbers)[..., ::every]


def seen(array: Any) -> npt.NDArray[Any]:
    """What another library reads there."""
    if package.SIMULATED:
        there = type("There", (), {"__array_interface__": array.__cuda_array_interface__})()
        return np.asarray(there)
    copied: npt.NDArray[Any] = cuda.as_cuda_array(array).copy_to_host()
    return copied
