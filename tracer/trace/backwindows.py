"""Backward through a long run, a window at a time; kept is what each hands to the one before it.

Two passes: the first goes from the last window to the first and keeps what each hands back; the
second runs each window backward again, from the first to the last, since the gradients of the
weights are sums in the order of the steps. So they have the bits of a run that is kept as a whole.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from tracer.cells.activations import Array
from tracer.kernels.device import Device
from tracer.trace.layer import LayerTrace
from tracer.trace.weights import Block, by_name, totals


def backward_in_windows(
    device: Device, layer: LayerTrace, d_h: Array, d_last: Mapping[str, Array]
) -> LayerTrace:
    """The layer with its gradients: the sums, and checkpoints from which those of a step follow."""
    cell, T, checkpoints = layer.cell, len(layer.x), layer.checkpoints
    windows = list(checkpoints.windows(T))
    kept = {name: np.empty((len(windows), *d.shape), d.dtype) for name, d in d_last.items()}
    back = dict(d_last)
    forward = replace(layer, gradients={}, checkpoints=replace(checkpoints, gradients={}))
    for n, (start, stop) in reversed(list(enumerate(windows))):
        for name, d in back.items():
            kept[name][n] = d
        window = forward.window_of(start)
        found = device.backward(
            cell, window, window.initial, window.lengths, d_h[start:stop], back, None
        )
        back = {name: found[f"d_{name}_0"] for name in back}
    through = replace(
        layer,
        gradients={"d_h_from_loss": d_h},
        window=None,
        checkpoints=replace(checkpoints, gradients=kept),
    )
    added: dict[Block, Array] | None = None
    for start, _stop in windows:
        window = through.window_of(start)
        added = totals(device, window, window, cell.equations.parameters, added)
    assert added is not None
    sums = by_name(cell, added) | {f"d_{name}_0": d for name, d in back.items()}
    return replace(through, gradients={"d_h_from_loss": d_h, **sums})
