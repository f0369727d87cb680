"""The oracle: the textbook step in a plain loop over time. Slow, short and easy to trust."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from tracer.cells import Cell
from tracer.cells.activations import Array


def forward(
    cell: Cell,
    x: Array,
    state: Mapping[str, Array],
    lengths: npt.NDArray[np.int64],
    level: str,
) -> dict[str, Array]:
    """Unroll `cell` over x (T, N, D); see `tracer.kernels.Device.forward`."""
    T, N, _ = x.shape
    H = cell.W.shape[1]
    kept = [q.name for q in cell.equations if q.equation and q.stored_at(level)]
    recorded = {name: np.zeros((T, N, H), x.dtype) for name in kept}
    for t in range(T):
        going = (t < lengths)[:, np.newaxis]  # (N, 1)
        with np.errstate(all="ignore"):  # a NaN or Inf is a result here, not a warning
            step = cell.step(x[t], *state.values())
        state = {name: np.where(going, step[name], before) for name, before in state.items()}
        for name in kept:
            recorded[name][t] = state[name] if name in state else np.where(going, step[name], 0)
    return recorded


def project(rows: Array, M: Array) -> Array:
    """``rows @ M.T``, one step at a time, as the textbook step does it."""
    with np.errstate(all="ignore"):
        return np.stack([step @ M.T for step in rows])


def needs_compiling(cell: Cell) -> bool:
    """Nothing is compiled here."""
    del cell
    return False
