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


def backward(
    cell: Cell,
    numbers: Mapping[str, Array],
    state: Mapping[str, Array],
    lengths: npt.NDArray[np.int64],
    d_h: Array,
    d_last: Mapping[str, Array],
    window: int | None,
) -> dict[str, Array]:
    """Run backward through time; see `tracer.kernels.Device.backward`."""
    del state  # the numbers have it, as h_prev and so on
    T = len(d_h)
    forward_pass = {q.name: numbers[q.name] for q in cell.equations if q.level or not q.equation}
    steps: list[dict[str, Array]] = []
    d_next = dict(d_last)
    for t in reversed(range(T)):
        going = (t < lengths)[:, np.newaxis]  # (N, 1)
        from_next = {f"d_{name}_from_next": d for name, d in d_next.items()}
        with np.errstate(all="ignore"):
            step = cell.step_back(
                {name: array[t] for name, array in forward_pass.items()}, d_h[t], **from_next
            )
            standing = {name: d + d_h[t] if name == "h" else d for name, d in d_next.items()}
        d_next = {
            name: np.where(going, step.pop(f"d_{name}_prev"), standing[name]) for name in d_next
        }
        step = {
            name: np.where(going, d, standing.get(name.removeprefix("d_"), 0))
            for name, d in step.items()
        }
        steps.append({"d_h_from_loss": d_h[t], **from_next, **step})
        if window and t and t % window == 0:  # where a sequence stands still there is no step
            d_next = {name: np.where(going, 0, d) for name, d in d_next.items()}
    through_time = {name: np.stack([step[name] for step in reversed(steps)]) for name in steps[0]}
    return through_time | {f"d_{name}_0": d for name, d in d_next.items()}


def outer(d_z: Array, rows: Array, *, per_step: bool, total: Array | None = None) -> Array:
    """The sum over sentences of ``d_z x^T``, in total or for each step."""
    with np.errstate(all="ignore"):
        shares = [d.T @ x for d, x in zip(d_z, rows, strict=True)]
        if per_step:
            return np.stack(shares)
        for share in shares:
            total = share if total is None else total + share
    assert total is not None  # there is a step
    return total


def project(rows: Array, M: Array) -> Array:
    """``rows @ M.T``, one step at a time, as the textbook step does it."""
    with np.errstate(all="ignore"):
        return np.stack([step @ M.T for step in rows])


def needs_compiling(cell: Cell) -> bool:
    """Nothing is compiled here."""
    del cell
    return False
