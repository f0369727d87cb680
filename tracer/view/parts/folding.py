"""What is left out when not everything fits, and the sentence that says how to see it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tracer.language import _
from tracer.view.say.sentence import Sentence

BLOCKS = 10
"""Steps drawn in full when nobody asked for certain ones."""

STRIP = 40
"""Lines of the strip when nobody asked for certain steps."""


def telling_steps(sentence: Sentence, most: int) -> list[int]:
    """At most `most` steps (from 0): the first, the last, where the answer flips, the most moving.

    A step moves as much as the state h does at the unit that changes most.
    """
    count = sentence.T
    if count <= most:
        return list(range(count))
    chosen = {0, count - 1}
    turns = sorted({*sentence.flips, sentence.decided or 0})
    chosen.update(turns[: max(most // 2 - 1, 0)])
    h = np.nan_to_num(np.asarray(sentence["h"], dtype=float), posinf=1e300, neginf=-1e300)
    moves = np.abs(np.diff(h, axis=0, prepend=h[:1])).max(axis=1)
    for step in np.argsort(-moves, kind="stable"):
        if len(chosen) >= most:
            break
        chosen.add(int(step))
    return sorted(chosen)


def telling_units(sentence: Sentence, most: int, steps: Sequence[int]) -> list[int]:
    """At most `most` units: those whose state (c, or h where there is no c) moves most.

    First the one that moves most at each of `steps`, for the narration speaks of it; then those
    that move most anywhere.
    """
    state = sentence["c"] if sentence.has("c") else sentence["h"]
    numbers = np.nan_to_num(np.asarray(state, dtype=float), posinf=1e300, neginf=-1e300)
    count = numbers.shape[1]
    if count <= most:
        return list(range(count))
    moves = np.abs(np.diff(numbers, axis=0, prepend=np.zeros((1, count))))
    first = [int(moves[step].argmax()) for step in steps]
    others = (int(unit) for unit in np.argsort(-moves.max(axis=0), kind="stable"))
    return sorted(list(dict.fromkeys([*first, *others]))[:most])


def left_out_units(sentence: Sentence, shown: Sequence[int]) -> str:
    """The sentence about units that have no column, or nothing where all have one."""
    count = sentence.H
    hidden = [name for unit, name in enumerate(sentence.unit_names) if unit not in shown]
    if not hidden:
        return ""
    return _(
        "{shown} of {count} units are drawn, those whose state moves most; "
        "mean and range are of all {count}. --unit {unit} shows any other one, "
        "--format csv writes all."
    ).format(shown=len(shown), count=count, unit=hidden[0])


def left_out_steps(sentence: Sentence, shown: Sequence[int]) -> str:
    """The sentence about steps that have no block, or nothing where all have one."""
    missing = sorted(set(range(sentence.T)) - set(shown))
    if not missing:
        return ""
    first = missing[0] + sentence.first
    last = min(first + BLOCKS - 1, sentence.T + sentence.first - 1)
    return _(
        "{shown} of {count} steps are drawn: the first, the last, and those where most happens. "
        "--steps {first}:{last} shows others, --format csv writes all."
    ).format(shown=len(shown), count=sentence.T, first=first, last=last)
