"""A change tried on top of others: quicker than computing all of it anew, and the same numbers."""

from __future__ import annotations

import os

import numpy as np
import pytest

from tests.mistakes.drawing import SCENES
from tracer.errors import TracerError
from tracer.mistakes import Run, mistakes_of
from tracer.mistakes.attempt import Attempt
from tracer.mistakes.candidates import Candidate
from tracer.mistakes.task import Task
from tracer.program import Program, program_of

FIRST = ("gradients_of_the_first_step", "initial_state_ignored", "other_sigma", "other_tanh")
"""What the others are tried on top of: a third of them, or all in ``make corpus``."""

EVERY = "TRACER_EVERY" in os.environ


def task_of(scene: str, *more: str, wrong: str) -> tuple[Task, Program]:
    """A function that returns `more` too, and gets wrong what begins with `wrong`."""
    asked = SCENES[scene]
    program = program_of(asked.program)
    given = asked.inputs()[-1]
    right = program.run(given, wanted=(*more, *asked.returns))
    came = {name: array + name.startswith(wrong) for name, array in right.items()}
    catalogue = mistakes_of(program, asked.over)
    candidates = [Candidate(program, mistake.edits, mistake) for mistake in catalogue]
    return Task(program, [Run(given, came)], candidates), program


@pytest.mark.parametrize("scene", ["rnn step", "lstm unroll", "lstm backward"])
def test_what_a_change_does_not_reach_is_not_computed_again(scene: str) -> None:
    """Alone and on top of others, the numbers are those of the program with all these edits."""
    task, program = task_of(scene, wrong="")
    (run,) = task.runs
    task.left = 10_000
    start = Attempt(task)
    befores = {c.mistake.id: start.with_(c) for c in task.candidates if c.mistake and c.edited}
    compared = 0
    for before in (start, *(befores[name] for name in FIRST if name in befores)):
        for candidate in task.candidates[:: 1 if before is start or EVERY else 3]:
            if not before.fits_beside(candidate):
                continue
            attempt = before.with_(candidate)
            edits = [edit for one in attempt.chosen for edit in one.edits]
            try:
                expected = program.edited(edits).run(run.run.given, wanted=tuple(run.run.came))
            except TracerError:
                assert attempt.numbers(run) is None
                continue
            found = attempt.numbers(run)
            assert found is not None
            for name, array in expected.items():
                said = f"{name} with {attempt.chosen}"
                np.testing.assert_allclose(found[name], array, 1e-9, 1e-12, err_msg=said)
            compared += 1
    assert compared > 100


def test_a_forward_pass_that_is_spoiled_is_seen_at_its_first_step() -> None:
    """Where only the backward pass is wrong, a change that is passed over makes h or c wrong."""
    task, program = task_of("lstm backward", "h", "c", wrong="d_")
    (run,) = task.runs
    attempt = Attempt(task)
    passed_over = 0
    for candidate in task.candidates:
        lines = attempt.lines_of(candidate) if attempt.fits_beside(candidate) else None
        if lines is None or not attempt.spoils_beginning(lines):
            continue
        passed_over += 1
        try:
            found = program.edited(candidate.edits).run(run.run.given, wanted=("h", "c"))
        except TracerError:
            continue
        assert not all(np.allclose(found[name], run.run.came[name]) for name in found)
    assert passed_over > 50
