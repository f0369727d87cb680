"""Whether a run fits into this machine's memory, asked before its arrays are made.

A batch is padded: each of its N sequences takes the room of the longest, T steps.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import NamedTuple

from tracer.cells import Cell
from tracer.equations import LEVELS
from tracer.errors import InputError
from tracer.kernels.memory import GB, is_small, missing
from tracer.trace.checkpoints import CHECKPOINTS, distance

_SLACK = 1.1
"""What is not counted: masks, lengths, the words themselves."""

_COPIES = 2
"""Arrays of one quantity that are there at once while it is made of others."""

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
    advice: str = "",
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
    advice : str
        What else would fit whatever the sizes.
    """
    equations, (rows, D) = cell.equations, cell.U.shape
    shares = (cell.U.size + cell.W.size + rows) // N if per_step else 0
    quantities = 2 * len(equations.quantities) + len(equations.backward) + 8
    at_most = quantities * (rows + D) + _OUTPUT_COPIES * outputs + shares
    if is_small(T * N * _size(cell, at_most)):
        return  # counting exactly takes longer than a small run should wait
    numbers = partial(
        _numbers, cell, T, outputs=outputs, shares=shares, forward=forward, backward=backward
    )
    _check(cell, T, N, level, numbers, advice)


def check_given(cell: Cell, T: int, N: int) -> None:
    """Raise an `InputError` if the copy of a gradient of every step, d_h, does not fit."""
    if short := _short(T, N, _size(cell, cell.W.shape[1])):
        steps = f"{max(short.steps // N, 1):,} steps at a time, trace.sel(step=slice(first, stop))"
        raise refused(f"d_h of {T:,} steps", short.needed, short.free, [steps])


def bytes_of_a_step(cell: Cell, N: int, level: str) -> float:
    """What one step of N sequences takes while it is recorded."""
    return N * _size(cell, _forward(cell, level, 1))


def check_replay(cell: Cell, T: int, N: int, name: str) -> None:
    """Raise an `InputError` if what a trace left out does not fit; `name` is asked for."""
    _check_rebuilt(T, N, name, _size(cell, _forward(cell, LEVELS[-1], T)))


def check_copy(cell: Cell, T: int, N: int, name: str) -> None:
    """Raise an `InputError` if the one quantity `name`, made anew for all steps, does not fit."""
    _check_rebuilt(T, N, name, _size(cell, _COPIES * max(cell.U.shape[1], cell.W.shape[1])))


def _check_rebuilt(T: int, N: int, name: str, size: float) -> None:
    if short := _short(T, N, size):
        fits = []
        if many := short.steps // N:
            fits.append(f"{many:,} steps at a time, trace.sel(step=slice(first, stop))")
        steps = f"{T:,} steps" + (f" of {N:,} sequences" if N > 1 else "")
        raise refused(
            f"{name} is not in this trace, and is rebuilt over {steps}",
            short.needed, short.free, [*fits, "one step, trace.at(t)"],
        )  # fmt: skip


def _forward(cell: Cell, level: str, T: int) -> float:
    """The numbers of one step of one sequence that a run records, its input counted in."""
    D, H = int(cell.U.shape[1]), int(cell.W.shape[1])
    if level == CHECKPOINTS:  # those, and the states of one window, shared by all T steps
        states, every = len(cell.equations.state) * H, distance(T)
        return D + (states * (T // every + every) + D * every) / T
    recorded = sum(q.stored_at(level) and bool(q.equation) for q in cell.equations)
    return D + recorded * H


def _backward(cell: Cell) -> int:
    """The numbers of one step of one sequence that a run backward makes."""
    (rows, D), H = cell.U.shape, cell.W.shape[1]
    gradients = sum(
        D if q.dims[-1] == "input" else H for q in cell.equations.backward if q.of_each_step
    )
    # d_z, x and h_prev stand beside them while the weights' gradients are added up.
    return int(gradients + rows + 2 * (D + H))


def _numbers(
    cell: Cell, T: int, level: str, *, outputs: int, shares: int, forward: bool, backward: bool
) -> float:
    """The numbers of one step of one sequence in the passes that are to be run."""
    count = 0.0
    if forward:
        count += _forward(cell, level, T) + _OUTPUT_COPIES * outputs
        if outputs and level == CHECKPOINTS:  # the head reads h at every step
            count += cell.W.shape[1]
    if backward:
        replayed = 0 if level == LEVELS[-1] else _forward(cell, LEVELS[-1], T)
        count += replayed + _backward(cell) + shares
    return count


def _check(
    cell: Cell, T: int, N: int, level: str, numbers: Callable[[str], float], advice: str
) -> None:
    """Raise an `InputError` that says what would fit, where `numbers` a step do not."""
    if level not in LEVELS:
        return  # the run will say so
    short = _short(T, N, _size(cell, numbers(level)))
    if short is None:
        return
    fits = []
    if N > 1 and short.steps // T:
        fits.append(f"{short.steps // T:,} of these sequences")
    if T > 1 and short.steps // N:
        fits.append(f"{short.steps // N:,} steps")
    fits += [
        f"level='{leaner}'"
        for leaner in LEVELS[: LEVELS.index(level)]
        if T * N * _size(cell, numbers(leaner)) <= short.free
    ]
    if advice:
        fits.append(advice)
    what = f"{N:,} sequences, each padded to the {T:,} steps of the longest,"
    if N == 1:
        what = f"a sequence of {T:,} steps"
    raise refused(f"{what} at level '{level}'", short.needed, short.free, fits)


def _size(cell: Cell, numbers: float) -> float:
    """The bytes of one step of one sequence that makes so many numbers."""
    return numbers * cell.W.dtype.itemsize * _SLACK


class _Short(NamedTuple):
    """Bytes that are needed and those that are free, and for how many steps those would do."""

    needed: int
    free: int
    steps: int


def _short(T: int, N: int, size: float) -> _Short | None:
    """What is missing where T steps of N sequences take `size` bytes each; None where they fit."""
    needed = int(T * N * size)
    free = missing(needed)
    return _Short(needed, free, int(free // size)) if free else None


def refused(what: str, needed: int, free: int, fits: Sequence[str]) -> InputError:
    """The error for `what` needs more bytes than are free; `fits` says what would not."""
    return InputError(
        f"{what}: {needed / GB:,.1f} GB of memory are needed, and {free / GB:,.1f} GB are free. "
        + (f"What would fit: {', or '.join(fits)}" if fits else "Try a smaller network")
    )
