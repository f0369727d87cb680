"""Backward through time: the gradient of every quantity at every step, recorded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from tracer.cells.activations import Array
from tracer.equations import LEVELS, OUTPUT_BACKWARD
from tracer.errors import InputError
from tracer.kernels.device import Device, OnACard, device_for
from tracer.kernels.device import device as device_named
from tracer.trace.backwindows import backward_in_windows
from tracer.trace.checkpoints import NO_CHECKPOINTS
from tracer.trace.layer import LayerTrace
from tracer.trace.room import check_given, check_room
from tracer.trace.trace import Trace
from tracer.trace.unroll import given_array
from tracer.trace.weights import by_name, shares, totals
from tracer.trace.whole import as_whole, written


def backprop(
    trace: Trace,
    d_h: npt.ArrayLike | OnACard,
    *,
    d_h_last: npt.ArrayLike | OnACard | None = None,
    d_c_last: npt.ArrayLike | OnACard | None = None,
    window: int | None = None,
    per_step: bool = False,
    device: str = "cpu",
) -> Trace:
    """Run backward through a trace and record the gradient of every quantity.

    Parameters
    ----------
    trace : Trace
        Of any level; what it left out is rebuilt.
    d_h : array (T, N, H), or (T, H) for one sequence
        ∂L/∂h_t from each step's own output. The loss may be any sum over the h of all steps; at
        steps past a sequence's length h only stands still, so a gradient there belongs to the last
        real h.
    d_h_last, d_c_last : array (N, H), or (H,) for one sequence
        ∂L/∂h and ∂L/∂c of the final state, from whatever uses it after the last step.
    window : int
        Truncated backward through time: nothing goes back over the start of steps window,
        2·window, ... (indices from 0), as if the sentence had been cut there.
    per_step : bool
        Also record each step's share of the gradients of U, W and a.
    device : str
        As in `tracer.unroll`; on ``"cuda"`` d_h, d_h_last and d_c_last may lie on the card.

    Returns
    -------
    Trace
        The same trace with the ``d_*`` of its cell's list added: at every step ``d_h`` split into
        ``d_h_from_loss`` and ``d_h_from_next``, ``d_c`` into ``d_c_from_h`` and ``d_c_from_next``,
        every gate, every sum z, ``d_x`` (T, N, D); and ``d_U``, ``d_W``, ``d_a``, ``d_h_0``,
        ``d_c_0``. Through hard gates the gradient goes straight, with the slope of the sigmoid;
        ``trace.straight_through`` says so. Of a run with checkpoints the gradients of each step
        are not kept either, but made again from what each window hands to the one before; the
        sums have the same bits. With a `window`, `per_step` or on another device than the run's
        everything is kept, if it fits.

    Raises
    ------
    InputError, UnknownNameError
        If shapes or dtypes do not fit, or the gradients would not fit into the memory of this
        machine, or of the card.

    Notes
    -----
    P. Werbos, Backpropagation Through Time, Proc. IEEE 78 (1990); Goodfellow et al., Deep Learning
    (2016), section 10.2.2. Truncation: R. Williams, J. Peng, Neural Computation 2 (1990).
    """
    if trace.units != slice(None):
        raise InputError("a trace that was cut to some of its units cannot be run backward")
    if window is not None:
        window, came = as_whole(window), window
        if window is None or window < 1:
            raise InputError(
                f"window is {written(came)}; expected a whole number of steps, 1 or more"
            )
    layer = trace.last
    T, N, H = trace.T, trace.N, trace.H
    device = device_for(trace.cell, device)
    in_windows = (
        len(layer.checkpoints) and device == layer.device and device != "cuda"
        and window is None and not per_step
    )  # fmt: skip
    stays_on_card = device == layer.device == "cuda" and trace.level == LEVELS[-1] and not per_step
    if in_windows:
        check_given(trace.cell, T, N)
    elif not stays_on_card:
        check_room(trace.cell, T, N, trace.level, forward=False, backward=True, per_step=per_step)
    given = given_array("d_h", d_h, device)
    if given.shape == (T, H) and N == 1:
        given = given.reshape(T, N, H)
    _check("d_h", given, ("T", "N", "H"), (T, N, H), layer)
    last = {"h": d_h_last, "c": d_c_last}
    d_last = {name: _final(name, last.pop(name, None), layer, device) for name in layer.initial}
    for name, d in last.items():
        if d is not None:
            cell = trace.equations.with_article
            raise InputError(f"d_{name}_last was given, but {cell} has no {name}")
    kept = {name: d for name, d in trace.outputs.items() if name not in _OF_THE_HEAD}
    if in_windows:
        through = backward_in_windows(device_named(device), layer, given, d_last)
    else:
        whole, checkpoints = layer, layer.checkpoints
        if len(checkpoints):  # run again as a whole, which is quicker
            whole = replace(layer, checkpoints=NO_CHECKPOINTS)
        if checkpoints.gradients:
            checkpoints = replace(checkpoints, gradients={})
        gradients = layer_backprop(
            device_named(device), whole, given, d_last, window, per_step=per_step
        )
        through = replace(layer, gradients=gradients, window=window, checkpoints=checkpoints)
    return replace(trace, outputs=kept, layers=(*trace.layers[:-1], through))


_OF_THE_HEAD = frozenset(q.name for q in OUTPUT_BACKWARD)  # of another loss than the one given


def layer_backprop(
    device: Device,
    layer: LayerTrace,
    d_h: Array,
    d_last: Mapping[str, Array],
    window: int | None,
    *,
    per_step: bool,
) -> dict[str, Array]:
    """Every gradient of one layer, by name, in the order of the cell's list."""
    cell = layer.cell
    found = device.backward(cell, layer, layer.initial, layer.lengths, d_h, d_last, window)

    # A card has added them up already.
    missing = [p for p in cell.equations.parameters if f"d_{p.name}" not in found]
    if missing:
        found |= by_name(cell, totals(device, layer, found, missing))
    if per_step:
        found |= shares(device, layer, found)
    return {q.name: found[q.name] for q in cell.equations.backward if q.name in found}


def _final(name: str, given: Any, layer: LayerTrace, device: str) -> Array:
    """The gradient of the final state that came, checked; zero where none came."""
    N, H = layer.initial[name].shape
    if given is None:
        return np.zeros((N, H), layer.x.dtype)
    d = given_array(f"d_{name}_last", given, device)
    if d.shape == (H,) and N == 1:
        d = d.reshape(N, H)
    _check(f"d_{name}_last", d, ("N", "H"), (N, H), layer)
    return d


def _check(
    name: str, array: Array, letters: tuple[str, ...], wanted: tuple[int, ...], layer: LayerTrace
) -> None:
    if array.shape != wanted:
        raise InputError(
            f"{name} has shape {array.shape}; expected ({', '.join(letters)}) = {wanted}"
        )
    if array.dtype != layer.x.dtype:
        raise InputError(
            f"{name} has dtype {array.dtype} and the trace {layer.x.dtype}; "
            f"pass {name}.astype('{layer.x.dtype}')"
        )
