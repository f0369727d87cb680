"""Which package compiles for the card, and why; and whether there is a card that it can use.

`numba.cuda` is the name under which three packages were looked at (November 2026):

``numba-cuda`` (taken; the extra ``cuda``)
    NVIDIA's own, now in maintenance until the end of CUDA 13. It has the simulator, under which
    every test of these kernels runs on machines without a card, and cooperative launches.
``numba-cuda-mlir`` (its successor)
    Compiles the same Python, but has no simulator: without a card nothing could be tested. Once it
    has one, the import below is the line that changes.
Numba's own ``numba.cuda``
    Deprecated, and not used with a card. Its simulator is the same, so whoever develops tracer
    runs the tests without installing anything for CUDA.
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable
from functools import cache
from importlib.util import find_spec
from typing import Any, NamedTuple

import numpy as np
from numba import config, cuda, float32, float64

from tracer.errors import InputError
from tracer.kernels.memory import GB, is_small

SIMULATED = bool(config.ENABLE_CUDASIM)
"""Whether ``NUMBA_ENABLE_CUDASIM=1`` has the processor play the card, one thread at a time."""

if SIMULATED:
    from tracer.kernels.cuda.simulator import mend

    mend()

REAL = {"float32": float32, "float64": float64}

VECTOR = 16
"""Bytes of shared memory that a thread reads at once, if they begin at such a place."""

LEAST_CAPABILITY, LEAST_DRIVER = (7, 5), (13, 0)
"""What CUDA 13 asks of a card and of its driver."""


class Card(NamedTuple):
    """What the choice of a kernel depends on."""

    name: str
    processors: int
    registers: int
    threads: int


PLAYED = Card("simulator", processors=2, registers=65536, threads=1024)


def on_card(function: Callable[..., Any]) -> Any:
    """A function that kernels call."""
    return cuda.jit(function, device=True)


def kernel(function: Callable[..., Any], threads: int) -> Any:
    """A kernel for blocks of at most so many threads, which share the registers among them.

    There is no ``fastmath``: it would make tanh an approximation, and a NaN anything. Nor does the
    linker compile it anew: what runs is what `tests/ptx` looks at.
    """
    if SIMULATED:
        return cuda.jit(function)
    return cuda.jit(function, launch_bounds=threads, lto=False)


def launch(made: Any, blocks: Any, threads: int, *arguments: Any) -> None:
    """Start a kernel. In the simulator a NaN is a result, as on a card, and not a warning."""
    with warnings.catch_warnings():
        if SIMULATED:
            warnings.filterwarnings("ignore", "(invalid|overflow|divide)", RuntimeWarning)
        # A grid too small to fill the card is what a short sequence needs.
        warnings.filterwarnings("ignore", "(?s).*under-utilization")
        made[blocks, threads](*arguments)


@cache
def trouble() -> str:
    """Why no card can be used, and what to do; empty where one can."""
    if SIMULATED:
        return ""
    if find_spec("numba_cuda") is None:
        return "the package numba-cuda is not installed; pip install 'rnn-tracer[cuda]'"
    if os.environ.get("NUMBA_DISABLE_CUDA", "0") != "0":
        return "NUMBA_DISABLE_CUDA is set; unset it"
    if not cuda.is_available():
        return (
            "no NVIDIA card with a working driver was found; if there is one, nvidia-smi has to "
            "list it: install or update its driver"
        )
    try:
        found = cuda.get_current_device()
        capability = tuple(found.compute_capability)
        driver = tuple(cuda.cudadrv.driver.driver.get_version())
    except Exception as error:  # noqa: BLE001 - each driver fails in its own way
        reason = " ".join(str(error).split()) or type(error).__name__
        return f"the driver does not answer ({reason}); restart it, or update it"
    if driver < LEAST_DRIVER:
        return (
            f"the driver knows CUDA {_dotted(driver)} and {_dotted(LEAST_DRIVER)} is needed; "
            "update the driver"
        )
    if capability < LEAST_CAPABILITY:
        return (
            f"{_text(found.name)} has compute capability {_dotted(capability)} and "
            f"{_dotted(LEAST_CAPABILITY)} is needed; take a newer card"
        )
    return ""


def _dotted(version: tuple[int, ...]) -> str:
    return ".".join(map(str, version))


def _text(name: str | bytes) -> str:
    return name.decode() if isinstance(name, bytes) else str(name)


def check_ready() -> None:
    """Raise an `InputError` that says what to do, where no card can be used."""
    if why := trouble():
        raise InputError(f"device 'cuda' cannot be used here: {why}. Or leave it at device='cpu'")


@cache
def card() -> Card:
    """The card that is used."""
    if SIMULATED:
        return PLAYED
    found = cuda.get_current_device()
    return Card(
        _text(found.name), int(found.MULTIPROCESSOR_COUNT),
        int(found.MAX_REGISTERS_PER_BLOCK), int(found.MAX_THREADS_PER_BLOCK),
    )  # fmt: skip


def room_for(numbers: int, dtype: Any) -> Any:
    """A new array of so many numbers on the card, or an `InputError` where they do not fit."""
    needed = numbers * np.dtype(dtype).itemsize
    if not SIMULATED and not is_small(needed):
        free, _total = cuda.current_context().get_memory_info()
        if needed > free:
            raise InputError(
                f"the card lacks memory: {needed / GB:,.1f} GB are needed, and {free / GB:,.1f} GB "
                "are free. Take fewer sequences or steps at once, a leaner level, or device='cpu'"
            )
    return cuda.device_array(max(numbers, 1), dtype)
