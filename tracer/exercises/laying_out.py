"""Evaluates layouts, in both directions.

On the quantities, a layout gives what a function is called with. On labels, a number of its own for
every place of every quantity, it says where each number that came back belongs. So no layout has to
be turned round by hand.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from tracer.exercises.axes import ONE, Axes, Axis
from tracer.exercises.layout import (
    Array,
    Blocks,
    Fixed,
    Layout,
    Name,
    OneHot,
    Ordered,
    Scaled,
    Transposed,
)


def laid_out(
    layout: Layout,
    quantities: Mapping[str, Array],
    known: Mapping[str, Axes],
    sizes: Mapping[str, int],
) -> Array:
    """The array that a layout makes of quantities.

    Parameters
    ----------
    layout : Layout
        Of one array, whose parts fit each other.
    quantities : mapping of str to array
    known : mapping of str to Axes
        The axes of each.
    sizes : mapping of str to int
    """

    def of(node: Layout) -> Array:
        match node:
            case Name(name):
                return quantities[name]
            case Fixed(value):
                return np.asarray(value)
            case Scaled(factor, part):
                return np.asarray(factor * of(part))
            case OneHot(part):
                hot: Array = np.eye(sizes["K"])[of(part)]
                return hot
            case Transposed(part):
                return of(part).T
            case Ordered(part, wanted):
                there = part.axes(known)
                long = [n for n, axis in zip(of(part).shape, there, strict=True) if axis != ONE]
                array = of(part).reshape(long).transpose(order(there, wanted))
                return array.reshape([axis.length(sizes) for axis in wanted])
            case Blocks(parts, depth):
                return np.concatenate([of(part) for part in parts], axis=-depth)
        raise AssertionError(node)

    return of(layout)


def read_off(
    layout: Layout, array: Array, known: Mapping[str, Axes], sizes: Mapping[str, int]
) -> dict[str, Array]:
    """The quantities in an array that is laid out like this: the other direction."""
    if isinstance(layout, Name):
        return {layout.name: array.astype(np.result_type(array.dtype, np.float64))}
    labels, factors, starts = {}, {}, {}
    start = 0
    for name in layout.names:
        shape = tuple(axis.length(sizes) for axis in known[name])
        count = math.prod(shape)
        labels[name] = np.arange(start, start + count).reshape(shape)
        factors[name] = np.ones(shape)
        starts[name] = start
        start += count
    places = laid_out(unscaled(layout), labels, known, sizes)
    found = np.empty(start, np.result_type(array.dtype, np.float64))
    found[places.ravel()] = (array / laid_out(layout, factors, known, sizes)).ravel()
    return {
        name: found[starts[name] : starts[name] + label.size].reshape(label.shape)
        for name, label in labels.items()
    }


def unscaled(layout: Layout) -> Layout:
    """The same without its factors."""
    return layout.rewritten(lambda node: unscaled(node.of) if isinstance(node, Scaled) else None)


def order(there: Axes, wanted: Axes) -> list[int]:
    """Which of the axes that are there comes first, second, …; equal ones keep their order."""
    free: list[Axis | None] = [axis for axis in there if axis != ONE]
    found = []
    for axis in wanted:
        if axis != ONE:
            found.append(free.index(axis))
            free[found[-1]] = None
    return found
