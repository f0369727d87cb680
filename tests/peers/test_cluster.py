"""``tracer grade --cluster``: a real scheduler and real workers on this machine."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.gradebook.handing import ROOT, class_of

SLOW = "import time\ntime.sleep(0.2)\n"
"""Long enough that a worker is killed while it grades."""


@contextmanager
def dask(what: str, *words: str) -> Generator[subprocess.Popen[bytes]]:
    """A process of Dask's own, as its command starts it."""
    command = [sys.executable, "-m", f"distributed.cli.dask_{what}", *words]
    with subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def wait_for(path: Path, process: subprocess.Popen[Any]) -> None:
    """Until something is in such a file; the process that writes it must live meanwhile."""
    while not any(found.stat().st_size for found in path.parent.glob(path.name)):
        assert process.poll() is None
        time.sleep(0.02)


def grade(folder: Path, out: Path, *words: str, **variables: str) -> subprocess.Popen[str]:
    """Start the command; one seed, so that two runs can be compared."""
    command = [sys.executable, "-m", "tracer", "grade", str(folder), "--out", str(out)]
    return subprocess.Popen(
        [*command, "--seed", "7", "--wall", "plain", "--trust-submissions", *words],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env={**os.environ, **variables},
    )  # fmt: skip


def records(out: Path) -> dict[str, bytes]:
    """Every record, byte for byte."""
    return {path.name: path.read_bytes() for path in out.glob("records/*/*.json")}


def test_a_worker_is_killed(tmp_path: Path) -> None:
    """What it was at goes to the other one; the records are those of an undisturbed run."""
    folder = class_of(tmp_path / "class", *["right"] * 3)
    for number, path in enumerate(sorted(folder.rglob("*.py"))):
        path.write_text(SLOW + path.read_text("utf-8") + f"# {number}\n", "utf-8")
    file = tmp_path / "scheduler.json"
    here = ("--host", "127.0.0.1", "--no-dashboard")
    worker = ("--scheduler-file", str(file), "--no-nanny", "--nthreads", "2", *here)

    with (
        dask("scheduler", "--scheduler-file", str(file), "--port", "0", *here) as scheduler,
        dask("worker", *worker, "--local-directory", str(tmp_path / "one")) as killed,
        dask("worker", *worker, "--local-directory", str(tmp_path / "two")),
    ):
        wait_for(file, scheduler)
        address = json.loads(file.read_text("utf-8"))["address"]
        grading = grade(folder, tmp_path / "out", "--cluster", address)
        wait_for(tmp_path / "out" / "records" / "22_lstm_step" / "*.json", grading)
        killed.kill()
        screen, errors = grading.communicate()
    local = grade(folder, tmp_path / "local", "--jobs", "2")
    local.communicate()

    assert (grading.returncode, local.returncode) == (0, 0), screen + errors
    assert len(records(tmp_path / "out")) == 3
    assert records(tmp_path / "out") == records(tmp_path / "local")


def test_a_cluster_for_one_command(tmp_path: Path) -> None:
    """`local` needs nothing that was started before, and leaves nothing behind."""
    folder = class_of(tmp_path / "class", "right")

    room = tmp_path / "temporary"
    room.mkdir()

    local = ("--cluster", "local", "--jobs", "1")
    grading = grade(folder, tmp_path / "out", *local, TMPDIR=str(room))
    screen, errors = grading.communicate()

    assert grading.returncode == 0, screen + errors
    assert "student00" in screen
    assert list(room.iterdir()) == []
    assert len(records(tmp_path / "out")) == 1

    again = subprocess.run(
        [*(sys.executable, "-m", "tracer", "regrade", str(tmp_path / "out"), "--all", *local),
         *("--wall", "plain", "--trust-submissions")],
        capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert again.returncode == 0, again.stdout + again.stderr
