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
from tests.core.conftest import Run, runs, unroll
from tracer.kernels.cuda import choice, package

# The thread that plays the card's own part looks again and again whether all others wait.
sys.setswitchinterval(0.0002)

assert not package.trouble(), package.trouble()

KERNELS = ("tile", "grid")

collect_ignore = ["test_answers.py"] if package.SIMULATED else []
"""In the simulator, `tracer check` grades them (`tests/grading/test_simulated.py`)."""


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


def small_runs() -> st.SearchStrategy[Run]:
    """A few steps of a few sequences: the simulator is slow."""
    return runs(T=4, N=3, D=5, H=5)


def unrolled(run: Run, where: str = "cuda", level: str = "all") -> tracer.Trace:
    """Run it on the card."""
    return unroll(run, device=where, level=level)


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
    rows = (slice(None),) * (numbers.ndim - 1)  # Numba's arrays on a card know no ellipsis
    return cuda.to_device(numbers)[*rows, ::every]


def seen(array: Any) -> npt.NDArray[Any]:
    """What another library reads there."""
    if package.SIMULATED:
        there = type("There", (), {"__array_interface__": array.__cuda_array_interface__})()
        return np.asarray(there)
    copied: npt.NDArray[Any] = cuda.as_cuda_array(array).copy_to_host()
    return copied
