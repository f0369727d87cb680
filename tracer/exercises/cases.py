"""The numbers a submission is tried with: drawn after it was handed in, from a recorded seed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from zlib import crc32

import numpy as np

from tracer.cells.activations import Array
from tracer.cells.parameters import expected_shape
from tracer.exercises.exercise import Check, Exercise

_LETTER = {"step": "T", "batch": "N", "input": "D", "unit": "H"}

SPREAD: Mapping[str, float] = {"U": 0.8, "W": 0.8, "a": 0.6}
"""Standard deviation of the weights: no gate stays near its middle, and none is saturated."""


@dataclass(frozen=True, slots=True)
class Case:
    """The inputs of one check: for each call, each input by name.

    A check with steps gives x as (T, N, D), one row for each step.
    """

    check: Check
    calls: tuple[Mapping[str, Array], ...]


def draw(exercise: Exercise, check: Check, seed: int) -> Case:
    """The numbers of one check; the same seed gives the same numbers."""
    key = f"{exercise.name}/{check.name}".encode()
    generator = np.random.default_rng([seed, crc32(key)])
    calls = []
    for _call in range(check.calls):
        arrays = {}
        for name in exercise.inputs:
            array = generator.normal(size=_shape(exercise, check, name)) * SPREAD.get(name, 1.0)
            if name == "x":
                array[..., ::2, :] *= check.scale  # every other row, so that there is a plain one
            if name in check.zero:
                array[...] = 0
            arrays[name] = array.astype(check.dtype)
        calls.append(arrays)
    return Case(check, tuple(calls))


def shapes(exercise: Exercise, check: Check) -> dict[str, tuple[int, ...]]:
    """The shape of each argument as a call gets it: of a sequence, one word at a time."""
    return {name: _shape(exercise, check, name)[-2:] for name in exercise.inputs}


def _shape(exercise: Exercise, check: Check, name: str) -> tuple[int, ...]:
    """``(4H, D)`` in numbers for a parameter, ``(N, H)`` for a quantity of one step."""
    for parameter in exercise.equations.parameters:
        if parameter.name == name:
            return expected_shape(parameter, check.sizes)
    dims = exercise.equations[name].dims
    whole = "T" in check.sizes and name == "x"
    return tuple(check.sizes[_LETTER[d]] for d in dims if whole or d != "step")
