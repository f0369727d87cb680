"""The judge decides alone: whatever comes back, only right numbers give points."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.grading.answering import answered, task_of
from tracer.exercises.discovery import discover
from tracer.exercises.exercise import Exercise
from tracer.exercises.submission import Submission
from tracer.grading import judge as judging
from tracer.grading.answer import Answer
from tracer.grading.diagnosing import diagnosed
from tracer.grading.judge import Judged, judge, tenths
from tracer.grading.report import QuantityReport, Report, Standing, Verdict
from tracer.grading.right import ByEquations
from tracer.grading.session import grade
from tracer.grading.task import Task
from tracer.sandbox.frames import MAX_BYTES, pack, pack_note
from tracer.sandbox.process import How, Limits, Run
from tracer.view.export.report_json import as_record
from tracer.view.terminal.console import Abilities
from tracer.view.terminal.report import screen

NOTHING = Submission("rnn_step.py", b"")

EXERCISES = {exercise.number: exercise for exercise in discover().good}
RNN_STEP, LSTM_STEP = EXERCISES["10"], EXERCISES["22"]

PARTS = st.one_of(
    st.sampled_from(["0", "1", "7", "8", "kept", "after", "note", "loaded", "h", "c", "x", "end"])
)
NOTES = st.fixed_dictionaries(
    {},
    optional={
        "event": st.sampled_from(["done", "raised", "returned", 3]),
        "what": st.sampled_from(["empty", "none", "count", "shape", "passed", None]),
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
    st.builds(pack_note, st.lists(PARTS, min_size=1, max_size=4).map("/".join), NOTES),
    st.builds(
        pack,
        st.lists(PARTS, min_size=1, max_size=4).map("/".join),
        st.sampled_from([
            np.zeros((1, 3)), np.full((3, 4), np.nan), np.zeros(()), np.ones((3, 2), bool),
            np.zeros((0, 5)), np.full((1, 3), 2**62), np.full((1, 4), np.inf),
        ]),
    ),
    st.binary(max_size=20),
)  # fmt: skip


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
    flood = pack("0/0/h", np.zeros((1, 3))) + bytes(MAX_BYTES)

    report = grade(RNN_STEP, NOTHING, seed=1, wall=Canned(READY + flood, how))

    assert report.verdict is Verdict.FORBIDDEN


def test_a_judge_that_breaks_blames_itself(
    monkeypatch: pytest.MonkeyPatch, rnn_step: Exercise
) -> None:
    """An exception in the judge is neither a failure nor a success of the student's."""
    monkeypatch.setattr(judging, "_misshapen", lambda *_: 1 / 0)

    report = grade(rnn_step, Submission.read(rnn_step.stub), seed=1)

    assert report.verdict is Verdict.GRADER_FAULT


def test_done_without_numbers_is_forbidden() -> None:
    """A process that only says it is done has shown nothing."""
    done = b"".join(pack_note(f"{k}/note", {"event": "done"}) for k in range(8))

    report = grade(RNN_STEP, NOTHING, seed=1, wall=Canned(READY + done))

    assert [c.verdict for c in report.checks] == [Verdict.FORBIDDEN] * 8


def judged(task: Task, answer: Answer) -> Judged:
    """How the check ends."""
    return judge(task, answer, ByEquations(task.exercise, task.case))


def test_right_answers_differ_nowhere(lstm_step: Exercise) -> None:
    """What the equations give passes, and every quantity is right."""
    task = task_of(lstm_step, "state carried")

    report = judged(task, answered(task, {})).report

    assert (report.verdict, report.points) == (Verdict.PASSED, 3)
    assert {q.standing for q in report.quantities} == {Standing.RIGHT}


def test_a_consequence_is_no_mistake(lstm_step: Exercise) -> None:
    """A memory that is wrong at t = 2 makes all later numbers differ, but only c there is told."""
    task = task_of(lstm_step, "state carried")
    answer = answered(task, {(1, "c"): 0.5})

    report = judged(task, answer).report

    assert report.difference is not None
    assert (report.difference.step, report.difference.quantity) == (1, "c")
    assert report.difference.got_number - report.difference.expected_number == pytest.approx(0.5)
    assert report.also == ()
    assert [q.standing for q in report.quantities] == [Standing.FOLLOWS, Standing.WRONG]


def test_the_first_wrong_number_is_the_first_to_be_computed(lstm_step: Exercise) -> None:
    """A small mistake at t = 1 comes before a large one at t = 3, and c before h in one step."""
    task = task_of(lstm_step, "state carried")
    answer = answered(task, {(2, "c"): 5.0, (0, "h"): 0.01})
    both = answered(task, {(0, "h"): 5.0, (0, "c"): 0.01})

    first, same_step = (judged(task, a).report.difference for a in (answer, both))

    assert first is not None
    assert same_step is not None
    assert (first.step, first.quantity) == (0, "h")
    assert (same_step.step, same_step.quantity) == (0, "c")


def test_a_slip_in_c_does_not_take_the_points_of_h(lstm_step: Exercise) -> None:
    """Error carried forward: h follows from the student's own c."""
    task = task_of(lstm_step, "batch")

    report = judged(task, answered(task, {}, {"c": "f * c_prev + g"})).report

    assert (report.verdict, report.points) == (Verdict.WRONG, 1.0)


def test_a_step_is_right_if_it_is_so_for_what_it_was_called_with(lstm_step: Exercise) -> None:
    """Who computes the right c for h, and returns half of it, keeps the points of h at every step.

    From the second step on, h is neither what the equations give nor o * tanh of what came as c.
    """
    task = task_of(lstm_step, "state carried")
    right, (given_,) = ByEquations(lstm_step, task.case), task.case.rounds
    assert lstm_step.program is not None
    answer, own = Answer(loaded=True, finished=True), dict(given_)
    for t in range(task.case.sizes["T"]):
        now = {n: own[n] for n in ("h_0", "c_0", "U", "W", "a")} | {"x": given_["x"][t : t + 1]}
        found = lstm_step.program.run(now, wanted=["h", "c"])
        own |= {"h_0": found["h"][0], "c_0": found["c"][0] / 2}
        for name in ("h", "c"):
            answer.arrays[t, name] = answer.kept[t, name] = own[f"{name}_0"]

    report = judge(task, answer, right).report

    assert {q.name: str(q.standing) for q in report.quantities} == {"h": "follows", "c": "wrong"}
    assert report.points == task.case.check.points / 2


def test_what_is_right_by_itself_is_never_called_wrong(lstm_step: Exercise) -> None:
    """c = tanh(f * c_prev + i * g) and h = o * c: h is right, though it does not follow from c."""
    task = task_of(lstm_step, "batch")
    answer = answered(task, {})
    answer.arrays[0, "c"] = answer.kept[0, "c"] = np.tanh(answer.arrays[0, "c"])

    report = judged(task, answer).report

    assert {q.name: q.standing for q in report.quantities} == {
        "h": Standing.RIGHT,
        "c": Standing.WRONG,
    }
    assert report.also == ()
    assert report.points == 1.0


@pytest.mark.parametrize("value", [0.0, np.nan])
def test_nothing_is_earned_by_following_from_nothing(lstm_step: Exercise, value: float) -> None:
    """h = o * tanh(0) = 0 follows from a c of zeros, and NaN from NaN."""
    task = task_of(lstm_step, "batch")
    answer = answered(task, {})
    for name in ("h", "c"):
        answer.arrays[0, name] = answer.kept[0, name] = np.full_like(answer.arrays[0, name], value)

    report = judged(task, answer).report

    assert (report.verdict, report.points) == (Verdict.WRONG, 0.0)


def test_nothing_is_earned_or_said_by_following_from_zeros() -> None:
    """Adam without a step: w follows from an m of zeros, and stands there as it was given."""
    source = b"def adam(w, d, m, v, t, learning_rate, beta1, beta2, epsilon):\n    return w, m, v\n"

    report = grade(EXERCISES["43"], Submission("adam.py", source), seed=1)

    assert report.checks[0].quantities[0] == QuantityReport("w_new", Standing.FOLLOWS, hollow=True)
    assert report.points == 0
    assert not any("no mistake" in line.plain for line in screen(report, Abilities()))


def test_a_wrong_shape_is_wrong_and_costs_its_own_points_only(lstm_step: Exercise) -> None:
    """c has its share where h alone has lost an axis."""
    task = task_of(lstm_step, "batch")
    answer = answered(task, {})
    answer.arrays[0, "h"] = answer.kept[0, "h"] = answer.arrays[0, "h"][0]

    report = judged(task, answer).report

    assert (report.verdict, report.points, report.first_at) == (Verdict.WRONG, 1.0, "shape")


def test_whole_numbers_are_told_as_what_they_are(lstm_step: Exercise) -> None:
    """A memory cast to int has lost its decimals; nothing is said of a term left out."""
    task = task_of(lstm_step, "batch")
    answer = answered(task, {})
    answer.arrays[0, "c"] = answer.kept[0, "c"] = answer.arrays[0, "c"].astype(np.int64)

    report = judged(task, answer).report

    assert (report.verdict, report.first_at) == (Verdict.WRONG, "dtype")
    assert report.difference is None


def test_the_tolerance_comes_from_the_check(rnn_step: Exercise) -> None:
    """Who computes in float32 is right within what float64 may be off, and no further."""
    task = task_of(rnn_step, "batch")
    answer = answered(task, {})
    single = answer.arrays[0, "h"].astype(np.float32)

    answer.arrays[0, "h"] = answer.kept[0, "h"] = single
    right = judged(task, answer).report
    answer.arrays[0, "h"] = answer.kept[0, "h"] = single * np.float32(1 + 5e-5)
    wrong = judged(task, answer).report

    assert (right.verdict, wrong.verdict) == (Verdict.PASSED, Verdict.WRONG)


@pytest.mark.parametrize(
    ("points", "out_of", "shown"),
    [(0.25, 1, 0.3), (2 / 3, 1, 0.7), (29 / 30, 1, 0.9), (1.5, 3, 1.5)],
)
def test_points_are_tenths_that_add_up(points: float, out_of: int, shown: float) -> None:
    """Half a tenth counts for the student, and a part is never shown as the whole."""
    assert tenths(points, out_of) == pytest.approx(shown)


def test_a_second_mistake_is_told_apart(lstm_step: Exercise) -> None:
    """Of each quantity the first place that is wrong by itself, in the order of computing."""
    task = task_of(lstm_step, "state carried")

    report = judged(task, answered(task, {(0, "h"): 0.1, (2, "c"): 0.1})).report

    assert report.difference is not None
    assert [(d.step, d.quantity) for d in (report.difference, *report.also)] == [(0, "h"), (2, "c")]


def test_the_equation_has_its_numbers(lstm_step: Exercise) -> None:
    """A difference carries what is needed to work it out by hand."""
    task = task_of(lstm_step, "state carried")

    found = judged(task, answered(task, {(2, "c"): 1.0})).report.difference
    assert found is not None
    v = {
        name: array[found.at]
        for name, array in found.values.items()
        if array.shape == found.got.shape
    }

    assert found.expected_number == pytest.approx(v["f"] * v["c_prev"] + v["i"] * v["g"])
    assert v["z_f"] == pytest.approx(v["z_f_from_x"] + v["z_f_from_h"] + v["z_f_from_a"])


@pytest.mark.parametrize("exercise", [RNN_STEP, LSTM_STEP], ids=lambda e: e.name)
@pytest.mark.parametrize("check", ["state and bias", "batch", "large values"])
def test_each_check_sees_each_mistake_whatever_the_seed(exercise: Exercise, check: str) -> None:
    """Bias forgotten, W turned round or left out: no drawing of the numbers lets it pass."""
    cells = {"rnn": ("z", ""), "lstm": ("z_f", "_f")}
    z, of = cells[exercise.equations]
    for seed in range(20):
        task = task_of(exercise, check, seed)
        verdicts = [
            judged(task, answered(task, {}, change)).report.verdict
            for change in (
                None,
                {z: f"{z}_from_x + {z}_from_h"},
                {z: f"{z}_from_x + {z}_from_a"},
                {f"{z}_from_h": f"h_prev @ W{of}"},
            )
        ]
        assert verdicts == [Verdict.PASSED] + [Verdict.WRONG] * 3, seed


NUMBERS = st.sampled_from(
    [0.0, -0.0, 1.0, np.nan, np.inf, -np.inf, 1e308, -1e308, 5e-324, 2.0**53, 0.5]
)


@settings(max_examples=30, deadline=None)
@given(st.data(), st.sampled_from(["one word", "batch", "state carried"]))
def test_no_number_that_comes_back_can_raise(data: st.DataObject, check: str) -> None:
    """Whatever the numbers are: a verdict, a diagnosis or none, a screen and JSON."""
    task = task_of(LSTM_STEP, check)
    answer = answered(task, {})
    for at, array in answer.arrays.items():
        if data.draw(st.booleans()):
            kind = data.draw(st.sampled_from([np.float64, np.float32, np.int64, bool]))
            with np.errstate(all="ignore"):
                changed = np.full(array.shape, data.draw(NUMBERS)).astype(kind)
            answer.arrays[at] = answer.kept[at] = changed

    found = [judged(task, answer)]
    diagnosis, told = diagnosed(LSTM_STEP, found, lambda: None)
    report = Report(LSTM_STEP, "x.py", 0, tuple(one.report for one in told), diagnosis)

    assert screen(report, Abilities())
    assert json.dumps(as_record(report), allow_nan=False)
    assert (report.verdict is Verdict.PASSED) == (report.points == report.checks[0].check.points)


def test_a_search_that_breaks_costs_no_points(
    monkeypatch: pytest.MonkeyPatch, lstm_step: Exercise, solutions: Path
) -> None:
    """The grade does not hang on it, and what broke is not hidden."""
    monkeypatch.setattr("tracer.grading.session.diagnosed", lambda *_: 1 / 0)

    path = solutions / lstm_step.name / "mistakes" / "no_tanh_on_c.py"
    report = grade(lstm_step, Submission.read(path), seed=1)

    assert (report.verdict, report.points) == (Verdict.WRONG, 6.5)
    assert [str(r.kind) for r in report.checks[0].remarks] == ["fault"]


@pytest.mark.parametrize("name", ["no_tanh_on_c", "h_and_c_swapped"])
def test_the_same_file_gives_the_same_sentences(
    lstm_step: Exercise, solutions: Path, name: str
) -> None:
    """Under the same seed, whatever order Python gives to what has none."""
    path = solutions / lstm_step.name / "mistakes" / f"{name}.py"
    said = {
        subprocess.run(
            [sys.executable, "-m", "tracer", "check", str(path), "--seed=5", "--format=plain"],
            capture_output=True, check=False, cwd=Path(__file__).parents[2],
            env={**os.environ, "PYTHONHASHSEED": seed},
        ).stdout
        for seed in ("1", "2", "3")
    }  # fmt: skip

    assert len(said) == 1
    assert b"The first wrong number in" in said.pop()


@pytest.mark.parametrize("returned", ["states", "tuple(states)", "[np.stack(states)]"])
def test_a_list_of_states_is_right_also_where_there_is_one_word(returned: str) -> None:
    """[h_1] is the only step of h, and not h in a list; [h] is h in a list."""
    source = f"""import numpy as np
def rnn_unroll(x, h_0, U, W, a):
    h, states = h_0, []
    for x_t in x:
        h = np.tanh(x_t @ U.T + h @ W.T + a)
        states.append(h)
    return {returned}
"""
    report = grade(EXERCISES["13"], Submission("rnn_unroll.py", source.encode()))

    assert (report.verdict, report.points) == (Verdict.PASSED, report.out_of)
