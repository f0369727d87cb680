"""Every mistake of the catalogue is recognised from nothing but the numbers it gives."""

from __future__ import annotations

import numpy as np
import pytest

from tests.mistakes.drawing import SCENES, came_of, differ, same_shapes
from tracer.cells.activations import Array
from tracer.mistakes import Mistake, Run, diagnose, mistakes_of
from tracer.program import Program, program_of


@pytest.mark.parametrize("scene", SCENES)
def test_every_mistake_is_named_by_its_numbers(scene: str) -> None:
    """The edited program stands for the student; it is named, alone or with what gives the same.

    Nothing else is named with it than what gives exactly these numbers, and never several at once.
    """
    asked = SCENES[scene]
    program = program_of(asked.program)
    catalogue = mistakes_of(program, asked.over)
    rounds = asked.inputs()
    right = came_of(program, rounds, asked.returns)
    assert right is not None
    missed, tried = [], 0
    for mistake in catalogue:
        runs = came_of(program.edited(mistake.edits), rounds, asked.returns)
        if runs is None or not same_shapes(runs, right) or not differ(runs, right):
            continue
        if _says_nothing(runs, right) or _part_does_not_show(program, mistake, rounds, runs):
            continue
        tried += 1
        diagnosis = diagnose(program, runs, catalogue)
        if len(diagnosis.named) != 1 or mistake not in diagnosis.named[0]:
            missed.append((mistake.id, mistake.variant))
            continue
        for other in diagnosis.named[0]:
            same = came_of(program.edited(other.edits), rounds, asked.returns)
            assert same is not None
            assert not differ(same, runs), (mistake.id, other.id)

    assert missed == []
    assert tried > 5


def _part_does_not_show(
    program: Program, mistake: Mistake, rounds: list[dict[str, Array]], runs: list[Run]
) -> bool:
    """Whether less than this mistake gives the same: then less is what is said."""
    for n in range(len(mistake.edits)) if len(mistake.edits) > 1 else ():
        less = program.edited(mistake.edits[:n] + mistake.edits[n + 1 :])
        given = came_of(less, rounds, runs[0].came)
        if given is not None and not differ(given, runs):
            return True
    return False


def _says_nothing(runs: list[Run], right: list[Run]) -> bool:
    """Whether all that is wrong is 0, NaN or a whole number."""
    wrong = np.concatenate(
        [
            run.came[name][~np.isclose(run.came[name], array, rtol=1e-7, atol=1e-9)].ravel()
            for run, other in zip(runs, right, strict=True)
            for name, array in other.came.items()
        ]
    )
    return not np.any(wrong[np.isfinite(wrong)] % 1)
