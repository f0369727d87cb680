"""What is left out when not everything fits, and the sentence that says how to see it."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from tracer.language import _
from tracer.view.parts.show import Moves

BLOCKS = 10
"""Steps drawn in full when nobody asked for certain ones."""

STRIP = 40
"""Lines of the strip when nobody asked for certain steps."""


def telling_steps(moves: Moves, most: int) -> list[int]:
    """At most `most` steps (from 0): the first, the last, where the answer flips, the most moving.

    A step moves as much as the state h does at the unit that changes most.
    """
    count = len(moves.steps)
    if count <= most:
        return list(range(count))
    chosen = {0, count - 1}
    chosen.update(moves.turns[: max(most // 2 - 1, 0)])
    for step in np.argsort(-moves.steps, kind="stable"):
        if len(chosen) >= most:
            break
        chosen.add(int(step))
    return sorted(chosen)


def no_gap_of_one(steps: Sequence[int]) -> list[int]:
    """These steps, ascending, and each that is left out alone: it takes the line that says so."""
    gaps = (b - 1 for a, b in pairwise(steps) if b == a + 2)
    return sorted({*steps, *gaps})


def telling_units(moves: Moves, most: int, steps: Sequence[int]) -> list[int]:
    """At most `most` units: those whose state (c, or h where there is no c) moves most.

    First the one that moves most at each of `steps`, for the narration speaks of it; then those
    that move most anywhere.
    """
    count = moves.units.shape[1]
    if count <= most:
        return list(range(count))
    first = [int(moves.units[step].argmax()) for step in steps]
    others = (int(unit) for unit in np.argsort(-moves.units.max(axis=0), kind="stable"))
    return sorted(list(dict.fromkeys([*first, *others]))[:most])


def left_out_units(units: Sequence[int], shown: Sequence[int]) -> str:
    """The sentence about units that have no column, or nothing where all have one.

    `units` are the numbers of all, `shown` the places of those that are drawn.
    """
    hidden = [name for place, name in enumerate(units) if place not in shown]
    if not hidden:
        return ""
    return _(
        "{shown} of {count} units are shown, those whose state changes most; mean and range are "
        "over all {count}. --unit {unit} shows another one, --format csv writes all."
    ).format(shown=len(shown), count=len(units), unit=hidden[0])


def left_out_steps(shown: Sequence[int], count: int, first: int) -> str:
    """The sentence about steps that have no block, or nothing where all have one.

    `shown` count from 0; `first` is what the first of all `count` is called.
    """
    missing = sorted(set(range(count)) - set(shown))
    if not missing:
        return ""
    start = missing[0] + first
    last = min(start + BLOCKS - 1, count + first - 1)
    return _(
        "{shown} of {count} steps are shown: the first, the last, and those where most happens. "
        "--steps {first}:{last} shows others, --format csv writes all."
    ).format(shown=len(shown), count=count, first=start, last=last)
