"""Gradients of parameters that were read in another order, put back into the given one."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np

from tracer.errors import InputError
from tracer.exercises.axes import Axis
from tracer.program import Program
from tracer.program.seeing import places_of

SIZES = {"H": 2, "D": 3, "K": 5, "T": 4, "N": 6}
"""All different, so that no order looks like another one."""


def permuted(program: Program, wanted: Collection[str]) -> list[str]:
    """The parameters that are read in another order, and whose gradients are wanted.

    Raises
    ------
    InputError
        If they are read as something that is more than another order.
    """
    shapes = {
        name: tuple(Axis.of(axis).length(SIZES) for axis in axes)
        for name, axes in program.given.items()
    }
    places = places_of(program, shapes, SIZES)
    if places is None:
        return []
    found, start = [], 0
    for name, array in places.items():
        own = np.arange(start, start + array.size)
        start += array.size
        blocks = [block for block, (whole, _above) in program.blocks.items() if whole == name]
        parts = [part for part in (name, *blocks) if f"d_{part}" in wanted]
        if not parts or np.array_equal(array.ravel(), own):
            continue
        if not np.array_equal(np.sort(array.ravel()), own):
            if program.adds_up or not np.isin(array, own).all():
                raise InputError(f"the corpus cannot hand back d_{name} where {name} is read so")
            continue  # a block that is read twice: nothing is put back
        if parts != [name] or name not in program.seen_backward:
            raise InputError(f"the corpus cannot hand back {', '.join(parts)} in another order")
        found.append(name)
    return found
