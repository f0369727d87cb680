"""Two mistakes at once, mistakes without a name, and numbers that nothing gives."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

import numpy as np
import pytest

from tests.mistakes.drawing import SCENES, came_of, differ, draw
from tracer.mistakes import Diagnosis, Mistake, Run, diagnose, mistakes_of
from tracer.mistakes.attempt import Attempt
from tracer.mistakes.candidates import Candidate
from tracer.mistakes.records import JudgedEquation
from tracer.mistakes.task import Task
from tracer.program import Program, edits_in, program_of
from tracer.program.generated import generated

Thing = TypeVar("Thing")


def sample(things: Sequence[Thing], n: int) -> list[Thing]:
    """Some of them, always the same."""
    chosen = np.random.default_rng(2).choice(len(things), n, replace=False)
    return [things[place] for place in chosen]


def gives(program: Program, diagnosis: Diagnosis, runs: list[Run], asked: tuple[str, ...]) -> bool:
    """Whether every choice of one mistake from each class gives every number."""
    for n, one_of in enumerate(diagnosis.named):
        for mistake in one_of:
            chosen = [c[0] for c in diagnosis.named]
            chosen[n] = mistake
            edits = [edit for each in chosen for edit in each.edits]
            given = came_of(program.edited(edits), [dict(run.given) for run in runs], asked)
            if given is None or differ(given, runs):
                return False
    return True


@pytest.mark.parametrize("scene", ["rnn step", "lstm step", "lstm step backward"])
def test_pairs_of_mistakes(scene: str) -> None:
    """Two mistakes of the list at once: what is said gives every number, whatever it is."""
    asked = SCENES[scene]
    program = program_of(asked.program)
    catalogue = mistakes_of(program, asked.over)
    rounds = asked.inputs()
    right = came_of(program, rounds, asked.returns)
    assert right is not None
    visible: list[Mistake] = []
    for mistake in sample(catalogue, 60):
        runs = came_of(program.edited(mistake.edits), rounds, asked.returns)
        if runs is not None and differ(runs, right):
            visible.append(mistake)
    named = 0
    for one, other in list(zip(visible[::2], visible[1::2], strict=False))[:4]:
        runs = came_of(program.edited([*one.edits, *other.edits]), rounds, asked.returns)
        if runs is None:
            continue
        diagnosis = diagnose(program, runs, catalogue)
        named += bool(diagnosis.named)
        assert gives(program, diagnosis, runs, asked.returns), (one.id, other.id)

    assert named >= 2


@pytest.mark.parametrize("scene", ["rnn step", "lstm step"])
def test_what_has_no_name_gets_no_wrong_one(scene: str) -> None:
    """One equation with one thing changed: what is said of it gives every number, or it is none."""
    asked = SCENES[scene]
    program = program_of(asked.program)
    catalogue = mistakes_of(program, asked.over)
    rounds = asked.inputs()
    right = came_of(program, rounds, asked.returns)
    assert right is not None
    lines = [name for name in program.lines if not program.lines[name].backward]
    told = 0
    for edit in sample(list(generated(program, lines)), 16):
        runs = came_of(program.edited([edit]), rounds, asked.returns)
        if runs is None or not differ(runs, right):
            continue
        diagnosis = diagnose(program, runs, catalogue)
        assert gives(program, diagnosis, runs, asked.returns), str(edit)
        for found in diagnosis.generated:
            same = came_of(program.edited([found]), rounds, asked.returns)
            assert same is not None
            assert not differ(same, runs)
        told += bool(diagnosis.named or diagnosis.generated)

    assert told >= 3


OTHER_SIGMA = {"function": {"σ": "1 / (1 + exp(z))"}, "change": {"g": "1 - σ(z_g)"}}


@pytest.mark.parametrize("stale", [False, True])
def test_a_line_that_calls_another_sigma(monkeypatch: pytest.MonkeyPatch, *, stale: bool) -> None:
    """g = 1 - σ(z_g) calls the other σ too; lines kept from the right one once named two for it.

    Even where a search keeps what does not hold, what is said is computed anew before.
    """
    if stale:
        monkeypatch.setattr(
            Attempt, "leaves_as_alone",
            lambda self, candidate: self.own_lines.isdisjoint(candidate.changed or {}),
        )  # fmt: skip
    asked = SCENES["gates"]
    program = program_of(asked.program)
    runs = came_of(program.edited(edits_in(OTHER_SIGMA)), asked.inputs(), asked.returns)
    assert runs is not None

    diagnosis = diagnose(program, runs, mistakes_of(program, asked.over))

    assert gives(program, diagnosis, runs, asked.returns)
    assert stale or diagnosis.named


def test_an_equation_without_a_name_is_quoted() -> None:
    """No mistake of the list is c = f * c_prev + i * f; it is quoted."""
    program = program_of("lstm")
    runs = came_of(
        program.edited(edits_in({"change": {"c": "f * c_prev + i * f"}})),
        SCENES["lstm step"].inputs(), ("h", "c"),
    )  # fmt: skip
    assert runs is not None

    diagnosis = diagnose(program, runs, mistakes_of(program, "step"))

    assert diagnosis.named == ()
    assert [str(edit) for edit in diagnosis.generated] == ["c = f * c_prev + i * f"]


def test_equation_by_equation() -> None:
    """Where nothing gives the numbers, h still follows from the student's own c."""
    program = program_of("lstm")
    given = draw(program, 1, T=1)
    own = {"c": np.random.default_rng(0).normal(size=(1, 3, 2))}
    h = program.run(given, own=own, wanted=("h",))["h"]
    told: list[str] = []

    diagnosis = diagnose(
        program, [Run(given, {"c": own["c"], "h": h})], mistakes_of(program, "step"),
        searching=lambda: told.append("searching"),
    )  # fmt: skip

    judged = {found.name: found.verdict for found in diagnosis.equations}
    assert (judged["c"], judged["h"]) == ("wrong", "right")
    assert judged["f"] == "unknown"
    assert JudgedEquation("tanh_c", "unknown") not in diagnosis.equations
    assert told == ["searching"]


def test_two_that_read_each_other_are_no_pair() -> None:
    """d_U_f = d_U_i and d_U_i = d_U_f cannot stand together; once the search ended there."""
    program = program_of("lstm")
    scene = SCENES["lstm step backward"]
    runs = came_of(program, scene.inputs(), scene.returns)
    assert runs is not None
    one, other = (
        Candidate(program, edits_in({"change": {f"d_U_{q}": f"d_U_{p}"}})) for q, p in ("fi", "if")
    )
    task = Task(program, runs, [one, other])

    assert Attempt(task).explains
    assert not Attempt(task, (one, other)).explains
