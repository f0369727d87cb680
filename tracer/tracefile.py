"""A trace as a file; docs/trace-file.md describes the format."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

import numpy as np

from tracer import files
from tracer.cells import Cell
from tracer.cells.evaluation import block
from tracer.cells.packing import pack_cell, unpack_cell
from tracer.equations import LEVELS, OUTPUT, OUTPUT_BACKWARD, REDUCTION
from tracer.kernels import DEVICES
from tracer.layertrace import LayerTrace
from tracer.trace import Head, Trace, UnitIndex, pick_units

FORMAT = "tracer trace"
VERSION = 1


def save_trace(trace: Trace, path: str | os.PathLike[str]) -> None:
    """Write a trace; see `Trace.save`."""
    arrays: dict[str, files.AnyArray] = {"lengths": trace.lengths}
    layers = []
    for n, layer in enumerate(trace.layers):
        place = f"{n}.{layer.direction}"
        entry, weights = pack_cell(layer.cell, place)
        layers.append(entry | {"direction": layer.direction})
        numbers = {"x": layer.x, **layer.recorded, **layer.gradients}
        numbers |= {f"{name}_0": state for name, state in layer.initial.items()}
        arrays |= weights | {f"{place}.{name}": array for name, array in numbers.items()}
    arrays |= {f"output.{name}": array for name, array in trace.outputs.items()}
    if trace.head is not None:
        arrays |= {"head.V": trace.head.V, "head.b": trace.head.b}
    if trace.target is not None:
        arrays["target"] = trace.target
    if trace.counted is not None:
        arrays["counted"] = trace.counted
    units = trace.units
    header = {
        "layers": layers,
        "level": trace.level,
        "device": trace.device,
        "dims": {name: trace.quantity(name).dims for name in trace.recorded},
        "reduction": REDUCTION,
        "first_step": trace.first_step,
        "dropped": sorted(trace.dropped),
        "units": None if isinstance(units, slice) else units,
        "tokens": trace.tokens,
        "unknown": [sorted(steps) for steps in trace.unknown],
        "labels": trace.labels,
        "task": trace.task,
        "model": trace.model_name,
        "versions": dict(trace.versions),
    }
    files.write(path, FORMAT, VERSION, arrays, header)


def open_trace(path: str | os.PathLike[str]) -> Trace:
    """Open a saved trace. Its numbers stay on disk and are read where they are looked at.

    Raises
    ------
    FileError
        If the file is missing, truncated, foreign, or made by a newer tracer.
    """
    arrays, header = files.read(path, FORMAT, VERSION)
    with files.damage(path):
        return _trace(arrays, header)


def _trace(arrays: Mapping[str, files.AnyArray], header: Mapping[str, Any]) -> Trace:
    """Build the trace, holding every array against the sizes it has to have."""
    layers = tuple(_layer(n, entry, arrays, header) for n, entry in enumerate(header["layers"]))
    T, N, _ = layers[-1].x.shape
    head = Head(arrays["head.V"], arrays["head.b"]) if "head.V" in arrays else None
    K, H = head.V.shape if head else (0, layers[-1].cell.W.shape[1])
    if head and head.b.shape != (K,):
        raise ValueError("head")
    outputs = {}
    for q in (*OUTPUT, *OUTPUT_BACKWARD):
        if f"output.{q.name}" in arrays:
            outputs[q.name] = arrays[f"output.{q.name}"]
            sizes = {"step": T, "batch": N, "class": K, "row": K, "column": H}
            _check_shape(q.name, outputs[q.name], tuple(sizes[dim] for dim in q.dims))
    for name in ("target", "counted"):
        if name in arrays:
            _check_shape(name, arrays[name], (T, N))
    labels, tokens = header["labels"], header["tokens"]
    if labels is not None and len(labels) != K:
        raise ValueError("labels")
    lengths = layers[-1].lengths
    if tokens is not None and any(
        len(words) < length for words, length in zip(tokens, lengths.tolist(), strict=True)
    ):
        raise ValueError("tokens")
    unknown = tuple(frozenset(int(t) for t in steps) for steps in header["unknown"])
    if unknown and len(unknown) != N:
        raise ValueError("unknown")
    dropped = frozenset(header["dropped"])
    one = {"step": T, "batch": N, "unit": 1}
    if any(one[dim] != 1 for dim in dropped):
        raise ValueError("dropped")
    units: UnitIndex = slice(None)
    if header["units"] is not None:
        units = pick_units(header["units"], np.arange(layers[-1].cell.W.shape[1]))
    if isinstance(units, int) != ("unit" in dropped):
        raise ValueError("units")
    return Trace(
        layers=layers,
        outputs=outputs,
        first_step=int(header["first_step"]),
        versions={str(name): str(version) for name, version in header["versions"].items()},
        tokens=tokens and tuple(tuple(str(word) for word in words) for words in tokens),
        unknown=unknown,
        labels=labels and tuple(str(label) for label in labels),
        task=header["task"],
        model_name=header["model"],
        head=head,
        target=arrays.get("target"),
        counted=arrays.get("counted"),
        dropped=dropped,
        units=units,
    )


def _layer(
    n: int,
    entry: Mapping[str, Any],
    arrays: Mapping[str, files.AnyArray],
    header: Mapping[str, Any],
) -> LayerTrace:
    place = f"{n}.{entry['direction']}"

    def array(name: str) -> files.AnyArray:
        return arrays[f"{place}.{name}"]

    if header["level"] not in LEVELS or header["device"] not in DEVICES:
        raise ValueError("level or device")
    cell = unpack_cell(entry, arrays, place)
    equations = cell.equations
    x = array("x")
    T, N, _ = x.shape
    H = cell.W.shape[1]
    _check_shape("x", x, (T, N, cell.U.shape[1]))
    _check_shape("lengths", arrays["lengths"], (N,))
    if not ((arrays["lengths"] >= 0) & (arrays["lengths"] <= T)).all():
        raise ValueError("lengths")
    initial = {name: array(f"{name}_0") for name in equations.state}
    for name, state in initial.items():
        _check_shape(f"{name}_0", state, (N, H))
    recorded = {
        q.name: array(q.name) for q in equations if q.equation and q.stored_at(header["level"])
    }
    gradients = {q.name: array(q.name) for q in equations.backward if f"{place}.{q.name}" in arrays}
    _check_gradients(cell, gradients, T, N)
    for name, numbers in (initial | recorded | gradients | {"x": x}).items():
        if name in recorded:
            _check_shape(name, numbers, (T, N, H))
        if numbers.dtype != cell.W.dtype:
            raise ValueError(f"dtype of {name}")
    return LayerTrace(
        cell, x, initial, arrays["lengths"], header["level"], header["device"], recorded,
        entry["direction"], gradients,
    )  # fmt: skip


def _check_gradients(cell: Cell, gradients: Mapping[str, files.AnyArray], T: int, N: int) -> None:
    """A gradient of a parameter has the parameter's shape; any other, its axes' sizes."""
    H, D = cell.W.shape[1], cell.U.shape[1]
    sizes = {"step": T, "batch": N, "unit": H, "input": D}
    for name, gradient in gradients.items():
        parameter = block(cell, name.removeprefix("d_").removesuffix("_per_step"))
        if parameter is not None:
            wanted = (T,) * name.endswith("_per_step") + parameter.shape
        else:
            wanted = tuple(sizes[dim] for dim in cell.equations[name].dims)
        _check_shape(name, gradient, wanted)


def _check_shape(name: str, array: files.AnyArray, wanted: tuple[int, ...]) -> None:
    if array.shape != wanted:
        raise ValueError(f"{name} has shape {array.shape}; wanted {wanted}")
