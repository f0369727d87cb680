"""Processes that grade, each one submission at a time; one that dies is replaced.

They get bytes and give back a record as text, and never write: whoever started them does. So it
does no harm that a submission is graded twice, or that all of this is killed; a worker whose parent
is gone ends at once, and the student's process with it.
"""

from __future__ import annotations

import json
import os
import platform
import signal
import sys
import tempfile
import threading
from collections.abc import Callable, Generator, Iterable
from dataclasses import dataclass, field
from functools import cache
from multiprocessing import get_context, parent_process
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from pathlib import Path
from time import monotonic, sleep
from types import FrameType
from typing import Any, NamedTuple, NoReturn

import numpy as np

from tracer.exercises.exercise import Exercise
from tracer.exercises.reading import read
from tracer.exercises.submission import Submission
from tracer.gradebook.before import as_handed, earlier_of
from tracer.gradebook.handed import Before
from tracer.grading.kept import Kept
from tracer.grading.report import Kind, Report, Verdict
from tracer.grading.session import grade
from tracer.sandbox import place
from tracer.sandbox.process import Limits, Wall

GRACE = 15.0
"""Seconds that a process has to end what it does and to remove what it made."""

OURS = 300.0
"""Seconds on the clock that our own code may take over a submission, beside what that itself may.

Judging takes a second or two, also on a busy machine: only what hangs takes so long."""


@dataclass(frozen=True, slots=True)
class Grader:
    """How submissions are graded; every part of it can be sent to another process.

    Attributes
    ----------
    wall : callable
        Makes the wall behind which a submission runs.
    described : callable
        Makes of a report what is kept of it, which JSON can hold.
    limits : Limits
    """

    wall: Callable[[], Wall]
    described: Callable[[Report], dict[str, Any]]
    limits: Limits = field(default=Limits())


_KEPT = Kept()
"""Of this process, in which no answer runs."""


class Job(NamedTuple):
    """One submission to grade."""

    number: int
    exercise: Path  # its folder
    file: str
    source: bytes
    seed: int
    earlier: tuple[Before, ...] = ()


class Outcome(NamedTuple):
    """What came of a job: the verdict and all that is said, or why the grader failed."""

    number: int
    grade: dict[str, Any] | None
    fault: str = ""


def outcome(job: Job, grader: Grader) -> Outcome:
    """Grade one submission. A fault of the grader is told, and is no grade."""
    try:
        submission = Submission(job.file, job.source, as_handed(job.earlier))
        report = grade(
            _exercise(job.exercise), submission, seed=job.seed, limits=grader.limits,
            wall=grader.wall(), kept=_KEPT,
        )  # fmt: skip
        if report.verdict is Verdict.GRADER_FAULT:
            return Outcome(job.number, None, _what_failed(report))
        said = grader.described(report)
        said.pop("seconds", None)  # the same submission has the same record
        return Outcome(
            job.number,
            {
                "verdict": str(report.verdict),
                "points": report.points,
                "out_of": report.out_of,
                "report": said,
                **earlier_of(report, job.earlier),
                "time_limit": grader.limits.seconds,
                "python": platform.python_version(),
                "numpy": np.__version__,
            },
        )
    except Exception as error:  # noqa: BLE001 - whatever broke here, it was not the student
        return Outcome(job.number, None, f"{type(error).__name__}: {error}")


@cache
def _exercise(folder: Path) -> Exercise:
    return read(folder)


def _what_failed(report: Report) -> str:
    faults = (c.trouble for c in report.checks if c.verdict is Verdict.GRADER_FAULT)
    return next((str(t.facts["what"]) for t in faults if t and t.kind is Kind.FAULT), "")


def graded(jobs: Iterable[Job], grader: Grader, count: int) -> Generator[Outcome]:
    """Grade submissions in so many processes, each as soon as one is free; close it to end them.

    Parameters
    ----------
    jobs : iterable of Job
        Taken one by one as they are needed.
    grader : Grader
    count : int

    Yields
    ------
    Outcome
        In the order in which they are ready.
    """
    waiting = iter(jobs)
    patience = grader.limits.whole + OURS
    busy: dict[Connection, tuple[_Worker, Job, float]] = {}
    idle: list[_Worker] = []
    try:
        while True:
            while len(busy) < count and (job := next(waiting, None)) is not None:
                worker = idle.pop() if idle else _Worker(grader)
                worker.give(job)
                busy[worker.connection] = worker, job, monotonic() + patience
            if not busy:
                return
            first = min(end for _worker, _job, end in busy.values())
            for ready in wait(list(busy), max(0.0, first - monotonic())):
                assert isinstance(ready, Connection)
                worker, job, _end = busy.pop(ready)
                found = worker.taken(job)
                if found is None:
                    status = worker.end()
                    said = f"the process that graded it ended with status {status}"
                    yield Outcome(job.number, None, said)
                else:
                    idle.append(worker)
                    yield found
            for connection in [one for one, (_w, _j, end) in busy.items() if end < monotonic()]:
                worker, job, _end = busy.pop(connection)
                worker.end()
                said = f"the process that graded it gave no answer within {patience:g} s"
                yield Outcome(job.number, None, said)
    finally:
        for worker in [*idle, *(worker for worker, _job, _end in busy.values())]:
            worker.end()


class _Worker:
    """Our end of a process that grades."""

    def __init__(self, grader: Grader) -> None:
        context = get_context("spawn")  # it inherits no file of ours, and no lock of a thread
        self.connection, theirs = context.Pipe()
        self._folder = place.named()
        asked = (theirs, grader, self._folder)
        self._process: BaseProcess = context.Process(target=_work, args=asked)
        self._process.start()
        theirs.close()

    def give(self, job: Job) -> None:
        """Send a job; if the process is gone, that is noticed when its answer is waited for."""
        try:
            self.connection.send(job)
        except OSError:
            return

    def taken(self, job: Job) -> Outcome | None:
        """What came of the job; None if the process has ended over it."""
        try:
            text = self.connection.recv_bytes().decode()
        except (EOFError, OSError):
            return None
        return Outcome(job.number, *json.loads(text))

    def end(self) -> int | None:
        """End it, and with it the student's process; its exit code."""
        self.connection.close()
        self._process.terminate()
        self._process.join(GRACE)
        if self._process.is_alive():
            self._process.kill()
            self._process.join()
        place.remove(self._folder)  # as a rule it has done so itself
        return self._process.exitcode


def _work(connection: Connection, grader: Grader, folder: Path) -> None:
    """Grade what comes, until nothing more can come."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for whoever started this
    signal.signal(signal.SIGTERM, _leave)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    # The signal may come while something is being made or removed. All of it lies in one folder,
    # which is removed after that, when no signal stops it any more.
    with place.folder(folder):
        tempfile.tempdir = str(folder)
        while True:
            try:
                found = outcome(connection.recv(), grader)
                text = json.dumps([found.grade, found.fault], allow_nan=False)
                connection.send_bytes(text.encode())
            except (EOFError, OSError):
                return


def _end_with_parent() -> None:
    """End as soon as whoever is to write the grades is gone, however that ended."""
    parent = parent_process()
    assert parent is not None
    parent.join()
    os.kill(os.getpid(), signal.SIGTERM)  # the main thread hears it
    sleep(GRACE)
    os._exit(1)


def _leave(number: int, _frame: FrameType | None) -> NoReturn:
    """End the student's process and remove its folder, on the way out of whatever is done."""
    signal.signal(number, signal.SIG_IGN)  # a second one does not stop that
    sys.exit(1)
