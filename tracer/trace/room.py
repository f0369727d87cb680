"""Whether a run fits into this machine's memory, asked before its arrays are made.

A batch is padded: each of its N sequences takes the room of the longest, T steps.
"""

from __future__ import annotations

from collections.abc import Callable

from tracer.cells import Cell
from tracer.equations import LEVELS
from tracer.errors import InputError
from tracer.kernels.memory import free_memory

SMALL = 2**26
"""Bytes below which nobody asks: every machine has them, and asking takes its time."""

GB = 10**9

_SLACK = 1.1
"""What is not counted: masks, lengths, the words themselves."""

_OUTPUT_COPIES = 6
"""Arrays (T, N, K) that are there at once while scores become probabilities and losses."""


def check_room(
    cell: Cell,
    T: int,
    N: int,
    level: str,
    *,
    outputs: int = 0,
    forward: bool = True,
    backward: bool = False,
    per_step: bool = False,
) -> None:
    """Raise an `InputError` if a run of `cell` over T steps of N sequences does not fit.

    Parameters
    ----------
    cell : Cell
    T, N : int
    level : str
        What is recorded, or was.
    outputs : int
        K, the classes of a head, if there is one.
    forward, backward : bool
        Which of the two passes are to be run.
    per_step : bool
        As in `tracer.backprop`.
    """
    rows = len(cell.U)
    shares = (cell.U.size + cell.W.size + rows) // N if per_step else 0
    quantities = 2 * len(cell.equations.quantities) + len(cell.equations.backward) + 8
    at_most = quantities * max(cell.U.shape) + _OUTPUT_COPIES * outputs + shares
    if T * N * at_most * cell.W.dtype.itemsize * _SLACK < SMALL:
        return  # counting exactly takes longer than a small run should wait

    def numbers(level: str) -> int:
        count = _forward(cell, level) + _OUTPUT_COPIES * outputs if forward else 0
        if backward:
            replayed = 0 if level == LEVELS[-1] else _forward(cell, LEVELS[-1])
            count += replayed + _backward(cell) + shares
        return count

    _check(cell, T, N, level, numbers)


def check_replay(cell: Cell, T: int, N: int, name: str) -> None:
    """Raise an `InputError` if what a trace left out does not fit; `name` is asked for."""
    size = _forward(cell, LEVELS[-1]) * cell.W.dtype.itemsize
    if free := missing(T * N * size):
        raise InputError(
            f"{name} is not in this trace, and rebuilding it over {T:,} steps of {N:,} sequences "
            f"needs {T * N * size / GB:,.1f} GB of memory; {free / GB:,.1f} GB are free. What "
            f"would fit: {free // (N * size):,} steps at a time, trace.sel(step=slice(first, stop))"
        )


def _forward(cell: Cell, level: str) -> int:
    """The numbers of one step of one sequence that a run records, its input counted in."""
    recorded = sum(q.stored_at(level) and bool(q.equation) for q in cell.equations)
    return int(cell.U.shape[1] + recorded * cell.W.shape[1])


def _backward(cell: Cell) -> int:
    """The numbers of one step of one sequence that a run backward makes."""
    (rows, D), H = cell.U.shape, cell.W.shape[1]
    gradients = sum(
        D if q.dims[-1] == "input" else H
        for q in cell.equations.backward
        if q.dims[:2] == ("step", "batch")
    )
    # d_z, x and h_prev stand beside them while the weights' gradients are added up.
    return int(gradients + rows + 2 * (D + H))


def _check(cell: Cell, T: int, N: int, level: str, numbers: Callable[[str], int]) -> None:
    """Raise an `InputError` that says what would fit, where `numbers` a step do not."""
    if level not in LEVELS:
        return  # the run will say so
    size = cell.W.dtype.itemsize * _SLACK
    needed = int(T * N * numbers(level) * size)
    free = missing(needed)
    if not free:
        return
    steps = int(free // (numbers(level) * size))  # of one sequence
    fits = []
    if N > 1 and steps // T:
        fits.append(f"{steps // T:,} of these sequences")
    if T > 1 and steps // N:
        fits.append(f"{steps // N:,} steps")
    fits += [
        f"level='{leaner}'"
        for leaner in LEVELS[: LEVELS.index(level)]
        if T * N * numbers(leaner) * size <= free
    ]
    what = f"{N:,} sequences, each padded to the {T:,} steps of the longest,"
    if N == 1:
        what = f"a sequence of {T:,} steps"
    raise InputError(
        f"{what} at level '{level}': {needed / GB:,.1f} GB of memory are needed, and "
        f"{free / GB:,.1f} GB are free. "
        + (f"What would fit: {', or '.join(fits)}" if fits else "Try a smaller network")
    )


def missing(needed: int) -> int:
    """The bytes that are free, where `needed` are more than those; else 0."""
    if needed < SMALL:
        return 0
    free = free_memory()
    return free if needed > free else 0
