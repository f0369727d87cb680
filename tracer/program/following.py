"""What follows from somebody's own numbers, where a loss can be computed in two ways.

The list computes it from the scores, which never overflows. Who takes -ln of the probabilities that
he has computed has computed the loss right, whatever they are.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import lru_cache

import numpy as np

from tracer.cells.activations import Array
from tracer.equations.parsing import parse
from tracer.program.program import Program

_OF_PROBS = {
    "loss": ("probs", "masked(-log(sum_K(probs * one_hot(label))), mask)"),
    "loss_T": ("probs_T", "-log(sum_K(probs_T * one_hot(label_T)))"),
}
"""By the loss: the probabilities, and the loss from them."""

_LOSSES = {"probs": ("loss", "total_loss"), "probs_T": ("loss_T", "mean_loss")}


def following(
    program: Program, given: Mapping[str, Array], own: Mapping[str, Array], tolerance: float,
    wanted: Collection[str] | None = None,
) -> dict[str, Array]:  # fmt: skip
    """What follows from `own`; of a loss what it follows from, its probabilities or its scores.

    Parameters
    ----------
    program : Program
    given, own, wanted
        As in `Program.run`.
    tolerance : float
        How far a number may be off, as a share of the largest of its quantity.
    """
    found = program.run(given, own=own, wanted=wanted)
    for probs, losses in _LOSSES.items():
        apart = [
            n for n in losses if n in own and n in found and not _alike(own, found, n, tolerance)
        ]
        if probs not in own or not apart:
            continue
        with np.errstate(all="ignore"):
            other = _of_probs(program).run(given, own=own, wanted=apart)
        found |= {name: other[name] for name in apart if _alike(own, other, name, tolerance)}
    return found


@lru_cache(maxsize=16)
def _of_probs(program: Program) -> Program:
    from tracer.program.edit import Change

    edits = [
        Change(loss, parse(equation))
        for loss, (probs, equation) in _OF_PROBS.items()
        if loss in program.lines and probs in program.names
    ]
    return program.edited(edits)


def _alike(own: Mapping[str, Array], other: Mapping[str, Array], name: str, share: float) -> bool:
    """Whether all numbers are the same ones; NaN and inf, as of a probability of 0, never are."""
    one, expected = own[name], other[name]
    if one.shape != expected.shape or not np.isfinite(expected).all():
        return False
    scale = np.abs(expected).max(initial=0.0)
    return bool((np.abs(one - expected) <= share * scale).all())
