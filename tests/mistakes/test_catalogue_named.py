"""Every mistake of the catalogue is recognised from nothing but the numbers it gives."""

from __future__ import annotations

import os
from collections.abc import Sequence
from functools import cache

import numpy as np
import pytest

from tests.mistakes.drawing import SCENES, came_of, differ, same_shapes
from tracer.cells.activations import Array
from tracer.errors import InputError
from tracer.mistakes import Mistake, Run, diagnose, mistakes_of
from tracer.mistakes.candidates import Candidate
from tracer.mistakes.task import Task
from tracer.mistakes.twins import told_once
from tracer.program import Edit, Program, program_of


@pytest.mark.long
@pytest.mark.parametrize("scene", SCENES)
def test_every_mistake_is_named_by_its_numbers(scene: str) -> None:
    """The edited program stands for the student; it is named, alone or with what gives the same.

    Nothing else is named with it than what gives exactly these numbers, and never several at once.
    Each mistake is tried in the first scene in which it shows: every sixth one of an RNN, every
    twelfth of an LSTM, and all of them where TRACER_EVERY is set, as in ``make corpus``.
    """
    program = program_of(SCENES[scene].program)
    earlier = _before(scene)
    missed, shown = [], 0
    catalogue = mistakes_of(program, SCENES[scene].over)
    sparse = 12 if SCENES[scene].program == "lstm" else 6
    sparse = 1 if "TRACER_EVERY" in os.environ else sparse
    for mistake in catalogue:
        runs = _shown(program, mistake, scene)
        if runs is None or any(_shown(program, mistake, other) for other in earlier):
            continue
        shown += 1
        if (shown - 1) % sparse:
            continue
        diagnosis = diagnose(program, runs, catalogue)
        if len(diagnosis.named) != 1 or not _is_told(program, mistake, diagnosis.named[0], runs):
            missed.append((mistake.id, mistake.variant))
            continue
        for other in diagnosis.named[0]:
            same = _answered(program, other.edits, scene)
            assert same is not None
            assert not differ(same, runs), (mistake.id, other.id)

    assert missed == []
    assert shown > 0


def _is_told(
    program: Program, mistake: Mistake, named: Sequence[Mistake], runs: Sequence[Run]
) -> bool:
    """Whether it is named, or what says the same of the same quantities on other inputs too."""
    task, one = Task(program, runs, ()), Candidate(program, mistake.edits, mistake)
    others = (Candidate(program, other.edits, other) for other in named if other != mistake)
    return mistake in named or any(len(told_once(task, [one, other])) == 1 for other in others)


def test_another_change_of_the_same_quantity_is_not_taken_for_it() -> None:
    """c = f * c_prev + g in the place of c = f * c_prev + i would be a false name."""
    program, scene = program_of("lstm"), "lstm step"
    known = {m.variant: m for m in mistakes_of(program, "step") if m.id == "other_c"}
    mistake, other = known["f * c_prev + i"], known["f * c_prev + g"]
    runs = _shown(program, mistake, scene)
    assert runs is not None

    assert _is_told(program, mistake, [mistake], runs)
    assert not _is_told(program, mistake, [other], runs)


def _before(scene: str) -> list[str]:
    """The scenes of the same program that come before."""
    same = [name for name, asked in SCENES.items() if asked.program == SCENES[scene].program]
    return same[: same.index(scene)]


def _answered(program: Program, edits: Sequence[Edit], scene: str) -> list[Run] | None:
    """What a function with these edits returns in a scene; None where it crashes."""
    asked = SCENES[scene]
    return came_of(program.edited(edits), _inputs(scene), asked.returns)


@cache
def _inputs(scene: str) -> list[dict[str, Array]]:
    return SCENES[scene].inputs()


@cache
def _right(scene: str) -> list[Run]:
    right = _answered(program_of(SCENES[scene].program), (), scene)
    assert right is not None
    return right


@cache
def _shown(program: Program, mistake: Mistake, scene: str) -> list[Run] | None:
    """What it returns in a scene, if that is wrong in all of its parts; None where it is not."""
    if mistake.over not in ("", SCENES[scene].over):
        return None
    runs, right = _answered(program, mistake.edits, scene), _right(scene)
    if runs is None or not same_shapes(runs, right) or not differ(runs, right):
        return None
    if _says_nothing(runs, right) or _part_does_not_show(program, mistake, _inputs(scene), runs):
        return None
    return runs


def _part_does_not_show(
    program: Program, mistake: Mistake, rounds: list[dict[str, Array]], runs: list[Run]
) -> bool:
    """Whether less than this mistake gives the same: then less is what is said."""
    for n in range(len(mistake.edits)) if len(mistake.edits) > 1 else ():
        try:
            less = program.edited(mistake.edits[:n] + mistake.edits[n + 1 :])
        except InputError:  # without it another reads what is made of itself
            continue
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
