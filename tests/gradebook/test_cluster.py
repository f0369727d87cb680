"""``tracer grade --cluster``, without a cluster; tests/peers has a real one."""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from tests.gradebook.handing import STEP, class_of
from tests.grading.typed import tracer
from tracer.errors import FileError, InputError
from tracer.exercises.discovery import home
from tracer.exercises.exercise import Folder
from tracer.gradebook.cluster import Cluster
from tracer.gradebook.identity import grader_of
from tracer.gradebook.there import folder_there, graded_there, wall_there
from tracer.gradebook.workers import Grader, Job, Outcome
from tracer.sandbox.process import PlainProcess

GRADER = Grader(PlainProcess, lambda _report: {})


@dataclass(eq=False)
class Future:
    """What was sent, and how it ended."""

    job: Job
    status: str = "finished"

    def done(self) -> bool:
        """Always: nothing runs."""
        return True

    def result(self) -> str:
        """A grade that says which job it was."""
        return json.dumps([{"points": self.job.number}, ""])

    def exception(self) -> Exception:
        """What a scheduler says that has given a task up."""
        return RuntimeError("all those workers died")


@dataclass
class Client:
    """A scheduler with two workers that answers at once; some jobs end badly, and others join."""

    ends: dict[int, str] = field(default_factory=dict)
    walls: tuple[tuple[str, str], ...] = (("namespaces", ""), ("landlock", ""))
    sent: list[Job] = field(default_factory=list)
    wanted: set[str] = field(default_factory=set)
    most: int = 0
    cancelled: int = 0
    joined: dict[str, str] = field(default_factory=dict)
    asked: list[list[str]] = field(default_factory=list)

    def nthreads(self) -> dict[str, int]:
        """One process each."""
        return dict.fromkeys(["tcp://0", "tcp://1", *self.joined], 1)

    def submit(
        self, _what: object, job: Job, _grader: Grader, wanted: str, *, pure: bool,
        workers: list[str],
    ) -> Future:  # fmt: skip
        """Take a job; it is no function of its name, to be computed once for two."""
        assert not pure
        self.asked.append(workers)
        self.sent.append(job)
        self.wanted.add(wanted)
        return Future(job, self.ends.get(job.number, "finished"))

    def run(
        self, _what: object, named: str | None, *, trusted: bool, workers: list[str] | None = None
    ) -> dict[str, tuple[str, str]]:
        """Every worker says which wall holds there."""
        assert not trusted
        if workers is not None and self.joined:
            return {one: (named or "", self.joined[one]) for one in workers}
        found = ((named, ""), (named, "")) if named else self.walls
        return {f"tcp://{number}": one for number, one in enumerate(found)}

    def cancel(self, futures: list[Future]) -> None:
        """Forget what is under way."""
        self.cancelled = len(futures)


@pytest.fixture(autouse=True)
def package(monkeypatch: pytest.MonkeyPatch) -> None:
    """A package in the place of Dask's, so that none is needed."""
    monkeypatch.setattr(tempfile, "tempdir", tempfile.tempdir)  # a worker has one of its own
    distributed, comm = ModuleType("distributed"), ModuleType("distributed.comm")

    def wait(futures: Iterable[Future], **_how: Any) -> None:
        assert len(list(futures)) <= 6

    vars(distributed).update(CancelledError=KeyError, wait=wait, comm=comm)
    vars(comm).update(CommClosedError=ConnectionError)
    monkeypatch.setitem(sys.modules, "distributed", distributed)
    monkeypatch.setitem(sys.modules, "distributed.comm", comm)


def jobs(count: int) -> list[Job]:
    """Submissions of exercise 22."""
    return [Job(number, home() / STEP, "f.py", b"", 7) for number in range(count)]


def test_every_job_once() -> None:
    """A few at a time; what the scheduler has given up is a fault of the grader, and no grade."""
    client = Client({2: "error"})

    found = list(Cluster(client, "x").graded(jobs(9), GRADER, 1))

    assert sorted(one.number for one in found) == [*range(9)]
    assert Outcome(2, None, "all those workers died") in found
    assert [one.grade for one in found if one.number == 3] == [{"points": 3}]
    assert {job.exercise for job in client.sent} == {Path(STEP)}  # it lies elsewhere on a worker
    assert client.wanted == {grader_of(Folder(home() / STEP))}


def test_the_cluster_is_lost() -> None:
    """What was graded before is there; the rest is forgotten, and the error says how to go on."""
    client = Client({1: "cancelled"})
    grading = Cluster(client, "tcp://x").graded(jobs(9), GRADER, 1)

    first = next(grading)
    with pytest.raises(FileError, match=r"tcp://x is lost \(cancelled\).*the same command again"):
        list(grading)

    assert first.number == 0
    assert client.cancelled == 2


def test_the_wall_is_that_of_every_worker() -> None:
    """The weakest of the strongest; a worker that has none is named."""
    without = Client(walls=(("landlock", ""), ("", "no wall can stand here")))

    assert Cluster(Client(), "x").standing(None, trusted=False) == "landlock"
    with pytest.raises(InputError, match="worker tcp://1 cannot grade: no wall can stand"):
        Cluster(without, "x").standing(None, trusted=False)


def test_a_worker_that_joins_later() -> None:
    """The wall of the class is tried on it too; where it does not hold, nothing is graded."""
    client, told = Client(), list[str]()
    cluster = Cluster(client, "x", told.append)
    cluster.standing(None, trusted=False)
    grading = cluster.graded(jobs(12), GRADER, 1)

    next(grading)
    client.joined = {"tcp://2": "no Landlock", "tcp://3": ""}
    rest = list(grading)

    assert len(rest) == 11
    assert told == ["the worker tcp://2 cannot grade: no Landlock"]
    assert client.asked[0] == ["tcp://0", "tcp://1"]
    assert client.asked[-1] == ["tcp://0", "tcp://1", "tcp://3"]


def test_on_a_worker() -> None:
    """It grades only by the tracer and the exercise that were meant, which it finds by its name."""
    (job,) = jobs(1)
    named = job._replace(exercise=Path(STEP))

    right = json.loads(graded_there(named, GRADER, grader_of(Folder(home() / STEP))))
    other = json.loads(graded_there(named, GRADER, "0.0.1+abc"))
    nowhere = json.loads(graded_there(job._replace(exercise=Path("/none")), GRADER, "0.0.1+abc"))

    assert folder_there(Path(STEP)) == home() / STEP
    assert (right[0]["verdict"], right[1]) == ("wrong", "")
    assert (other[0], other[1].split(", ")[1]) == (None, "not by 0.0.1+abc")
    assert nowhere == [None, "this worker grades by nothing, not by 0.0.1+abc"]
    assert wall_there("plain", trusted=True) == ("plain", "")
    assert "behind the wall plain" in wall_there("plain", trusted=False)[1]


def test_what_has_no_effect(tmp_path: Path) -> None:
    """A cluster has its own workers, and nothing to do without PATH."""
    folder = class_of(tmp_path / "class", "right")
    given = ("grade", str(folder), "--out", str(tmp_path / "out"), "--cluster", "tcp://127.0.0.1:9")

    with_jobs = tracer(*given, "--jobs", "2")
    alone = tracer("grade", "--out", str(tmp_path / "out"), "--cluster", "local")
    sys.modules["distributed"] = None  # type: ignore[assignment]
    missing = tracer(*given)

    assert "--jobs: a cluster has as many workers" in with_jobs.stderr
    assert "--cluster: without PATH nothing is graded" in alone.stderr
    assert "pip install 'rnn-tracer[cluster]'" in missing.stderr
    assert {with_jobs.exit_code, alone.exit_code, missing.exit_code} == {2}
    assert not (tmp_path / "out").exists()
