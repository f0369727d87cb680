"""Whatever comes back, and whatever breaks: a verdict, no error, and no point for nothing."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.grading.answering import EXERCISES, answered, judged, task_of
from tracer.errors import FileError
from tracer.exercises.exercise import Exercise
from tracer.exercises.form import look
from tracer.exercises.submission import Submission
from tracer.grading import judge as judging
from tracer.grading.diagnosing import diagnosed
from tracer.grading.kept import Kept
from tracer.grading.report import Report, Verdict
from tracer.grading.session import Session, grade
from tracer.sandbox.frames import MAX_BYTES, pack, pack_note
from tracer.sandbox.process import How, Limits, Run, Wall
from tracer.view.export.report_json import as_record
from tracer.view.terminal.console import Abilities
from tracer.view.terminal.report import screen

RNN_STEP, LSTM_STEP = EXERCISES["10"], EXERCISES["22"]

NOTHING = Submission("rnn_step.py", b"")

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
class Canned(Wall):
    """A wall behind which nothing runs: these bytes come out."""

    response: bytes
    how: How = How.EXITED
    status: int = 0
    printed: str = ""

    def run(self, source: bytes, file: str, request: bytes, limits: Limits, longest: float) -> Run:
        """The same for every request."""
        del source, file, request, limits, longest
        return Run(self.how, self.status, self.response, self.printed, 0.0)


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


def test_a_machine_with_too_much_to_do_is_no_bug() -> None:
    """Python did not start in time: no check has failed, and what to do is said."""
    with pytest.raises(FileError, match=r"did not start within 60 seconds: .* try again"):
        grade(RNN_STEP, NOTHING, seed=1, wall=Canned(b"", How.WAITED))


def test_what_python_said_as_it_failed_to_start_has_no_signs_of_ours() -> None:
    """It stands in one line, without the marks that tell the checks apart."""
    session = Session(
        RNN_STEP, look("rnn_step.py", NOTHING.source, []), Limits(), Canned(b""), Kept()
    )
    said = f"no right\n{session.mark}0;{session.mark}1;"
    session.wall = Canned(b"", printed=said)

    first, *_others = session.run(session.kept.tasks(RNN_STEP, 1, session.wall), [])

    assert first.report.trouble is not None
    assert first.report.trouble.facts["what"] == "Python did not start: no right"


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


def test_a_note_names_only_what_the_call_has() -> None:
    """A text in the place of a name, or of a type, would show a student what is kept back."""
    note = {"event": "returned", "what": "none", "name": "[0.17, 0.25]", "got": "[0.17, 0.25]"}
    said = pack_note("0/loaded", {}) + pack_note("0/note", note)

    report = grade(RNN_STEP, NOTHING, seed=1, wall=Canned(READY + said))

    trouble = report.checks[0].trouble
    assert trouble is not None
    assert (trouble.facts["name"], trouble.facts["got"]) == ("", "object")


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
    monkeypatch.setattr("tracer.grading.concluding.diagnosed", lambda *_: 1 / 0)

    path = solutions / lstm_step.name / "mistakes" / "no_tanh_on_c.py"
    report = grade(lstm_step, Submission.read(path), seed=1)

    assert (report.verdict, report.points) == (Verdict.WRONG, 6.5)
    assert [str(r.kind) for r in report.checks[0].remarks] == ["fault"]
