"""How large the arrays of a check are: drawn from what it allows, and all different."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from functools import cache
from itertools import product
from math import prod

import numpy as np

from tracer.exercises.exercise import Size

DEFAULT: Mapping[str, int] = {"N": 2, "D": 5, "H": 4, "K": 6}
"""Sizes of what a check computes for itself and does not mention."""

_MOST_TRIED = 4096


def drawn(
    sizes: Mapping[str, Size], rows: Collection[int], generator: np.random.Generator
) -> dict[str, int]:
    """One size for each letter.

    Parameters
    ----------
    sizes : mapping of str to Size
    rows : collection of int
        How many blocks of H rows there are, so that 4H is no other size either.
    generator : Generator

    Returns
    -------
    dict of str to int
        With as many different sizes as the check allows; T, which is in it, is 1 where the check
        names none.
    """
    free = {letter: _range(size) for letter, size in sizes.items() if not isinstance(size, str)}
    letters, ranges = tuple(free), tuple(free.values())
    if _few(ranges):
        best = _best_of_all(letters, ranges, frozenset(rows))
    else:
        best = _best(letters, _choices(ranges, generator), rows)
    chosen = dict(zip(letters, best[int(generator.integers(len(best)))], strict=True))
    tied = {letter: chosen[size] for letter, size in sizes.items() if isinstance(size, str)}
    return {"T": 1, **chosen, **tied}


def different(sizes: Mapping[str, Size]) -> bool:
    """Whether they can be all different; 1 is like no other size, for it hides nothing."""
    free = {letter: _range(size) for letter, size in sizes.items() if not isinstance(size, str)}
    choices = _choices(list(free.values()), np.random.default_rng(0))
    return any(not _alike(dict(zip(free, c, strict=True)), ()) for c in choices)


def largest(sizes: Mapping[str, Size]) -> dict[str, int]:
    """The largest of each."""
    free = {letter: _range(size)[-1] for letter, size in sizes.items() if not isinstance(size, str)}
    tied = {letter: free[size] for letter, size in sizes.items() if isinstance(size, str)}
    return {"T": 1, **free, **tied}


def completed(sizes: Mapping[str, int], letters: Collection[str]) -> dict[str, int]:
    """The same with a size for each of `letters`: those that a check leaves out differ too."""
    whole = dict(sizes)
    for letter in letters:
        if letter not in whole:
            size = DEFAULT.get(letter, 3)
            while size in whole.values():
                size += 1
            whole[letter] = size
    return whole


def _range(size: int | tuple[int, int]) -> range:
    least, most = size if isinstance(size, tuple) else (size, size)
    return range(least, most + 1)


def _few(ranges: Sequence[range]) -> bool:
    return prod(map(len, ranges)) <= _MOST_TRIED


@cache
def _best_of_all(
    letters: tuple[str, ...], ranges: tuple[range, ...], rows: frozenset[int]
) -> list[tuple[int, ...]]:
    """The same for every submission that is tried with these sizes."""
    return _best(letters, list(product(*ranges)), rows)


def _best(
    letters: Sequence[str], choices: Sequence[tuple[int, ...]], rows: Collection[int]
) -> list[tuple[int, ...]]:
    """The choices in which the fewest sizes are alike."""
    alike = [_alike(dict(zip(letters, choice, strict=True)), rows) for choice in choices]
    fewest = min(alike)
    return [choice for choice, many in zip(choices, alike, strict=True) if many == fewest]


def _choices(ranges: Sequence[range], generator: np.random.Generator) -> list[tuple[int, ...]]:
    """All choices of one size each, or many of them where all are too many."""
    if _few(ranges):
        return list(product(*ranges))
    return [tuple(int(generator.choice(r)) for r in ranges) for _ in range(_MOST_TRIED // 8)]


def _alike(sizes: Mapping[str, int], rows: Collection[int]) -> int:
    """How many sizes are like another one; 1 does not count, as an axis of 1 is no mix-up."""
    lengths = [size for size in sizes.values() if size > 1]
    hidden = sizes.get("H", 0)
    blocks = {count * hidden for count in rows if count > 1 and hidden}
    return len(lengths) - len(set(lengths)) + len(blocks & set(lengths))
