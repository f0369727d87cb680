"""The numbers a submission is tried with: drawn after it was handed in, from a recorded seed.

They separate mistakes: every size is another one, nothing is zero that need not be, and all are of
a scale at which no function saturates. What a function gets is a quantity of the list: drawn where
the equations take it as given, or computed by them where they compute it, so that `i` fits `z_i`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, NamedTuple, TypeAlias
from zlib import crc32

import numpy as np

from tracer.exercises import sizes as sizing
from tracer.exercises.axes import Axes, axes_of
from tracer.exercises.drawing import (
    SCALE,
    labels,
    lengths,
    mask,
    may_be_unasked,
    number,
    unasked,
    words,
)
from tracer.exercises.exercise import Check, Exercise
from tracer.exercises.handing import given, initial
from tracer.exercises.layout import Array, Drawn, Learned
from tracer.exercises.once import once
from tracer.exercises.tagging import HELD_BACK, lesson
from tracer.program import Program

Generators: TypeAlias = "Callable[[str], np.random.Generator]"
"""A generator for each name, so that no draw depends on what else is drawn."""


@dataclass(frozen=True, slots=True)
class Case:
    """The numbers of one check.

    Attributes
    ----------
    check : Check
    sizes : mapping of str to int
        T is 1 where the check has a single step.
    rounds : tuple of mapping
        For each round the given quantities of the program, in its axes (steps first), as float64,
        int64 or bool; with a reference, what is drawn, by key.
    held_back : tuple of mapping
        For each round the sentences on which it is seen what was learned; else nothing.
    """

    check: Check
    sizes: Mapping[str, int]
    rounds: tuple[Mapping[str, Array], ...]
    held_back: tuple[Mapping[str, Array], ...] = ()


@dataclass(frozen=True, slots=True)
class Statement:
    """What a check says of one value that comes back: that it ``is``, ``at least``, ``at most``."""

    how: str
    value: float | bool


def stated(check: Check, round_: int) -> tuple[Statement, ...]:
    """What must be so of the one number, or the one True or False, of a round."""
    said = []
    if check.accepts or check.refuses:
        said.append(Statement("is", not edit_of(check, round_)))
    if check.at_least is not None:
        said.append(Statement("at least", check.at_least))
    if check.at_most is not None:
        said.append(Statement("at most", check.at_most))
    return tuple(said)


def draw(exercise: Exercise, check: Check, seed: int) -> Case:
    """The numbers of one check; the same seed gives the same numbers."""

    def generator(*words: object) -> np.random.Generator:
        key = "/".join(map(str, (exercise.name, check.name, *words)))
        return np.random.default_rng([seed, crc32(key.encode())])

    sizes = sizing.drawn(check.sizes, block_rows(exercise), generator("sizes"))
    rounds = [
        _round(exercise, check, sizes, number, partial(generator, number))
        for number in range(how_often(check))
    ]
    held = [
        lesson(sizes["T"], HELD_BACK, generator(number, "codes"), generator(number, "held back"))
        for number in range(how_often(check) if check.accuracy is not None else 0)
    ]
    return Case(check, sizes, tuple(rounds), tuple(held))


def how_often(check: Check) -> int:
    """How many rounds it has: of edited equations one each, after the right one.

    And one in which the kernel is launched that was launched in the round before.
    """
    calls = len(check.refuses) + check.accepts if check.refuses else check.calls
    return calls + check.launched


@once
def block_rows(exercise: Exercise) -> frozenset[int]:
    """How many times H rows an array of the exercise may have."""
    return frozenset(
        count
        for axes in exercise.axes().values()
        for axis in axes
        for letter, count in axis.counts
        if letter == "H"
    )


def edit_of(check: Check, round_: int) -> Mapping[str, Any]:
    """The edit of the equations that a round's wrong numbers come from; {} for right ones."""
    if not check.refuses or (check.accepts and round_ == 0):
        return {}
    return check.refuses[round_ - check.accepts]


def _round(
    exercise: Exercise, check: Check, sizes: Mapping[str, int], number: int,
    generator: Generators,
) -> dict[str, Array]:  # fmt: skip
    if exercise.program is None:
        arrays = {
            key: _by_layout(layout, check, sizes, generator(key))
            for key, layout in given(exercise, check, sizes["T"])
            if isinstance(layout, Drawn)
        }
        marked = {name: _marked(exercise, check, name) for name in (*check.zero, *check.large)}
        return _prepared(check, arrays, marked)
    return _of_program(exercise, exercise.program, check, sizes, number, generator)


def _of_program(
    exercise: Exercise, program: Program, check: Check, sizes: Mapping[str, int], number: int,
    generator: Generators,
) -> dict[str, Array]:  # fmt: skip
    """What the equations take as given, and what the functions take that they would compute."""
    asked = _asked(exercise, program, check)
    if asked.pinned:
        sizes = sizing.completed(sizes, [a for n in program.names for a in _letters(program, n)])
    drawn = {
        name: _drawn(program, name, check, sizes, generator(name))
        for name in program.names
        if name in asked.drawn
    }
    for name in program.given:
        if name not in drawn and all(letter in sizes for letter in _letters(program, name)):
            array = unasked(name, _shape(program, name, sizes), sizes["T"])
            drawn |= {} if array is None else {name: array}
    if "lengths" in drawn and "mask" in drawn and check.lengths == "ragged":
        drawn["mask"] &= np.arange(sizes["T"])[:, np.newaxis] < drawn["lengths"]
    if check.accuracy is not None:
        drawn |= _to_learn_from(exercise, check, sizes, generator, drawn)
    marked = {name: _marked(exercise, check, name) for name in (*check.zero, *check.large)}
    arrays = _prepared(check, drawn, marked)
    if asked.pinned:
        changed = program
        if edit := edit_of(check, number):
            from tracer.program.edit import edits_in  # few checks have one

            changed = program.edited(edits_in(edit))
        computed = {
            name: _past_the_end(program, name, array, arrays, generator(f"{name} past the end"))
            for name, array in changed.run(arrays, wanted=asked.pinned).items()
        }
        arrays |= _prepared(
            check, {name: computed[name] for name in program.order if name in asked.pinned}, marked
        )
    return arrays


def _past_the_end(
    program: Program, name: str, array: Array, given: Mapping[str, Array],
    generator: np.random.Generator,
) -> Array:  # fmt: skip
    """What came of it; what an output is after the end of a sentence means nothing, and is drawn.

    Else who reads it there would read 0, and not be told apart from who reads what is right.
    """
    lengths = given.get("lengths")
    if lengths is None or program.names[name] != ("T", "N", "K"):
        return array
    real = np.arange(len(array))[:, np.newaxis, np.newaxis] < lengths[:, np.newaxis]
    return np.where(real, array, number(name, generator, array.shape))


def _to_learn_from(
    exercise: Exercise, check: Check, sizes: Mapping[str, int], generator: Generators,
    drawn: Mapping[str, Array],
) -> dict[str, Array]:  # fmt: skip
    """Tagged sentences, and weights from which one can learn: small where many are added up."""
    found = lesson(sizes["T"], sizes["N"], generator("codes"), generator("sentences"))
    found = {name: array for name, array in found.items() if name in drawn}
    returned = (layout for f in exercise.called(check) for layout in f.returns.values())
    learned = {n for layout in returned if isinstance(layout, Learned) for n in layout.of.names}
    weights = {name: drawn[name] / np.sqrt(drawn[name].shape[-1]) for name in learned}
    return {**found, **weights}


class _Asked(NamedTuple):
    """Which quantities are drawn, and which are computed of these, and taken as they are."""

    drawn: frozenset[str]
    pinned: frozenset[str]


@once
def _asked(exercise: Exercise, program: Program, check: Check) -> _Asked:
    steps = sizing.largest(check.sizes)["T"]
    taken = {name for _key, layout in given(exercise, check, steps) for name in layout.names}
    base = {_base(exercise, name) for name in taken}
    own = base & program.given.keys()
    gradients = {name for name in base - own if name.startswith("d_")}
    pinned = base - own - gradients
    if check.accepts or check.refuses:
        pinned, gradients = pinned | gradients, set()
    if pinned:  # all that they are computed from is drawn, whether a function takes it or not
        counted = ("mask", "lengths")  # but every step counts, as far as a function can know
        own |= {n for n in program.given if n not in counted and not n.startswith("d_")}
    return _Asked(frozenset(own | gradients), frozenset(pinned))


def known_names(exercise: Exercise, check: Check) -> frozenset[str]:
    """The names that every round of a check gives to the equations."""
    if exercise.program is None:
        return frozenset()
    asked = _asked(exercise, exercise.program, check)
    return (
        asked.drawn
        | asked.pinned
        | {name for name in exercise.program.given if may_be_unasked(name)}
    )


def _base(exercise: Exercise, name: str) -> str:
    """What a name stands for where nothing has been computed: U for its block U_i, h_0 for h_prev.

    A function of one step gets the state before from the step before, and at the first from h_0.
    """
    assert exercise.program is not None
    whole, _row = exercise.program.blocks.get(name, (name, 0))
    return initial(exercise).get(name, whole)


def _drawn(
    program: Program, name: str, check: Check, sizes: Mapping[str, int],
    generator: np.random.Generator,
) -> Array:  # fmt: skip
    shape = _shape(program, name, sizes)
    match name:
        case "label" | "label_T":
            return labels(generator, shape, sizes["K"])
        case "lengths":
            return lengths(generator, shape, sizes["T"], ragged=check.lengths == "ragged")
        case "mask":
            return mask(generator, shape)
    return number(name, generator, shape)


@once
def _letters(program: Program, name: str) -> tuple[str, ...]:
    return tuple(letter for axis in axes_of(program.names[name]) for letter in axis.letters)


def _shape(program: Program, name: str, sizes: Mapping[str, int]) -> tuple[int, ...]:
    return tuple(axis.length(sizes) for axis in _axes(program, name))


@once
def _axes(program: Program, name: str) -> Axes:
    return axes_of(program.names[name])


def _by_layout(
    layout: Drawn, check: Check, sizes: Mapping[str, int], generator: np.random.Generator
) -> Array:
    """What ``normal(N, 3H)`` and its like draw."""
    shape, told = tuple(axis.length(sizes) for axis in layout.drawn), dict(layout.options)
    match layout.how:
        case "uniform":
            return np.asarray(generator.uniform(told.get("low", 0), told.get("high", 1), shape))
        case "labels":
            return labels(generator, shape, told["classes"].length(sizes))
        case "lengths":
            most = told["most"].length(sizes)
            return lengths(generator, shape, most, ragged=check.lengths == "ragged")
        case "mask":
            return mask(generator, shape)
        case "words":
            return words(generator, shape, told["of"].length(sizes))
        case "codes":
            return np.asarray(generator.integers(0, 3, (*shape, told["digits"].length(sizes))))
    return np.asarray(generator.normal(size=shape) * told.get("scale", SCALE))


def _marked(exercise: Exercise, check: Check, argument: str) -> set[str]:
    """What an argument of that name, in `zero` or `large`, is made of."""
    layouts = [f.taken[argument] for f in exercise.called(check) if argument in f.taken]
    if exercise.program is None:
        return {key for layout in layouts if layout is not None for key in layout.leaves(argument)}
    names = {name for layout in layouts if layout is not None for name in layout.names}
    return {_base(exercise, name) for name in names}


def _prepared(
    check: Check, arrays: Mapping[str, Array], marked: Mapping[str, set[str]]
) -> dict[str, Array]:
    """With rows stretched, some of them zero, and rounded to the dtype that a function gets."""
    prepared = {}
    for name, array in arrays.items():
        for argument, factor in check.large.items():
            if name in marked[argument] and array.dtype.kind == "f":
                rows = (...,) if array.ndim == 0 else (..., slice(None, None, 2))
                rows = (*rows, slice(None)) if array.ndim > 1 else rows
                array[rows] *= factor  # every other row, so that there is a plain one
        if any(name in marked[argument] for argument in check.zero):
            array[...] = 0
        if array.dtype.kind == "f":
            prepared[name] = array.astype(check.dtype).astype(np.float64)
        else:
            prepared[name] = array
    return prepared
