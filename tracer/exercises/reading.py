"""Reads the ``exercise.toml`` of a folder, and says what in it cannot stand there."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

from tracer.errors import FileError, InputError, UnknownNameError
from tracer.exercises.checking import fitting, small_enough
from tracer.exercises.exercise import Check, Exercise
from tracer.exercises.functions import Misfit, functions
from tracer.exercises.layout import Anything, Learned, Stated
from tracer.exercises.schema import (
    FUNCTION_KEYS,
    SIZES,
    Key,
    check_keys,
    exercise_keys,
)
from tracer.exercises.using import FILE, refuse_unusable
from tracer.exercises.wanted import FOLDER_NAME, Names, Table
from tracer.program import program_of
from tracer.storage import tomlfile
from tracer.storage.tomlfile import written


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
    found = _values(str(path), exercise_keys(), tomlfile.read(path))
    exercise = _described(path, found)
    checks = tuple(
        _check(f"{path}, check {n}", table, exercise) for n, table in enumerate(found["checks"], 1)
    )
    _different(path, checks)
    exercise = replace(exercise, checks=checks)
    small_enough(path, exercise)
    return exercise


def _described(path: Path, found: Mapping[str, Any]) -> Exercise:
    """All but its checks."""
    named, reference = found["equations"], found["reference"]
    if named and reference:
        raise FileError(
            f"{path}: equations = {written(named)} and reference = {written(reference)}; "
            "expected only one of the two, for one thing says what is right"
        )
    if reference and not (path.parent / reference).is_file():
        raise FileError(f"{path}: reference = {written(reference)}; there is no such file beside")
    refuse_unusable(path, found["uses"])
    program = program_of(named) if named else None
    entries = [
        _values(f"{path}, function {n}", FUNCTION_KEYS, entry)
        for n, entry in enumerate(found["functions"], 1)
    ]
    try:
        made = functions(
            program, [{**e, "where": e["where"] or {}} for e in entries], found["where"] or {}
        )
    except Misfit as misfit:
        where = f"{path}, {misfit.table}" if misfit.table else str(path)
        stands = f"{misfit.key} = {written(misfit.stands)}" if misfit.stands else misfit.key
        raise FileError(f"{where}: {stands}: {misfit.why}") from None
    if program is None and not reference:
        for function in made:
            for name, layout in function.returns.items():
                if not isinstance(layout, (Anything, Stated)):
                    raise FileError(
                        f"{path}: nothing says which {name} is right; expected equations = "
                        'or reference = "reference.py", or in where '
                        f'{name} = "number", of which a check says what it must reach'
                    )
    return Exercise(
        folder=path.parent,
        title=found["title"],
        equations=named or "",
        program=program,
        reference=path.parent / reference if reference else None,
        functions=made,
        checks=(),
        needs=tuple(found["needs"]),
        uses=tuple(found["uses"]),
        credit=found["credit"],
        convention_share=float(found["convention_share"]),
        device=found["device"] or "",
    )


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
                raise FileError(f"{where}: {key.name} = {written(value)}; expected {key.wanted}")
            if isinstance(key.wanted, Names):
                for name in value:
                    if name not in key.wanted.choices:
                        unknown = UnknownNameError("name", name, key.wanted.choices)
                        raise FileError(f"{where}: {key.name} = {written(value)}: {unknown}")
            if isinstance(key.wanted, Table):
                for name, inner in value.items():
                    if not key.wanted.inner.fits(inner):
                        stands = f"{key.name}.{name} = {written(inner)}"
                        raise FileError(f"{where}: {stands}; expected {key.wanted.inner}")
            found[key.name] = value
        elif key.required:
            raise FileError(f"{where}: the key '{key.name}' is missing; expected {key.wanted}")
        else:
            found[key.name] = key.default
    return found


def _check(where: str, entry: Mapping[str, Any], exercise: Exercise) -> Check:
    """One ``[[checks]]``."""
    names = tuple(function.name for function in exercise.functions)
    arguments = tuple(dict.fromkeys(name for f in exercise.functions for name in f.taken))
    values = _values(where, check_keys(names, arguments, _looked_at(exercise, names)), entry)
    where = f"{where} ({values['name']})"
    for letter in values["sizes"]:
        if exercise.program is not None and letter not in [key.name for key in SIZES]:
            unknown = UnknownNameError("size", letter, [key.name for key in SIZES])
            raise FileError(f"{where}: sizes: {unknown}")
    called = tuple(values["functions"] or names)
    returned = _looked_at(exercise, called)
    expect = tuple(values["expect"] or _quantities(exercise, called, values))
    for name in expect:
        if name not in returned:
            raise FileError(
                f"{where}: expect = {written(values['expect'])}: {name} is returned by none of "
                f"the functions {', '.join(called)}"
            )
    sizes = {k: tuple(v) if isinstance(v, list) else v for k, v in values["sizes"].items()}
    check = Check(
        **{
            **values,
            "sizes": MappingProxyType(sizes),
            "functions": called,
            "expect": expect,
            "zero": tuple(values["zero"]),
            "large": MappingProxyType({k: float(v) for k, v in values["large"].items()}),
            "refuses": tuple(values["refuses"]),
        }
    )
    try:
        fitting(exercise, check)
    except (InputError, UnknownNameError) as error:
        raise FileError(f"{where}: {error}") from None
    return check


def _quantities(
    exercise: Exercise, called: Collection[str], values: Mapping[str, Any]
) -> list[str]:
    """What is looked at where a check does not say: every quantity, and what it states."""
    stated = {
        "bool": values["accepts"] or values["refuses"],
        "number": values["at_least"] is not None or values["at_most"] is not None,
    }
    layouts = {
        name: layout
        for function in exercise.functions
        if function.name in called
        for name, layout in function.returns.items()
    }
    return [
        name
        for name in _looked_at(exercise, called)
        if not isinstance(layout := layouts[name], (Stated, Learned))
        or (stated[layout.kind] if isinstance(layout, Stated) else values["accuracy"] is not None)
    ]


def _looked_at(exercise: Exercise, called: Collection[str]) -> tuple[str, ...]:
    """What functions return that a check can look at."""
    return tuple(
        dict.fromkeys(
            name
            for function in exercise.functions
            if function.name in called
            for name, layout in function.returns.items()
            if layout is not None and not isinstance(layout, Anything)
        )
    )


def _different(path: Path, checks: Sequence[Check]) -> None:
    """Hints and results are kept under a check's name."""
    names = [check.name for check in checks]
    for n, name in enumerate(names, 1):
        if name in names[: n - 1]:
            raise FileError(
                f"{path}, check {n}: name = {written(name)} is taken by check "
                f"{names.index(name) + 1}; expected another name for each check"
            )
