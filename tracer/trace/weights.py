"""The gradients of the parameters: what the gradients of the sums z add up to over all steps."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from itertools import groupby
from operator import attrgetter
from typing import TypeAlias

import numpy as np

from tracer.cells import Cell
from tracer.cells.activations import Array
from tracer.equations import Parameter, Product
from tracer.kernels.device import Device, on_host
from tracer.trace.layer import LayerTrace

Block: TypeAlias = tuple[tuple[str, ...], str | None]
"""Names of d, and of the rows that they all meet, if any."""


@cache
def blocks_of(gradient: tuple[Product, ...]) -> tuple[Block, ...]:
    """What a parameter's gradient adds up, from top to bottom.

    Blocks below each other that meet the same rows are one product, of ``d_z_i d_z_f d_z_g d_z_o``
    (T, N, 4H) and h_prev.
    """
    return tuple(
        (tuple(product.d for product in products), rows)
        for rows, products in groupby(gradient, key=attrgetter("rows"))
    )


def side_by_side(names: tuple[str, ...], numbers: Mapping[str, Array]) -> Array:
    """Several quantities (T, N, H) as the blocks of one array (T, N, 4H)."""
    parts = [on_host(numbers[name]) for name in names]
    if len(parts) == 1:
        return parts[0]
    whole = _as_neighbours(parts)
    return np.concatenate(parts, axis=-1) if whole is None else whole


def _as_neighbours(parts: list[Array]) -> Array | None:
    """The one array of which these are the blocks, in order; None if there is none.

    A kernel leaves d_z so, and a copy of it takes as long as a tenth of its way back.
    """
    first, (*steps, H) = parts[0], parts[0].shape
    places = [part.__array_interface__["data"][0] for part in parts]
    alike = all(
        part.shape == first.shape and part.strides == first.strides and part.dtype == first.dtype
        for part in parts
    )
    block = H * first.itemsize
    apart = alike and places == [places[0] + n * block for n in range(len(parts))]
    if not apart or first.strides[-1] != first.itemsize or first.strides[-2] != len(parts) * block:
        return None
    return np.lib.stride_tricks.as_strided(first, (*steps, len(parts) * H), first.strides)


def totals(
    device: Device,
    layer: LayerTrace,
    found: Mapping[str, Array],
    parameters: Iterable[Parameter],
    before: Mapping[Block, Array] | None = None,
) -> dict[Block, Array]:
    """What all steps and sentences of a layer add up to, block by block.

    `found` are its gradients of each step. To what earlier steps came to, `before`, these are added
    step after step, so that a run in windows gives the bits of the whole.
    """
    together: dict[tuple[str, ...], Array] = {}
    added: dict[Block, Array] = {}
    for block in (block for p in parameters for block in blocks_of(p.gradient)):
        names, rows = block
        if block in added:
            continue
        if names not in together:
            together[names] = side_by_side(names, found)
        d, total = together[names], None if before is None else before[block]
        if rows is None:
            added[block] = _summed(d, total)
        else:
            added[block] = device.outer(d, met(layer, rows), per_step=False, total=total)
    return added


def shares(device: Device, layer: LayerTrace, found: Mapping[str, Array]) -> dict[str, Array]:
    """The share of each step in the gradients of the parameters, by name."""
    together = cache(lambda names: side_by_side(names, found))
    return {
        f"d_{parameter.name}_per_step": _below(
            [
                together(names).sum(axis=1)
                if rows is None
                else device.outer(together(names), met(layer, rows), per_step=True)
                for names, rows in blocks_of(parameter.gradient)
            ],
            axis=1,
        )
        for parameter in layer.cell.equations.parameters
    }


def by_name(cell: Cell, added: Mapping[Block, Array]) -> dict[str, Array]:
    """The gradient of each parameter all of whose blocks are there."""
    return {
        f"d_{parameter.name}": _below([added[block] for block in blocks_of(parameter.gradient)])
        for parameter in cell.equations.parameters
        if all(block in added for block in blocks_of(parameter.gradient))
    }


def met(layer: LayerTrace, name: str) -> Array:
    """The rows that the weights meet, 0 in the padding: 0 times a NaN there would be NaN."""
    T = len(layer.x)
    if min(layer.lengths.tolist()) == T:
        return layer[name]
    steps = np.arange(T)[:, np.newaxis, np.newaxis]
    return np.where(steps < layer.lengths[:, np.newaxis], layer[name], 0)


def _below(parts: list[Array], axis: int = 0) -> Array:
    # Joining copies, and the shares of a step can be the largest arrays of all.
    return parts[0] if len(parts) == 1 else np.concatenate(parts, axis=axis)


def _summed(d: Array, total: Array | None) -> Array:
    """The sum over steps and sentences, one after the other, added to `total` if there is one."""
    rows = d.reshape(-1, d.shape[-1])
    if total is not None:
        rows = np.concatenate([total[np.newaxis], rows])
    if rows.shape[1] == 1:  # NumPy would add up a single column in pairs
        last: Array = np.cumsum(rows, axis=0)[-1]
        return last
    summed: Array = rows.sum(axis=0)
    return summed
