"""Part of a trace, by the names of its axes: steps, sentences, units."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import numpy.typing as npt

from tracer.errors import InputError
from tracer.trace.layer import cut_each

if TYPE_CHECKING:
    from tracer.trace.trace import Trace

Index: TypeAlias = int | slice
UnitIndex: TypeAlias = int | slice | list[int]


def part_of(
    trace: Trace, *, step: Index | None, batch: Index | None, unit: UnitIndex | None
) -> Trace:
    """What `Trace.sel` gives."""
    for dim, index in {"step": step, "batch": batch, "unit": unit}.items():
        if index is not None and dim in trace.dropped:
            raise InputError(f"this trace has no axis '{dim}' left: it was cut to one {dim}")
    steps, part = _consecutive("step", step, trace.T), _consecutive("batch", batch, trace.N)
    start, stop = steps.start, steps.stop
    units = trace.units
    if unit is not None:
        units = _picked(unit, np.arange(trace.H)[trace.units])
    indices = {"step": step, "batch": batch, "unit": unit}
    dropped = {dim for dim, index in indices.items() if _is_number(index)}
    return replace(
        trace,
        layers=tuple(layer.cut(start, stop, part) for layer in trace.layers),
        outputs=cut_each(
            trace.outputs,
            {name: trace.quantity(name).dims for name in trace.outputs},
            {"step": steps, "batch": part},
            {"step": trace.T, "batch": trace.N},
        ),
        first_step=trace.first_step + start,
        tokens=trace.tokens and tuple(words[steps] for words in trace.tokens[part]),
        given=tuple(min(max(count - start, 0), stop - start) for count in trace.given[part]),
        unknown=tuple(
            frozenset(t - start for t in sentence if start <= t < stop)
            for sentence in trace.unknown[part]
        ),
        target=None if trace.target is None else trace.target[steps, part],
        counted=None if trace.counted is None else trace.counted[steps, part],
        averaged_over=trace.averaged_over or trace.N,
        dropped=trace.dropped | dropped,
        units=units,
    )


def at_once(trace: Trace, start: int, stop: int) -> Trace:
    """These steps, and whatever they left out run again at once: for a part that is short.

    The trace itself where it has no others.
    """
    if (start, stop) == (0, trace.T):
        return trace
    part = trace.sel(step=slice(start, stop))
    layers = (replace(layer, checkpoints=layer.checkpoints.joined()) for layer in part.layers)
    return replace(part, layers=tuple(layers))


def _is_number(index: object) -> bool:
    return isinstance(index, int | np.integer) and not isinstance(index, bool)


def _consecutive(dim: str, index: Index | None, size: int) -> slice:
    """An index along one axis as a slice of positions 0 <= start < stop <= size."""
    if index is None:
        return slice(0, size)
    if isinstance(index, slice):
        try:
            start, stop, stride = index.indices(size)
        except (TypeError, ValueError):
            raise InputError(f"{dim}={index} is not a range of whole numbers") from None
        if stride != 1:
            raise InputError(f"{dim}={index} has a stride; a part has to be consecutive")
        if start >= stop:
            raise InputError(f"{dim}={index} selects nothing; {dim} goes from 0 to {size - 1}")
        return slice(start, stop)
    if not _is_number(index):
        raise InputError(f"{dim} is {index!r}; expected a number or a slice")
    if not -size <= index < size:
        raise InputError(f"{dim} {index} is out of range: 0 to {size - 1}")
    position = int(index) % size  # a number of NumPy's own is none that a file's header takes
    return slice(position, position + 1)


def _picked(unit: UnitIndex, known: npt.NDArray[np.int64]) -> UnitIndex:
    """The positions in the whole layer of `unit`, which counts among the units `known`."""
    numbers = [unit] if _is_number(unit) else unit
    if not isinstance(numbers, slice) and not (
        isinstance(numbers, list) and all(map(_is_number, numbers))
    ):
        raise InputError(f"unit is {unit!r}; expected a number, a slice or a list of numbers")
    try:
        picked = known[unit]
    except IndexError:
        raise InputError(f"unit {unit} is out of range: 0 to {known.size - 1}") from None
    if picked.size == 0:
        raise InputError(f"unit={unit} selects nothing; this trace has {known.size} units")
    positions: UnitIndex = picked.tolist()
    return positions
