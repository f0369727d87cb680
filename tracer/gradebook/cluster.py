"""A class graded on many machines: by the workers of a Dask cluster, which its scheduler names.

Only whoever started the command writes to the store. A worker that dies loses nothing: the
scheduler gives what it was at to another one, a few times, and then it counts as a fault of the
grader. So it does no harm that a submission is graded twice.
"""

from __future__ import annotations

import json
import logging
import signal
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import contextmanager, suppress
from itertools import islice
from pathlib import Path
from time import monotonic, sleep
from typing import Any, NamedTuple

from tracer.errors import FileError, InputError
from tracer.exercises.discovery import home
from tracer.exercises.exercise import Folder
from tracer.gradebook.identity import grader_of
from tracer.gradebook.slurm import NO_DASHBOARD, Array, array_of
from tracer.gradebook.there import graded_there, wall_there
from tracer.gradebook.workers import Grader, Job, Outcome
from tracer.language import _
from tracer.sandbox import place
from tracer.sandbox.walls import WALLS

LOCAL = "local"
"""In the place of an address: a cluster on this machine, for as long as the command runs."""

SLURM = "slurm"
"""In the place of an address: an array of jobs, for as long as the command runs."""

PATIENCE = 60.0
"""Seconds that there may be no worker, and that the scheduler may take to answer."""

LOOK = 2.0
"""Seconds after which it is looked for workers again, while nothing is ready."""

AHEAD = 2
"""Submissions that a worker has, so that it need not wait for the next one."""


GIVEN = 4
"""How often a submission is given to other workers when all are gone that could have had it."""

_CANNOT = _("the worker {worker} cannot grade: {why}")


class _Given(NamedTuple):
    """A job that is under way: the workers that may have it, and how often it was given to some."""

    job: Job
    to: frozenset[str]
    times: int


class Cluster:
    """The workers of a scheduler; `tell` is called with what is to be said while they grade."""

    def __init__(
        self,
        client: Any,
        address: str,
        tell: Callable[[str], None] = lambda _said: None,
        array: Array | None = None,
    ) -> None:
        self._client, self._tell = client, tell
        self._address = address
        self._array = array
        self._graders: dict[Path, str] = {}
        self._fit: set[str] = set()
        self._tried: set[str] = set()
        self._wall, self._trusted = "", False

    def wait(self) -> None:
        """Until there is a worker; one that Slurm is to start may come when it likes.

        Raises
        ------
        InputError
            If none comes, or Slurm starts none.
        """
        if self._array is None:
            try:
                self._client.wait_for_workers(1, timeout=PATIENCE)
            except TimeoutError as error:
                said = _("the scheduler at {address} has no workers")
                raise InputError(said.format(address=self._address)) from error
        while not self._there():
            sleep(LOOK)

    def _there(self) -> set[str]:
        """Those that are there; the jobs of Slurm that are gone are submitted again."""
        there = set(self._client.nthreads())
        if self._array is not None:
            self._array.refill(len(there))
        return there

    def standing(self, named: str | None, *, trusted: bool) -> str:
        """The strongest wall that holds on every worker, or the one that is asked for.

        Raises
        ------
        InputError
            If there is a worker on which none does.
        """
        found = self._asked(named, trusted=trusted)
        weakest = min(found, key=list(WALLS).index)
        if set(found) != {weakest}:
            self._asked(weakest, trusted=trusted)
        self._wall, self._trusted = weakest, trusted
        return weakest

    def _asked(self, named: str | None, *, trusted: bool) -> list[str]:
        answers = self._client.run(wall_there, named, trusted=trusted)
        for worker, (_name, why) in sorted(answers.items()):
            if why:
                raise InputError(_CANNOT.format(worker=worker, why=why))
        self._tried = self._fit = set(answers)
        return [name for name, _why in answers.values()]

    def _workers(self) -> int:
        """How many there are behind whose wall submissions may run; who has joined is tried first.

        The wall of the record is that of the class: where it does not hold, nothing is graded.
        """
        there = self._there()
        if new := sorted(there - self._tried):
            answers = self._client.run(wall_there, self._wall, trusted=self._trusted, workers=new)
            for worker, (_name, why) in sorted(answers.items()):
                if why:
                    self._tell(_CANNOT.format(worker=worker, why=why))
            self._tried = self._tried | answers.keys()
            self._fit = self._fit | {one for one, (_name, why) in answers.items() if not why}
        self._fit = self._fit & there
        return len(self._fit)

    def graded(self, jobs: Iterable[Job], grader: Grader, _count: int) -> Generator[Outcome]:
        """Grade submissions, in the order in which they are ready; as `workers.graded`."""
        from distributed import CancelledError, wait
        from distributed.comm import CommClosedError

        waiting = iter(jobs)
        under_way: dict[Any, _Given] = {}
        seen = monotonic()
        try:
            while True:
                workers = self._workers()
                if workers or self._array is not None:
                    seen = monotonic()
                elif monotonic() - seen > PATIENCE:
                    raise self._lost(_("no worker is left"))
                for future in [f for f, given in under_way.items() if self._stranded(f, given)]:
                    given = under_way.pop(future)
                    future.cancel()
                    if given.times == GIVEN:
                        yield Outcome(given.job.number, None, "the workers that had it are gone")
                    else:
                        under_way |= self._given(given.job, grader, given.times + 1)
                for job in islice(waiting, max(AHEAD * workers - len(under_way), 0)):
                    under_way |= self._given(job, grader)
                if not under_way and workers:
                    return
                if not under_way:  # all workers are gone; one may come
                    sleep(LOOK)
                    continue
                with suppress(TimeoutError):
                    wait(list(under_way), timeout=LOOK, return_when="FIRST_COMPLETED")
                for future in [f for f in under_way if f.done()]:
                    yield self._outcome(future, under_way.pop(future).job.number)
        except (CancelledError, CommClosedError) as error:
            raise self._lost(_("its scheduler does not answer any more")) from error
        finally:
            with suppress(Exception):  # the scheduler may be gone
                self._client.cancel(list(under_way))

    def _stranded(self, future: Any, given: _Given) -> bool:
        """Whether others are there, and none of those that may have it."""
        return bool(self._fit) and not given.to & self._fit and not future.done()

    def _given(self, job: Job, grader: Grader, times: int = 1) -> dict[Any, _Given]:
        """Send a job, with what its grade hangs on, to those behind whose wall it may run."""
        if job.exercise not in self._graders:
            self._graders[job.exercise] = grader_of(Folder(job.exercise))
        wanted = self._graders[job.exercise]
        own = job.exercise.parent != home()
        sent = job._replace(exercise=job.exercise.resolve() if own else Path(job.exercise.name))
        future = self._client.submit(
            graded_there, sent, grader, wanted, pure=False, workers=sorted(self._fit)
        )
        return {future: _Given(job, frozenset(self._fit), times)}

    def _outcome(self, future: Any, number: int) -> Outcome:
        if future.status in ("cancelled", "lost"):
            raise self._lost(future.status)
        if future.status == "error":  # as many workers have died over it as the scheduler allows
            return Outcome(number, None, str(future.exception()))
        return Outcome(number, *json.loads(future.result()))

    def _lost(self, why: str) -> FileError:
        said = _(
            "the cluster at {address} is lost ({why}); what is graded is kept: give the same "
            "command again"
        )
        return FileError(said.format(address=self._address, why=why))


@contextmanager
def connected(
    address: str, processes: int, tell: Callable[[str], None] = lambda _said: None
) -> Iterator[Cluster]:
    """The cluster at an address; of `local` and `slurm`, one with so many processes.

    `tell` is for `Cluster`.

    Raises
    ------
    InputError
        If the package for it is not installed, nobody answers there, or there is no worker.
    """
    try:
        from distributed import Client
    except ImportError as error:
        extra = "slurm" if address == SLURM else "cluster"
        said = _("--cluster needs the package distributed: pip install 'rnn-tracer[{extra}]'")
        raise InputError(said.format(extra=extra)) from error
    _silence()
    with _scheduler(address, processes) as (there, array):
        try:
            client = Client(there, timeout=PATIENCE / 2)
        except (OSError, ValueError, TimeoutError) as error:
            said = _("cannot reach a scheduler of Dask at {address}: {why}")
            raise InputError(said.format(address=address, why=error)) from error
        with client:
            cluster = Cluster(client, address, tell, array)
            cluster.wait()
            yield cluster


@contextmanager
def _scheduler(address: str, processes: int) -> Iterator[tuple[Any, Array | None]]:
    """What a client is told to reach it; with Slurm also what keeps as many workers there."""
    if address == SLURM:
        with array_of(processes) as found:
            yield found
        return
    if address != LOCAL:
        yield address, None
        return
    from dask import config
    from distributed import LocalCluster

    with place.folder() as room, config.set({"temporary-directory": str(room)}):
        with _deaf():
            cluster = LocalCluster(
                n_workers=processes, threads_per_worker=1, host="127.0.0.1",
                memory_limit=None, silence_logs=logging.CRITICAL, scheduler_kwargs=NO_DASHBOARD,
            )  # fmt: skip
        with cluster:
            yield cluster.scheduler_address, None


def _silence() -> None:
    """Let the package log nothing: what matters is said by us, in a sentence."""
    for name in [*logging.root.manager.loggerDict]:
        if name.partition(".")[0] in ("distributed", "tornado", "asyncio"):
            logging.getLogger(name).setLevel(logging.CRITICAL + 1)


@contextmanager
def _deaf() -> Iterator[None]:
    """Processes that are started meanwhile do not hear Ctrl-C: it is for whoever started them."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
