"""Several mistakes at once are told only where none of them undoes the others."""

from __future__ import annotations

import numpy as np
import pytest

from tests.mistakes.drawing import SCENES, came_of
from tracer.mistakes import Run, diagnose, mistakes_of
from tracer.mistakes.attempt import Attempt
from tracer.mistakes.branches import needs_all
from tracer.mistakes.candidates import Candidate
from tracer.mistakes.search import Search
from tracer.mistakes.task import Task
from tracer.program import edits_in, program_of

UNREAD = edits_in({"change": {"h": "first_step * h_prev + (1 - first_step) * it"}})
"""h[0] = h_0; for t in range(1, T): the first state is the one before it."""

TOO_FEW = {"padding": "one step less"}
TURNED = (
    {"loop": {"forward": "reversed"}}, {"returned": {"h": "reversed_steps(it)"}},
    {"change": {"x": "reversed_steps(it)"}},
)  # fmt: skip
"""Three that turn the steps round: together they give what is right."""


def unread(seeds: int = 2) -> list[Run]:
    """What h[0] = h_0 gives, for sentences that are all of one length."""
    program = program_of("rnn")
    rounds = SCENES["rnn unroll"].inputs()[:seeds]
    for given in rounds:
        given["lengths"] = np.full_like(given["lengths"], len(given["x"]))
        given["mask"] = np.ones_like(given["mask"])
    found = came_of(program.edited(UNREAD), rounds, ("h",))
    assert found is not None
    return found


def test_three_that_undo_each_other_are_no_mistakes() -> None:
    """With a fourth they do give all numbers of h[0] = h_0; and were once told, all four."""
    program = program_of("rnn")
    candidates = [Candidate(program, edits_in(table)) for table in (TOO_FEW, *TURNED)]
    task = Task(program, unread(), candidates)
    four, three = Attempt(task, tuple(candidates)), Attempt(task, tuple(candidates[1:]))

    assert four.explains
    assert three.is_right
    assert not needs_all(four)
    assert Search(task).one_by_one() == ()
    assert Search(task).in_pairs(lambda: None) == ()


def test_two_that_are_both_needed_are_told() -> None:
    """z without its bias, and every step the last one: neither alone, and none undoes the other."""
    program = program_of("rnn")
    tables = ({"change": {"z": "it - z_from_a"}}, {"returned": {"h": "of_last_step(it)"}})
    edits = [edits_in(table) for table in tables]
    rounds = SCENES["rnn unroll"].inputs()
    runs = came_of(program.edited([*edits[0], *edits[1]]), rounds, ("h",))
    assert runs is not None
    candidates = tuple(Candidate(program, each) for each in edits)

    assert needs_all(Attempt(Task(program, runs, candidates), candidates))


@pytest.mark.parametrize("known", [True, False])
def test_the_state_before_stored_as_the_first(*, known: bool) -> None:
    """It is one mistake of the list; without that, the equation is told, and no set of four."""
    program = program_of("rnn")
    catalogue = mistakes_of(program, "sequence")
    if not known:
        catalogue = tuple(m for m in catalogue if not m.id.startswith("first_word_unread"))

    found = diagnose(program, unread(), catalogue)

    named = [[mistake.id for mistake in one_of] for one_of in found.named]
    judged = {equation.name: equation.verdict for equation in found.equations}
    assert named == ([["first_word_unread"]] if known else [])
    assert judged.get("h") == (None if known else "wrong")
