"""Reads the ``exercise.toml`` of a folder, and says what in it cannot stand there."""

from __future__ import annotations

import json
import math
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any

from tracer.equations import CELLS, RNN, CellEquations
from tracer.errors import FileError, UnknownNameError
from tracer.exercises.cases import shapes
from tracer.exercises.exercise import Check, Exercise
from tracer.exercises.schema import (
    FOLDER_NAME,
    MOST_ARRAYS,
    MOST_NUMBERS,
    SIZES,
    Key,
    Names,
    check_keys,
    exercise_keys,
)

FILE = "exercise.toml"


def read(folder: Path) -> Exercise:
    """The exercise in one folder.

    Raises
    ------
    FileError
        If there is no ``exercise.toml``, or not every key has a value that may stand there. It
        names the file, the key, what stands there and what may.
    """
    if not FOLDER_NAME.fullmatch(folder.name):
        raise FileError(
            f"the folder {folder} needs a name like 22_lstm_step: a number of two digits, _, "
            "and small letters, digits or _"
        )
    path = folder / FILE
    entry = _toml(path)
    named = entry.get("cell")
    # Where the cell is unknown, that is what is said before its names are needed.
    cell = CELLS.get(named if isinstance(named, str) else "", RNN)
    found = _values(str(path), exercise_keys(cell), entry)
    for name in ("x", *(p.name for p in cell.parameters)):
        if name not in found["inputs"]:
            raise FileError(
                f"{path}: inputs = {_written(found['inputs'])} lacks {_written(name)}, "
                f"which the equations of the {cell.title} read"
            )
    exercise = Exercise(
        folder=folder,
        title=found["title"],
        equations=cell,
        function=found["function"],
        inputs=tuple(found["inputs"]),
        returns=tuple(found["returns"]),
        checks=tuple(
            _check(f"{path}, check {n}", table, found, cell)
            for n, table in enumerate(found["checks"], 1)
        ),
        needs=tuple(found["needs"]),
    )
    _different(path, exercise.checks)
    _small_enough(path, exercise)
    return exercise


def _toml(path: Path) -> dict[str, Any]:
    """The file's keys and values, as far as TOML goes."""
    if path.exists() and not path.is_file():  # reading a pipe could wait for ever
        raise FileError(f"cannot read {path}: it is not a plain file")
    try:
        data = path.read_bytes()
    except OSError as error:
        raise FileError(f"cannot read {path}: {error.strerror or error}") from error
    try:
        return tomllib.loads(data.decode("utf-8"))
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise FileError(f"{path}, line {line}: not UTF-8; save the file as UTF-8") from error
    except (ValueError, RecursionError) as error:  # a number too long for Python is no TOML either
        raise FileError(f"{path} is not valid TOML: {error}") from error


def _values(where: str, keys: Sequence[Key], entry: Mapping[str, Any]) -> dict[str, Any]:
    """The value of each key, those that are left out included."""
    for name in entry:
        if name not in [key.name for key in keys]:
            raise FileError(f"{where}: {UnknownNameError('key', name, [k.name for k in keys])}")
    found = {}
    for key in keys:
        if key.name in entry:
            value = entry[key.name]
            if not key.wanted.fits(value):
                raise FileError(f"{where}: {key.name} = {_written(value)}; expected {key.wanted}")
            if isinstance(key.wanted, Names):
                for name in value:
                    if name not in key.wanted.choices:
                        unknown = UnknownNameError("name", name, key.wanted.choices)
                        raise FileError(f"{where}: {key.name} = {_written(value)}: {unknown}")
            found[key.name] = value
        elif key.required:
            raise FileError(f"{where}: the key '{key.name}' is missing; expected {key.wanted}")
        else:
            found[key.name] = key.default
    return found


def _check(
    where: str, entry: Mapping[str, Any], found: Mapping[str, Any], cell: CellEquations
) -> Check:
    """One ``[[checks]]``."""
    values = _values(where, check_keys(tuple(found["inputs"])), entry)
    where = f"{where} ({values['name']})"
    sizes = _values(f"{where}, sizes", SIZES, values["sizes"])
    if "T" not in values["sizes"]:  # one step alone is no sequence
        del sizes["T"]
    handed_on = [name for name in cell.state if name in found["returns"]]
    for name in handed_on if "T" in sizes else ():
        if f"{name}_prev" not in found["inputs"]:
            raise FileError(
                f"{where}: sizes has T, but {name} cannot be handed on to the next step: "
                f"inputs = {_written(found['inputs'])} lacks {_written(f'{name}_prev')}"
            )
    return Check(
        **{
            **values,
            "sizes": MappingProxyType(sizes),
            "zero": tuple(values["zero"]),
            "scale": float(values["scale"]),
        }
    )


def _different(path: Path, checks: Sequence[Check]) -> None:
    """Hints and results are kept under a check's name."""
    names = [check.name for check in checks]
    for n, name in enumerate(names, 1):
        if name in names[: n - 1]:
            raise FileError(
                f"{path}, check {n}: name = {_written(name)} is taken by check "
                f"{names.index(name) + 1}; expected another name for each check"
            )


def _small_enough(path: Path, exercise: Exercise) -> None:
    """All inputs and results of an exercise go through a pipe that takes so many, and no more."""
    arrays = numbers = 0
    for check in exercise.checks:
        steps = check.calls * check.sizes.get("T", 1)
        results = 2 * steps * len(exercise.returns)  # each is sent again after the last call
        given = {name: math.prod(shape) for name, shape in shapes(exercise, check).items()}
        arrays += results + 2 * check.calls * len(given)
        numbers += results * check.sizes["N"] * check.sizes["H"] + steps * given["x"]
        numbers += 2 * check.calls * sum(given.values())
    for what, total, most in (("arrays", arrays, MOST_ARRAYS), ("numbers", numbers, MOST_NUMBERS)):
        if total > most:
            raise FileError(
                f"{path}: the checks exchange {total} {what} in all, at most {most} are possible; "
                "make sizes or calls smaller"
            )


def _written(value: Any) -> str:
    """`value` much as TOML writes it, shortened."""
    try:
        text = json.dumps(value, ensure_ascii=False, default=str)
    except (ValueError, RecursionError):  # Python writes no number of more than 4300 digits
        text = "something very long"
    return text if len(text) <= 60 else text[:59] + "…"
