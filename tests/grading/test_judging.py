"""The judge decides alone: whatever comes back, only right numbers give points."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracer.cells import CELL_CLASSES
from tracer.exercises.cases import Case, draw
from tracer.exercises.discovery import discover
from tracer.exercises.exercise import Exercise
from tracer.exercises.submission import Submission
from tracer.grading import comparing
from tracer.grading.answer import Answer
from tracer.grading.comparing import differences
from tracer.grading.judge import judge
from tracer.grading.report import Verdict
from tracer.grading.session import grade
from tracer.sandbox.frames import MAX_BYTES, pack, pack_note
from tracer.sandbox.process import How, Limits, Run

NOTHING = Submission("rnn_step.py", b"")

RNN_STEP = next(e for e in discover().good if e.function == "rnn_step")

PARTS = st.one_of(
    st.sampled_from(["0", "1", "7", "8", "kept", "after", "note", "loaded", "h", "c", "x", "end"])
)
NOTES = st.fixed_dictionaries(
    {},
    optional={
        "event": st.sampled_from(["done", "raised", "returned", 3]),
        "what": st.sampled_from(["empty", "none", "count", "passed", None]),
        "call": st.one_of(st.integers(), st.text(max_size=3)),
        "step": st.one_of(st.integers(), st.lists(st.integers(), max_size=2)),
        "type": st.text(max_size=9),
        "message": st.one_of(st.text(max_size=9), st.none()),
        "warnings": st.one_of(st.none(), st.lists(st.none() | st.just({"line": "x"}), max_size=3)),
        "name": st.text(max_size=4),
        "got": st.text(max_size=4),
        "line": st.one_of(st.integers(), st.none()),
    },
)
FRAMES = st.one_of(
    st.builds(pack_note, st.lists(PARTS, min_size=1, max_size=5).map("/".join), NOTES),
    st.builds(
        pack,
        st.lists(PARTS, min_size=1, max_size=5).map("/".join),
        st.sampled_from([np.zeros((1, 3)), np.full((3, 4), np.nan), np.zeros(()), np.ones((3, 2))]),
    ),
    st.binary(max_size=20),
)


@dataclass(frozen=True)
class Canned:
    """A wall behind which nothing runs: these bytes come out."""

    response: bytes
    how: How = How.EXITED
    status: int = 0

    def run(self, source: bytes, file: str, request: bytes, limits: Limits, longest: float) -> Run:
        """The same for every request."""
        del source, file, request, limits, longest
        return Run(self.how, self.status, self.response, "", 0.0)


READY = pack_note("ready", {})


@given(st.lists(FRAMES, max_size=12), st.sampled_from(How))
def test_forged_frames_give_no_points(frames: list[bytes], how: How) -> None:
    """Any mixture of well-formed frames and garbage: a verdict, no error, no point."""
    report = grade(RNN_STEP, NOTHING, seed=1, wall=Canned(READY + b"".join(frames), how))

    assert report.points == 0
    assert {c.verdict for c in report.checks}.isdisjoint({Verdict.PASSED, Verdict.GRADER_FAULT})


def test_a_process_that_does_not_start_is_the_graders_fault() -> None:
    """Before the runner is ready no code of the student's has run."""
    report = grade(RNN_STEP, NOTHING, seed=1, wall=Canned(b""))

    assert report.verdict is Verdict.GRADER_FAULT
    assert report.points == 0


@pytest.mark.parametrize("how", list(How))
def test_a_flood_is_not_the_graders_fault(how: How) -> None:
    """More bytes than any answer has, whether or not the runner's first frame came before."""
    flood = pack("0/0/0/h", np.zeros((1, 3))) + bytes(MAX_BYTES)

    report = grade(RNN_STEP, NOTHING, seed=1, wall=Canned(READY + flood, how))

    assert report.verdict is Verdict.FORBIDDEN


def test_a_judge_that_breaks_blames_itself(
    monkeypatch: pytest.MonkeyPatch, rnn_step: Exercise
) -> None:
    """An exception in the judge is neither a failure nor a success of the student's."""
    monkeypatch.setattr(comparing, "differences", lambda *_: 1 / 0)

    report = grade(rnn_step, Submission.read(rnn_step.stub), seed=1)

    assert report.verdict is Verdict.GRADER_FAULT


def test_done_without_numbers_is_forbidden() -> None:
    """A process that only says it is done has shown nothing."""
    done = b"".join(pack_note(f"{k}/note", {"event": "done"}) for k in range(8))

    report = grade(RNN_STEP, NOTHING, seed=1, wall=Canned(READY + done))

    assert [c.verdict for c in report.checks] == [Verdict.FORBIDDEN] * 8


def case_of(exercise: Exercise, name: str, seed: int = 3) -> Case:
    """The inputs of one check."""
    check = next(check for check in exercise.checks if check.name == name)
    return draw(exercise, check, seed)


def answered(
    exercise: Exercise, case: Case, wrong: dict[tuple[int, str], float]
) -> dict[tuple[int, int, str], np.ndarray]:
    """The textbook's answers to a sequence; `wrong` is added at a step, and carried on from it."""
    inputs = {name: array.astype(float) for name, array in case.calls[0].items()}
    cell = CELL_CLASSES[exercise.equations.name](inputs["U"], inputs["W"], inputs["a"])
    state = [inputs[f"{name}_prev"] for name in exercise.equations.state]
    answers = {}
    for t, x in enumerate(inputs["x"]):
        quantities = cell.step(x, *state)
        for name in exercise.returns:
            answers[0, t, name] = quantities[name] + wrong.get((t, name), 0.0)
        state = [answers[0, t, name] for name in exercise.equations.state]
    return answers


def test_right_answers_differ_nowhere(lstm_step: Exercise) -> None:
    """The equations of the list and the textbook cell agree."""
    case = case_of(lstm_step, "state carried")

    assert list(differences(lstm_step, case, answered(lstm_step, case, {}))) == []


def test_a_consequence_is_no_mistake(lstm_step: Exercise) -> None:
    """A memory that is wrong at t = 2 makes all later numbers differ, but only c there is told."""
    case = case_of(lstm_step, "state carried")
    answers = answered(lstm_step, case, {(1, "c"): 0.5})
    answers[0, 1, "h"] = answers[0, 1, "h"] * 0 + np.nan  # h is wrong as well, and not because of c

    found = list(differences(lstm_step, case, answers))

    assert [(d.step, d.quantity) for d in found][:2] == [(1, "c"), (1, "h")]
    assert found[0].got - found[0].expected == pytest.approx(0.5)


def test_a_second_mistake_is_told_apart(lstm_step: Exercise) -> None:
    """Two places that are wrong by themselves, and nothing between them."""
    case = case_of(lstm_step, "state carried")

    found = differences(lstm_step, case, answered(lstm_step, case, {(1, "h"): 0.1, (3, "h"): 0.1}))

    assert [(d.step, d.quantity) for d in found] == [(1, "h"), (3, "h")]


def test_the_equation_has_its_numbers(lstm_step: Exercise) -> None:
    """A difference carries what is needed to work it out by hand."""
    case = case_of(lstm_step, "state carried")

    found = next(differences(lstm_step, case, answered(lstm_step, case, {(2, "c"): 1.0})))
    v = found.values

    assert found.expected == pytest.approx(v["f"] * v["c_prev"] + v["i"] * v["g"])
    assert v["z_f"] == pytest.approx(v["z_f_from_x"] + v["z_f_from_h"] + v["z_f_from_a"])


def test_a_seed_draws_the_same_numbers_again(rnn_step: Exercise) -> None:
    """And another seed draws others."""
    a, b, other = (case_of(rnn_step, "batch", seed).calls[0]["x"] for seed in (7, 7, 8))

    assert a.tolist() == b.tolist() != other.tolist()


@pytest.mark.parametrize("exercise", discover().good, ids=lambda e: e.name)
def test_sizes_tell_the_axes_apart(exercise: Exercise) -> None:
    """N, D and H differ in every check, so that no mix-up of axes passes unseen."""
    for check in exercise.checks:
        for one, other in itertools.combinations(check.sizes.values(), 2):
            assert one != other


def test_a_cause_that_two_may_share_is_said(lstm_step: Exercise) -> None:
    """Without the bias c and h are both wrong, but there is only one mistake."""
    case = case_of(lstm_step, "state carried")
    plain = replace(case, calls=({**case.calls[0], "a": case.calls[0]["a"] * 0},))
    answers = answered(lstm_step, plain, {})

    first, other, *_ = differences(lstm_step, case, answers)

    assert (first.quantity, other.quantity) == ("c", "h")
    assert comparing.shared(lstm_step, first, other) == ("i", "f", "g", "o")


def test_what_was_right_before_has_a_cause_of_its_own(lstm_step: Exercise) -> None:
    """c is right where h is wrong, and wrong two steps later."""
    case = case_of(lstm_step, "state carried")
    answers = answered(lstm_step, case, {(1, "h"): 0.1, (3, "c"): 0.1})

    first, other, *_ = differences(lstm_step, case, answers)

    assert [(d.step, d.quantity) for d in (first, other)] == [(1, "h"), (3, "c")]
    assert comparing.shared(lstm_step, first, other) == ()


def simulated(exercise: Exercise, case: Case, weights: dict[str, np.ndarray]) -> Answer:
    """What comes back from a function that computes with other weights than it was given."""
    changed = replace(case, calls=({**case.calls[0], **weights},))
    inputs = changed.calls[0]
    cell = CELL_CLASSES[exercise.equations.name](inputs["U"], inputs["W"], inputs["a"])
    state = [
        inputs.get(f"{n}_prev", np.zeros_like(inputs["h_prev"])) for n in exercise.equations.state
    ]
    quantities = cell.step(inputs["x"], *state)
    arrays = {(0, 0, name): quantities[name] for name in exercise.returns}
    return Answer(arrays, dict(arrays), loaded=True, finished=True)


@pytest.mark.parametrize("exercise", discover().good, ids=lambda e: e.name)
@pytest.mark.parametrize("check", ["state and bias", "batch", "large values"])
def test_each_check_sees_each_mistake_whatever_the_seed(exercise: Exercise, check: str) -> None:
    """Bias forgotten, W turned round or left out: no drawing of the numbers lets it pass."""
    H = next(c for c in exercise.checks if c.name == check).sizes["H"]
    for seed in range(50):
        case = case_of(exercise, check, seed)
        W, a = case.calls[0]["W"], case.calls[0]["a"]
        turned = np.concatenate([block.T for block in np.split(W, len(W) // H)])
        verdicts = [
            judge(exercise, case, simulated(exercise, case, weights)).verdict
            for weights in ({}, {"a": a * 0}, {"W": turned}, {"W": W * 0})
        ]
        assert verdicts == [Verdict.PASSED] + [Verdict.WRONG] * 3, seed
