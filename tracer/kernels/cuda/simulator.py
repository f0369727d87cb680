"""Mends Numba's simulator, where two threads that ask at once get two shared arrays for one.

The simulator plays each thread of a block by a thread of Python, and makes a shared array when
the first of them comes to its line. It looks and makes in two moves, between which another thread
can come.
"""

from __future__ import annotations

import sys
import threading
from typing import Any

import numpy as np
from numba.cuda.simulator.kernelapi import FakeCUDAShared

_ONE_AT_A_TIME = threading.Lock()


def _array(self: Any, shape: Any, dtype: Any, alignment: int | None = None) -> Any:
    """The array of the line that asks for it, the same for every thread of the block."""
    del alignment
    caller = sys._getframe(1)  # noqa: SLF001 - as the simulator itself finds the line
    line = caller.f_code.co_filename, caller.f_lineno
    with _ONE_AT_A_TIME:
        if line not in self._allocations:
            self._allocations[line] = np.empty(shape, np.dtype(dtype.name))
        return self._allocations[line]


def mend() -> None:
    """Have every thread of a block get the same array."""
    FakeCUDAShared.array = _array
