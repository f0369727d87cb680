"""How single numbers are drawn: of a scale, and in a range, in which one mistake is not another."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np

from tracer.exercises.layout import Array
from tracer.exercises.structure import Constant, Group, Structure

SCALE = 0.8
"""Standard deviation of what is drawn: no gate stays near its middle, and none is saturated."""

_RANGES: Mapping[str, tuple[float, float]] = MappingProxyType(
    {
        "learning_rate": (0.05, 0.5),
        "beta1": (0.6, 0.9),
        "beta2": (0.7, 0.95),
        "momentum": (0.5, 0.9),
        "epsilon": (0.05, 0.2),  # as small as usual, it would be seen nowhere
        "max_norm": (0.5, 1.5),
    }
)
"""Numbers that are no arrays, between which bounds."""


def number(name: str, generator: np.random.Generator, shape: tuple[int, ...]) -> Array:
    """Numbers of a quantity: normal ones, where nothing else is known of it."""
    if name in _RANGES:
        return np.asarray(generator.uniform(*_RANGES[name], shape))
    if name == "t" and not shape:
        return np.asarray(generator.integers(2, 9))
    if name == "v":  # the mean of squares
        return np.asarray(generator.normal(size=shape) ** 2)
    return np.asarray(generator.normal(size=shape) * SCALE)


def labels(generator: np.random.Generator, shape: tuple[int, ...], classes: int) -> Array:
    """Whole numbers below `classes`."""
    return np.asarray(generator.integers(0, classes, shape))


def lengths(
    generator: np.random.Generator, shape: tuple[int, ...], most: int, *, ragged: bool
) -> Array:
    """How long each sentence is; ragged, the longest has `most` steps and another one fewer."""
    found = np.full(shape, most)
    if ragged and found.size > 1 and most > 1:
        found.flat[:] = generator.integers(1, most, found.size)
        found.flat[int(generator.integers(found.size))] = most
    return found


def mask(generator: np.random.Generator, shape: tuple[int, ...]) -> Array:
    """Which steps count: most of them, in every sentence one and not all; a single one counts."""
    found = generator.random(shape) < 0.7
    if len(shape) == 2 and shape[0] == 1:
        found[...] = True
    elif len(shape) == 2:
        sentences = np.arange(shape[1])
        first = generator.integers(0, shape[0], shape[1])
        found[first, sentences] = True
        found[(first + generator.integers(1, shape[0], shape[1])) % shape[0], sentences] = False
    return found


WORDS = (
    "water", "is", "hot", "you", "are", "a", "really", "bad", "man", "beautiful", "she", "drinks",
    "tea", "not", "good", "they",
)  # fmt: skip
"""What sentences are drawn from: the article's words first."""


def words(generator: np.random.Generator, shape: tuple[int, ...], of: int) -> Array:
    """Words by their places in `WORDS`, of the first `of`: each once before any comes again."""
    found = np.concatenate(
        [generator.permutation(of)[: np.prod(shape)],
         generator.integers(0, of, max(0, int(np.prod(shape)) - of))]
    )  # fmt: skip
    return np.asarray(generator.permutation(found).reshape(shape))


def as_python(how: str, name: str, values: Mapping[str, Array]) -> Structure | None:
    """The list of words, or the dict of their codes, that such numbers stand for; else None.

    The words are counted from another one where other numbers are drawn, so that no word is in
    every dict.
    """
    if how not in ("words", "codes"):
        return None
    whole = (array for array in values.values() if array.dtype.kind in "iu")
    first = sum(int(array.sum()) for array in whole) % len(WORDS)
    words, drawn = WORDS[first:] + WORDS[:first], values[name]
    if how == "words":
        return Group("list", tuple((str(n), Constant(words[k])) for n, k in enumerate(drawn)))
    codes = ("".join(map(str, digits)) for digits in drawn)
    return Group("dict", tuple((w, Constant(c)) for w, c in zip(words, codes, strict=False)))


def may_be_unasked(name: str) -> bool:
    """Whether something stands for a given quantity that no function gets.

    A function that gets no state begins at zero, one that gets no bias has none, and one that is
    told no lengths takes every step for a real one.
    """
    return name in ("lengths", "mask", "a", "b") or name.endswith("_0")


def unasked(name: str, shape: tuple[int, ...], steps: int) -> Array | None:
    """What stands for it; None where nothing may."""
    if not may_be_unasked(name):
        return None
    if name == "lengths":
        return np.full(shape, steps)
    return np.ones(shape, bool) if name == "mask" else np.zeros(shape)
