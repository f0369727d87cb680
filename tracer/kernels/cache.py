"""What is known about the compiled kernels: where they are kept, and whether that works."""

from __future__ import annotations

import os
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

import numba
import numpy as np
from numba.core.dispatcher import Dispatcher

from tracer.cells import Cell, LSTMCell, RNNCell
from tracer.kernels.cpu import compiled, device, product, squeezing  # fmt: skip
from tracer.kernels.cpu.jit import DIGEST
from tracer.kernels.learning import (
    head,
    learning_lstm,
    learning_rnn,
    steps,
    updating,
    words,
)  # fmt: skip

# In the order in which Numba tries them; each is a compiled module that may fail to load.
_THREADING_LAYERS = {"tbb": "tbbpool", "omp": "omppool", "workqueue": "workqueue"}


@dataclass(frozen=True, slots=True)
class CacheReport:
    """The kernel cache of this installation.

    Attributes
    ----------
    place : Path
        The folder that holds the machine code.
    writable : bool
        Whether new machine code can be kept there.
    kernels, size : int
        How many compiled kernels it holds, and their bytes.
    hits, compiled : int
        How many kernels this process took from it, and how many it had to compile.
    """

    place: Path
    writable: bool
    kernels: int
    size: int
    hits: int
    compiled: int


def cache_report() -> CacheReport:
    """Load every kernel that is in the cache, and count. Compiles none that is not."""
    modules = (
        squeezing, product, compiled, head, words, steps, updating, learning_rnn, learning_lstm,
    )  # fmt: skip
    found = [value for module in modules for value in vars(module).values()]
    kernels = list({id(k): k for k in found if isinstance(k, Dispatcher)}.values())
    for cell in (_smallest(RNNCell, 1), _smallest(LSTMCell, 4)):
        if kernels and not device.needs_compiling(cell):
            state = {name: np.zeros((1, 1), np.float32) for name in cell.equations.state}
            x, lengths = np.zeros((1, 1, 1), np.float32), np.ones(1, np.int64)
            device.forward(cell, x, state, lengths, "all")
    # There is none where no folder is writable, or where NUMBA_DISABLE_JIT leaves plain functions.
    kept = kernels[0].stats.cache_path if kernels else None
    place = Path(kept or Path(compiled.__file__).parent / "__pycache__")
    code = [path.stat().st_size for path in place.glob(f"*-{DIGEST}-*.nbc")]
    return CacheReport(
        place=place,
        writable=os.access(_existing(place), os.W_OK),
        kernels=len(code),
        size=sum(code),
        hits=sum(sum(kernel.stats.cache_hits.values()) for kernel in kernels),
        compiled=sum(sum(kernel.stats.cache_misses.values()) for kernel in kernels),
    )


def threading_layers() -> tuple[str, ...]:
    """The libraries through which Numba could use several cores here; it takes the first."""
    found = []
    for name, module in _THREADING_LAYERS.items():
        try:
            import_module(f"numba.np.ufunc.{module}")
        except ImportError:
            continue
        found.append(name)
    return tuple(found)


def threads() -> int:
    """How many threads Numba would use; ``NUMBA_NUM_THREADS`` changes it."""
    return int(numba.config.NUMBA_NUM_THREADS)


def _smallest(kind: type[Cell], blocks: int) -> Cell:
    return kind(
        np.zeros((blocks, 1), np.float32),
        np.zeros((blocks, 1), np.float32),
        np.zeros(blocks, np.float32),
    )


def _existing(path: Path) -> Path:
    return next(place for place in (path, *path.parents) if place.exists())
