"""A class in which an answer imports an earlier one of the same student's."""

from __future__ import annotations

import json
from collections.abc import Generator, Iterable
from pathlib import Path

from tests.gradebook.handing import SOLUTIONS
from tests.grading.typed import tracer
from tracer.exercises.discovery import discover
from tracer.gradebook.before import read_earlier
from tracer.gradebook.grading import Work, grade_all, take_in, work
from tracer.gradebook.handed import digest_of
from tracer.gradebook.store import open_store
from tracer.gradebook.workers import Grader, Job, Outcome, outcome
from tracer.sandbox.process import PlainProcess
from tracer.view.export.report_json import as_record

STEP = (SOLUTIONS / "10_rnn_step" / "rnn_step.py").read_text("utf-8")
UNROLL = """\
import numpy as np
from rnn_step import rnn_step

def rnn_unroll(x, h_0, U, W, a):
    states = [h_0]
    for x_t in x:
        states.append(rnn_step(x_t, states[-1], U, W, a))
    return np.stack(states[1:])
"""


def test_the_step_of_the_same_student(tmp_path: Path) -> None:
    """Each is graded with their own; the record alone, and the file, repeat the grade."""
    known = [e for e in discover().good if e.number in ("10", "13")]
    for name, step in (("ada", STEP), ("ben", STEP.replace("+ a", "- a")), ("cy", "")):
        place = tmp_path / "class" / name
        place.mkdir(parents=True)
        (place / "rnn_unroll.py").write_text(UNROLL, "utf-8")
        if step:
            (place / "rnn_step.py").write_text(step, "utf-8")

    def in_turn(jobs: Iterable[Job], grader: Grader, _count: int) -> Generator[Outcome]:
        return (outcome(job, grader) for job in jobs)

    with open_store(tmp_path / "out") as store:
        take_in(store, [tmp_path / "class"], known, None, 7)
        todo = Work(tuple(one for one in work(store, known).pending if one[1].number == "13"))
        grade_all(
            store, tmp_path / "out", todo, Grader(PlainProcess, as_record), 1, "plain",
            lambda _student: None, in_turn,
        )  # fmt: skip
        records = {
            keys["student"]: store.record(number) for number, keys in store.graded()
        }  # fmt: skip

    assert {name: one["verdict"] for name, one in records.items()} == {
        "ada": "passed", "ben": "wrong", "cy": "crashed",
    }  # fmt: skip
    assert [one["digest"] for one in records["ada"]["earlier"]] == [digest_of(STEP.encode())]
    assert "earlier" not in records["cy"]
    (tmp_path / "ben.json").write_text(json.dumps(records["ben"]), "utf-8")
    (tmp_path / "rnn_unroll.py").write_text(UNROLL, "utf-8")
    again = tracer("replay", str(tmp_path / "ben.json"), "--wall", "plain", "--trust-submissions")
    assert again.exit_code == 0, again.output
    assert "first wrong number comes out of your rnn_step" in " ".join(again.stdout.split())


def test_a_record_with_another_file_in_it() -> None:
    """What does not have the digest that it says is not what was graded."""
    kept = {"exercise": "10_rnn_step", "file": "rnn_step.py", "digest": digest_of(b"a")}
    kept["source"] = "b"

    assert read_earlier({"earlier": [kept]}) is None
    assert read_earlier({"earlier": [{**kept, "source": "a"}]}) is not None
    assert read_earlier({}) == ()
