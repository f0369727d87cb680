"""Mistakes that say the same of the same quantity, whatever goes in: one of them is told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from zlib import crc32

import numpy as np

from tracer.cells.activations import Array
from tracer.errors import TracerError
from tracer.mistakes.candidates import Candidate
from tracer.mistakes.task import Task
from tracer.program import Edit, Program

_COUNTED = frozenset({"label", "label_T", "mask", "lengths"})
"""What is given and is no real number."""


def told_once(
    task: Task, alike: Sequence[Candidate], beside: Sequence[Edit] = ()
) -> list[Candidate]:
    """The same candidates, but of those that say the same of the same quantity only one.

    That o is z_o, and that z_o is returned as o, is one thing where nothing else is made of o. But
    c = i * c_prev + f * g and the order f i g o are two, though they give the same c: they say it
    of other quantities. And what only these inputs do not tell apart stays: it is "one of".

    What is only handed back otherwise is preferred: it claims nothing of how that came about.

    Parameters
    ----------
    task : Task
    alike : sequence of Candidate
        Those of which each gives every number.
    beside : sequence of Edit
        What is wrong besides.
    """
    told: list[Candidate] = []
    for candidate in sorted(alike, key=lambda c: not c.only_hands_back):
        if not any(_say_the_same(task, candidate, other, beside) for other in told):
            told.append(candidate)
    return [candidate for candidate in alike if candidate in told]


def _say_the_same(task: Task, one: Candidate, other: Candidate, beside: Sequence[Edit]) -> bool:
    said = [c.mistake.sentence for c in (one, other) if c.mistake is not None]
    if len(said) == 2 and said[0] == said[1]:
        return True
    if one.touched != other.touched or not one.touched <= task.came:
        return False
    for blocks in task.runs:
        probe = _probe(task.program, blocks.run.given)
        try:
            first, second = (
                task.program.edited((*beside, *c.edits)).run(probe, wanted=tuple(task.came))
                for c in (one, other)
            )
        except TracerError:
            return False
        if not all(_same(first[name], second[name]) for name in task.came):
            return False
    return True


def _probe(program: Program, given: Mapping[str, Array]) -> dict[str, Array]:
    """Other inputs of the same shapes, in which nothing is 0."""
    probe = dict(given)
    for name, axes in program.given.items():
        if axes and name in given and name not in _COUNTED:
            seed = crc32(name.encode())  # of its own: U and W may have one shape, h_0 and c_0 do
            drawn = np.random.default_rng(seed).uniform(-1.5, 1.5, np.shape(given[name]))
            probe[name] = 2 * drawn + np.sign(drawn) * 0.1
    return probe


def _same(one: Array, other: Array) -> bool:
    return one.shape == other.shape and bool(np.allclose(one, other, 1e-9, 1e-12, equal_nan=True))
