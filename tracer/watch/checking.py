"""Processes that check, warm and one answer at a time: one works, and another is ready to follow.

The student's code never runs in here, but it may keep a checking process busy for long. So whoever
wants something else ends that process, and the other one takes over: nobody waits for Python.
"""

from __future__ import annotations

import os
import signal
import sys
import tempfile
import threading
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import replace
from functools import cache
from importlib import import_module
from multiprocessing import get_context, parent_process
from multiprocessing.connection import Connection
from pathlib import Path
from time import sleep
from types import FrameType
from typing import TYPE_CHECKING, NamedTuple, NoReturn

from tracer.sandbox import place

if TYPE_CHECKING:
    from rich.text import Text

    from tracer.exercises.exercise import Exercise
    from tracer.grading.report import Certain, Report, Verdict
    from tracer.view.parts.ladder import CheckedRow
    from tracer.view.terminal.console import Abilities

GRACE = 5.0
"""Seconds that a process has to end what it does and to remove what it made."""

FIRST = (
    "tracer.grading.session", "tracer.course.earlier", "tracer.view.parts.ladder",
    "tracer.view.terminal.report", "tracer.view.terminal.certain",
)  # fmt: skip
"""What every check needs."""

LATER = (
    "tracer.grading.blame.looking", "tracer.grading.concluding", "tracer.grading.overwriting",
)  # fmt: skip
"""What only a wrong answer needs; loaded while nothing else is to be done."""


BELOW = 5
"""Lines of the screen that are not the report's."""


class Job(NamedTuple):
    """An answer to check, and how what is said of it is to be drawn.

    Where it is only to be drawn again, it is not run, as long as its last report is still there.
    """

    number: int
    exercise: Path  # its folder
    root: Path  # of the workbook
    able: Abilities
    drawn: bool = False


class Checked(NamedTuple):
    """What came of a job.

    `row` is None where the grader failed; `trouble` says why, or what could not be remembered.
    """

    number: int
    row: CheckedRow | None
    lines: list[Text]
    runs: bool  # Python could load it
    trouble: str = ""

    @property
    def verdict(self) -> Verdict | None:
        """How it ended."""
        return self.row.verdict if self.row else None


class Early(NamedTuple):
    """What is certain of a job's answer while its mistake is still looked for."""

    number: int
    lines: list[Text]


class Checker:
    """Gives jobs to processes; `done` is called, in another thread, with what came of each."""

    def __init__(self, done: Callable[[Checked | Early], None]) -> None:
        self._done = done
        self._changing = threading.Lock()
        self._working = _Worker(self._came)
        self._ready: _Worker | None = None
        self._busy: int | None = None
        self._over = False

    def ask(self, job: Job) -> None:
        """Have an answer checked; another one that is still being checked is given up."""
        with self._changing:
            if self._busy is not None:
                self._give_up()
            self._busy = job.number
            self._working.give(job)

    def stop(self) -> None:
        """Give up what is being checked."""
        with self._changing:
            if self._busy is not None:
                self._give_up()

    def close(self) -> None:
        """End all of them, and wait for that: they remove what they made."""
        with self._changing:
            self._over = True  # nobody takes over any more
        for worker in (self._working, self._ready):
            if worker is not None:
                worker.end()

    def _give_up(self) -> None:
        gone, self._busy = self._working, None
        self._working = self._ready or _Worker(self._came)
        self._ready = None
        threading.Thread(target=gone.end).start()

    def _came(self, worker: _Worker, found: Checked | Early | None) -> None:
        """Something came out of a process, or nothing more will."""
        with self._changing:
            if worker is not self._working or self._over:
                return
            busy = self._busy
            if found is None:  # it has ended, and nobody has asked it to
                self._give_up()
                found = None if busy is None else Checked(busy, None, [], runs=False)
            if found is None or found.number != busy:
                return
            if isinstance(found, Checked):
                self._busy = None
            if self._ready is None and self._busy is None:
                self._ready = _Worker(self._came)
        self._done(found)


class _Worker:
    """Our end of a process that checks."""

    def __init__(self, came: Callable[[_Worker, Checked | Early | None], None]) -> None:
        context = get_context("spawn")  # it inherits no file of ours, and no lock of a thread
        self.connection, theirs = context.Pipe()
        self._folder = place.named()
        self._came = came
        self._process = context.Process(target=_work, args=(theirs, self._folder), daemon=True)
        self._process.start()
        theirs.close()
        threading.Thread(target=self._listen, daemon=True).start()

    def give(self, job: Job) -> None:
        """Send a job; if the process is gone, its listener says so."""
        with suppress(OSError):
            self.connection.send(job)

    def end(self) -> None:
        """End it, and with it the student's process."""
        self._process.terminate()
        self._process.join(GRACE)
        if self._process.is_alive():
            self._process.kill()
            self._process.join()
        place.remove(self._folder)  # as a rule it has done so itself

    def _listen(self) -> None:
        while True:
            try:
                found: Checked | Early | None = self.connection.recv()
            except (EOFError, OSError):
                found = None
            self._came(self, found)
            if found is None:
                return


def _work(connection: Connection, folder: Path) -> None:
    """Check what comes, until nothing more can come."""
    for name in ("SIGINT", "SIGQUIT"):  # Ctrl-C and Ctrl-\ are for whoever started this
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_IGN)
    signal.signal(signal.SIGTERM, _leave)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    with place.folder(folder):  # everything that is made lies in it
        tempfile.tempdir = str(folder)
        _warm_up()
        reports: dict[Path, Report] = {}
        while True:
            try:
                while not connection.poll(0.5):
                    for name in LATER:
                        import_module(name)
                    connection.poll(None)
                connection.send(_checked(connection.recv(), reports, connection.send))
            except (EOFError, OSError):
                return


def _warm_up() -> None:
    """Load what every check needs, and have Python and NumPy wait for a student's code."""
    from tracer.errors import FileError
    from tracer.sandbox.ready import Ready

    with suppress(FileError, OSError), closing(Ready()) as wall:  # the check will say why not
        wall.prepare()
    for name in FIRST:
        import_module(name)


def _checked(job: Job, reports: dict[Path, Report], tell: Callable[[Early], None]) -> Checked:
    """Check an answer, remember the result, and draw the report, which is kept to draw it again.

    What is certain before the mistake is looked for is told at once.
    """
    from tracer.course.earlier import read_answer
    from tracer.course.workbook import Workbook
    from tracer.errors import TracerError
    from tracer.grading.report import Verdict
    from tracer.grading.session import grade
    from tracer.sandbox.ready import Ready
    from tracer.view.parts.ladder import checked_row
    from tracer.view.parts.restoring import restoring
    from tracer.view.terminal.certain import certain_screen
    from tracer.view.terminal.report import screen

    report = reports.get(job.exercise) if job.drawn else None
    book = Workbook.open(job.root)
    if report is None:
        try:
            exercise = _exercise(job.exercise)
            path = book.path(exercise)
            answer = read_answer(exercise, path)
            named = replace(answer, name=str(path.relative_to(book.root)))

            def early(found: Certain) -> None:
                tell(Early(job.number, certain_screen(found, named.name, job.able)))

            report = grade(exercise, named, wall=Ready(), read=True, early=early)
        except (TracerError, OSError) as error:
            return Checked(job.number, None, [], runs=False, trouble=str(error))
        reports[job.exercise] = report
    trouble = book.lost
    if report.verdict is not Verdict.GRADER_FAULT and not job.drawn:
        try:
            book.remember(report)
        except TracerError as error:
            trouble = str(error)
    todo = restoring(report, ".")
    lines = screen(report, job.able, todo)
    if len(lines) > (job.able.height or 24) - BELOW:
        lines = screen(report, job.able, todo, mistake_first=True)
    row = checked_row(report, job.able.encoding)
    return Checked(job.number, row, lines, _runs(report), trouble)


def _runs(report: Report) -> bool:
    """Whether Python could load the file, as far as that was tried."""
    failing = report.first_failing
    trouble = failing.trouble if failing else None
    return trouble is None or bool(trouble.facts.get("loaded", True))


@cache
def _exercise(folder: Path) -> Exercise:
    from tracer.exercises.reading import read

    return read(folder)


def _end_with_parent() -> None:
    """End as soon as whoever is to see the result is gone, however that ended."""
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
