"""A run that goes straight into its file, a window of steps at a time; memory never holds all."""

from __future__ import annotations

import os
from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from tracer.cells import Cell
from tracer.cells.activations import Array
from tracer.kernels.device import device as device_named
from tracer.storage import arrayfile
from tracer.storage.whole import remove_abandoned
from tracer.trace.checkpoints import (
    CHECKPOINTS,
    NO_CHECKPOINTS,
    STATES,
    Checkpoints,
    distance,
    in_windows,
    steps_of,
)
from tracer.trace.file import FORMAT, VERSION, check_name, contents, open_trace
from tracer.trace.layer import LayerTrace
from tracer.trace.room import bytes_of_a_step, check_room
from tracer.trace.trace import Trace

WINDOW = 2**24
"""Bytes that a window takes at most, if it has more than one step."""


def unroll_into(
    path: str | os.PathLike[str],
    cell: Cell,
    x: Array,
    state: Mapping[str, Array],
    lengths: npt.NDArray[np.int64],
    level: str,
    device: str,
    versions: Mapping[str, str],
) -> Trace:
    """Run over x (T, N, D), which may be larger than memory, and open the file of the trace.

    The file is written whole or not at all, like any other.

    Raises
    ------
    InputError
        If its name is not that of a trace, or not even one window fits into memory.
    FileError
        If the file cannot be written.
    """
    check_name(path)
    T, N, _ = x.shape
    every, stored = None, level
    if level == CHECKPOINTS:
        every, stored = distance(T), STATES
    steps = every or min(T, max(1, int(WINDOW // bytes_of_a_step(cell, N, level))))
    check_room(cell, steps, N, stored)
    remove_abandoned(path)  # what a run left that was killed while it wrote this file
    layer = _to_come(cell, x.shape, state, lengths, level, device)
    arrays, header = contents(Trace((layer,), _versions=versions))
    with arrayfile.writing(path, FORMAT, VERSION, arrays, header) as put:
        place, there = "0.forward", set()
        windows = in_windows(device_named(device), cell, x, state, lengths, level, steps)
        for start, rows, found in windows:
            pieces = {"x": (start, rows)}
            if every is None:
                pieces |= {name: (start, numbers) for name, numbers in found.items()}
            elif start + every < T:  # the last state is before no step
                at = start // every
                pieces |= {f"checkpoints.{name}": (at, found[name][-1:]) for name in state}
            for name, (first, numbers) in pieces.items():
                put(f"{place}.{name}", first, numbers)
                there.add(f"{place}.{name}")
        for name in arrays.keys() - there:
            put(name, 0, arrays[name])
    return open_trace(path)


def _to_come(
    cell: Cell,
    shape: tuple[int, ...],
    state: Mapping[str, Array],
    lengths: npt.NDArray[np.int64],
    level: str,
    device: str,
) -> LayerTrace:
    """The layer as it will be, with the shapes of its numbers and no room for them."""
    T, N, _ = shape

    def to_come(*shape: int) -> Array:
        return np.broadcast_to(np.zeros((), cell.W.dtype), shape)

    H, checkpoints = cell.W.shape[1], NO_CHECKPOINTS
    if level == CHECKPOINTS:
        steps = steps_of(T)
        checkpoints = Checkpoints(steps, {name: to_come(len(steps), N, H) for name in state})
    recorded = {
        q.name: to_come(T, N, H) for q in cell.equations if q.equation and q.stored_at(level)
    }
    return LayerTrace(
        cell, to_come(*shape), state, lengths, level, device, recorded, checkpoints=checkpoints
    )
