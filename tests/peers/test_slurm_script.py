"""What ``tracer grade --cluster slurm`` would hand to Slurm; tests/slurm has a real one."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest
from dask import config

from tracer.gradebook import slurm


def test_the_script_of_a_task(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the configuration says, and a worker of its own name that has the scheduler's key."""
    monkeypatch.setattr(slurm, "_asked", lambda *_: pytest.fail("nothing is submitted yet"))
    monkeypatch.setattr(slurm.Array, "end", lambda _array: None)
    monkeypatch.setattr(slurm.Array, "take_back", lambda _array: None)
    monkeypatch.chdir(tmp_path)
    settings = {"account": "cs101", "queue": "short", "walltime": "02:00:00"}

    with (
        config.set({f"jobqueue.slurm.{name}": value for name, value in settings.items()}),
        slurm.array_of(3) as (cluster, _array),
    ):
        script = cluster.job_script()
        (room,) = tmp_path.iterdir()
        key = (room / "key").read_text("ascii")
        rights = room.stat().st_mode & 0o777

    directives = re.findall(r"^#SBATCH (.*)$", script, re.MULTILINE)
    assert directives[0] == f"-J {room.name.removeprefix('.')}"
    assert directives[3:] == [
        "-p short", "-A cs101", "-n 1", "--cpus-per-task=1", "--mem=2G", "-t 02:00:00"
    ]  # fmt: skip
    assert f"{sys.executable} -m distributed.cli.dask_worker tls://" in script
    assert "--name $SLURM_JOB_ID --memory-limit 0" in script
    assert f"--tls-key {room / 'key'}" in script
    assert "PRIVATE KEY" in key
    assert rights == 0o700
    assert list(tmp_path.iterdir()) == []
