"""A class graded on Slurm: the tasks of an array of jobs are the workers of a Dask cluster.

Dask-Jobqueue has the scheduler and writes the script of a task, with what its configuration file
says of account, partition, time and memory. Which tasks wait, run or are gone only Slurm knows: it
is asked, and in the place of those that are gone new ones are submitted.
"""

from __future__ import annotations

import logging
import secrets
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from shutil import which
from time import monotonic, sleep
from typing import Any

from tracer.errors import InputError
from tracer.language import _
from tracer.sandbox import place
from tracer.sandbox.process import Limits

LOOK = 15.0
"""Seconds between two questions to Slurm, which has others to answer too."""

OWN = 512 * 2**20
"""Bytes of a worker beside those that a submission may use."""

GRACE = 20.0
"""Seconds that tasks have to end by themselves, once there is nothing to grade."""

NO_DASHBOARD = {"dashboard": False, "dashboard_address": "127.0.0.1:0"}
"""Of a scheduler that the command starts: nothing on the port that every other one takes too."""

ROUNDS = 3
"""Arrays that may end one after the other without a worker, before that is a fault."""


class Array:
    """As many tasks as there are to be, as long as they are needed."""

    def __init__(self, script: str, name: str, wanted: int, log: Path) -> None:
        self._script = script
        self._name = name
        self._wanted = wanted
        self._log = log
        self._looked: float | None = None
        self._in_vain = 0  # tasks that were submitted since a worker was last seen

    def refill(self, workers: int) -> None:
        """Submit what is gone again; `workers` is how many of the tasks work.

        Raises
        ------
        InputError
            If Slurm takes none, or all of them end before they are workers.
        """
        if workers:
            self._in_vain = 0
        if self._looked is not None and monotonic() - self._looked < LOOK:
            return
        missing = self._wanted - self._alive()
        self._looked = monotonic()
        if missing <= 0:
            return
        if self._in_vain >= ROUNDS * self._wanted:
            said = _("the jobs of Slurm end before they can grade: {why}")
            raise InputError(said.format(why=self._last_words()))
        done = _asked("sbatch", f"--array=1-{missing}", text=self._script)
        if done.returncode == 0:
            self._in_vain += missing
        elif not workers:
            raise InputError(_("Slurm takes no job: {why}").format(why=done.stderr.strip()))

    def _alive(self) -> int:
        """How many tasks wait or run; where Slurm does not answer, none is said to be gone."""
        if self._looked is None:  # none was submitted yet
            return 0
        done = _asked("squeue", "--noheader", "--array", f"--name={self._name}", "--format=%t")
        if done.returncode:
            return self._wanted
        return sum(state != "CG" for state in done.stdout.split())  # CG: it is about to be gone

    def _last_words(self) -> str:
        """What the newest of the tasks wrote last."""
        logs = sorted(self._log.glob(f"{self._name}-*"), key=lambda path: path.stat().st_mtime)
        said = [text for path in logs if (text := path.read_text("utf-8", "replace").strip())]
        return said[-1].splitlines()[-1] if said else _("they wrote nothing in {folder}").format(
            folder=self._log
        )  # fmt: skip

    def take_back(self) -> None:
        """Those that wait will not begin."""
        _asked("scancel", "--state=PENDING", f"--name={self._name}")

    def end(self) -> None:
        """None is left; those that run have a while to end by themselves, and to clear up."""
        give_up = monotonic() + GRACE
        while self._alive() and monotonic() < give_up:
            sleep(1)
        _asked("scancel", f"--name={self._name}")


def _asked(command: str, *words: str, text: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603 - Slurm's own commands
        [command, *words], input=text, capture_output=True, text=True, check=False
    )


def check() -> None:
    """Raise an `InputError` where no job can be submitted at all."""
    if which("sbatch") is None:
        raise InputError(_("--cluster slurm: this machine has no sbatch, so it submits no jobs"))


@contextmanager
def array_of(wanted: int) -> Iterator[tuple[Any, Array]]:
    """A Dask cluster whose workers are so many tasks of Slurm; nothing is left of it afterwards.

    What they write, and the keys that they and the scheduler know each other by, lie in the folder
    where the command was given: Slurm starts jobs there, so every machine has it.

    Raises
    ------
    InputError
        If there is no package for it, or Slurm takes no job.
    """
    name = f"tracer-{secrets.token_hex(4)}"
    with place.folder(Path.cwd() / f".{name}") as room, ExitStack() as ending:
        cluster = _cluster(name, room)
        array = Array(cluster.job_script(), name, wanted, _log(room))
        ending.callback(array.end)
        ending.enter_context(cluster)
        ending.callback(array.take_back)
        yield cluster, array


def _log(room: Path) -> Path:
    from dask import config

    return Path(config.get("jobqueue.slurm.log-directory") or room)


def _cluster(name: str, room: Path) -> Any:
    """A scheduler that takes workers with its key only: others on these machines reach its port."""
    try:
        from dask import config
        from dask_jobqueue import SLURMCluster

        security = _keys(room)
    except ImportError as error:
        said = _("--cluster slurm needs more packages: pip install 'rnn-tracer[slurm]'")
        raise InputError(said) from error
    settings = config.get("jobqueue.slurm")
    try:
        return SLURMCluster(
            job_name=name,
            cores=settings["cores"] or 1,
            processes=settings["processes"] or 1,
            memory=settings["memory"] or f"{Limits().memory + OWN}B",
            log_directory=str(_log(room)),
            security=security,
            scheduler_options={**NO_DASHBOARD, **settings["scheduler-options"]},
            # a name of its own for each task; its memory is Slurm's business
            worker_extra_args=[
                *settings["worker-extra-args"], "--name", "$SLURM_JOB_ID", "--memory-limit", "0",
            ],
            silence_logs=logging.CRITICAL,
        )  # fmt: skip
    except (OSError, ValueError, RuntimeError) as error:
        raise InputError(_("--cluster slurm: {why}").format(why=error)) from error


def _keys(room: Path) -> Any:
    """A key for this command alone, in files that only its user can read."""
    from distributed.security import Security

    made = Security.temporary().get_tls_config_for_role("worker")
    files = {what: room / what for what in ("ca_file", "cert", "key")}
    for what, path in files.items():
        path.write_text(made[what], "ascii")
    roles = ("scheduler", "worker", "client")
    return Security(
        require_encryption=True,
        tls_ca_file=str(files["ca_file"]),
        **{f"tls_{role}_{what}": str(files[what]) for role in roles for what in ("cert", "key")},
    )
