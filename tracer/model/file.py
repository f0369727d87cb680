"""A model's file: where it lies, how it is written, and what is read from it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tracer.cells import Cell
from tracer.cells.packing import pack_cell, unpack_cell
from tracer.errors import InputError, UnknownNameError
from tracer.storage import arrayfile
from tracer.storage.endings import SUFFIX
from tracer.text.encoder import Encoder
from tracer.trace.trace import Head

if TYPE_CHECKING:
    from tracer.model.model import Model

FORMAT = "tracer model"
VERSION = 1
SHIPPED = Path(__file__).parent / "shipped"


def shipped_names() -> tuple[str, ...]:
    """The models that come with tracer."""
    return tuple(sorted(path.stem for path in SHIPPED.glob(f"*{SUFFIX}")))


def shipped_path(name: str) -> Path:
    """The file of a model that comes with tracer, or an `UnknownNameError`."""
    if name not in shipped_names():
        raise UnknownNameError("model", name, shipped_names())
    return SHIPPED / f"{name}{SUFFIX}"


def is_two_models(name: str | os.PathLike[str]) -> bool:
    """Whether a model that comes with tracer has this name, and a file here has it as well."""
    return str(name) in shipped_names() and Path(f"{name}{SUFFIX}").exists()


def path_of(name: str | os.PathLike[str]) -> Path:
    """The file that `Model.load` means.

    Raises
    ------
    InputError
        If it could be two, or the ending of a file's name was left out.
    UnknownNameError
        If there is neither a model of that name nor such a file.
    """
    if not os.fspath(name):
        raise UnknownNameError("model", "", shipped_names())
    if is_two_models(name):
        raise InputError(
            f"'{name}' could be two models: Model.load('{name}{SUFFIX}') is the file in this "
            f"folder, Model.shipped('{name}') the one that comes with tracer"
        )
    if str(name) in shipped_names():
        return shipped_path(str(name))
    path = Path(name)
    if not path.exists() and path.suffix != SUFFIX:
        if Path(f"{name}{SUFFIX}").exists():
            raise InputError(
                f"no model that comes with tracer is called '{name}'; for the file in this folder "
                f"write its whole name: {name}{SUFFIX}"
            )
        raise UnknownNameError("model", name, shipped_names())
    return path


def write_model(model: Model, path: str | os.PathLike[str]) -> None:
    """Write a model to a safetensors file, whole or not at all."""
    arrays: dict[str, arrayfile.AnyArray] = {"encoder.table": model.encoder.table}
    layers = []
    for n, layer in enumerate(model.layers):
        entry, weights = pack_cell(layer.cell, f"{n}.{layer.direction}")
        layers.append(entry | {"direction": layer.direction})
        arrays |= weights
    arrays |= {"head.V": model.head.V, "head.b": model.head.b}
    header = {
        "name": model.name,
        "task": model.task,
        "labels": model.labels,
        "layers": layers,
        "encoder": model.encoder.dumps(),
        "notes": dict(model.notes),
    }
    arrayfile.write(path, FORMAT, VERSION, arrays, header)


def read_model(path: Path) -> tuple[dict[str, Any], list[tuple[Cell, str]]]:
    """The parts of a model by the names that `Model` gives them, and each layer's cell and way.

    Raises
    ------
    FileError
        If the file is missing, truncated, foreign, or made by a newer tracer.
    """
    arrays, header = arrayfile.read(path, FORMAT, VERSION)
    with arrayfile.damage(path):
        layers = [
            (unpack_cell(entry, arrays, f"{n}.{entry['direction']}"), entry["direction"])
            for n, entry in enumerate(header["layers"])
        ]
        parts = {
            "encoder": Encoder.loads(header["encoder"], arrays["encoder.table"]),
            "head": Head(arrays["head.V"], arrays["head.b"]),
            "task": header["task"],
            "labels": tuple(str(label) for label in header["labels"]),
            "name": str(header["name"]),
            "notes": {str(key): str(note) for key, note in header["notes"].items()},
        }
        return parts, layers
