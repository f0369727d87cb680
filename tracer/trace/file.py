"""A trace as a file; docs/trace-file.md describes the format."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from tracer.cells import Cell
from tracer.cells.evaluation import block
from tracer.cells.packing import pack_cell, unpack_cell
from tracer.equations import LEVELS, OUTPUT, OUTPUT_BACKWARD, REDUCTION
from tracer.errors import InputError
from tracer.kernels.device import DEVICES, device_for, on_host
from tracer.storage import arrayfile
from tracer.storage.endings import SUFFIX
from tracer.trace.checkpoints import CHECKPOINTS, NO_CHECKPOINTS, Checkpoints
from tracer.trace.header import pack_about, require, unpack_about
from tracer.trace.layer import LayerTrace
from tracer.trace.trace import Head, Trace

FORMAT = "tracer trace"
VERSION = 1


def save_trace(trace: Trace, path: str | os.PathLike[str]) -> None:
    """Write a trace to a safetensors file, whole or not at all; `tracer.open` reads it.

    Raises
    ------
    InputError
        If its name does not end in ``.safetensors``, by which ``tracer show`` knows a trace.
    FileError
        If the file cannot be written.
    """
    check_name(path)
    arrays, header = contents(trace)
    arrayfile.write(path, FORMAT, VERSION, arrays, header)


def check_name(path: str | os.PathLike[str]) -> None:
    """Raise an `InputError` unless the name is that of a trace file."""
    if Path(path).suffix != SUFFIX:
        raise InputError(
            f"{os.fspath(path)}: the name of a trace file ends in {SUFFIX}, by which tracer show "
            f"knows it; write {os.fspath(path)}{SUFFIX}"
        )


def contents(trace: Trace) -> tuple[dict[str, arrayfile.AnyArray], dict[str, Any]]:
    """The arrays and the header of a trace's file."""
    arrays: dict[str, arrayfile.AnyArray] = {"lengths": trace.lengths}
    layers = []
    for n, layer in enumerate(trace.layers):
        place = f"{n}.{layer.direction}"
        entry, weights = pack_cell(layer.cell, place)
        layers.append(entry | {"direction": layer.direction, "window": layer.window})
        numbers: dict[str, arrayfile.AnyArray] = {"x": layer.x, **layer.recorded, **layer.gradients}
        numbers |= {f"{name}_0": state for name, state in layer.initial.items()}
        if layer.level == CHECKPOINTS:
            numbers["checkpoints.steps"] = layer.checkpoints.steps
            for name, states in layer.checkpoints.states.items():
                numbers[f"checkpoints.{name}"] = states
            for name, back in layer.checkpoints.gradients.items():
                numbers[f"checkpoints.d_{name}_from_next"] = back
        arrays |= weights | {f"{place}.{name}": on_host(array) for name, array in numbers.items()}
    arrays |= {f"output.{name}": array for name, array in trace.outputs.items()}
    if trace.head is not None:
        arrays |= {"head.V": trace.head.V, "head.b": trace.head.b}
    if trace.target is not None:
        arrays["target"] = trace.target
    if trace.counted is not None:
        arrays["counted"] = trace.counted
    header = {
        "layers": layers,
        "level": trace.level,
        "device": trace.device,
        "dims": {name: trace.quantity(name).dims for name in trace.recorded},
        "reduction": REDUCTION,
        **pack_about(trace),
    }
    return arrays, header


def open_trace(path: str | os.PathLike[str]) -> Trace:
    """Open a saved trace. Its numbers stay on disk and are read where they are looked at.

    Raises
    ------
    FileError
        If the file is missing, truncated, foreign, or made by a newer tracer.
    """
    arrays, header = arrayfile.read(path, FORMAT, VERSION)
    with arrayfile.damage(path):
        return _trace(arrays, header)


def _trace(arrays: Mapping[str, arrayfile.AnyArray], header: Mapping[str, Any]) -> Trace:
    """Build the trace, holding every array against the shape and dtype it has to have."""
    layers = tuple(_layer(n, entry, arrays, header) for n, entry in enumerate(header["layers"]))
    last = layers[-1]
    (T, N, _), H, dtype = last.x.shape, last.cell.W.shape[1], last.x.dtype
    for layer in layers:
        _check("x", layer.x, (T, N, layer.cell.U.shape[1]), dtype)
    head, K = None, 0
    if "head.V" in arrays:
        head, K = Head(arrays["head.V"], arrays["head.b"]), arrays["head.V"].shape[0]
        _check("head.V", head.V, (K, H), dtype)
        _check("head.b", head.b, (K,), dtype)
    target, counted = arrays.get("target"), arrays.get("counted")
    if target is not None:
        _check("target", target, (T, N), np.int64)
        require("target", ((target >= -1) & (target < K)).all())
    if counted is not None:
        _check("counted", counted, (T, N), np.bool_)
    outputs = {}
    for q in (*OUTPUT, *OUTPUT_BACKWARD):
        if f"output.{q.name}" in arrays:
            outputs[q.name] = arrays[f"output.{q.name}"]
            sizes = {"step": T, "batch": N, "class": K, "row": K, "column": H}
            _check(q.name, outputs[q.name], tuple(sizes[dim] for dim in q.dims), dtype)
    for name in outputs:
        needed = {"output.logits", "output.probs", "head.V", *_NEEDED.get(name, ())}
        require(name, needed <= arrays.keys())
    about = unpack_about(header, last.lengths, T, H, K)
    return Trace(layers, outputs, head=head, target=target, counted=counted, **about)


_NEEDED = {
    "loss": ("target",),
    "d_logits": ("target",),
    "d_V": ("output.d_logits", "output.d_b"),
    "d_b": ("output.d_logits", "output.d_V"),
}
"""What has to be there with an output, besides the scores and the head."""


def _layer(
    n: int,
    entry: Mapping[str, Any],
    arrays: Mapping[str, arrayfile.AnyArray],
    header: Mapping[str, Any],
) -> LayerTrace:
    place = f"{n}.{entry['direction']}"

    def array(name: str) -> arrayfile.AnyArray:
        return arrays[f"{place}.{name}"]

    require("direction", entry["direction"] == "forward")
    window = entry["window"]
    require("window", window is None or (type(window) is int and window > 0))
    require("level or device", header["level"] in LEVELS and header["device"] in DEVICES)
    cell = unpack_cell(entry, arrays, place)
    equations, dtype, H = cell.equations, cell.W.dtype, cell.W.shape[1]
    x, lengths = array("x"), arrays["lengths"]
    T, N, _ = x.shape
    require("x", T > 0 < N)
    _check("x", x, (T, N, cell.U.shape[1]), dtype)
    _check("lengths", lengths, (N,), np.int64)
    require("lengths", ((lengths >= 0) & (lengths <= T)).all())
    initial = {name: array(f"{name}_0") for name in equations.state}
    for name, state in initial.items():
        _check(f"{name}_0", state, (N, H), dtype)
    recorded = {
        q.name: array(q.name) for q in equations if q.equation and q.stored_at(header["level"])
    }
    for name, numbers in recorded.items():
        _check(name, numbers, (T, N, H), dtype)
    gradients = {q.name: array(q.name) for q in equations.backward if f"{place}.{q.name}" in arrays}
    checkpoints = NO_CHECKPOINTS
    if header["level"] == CHECKPOINTS:
        states = {name: array(f"checkpoints.{name}") for name in equations.state}
        back = {
            name: arrays[f"{place}.checkpoints.d_{name}_from_next"]
            for name in equations.state
            if f"{place}.checkpoints.d_{name}_from_next" in arrays
        }
        checkpoints = Checkpoints(array("checkpoints.steps"), states, back)
        _check_checkpoints(checkpoints, T, N, H, dtype)
        require("checkpoints", not back or back.keys() == states.keys())
    _check_gradients(cell, gradients, T, N, kept="d_h_from_loss" if checkpoints.gradients else "")
    return LayerTrace(
        cell, x, initial, lengths, header["level"], device_for(cell, header["device"]), recorded,
        entry["direction"], gradients, window, checkpoints,
    )  # fmt: skip


def _check_checkpoints(
    checkpoints: Checkpoints, T: int, N: int, H: int, dtype: npt.DTypeLike
) -> None:
    """Steps in rising order inside the run, and a state for each."""
    steps = checkpoints.steps
    _check("checkpoints.steps", steps, (steps.size,), np.int64)
    require("checkpoints.steps", (np.diff(np.concatenate([[0], steps, [T]])) > 0).all())
    for name, states in checkpoints.states.items():
        _check(f"checkpoints.{name}", states, (len(steps), N, H), dtype)
    for name, back in checkpoints.gradients.items():
        _check(f"checkpoints.d_{name}_from_next", back, (len(steps) + 1, N, H), dtype)


def _check_gradients(
    cell: Cell, gradients: Mapping[str, arrayfile.AnyArray], T: int, N: int, *, kept: str
) -> None:
    """A gradient of a parameter has the parameter's shape; any other, its axes' sizes.

    Those with the axes step and batch are all there or there is none, or only the one that is
    `kept` with checkpoints. Of the others, all those
    with the same axes: a cut takes away the ones that are sums over what it cut.
    """
    H, D = cell.W.shape[1], cell.U.shape[1]
    sizes = {"step": T, "batch": N, "unit": H, "input": D}
    for name, gradient in gradients.items():
        parameter = block(cell, name.removeprefix("d_").removesuffix("_per_step"))
        if parameter is not None:
            wanted = (T,) * name.endswith("_per_step") + parameter.shape
        else:
            wanted = tuple(sizes[dim] for dim in cell.equations[name].dims)
        _check(name, gradient, wanted, cell.W.dtype)
    groups: dict[tuple[bool, bool], list[bool]] = {}
    for q in cell.equations.backward:
        has = q.name in gradients
        if kept and q.of_each_step:
            has = has == (q.name == kept)
        groups.setdefault(("step" in q.dims, "batch" in q.dims), []).append(has)
    for there in groups.values():
        require("gradients", any(there) == all(there))
    require("gradients", groups[True, True][0] or not gradients)


def _check(
    name: str, array: arrayfile.AnyArray, shape: tuple[int, ...], dtype: npt.DTypeLike
) -> None:
    require(f"shape of {name}", array.shape == shape)
    require(f"dtype of {name}", array.dtype == dtype)
