"""Carries out a plan in this process, for trusted code: what the runner does behind the wall."""

from __future__ import annotations

import importlib.util
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import numpy.typing as npt

from tracer.exercises.cases import Case, draw
from tracer.exercises.exercise import Check, Exercise
from tracer.exercises.plan import Call, plan, read_back, wanted_shapes
from tracer.exercises.structure import Constant, Group, Kept, Leaf, Own, Structure

Came = dict[tuple[int, str], npt.NDArray[Any]]


def loaded(path: Path) -> ModuleType:
    """The module in a file."""
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def carried_out(calls: Sequence[Call], functions: Mapping[str, Any]) -> Came:
    """What the functions, by their names, return to these calls."""
    came: Came = {}
    returned: dict[tuple[int, str], Any] = {}
    kept: dict[str, Any] = {}
    made: dict[str, Any] = {}

    def built(part: Structure, call: Call) -> Any:
        match part:
            case Leaf(key):
                return call.arrays[key].copy()
            case Constant(value):
                return value
            case Kept(name):
                return kept[name]
            case Own(number, key):
                return returned[number, key]
            case Group(kind, parts):
                values = {name: built(inner, call) for name, inner in parts}
                whole = {"dict": dict, "list": list, "tuple": tuple}[kind]
                return whole(values if kind == "dict" else values.values())

    def taken(part: Structure, value: Any, number: int) -> None:
        match part:
            case Leaf(key):
                returned[number, key], came[number, key] = value, np.asarray(value)
            case Kept(name):
                kept[name] = value
            case Group(kind, parts):
                for n, (name, inner) in enumerate(parts):
                    taken(inner, value[name if kind == "dict" else n], number)

    for number, call in enumerate(calls):
        name, _, method = call.function.partition(".")
        function = functions[name]
        if method:
            if call.made_with is not None:
                made[name] = function(*(built(part, call) for _name, part in call.made_with))
            function = getattr(made[name], method)
        arguments = [built(part, call) for _name, part in call.arguments]
        taken(call.returns, function(*arguments), number)
    return came


def wrong(exercise: Exercise, check: Check, functions: Mapping[str, Any], seed: int) -> list[str]:
    """What of a check's answer is not what the equations, or the reference, give."""
    case = draw(exercise, check, seed)
    calls = plan(exercise, case)
    came = carried_out(calls, functions)
    off = [
        key
        for number, call in enumerate(calls)
        for key, shape in wanted_shapes(exercise, case, call).items()
        if came[number, key].shape != shape
    ]
    for number, found in enumerate(read_back(exercise, case, came)):
        expected = _expected(exercise, case, number, calls)
        off += [name for name in found if not _alike(case, expected[name], found[name])]
    return list(dict.fromkeys(off))


def _expected(
    exercise: Exercise, case: Case, number: int, calls: Sequence[Call]
) -> Mapping[str, npt.NDArray[Any]]:
    if exercise.program is not None:
        return exercise.program.run(case.rounds[number])
    assert exercise.reference is not None
    right = carried_out(calls, vars(loaded(exercise.reference)))
    return read_back(exercise, case, right)[number]


def _alike(case: Case, expected: npt.NDArray[Any], found: npt.NDArray[Any]) -> bool:
    share = 1e-4 if case.check.dtype == "float32" else 1e-9
    if expected.shape != found.shape:
        return False
    most = np.abs(expected).max(initial=0.0)
    return bool(np.abs(expected - found).max(initial=0.0) <= share * max(most, 1e-3))
