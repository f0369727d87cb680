"""What is not tried twice, and what is not said where the runs for it are used up."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from tests.mistakes.drawing import SCENES, came_of, draw
from tracer.cells.activations import Array
from tracer.errors import InputError
from tracer.mistakes import InVain, mistakes_of
from tracer.mistakes.attempt import Attempt
from tracer.mistakes.branches import Branch
from tracer.mistakes.candidates import Candidate
from tracer.mistakes.pairs import Pairs
from tracer.mistakes.search import Search, singles
from tracer.mistakes.task import Task
from tracer.program import Program, edits_in, program_of

STEP = SCENES["lstm step"]
LSTM = program_of("lstm")
OTHER_C = {"change": {"c": "f * c_prev + g"}}


def candidate(*tables: dict[str, Any]) -> Candidate:
    """One that changes all this."""
    return Candidate(LSTM, tuple(edit for table in tables for edit in edits_in(table)))


def task_of(right: Candidate, candidates: list[Candidate]) -> Task:
    """The numbers that one candidate gives."""
    runs = came_of(LSTM.edited(right.edits), STEP.inputs(), STEP.returns)
    assert runs is not None
    return Task(LSTM, runs, candidates)


def step_after_step(program: Program, given: dict[str, Array]) -> dict[str, Array]:
    """h and c of all steps, each step a run of its own that begins with what came before."""
    h, c = given["h_0"], given["c_0"]
    found: dict[str, list[Array]] = {"h": [], "c": []}
    for x in given["x"]:
        now = {**given, "x": x[np.newaxis], "h_0": h, "c_0": c}
        now["lengths"], now["mask"] = np.ones_like(given["lengths"]), np.ones((1, len(x)), bool)
        now["label"] = given["label"][:1]
        step = program.run(now, wanted=("h", "c"))
        h, c = step["h"][0], step["c"][0]
        found["h"].append(h)
        found["c"].append(c)
    return {name: np.stack(arrays) for name, arrays in found.items()}


def test_what_does_the_same_in_each_step_is_seen_in_the_whole_run() -> None:
    """Step by step and in one go such a mistake gives the same h and c."""
    given = draw(LSTM, 3)
    compared = 0
    for mistake in mistakes_of(LSTM, "step"):
        one = Candidate(LSTM, mistake.edits, mistake)
        if one.edited is None or not one.of_each_step or {"h", "c"}.isdisjoint(one.reach):
            continue
        try:
            whole = one.edited.run(given, wanted=("h", "c"))
        except InputError:
            continue
        with np.errstate(all="ignore"):
            steps = step_after_step(one.edited, given)
        for name, array in whole.items():
            np.testing.assert_allclose(steps[name], array, 1e-9, 1e-12, err_msg=str(one))
        compared += 1

    assert compared > 100


def test_what_is_handed_back_may_do_another_thing_in_a_whole_run() -> None:
    """c handed back for h is read by the next step, and by no line of a whole run."""
    assert candidate(OTHER_C).of_each_step
    assert candidate({"read": {"U": "-U"}}).of_each_step
    assert not candidate({"returned": {"h": "c"}}).of_each_step
    assert not candidate({"read": {"h_0": "c_0"}}).of_each_step
    assert not candidate(OTHER_C, {"carry": {"h": "zero"}}).of_each_step


def test_two_lines_are_not_tried_again_step_by_step() -> None:
    """f = i and g = σ(z_g) make c right only together; the whole run has tried it."""
    first, second = candidate({"change": {"f": "i"}}), candidate({"change": {"g": "σ(z_g)"}})
    both = candidate({"change": {"f": "i"}}, {"change": {"g": "σ(z_g)"}})
    found = {
        step_by_step: Search(task_of(both, [first, second]), step_by_step=step_by_step).in_pairs(
            lambda: None
        )
        for step_by_step in (False, True)
    }

    assert len(found[False]) == 1
    assert found[True] == ()


def test_a_step_that_was_tried_as_a_whole_run_is_not_tried_again() -> None:
    """No pair gives this c: on the same run, as a step of a longer one, none is run once more."""
    unknown = candidate({"change": {"c": "f * c_prev + sqrt(i) * exp(g)"}})
    pair = [candidate({"change": {"f": "i"}}), candidate({"read": {"h_0": "c_0"}})]
    in_vain = InVain()
    runs = []
    for _again in range(2):
        task = task_of(unknown, pair)
        root = Branch(Attempt(task), ())
        assert root.attempt.open is not None
        before = task.left
        assert Pairs(lambda: None, in_vain=in_vain).grow(root) == []
        runs.append(before - task.left)

    assert runs[0] > 0
    assert runs[1] == 0


def test_a_quantity_that_is_no_longer_0_is_tried_on_the_same_run() -> None:
    """With c_0 = 0 alone nothing may be said that reads c_0; with another run beside it may."""
    (run, other) = task_of(candidate(OTHER_C), []).runs
    still = replace(run.run, given={**run.run.given, "c_0": np.zeros_like(run.run.given["c_0"])})
    alone, both = Task(LSTM, [still], []), Task(LSTM, [still, other.run], [])
    in_vain = InVain()
    of = alone.runs[0]
    in_vain.add(alone, of)

    assert in_vain.holds(alone, of)
    assert not in_vain.holds(both, of)


TABLES = (
    {"change": {"c": "f * c_prev + g"}}, {"change": {"c": "tanh(it)"}}, {"change": {"i": "1 - f"}},
    {"change": {"i": "σ(z_i) * 2"}}, {"change": {"f": "i", "c": "g + o"}},
    {"each_gate": {"z_{gate}": "it - z_{gate}_from_a"}}, {"change": {"z_i": "z_f"}},
    {"function": {"σ": "tanh(z)"}}, {"function": {"σ": "1 / (1 + exp(z))"}},
    {"function": {"tanh": "z"}}, {"change": {"h": "o * c"}},
)  # fmt: skip


@pytest.mark.parametrize("first", TABLES, ids=str)
def test_two_changes_that_need_not_be_put_together(first: dict[str, Any]) -> None:
    """One undoes the other, both stand beside each other, or their order does not matter."""
    given = draw(LSTM, 5)
    earlier = candidate(first)

    def numbers(*chosen: Candidate) -> dict[str, Array] | None:
        edits = [edit for each in chosen for edit in each.edits]
        try:
            return LSTM.edited(edits).run(given, wanted=("h", "c"))
        except InputError:
            return None  # one reads what the other makes of it

    said = 0
    for later in map(candidate, TABLES):
        both = numbers(earlier, later)
        if both is None:
            continue
        if later.undoes(earlier):
            said += 1
            np.testing.assert_equal(both, numbers(later), str(later))
        elif later.stands_beside(earlier):
            said += 1
            assert earlier.changed is not None
            assert later.changed is not None
            lines = {**earlier.changed, **later.changed}.values()
            beside = LSTM.with_lines(lines).run(given, wanted=("h", "c"))
            np.testing.assert_equal(both, beside, str(later))
        elif later.only_bodies and earlier.rewrites:
            said += 1
            np.testing.assert_equal(both, numbers(later, earlier), str(later))

    assert said > 2


def test_nothing_is_needed_that_nobody_has_run() -> None:
    """f = f adds nothing to another c; that it does is not said either where no run is left."""
    nothing, alone = candidate({"change": {"f": "it"}}), candidate(OTHER_C)
    task = task_of(alone, [nothing, alone])
    both = Attempt(task, (nothing, alone))
    branch = Branch(both, ((nothing,), (alone,)))

    assert both.explains
    assert not branch.needs_all()
    task.left = 0
    assert not branch.needs_all()


def test_no_mistake_is_named_where_no_run_is_left_for_the_others() -> None:
    """With the last run used up, whether another gives the same is not known."""
    one = candidate(OTHER_C)
    task = task_of(one, [one])

    assert singles(task, [one]) == (one,)
    task.left = 1 + len(task.runs)
    assert singles(task, [one]) == ()


def test_a_search_that_was_cut_short_is_begun_anew() -> None:
    """What grew while no run was left is not kept for when there are more."""
    first, second = candidate(OTHER_C), candidate({"change": {"h": "o * c"}})
    both = candidate(OTHER_C, {"change": {"h": "o * c"}})
    task = task_of(both, [first, second])
    search = Search(task)
    assert search.root.attempt.open is not None
    task.left = 0

    assert search.one_by_one() == ()
    task.refill()
    assert len(search.one_by_one()) == 1
