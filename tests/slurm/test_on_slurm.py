"""``tracer grade --cluster slurm`` on a real Slurm: its three daemons, on this machine alone.

Run by ``make slurm`` as root, where Debian's slurm-wlm and munge are installed.
"""

from __future__ import annotations

import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import psutil
import pytest

from tests.gradebook.handing import ROOT, class_of

SLOW = "import time\ntime.sleep(0.2)\n"
"""Long enough that a job is killed while it grades."""

CONF = """\
ClusterName=small
SlurmctldHost={host}(127.0.0.1)
SlurmUser=root
AuthType=auth/munge
AuthInfo=socket={folder}/munge/socket
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd.pid
SlurmctldPort={ports[0]}
SlurmdPort={ports[1]}
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
MpiDefault=none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
JobCompType=jobcomp/filetxt
JobCompLoc={folder}/ended.txt
KillWait=5
NodeName={host} NodeAddr=127.0.0.1 CPUs=2 RealMemory=4096
PartitionName=all Nodes=ALL Default=YES
"""


@pytest.fixture(scope="module")
def slurm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The folder of a Slurm with a node of two processors; all commands of this process see it."""
    folder = tmp_path_factory.mktemp("slurm")
    for name in ("munge", "state", "spool"):
        (folder / name).mkdir(mode=0o700)
    key = folder / "munge" / "key"
    key.write_bytes(secrets.token_bytes(128))
    key.chmod(0o600)
    host = socket.gethostname().partition(".")[0]
    (folder / "slurm.conf").write_text(CONF.format(host=host, folder=folder, ports=ports()))
    munge = ("socket", "key-file", "pid-file", "log-file", "seed-file")
    files = [f"--{name}={folder / 'munge' / name.removesuffix('-file')}" for name in munge]
    commands = [["munged", "-F", "--force", *files], ["slurmctld", "-D"], ["slurmd", "-D"]]
    os.environ["SLURM_CONF"] = str(folder / "slurm.conf")
    with ExitStack() as running:
        for command in commands:
            log = running.enter_context((folder / f"{command[0]}.log").open("w"))
            daemon = running.enter_context(subprocess.Popen(command, stdout=log, stderr=log))
            running.callback(daemon.terminate)
        while "idle" not in asked("sinfo", "--noheader", "--format=%t"):
            assert daemon.poll() is None, (folder / "slurmd.log").read_text()
            time.sleep(0.5)
        yield folder
    del os.environ["SLURM_CONF"]


def ports() -> list[int]:
    """Two that are free."""
    with socket.socket() as one, socket.socket() as two:
        for each in (one, two):
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in (one, two)]


def asked(*command: str) -> str:
    """What a command of Slurm's says."""
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout


def grade(folder: Path, *words: str, **variables: str) -> subprocess.Popen[str]:
    """Start the command in the folder; one seed, so that two runs can be compared."""
    command = [sys.executable, "-m", "tracer", "grade", "class", "--seed", "7", *words]
    command += ["--wall", "plain", "--trust-submissions"]
    return subprocess.Popen(
        command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT), **variables},
    )  # fmt: skip


def records(out: Path) -> dict[str, bytes]:
    """Every record, byte for byte."""
    return {path.name: path.read_bytes() for path in out.glob("records/*/*.json")}


def worker_of(job: str) -> psutil.Process:
    """The process of a job that is a worker, not the one that looks after it."""
    for process in psutil.process_iter():
        command = " ".join(process.cmdline())
        if "dask_worker" in command and f"--name {job}" in command:
            return process
    raise AssertionError(job)


def wait_for_records(out: Path, count: int, grading: subprocess.Popen[str]) -> None:
    """Until so many submissions are graded."""
    while len(records(out)) < count:
        assert grading.poll() is None, grading.communicate()[1]
        time.sleep(0.1)


@pytest.mark.usefixtures("slurm")
def test_jobs_are_killed(tmp_path: Path, slurm: Path) -> None:
    """One by scancel, one by kill -9: others take their place, and the records are as ever."""
    folder = class_of(tmp_path / "class", *["right", "no_tanh_on_c", "h_and_c_swapped"] * 8)
    for number, path in enumerate(sorted(folder.rglob("*.py"))):
        path.write_text(SLOW + path.read_text("utf-8") + f"# {number}\n", "utf-8")

    out = tmp_path / "out"
    grading = grade(tmp_path, "--out", "out", "--cluster", "slurm", "--jobs", "2")
    wait_for_records(out, 2, grading)
    first, *_ = asked("squeue", "--noheader", "--states=R", "--format=%A").split()
    subprocess.run(["scancel", first], check=True)
    wait_for_records(out, len(records(out)) + 2, grading)
    (other, *_) = [
        job for job in asked("squeue", "--noheader", "--states=R", "--format=%A").split()
        if job != first
    ]  # fmt: skip
    looking_after = worker_of(other)
    for process in (*looking_after.children(recursive=True), looking_after):
        process.send_signal(signal.SIGKILL)
    screen, errors = grading.communicate()
    left = asked("squeue", "--noheader")
    local = grade(tmp_path, "--out", "local", "--jobs", "2")
    local.communicate()

    assert (grading.returncode, local.returncode) == (0, 0), screen + errors
    assert len(records(out)) == 24
    assert records(out) == records(tmp_path / "local")
    ended = (slurm / "ended.txt").read_text().split()
    assert len([word for word in ended if word.startswith("JobId=")]) >= 3, ended  # two were killed
    assert left == ""
    assert sorted(path.name for path in tmp_path.iterdir()) == ["class", "local", "out"]


@pytest.mark.usefixtures("slurm")
def test_a_job_that_cannot_start(tmp_path: Path) -> None:
    """Slurm takes it, and it ends at once: the command says what the job said."""
    class_of(tmp_path / "class", "right")

    grading = grade(
        tmp_path, "--out", "out", "--cluster", "slurm", "--jobs", "1",
        DASK_JOBQUEUE__SLURM__PYTHON="/no/python",
    )  # fmt: skip
    _screen, errors = grading.communicate()

    assert grading.returncode == 2
    assert "the jobs of Slurm end before they can grade" in errors
    assert "/no/python: No such file or directory" in errors
    assert [path.name for path in tmp_path.iterdir()] == ["class"]
    assert asked("squeue", "--noheader") == ""
