"""Limits for all processes of a run together, where the kernel's groups may be made."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tracer.exercises.exercise import Exercise
from tracer.exercises.submission import Submission
from tracer.grading.report import Verdict
from tracer.grading.session import grade
from tracer.sandbox import cgroup
from tracer.sandbox.cgroup import Group, made
from tracer.sandbox.walls import WALLS, wall

HERE = [name for name in ("landlock", "namespaces") if not WALLS[name].trouble()]


def test_its_processes_end_with_it() -> None:
    """Moved into a group with what it has started; where groups can be made, if only uncounted."""
    around = cgroup.groups_around()
    if around is None or not os.access(around / "cgroup.procs", os.W_OK):
        return
    starting = "import os, time; os.fork(); print(flush=True); time.sleep(600)"
    with subprocess.Popen([sys.executable, "-c", starting], stdout=subprocess.PIPE) as child:
        assert child.stdout
        child.stdout.readline()
        child.stdout.readline()  # both are there
        group = made(around, {})
        try:
            group.add(child.pid)
            inside = (group.folder / "cgroup.procs").read_text("ascii").split()
            kills = (group.folder / "cgroup.kill").exists()  # since Linux 5.14
        finally:
            group.remove()
        if not kills:
            child.kill()
        assert child.wait(20) == -9

    assert len(inside) == 2
    assert not kills or not group.folder.exists()


def test_its_limits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each is written where the kernel has a file for it; without swap there is none of that."""
    mkdir = Path.mkdir

    def as_the_kernel(folder: Path) -> None:
        mkdir(folder)
        for name in ("memory.max", "pids.max"):
            (folder / name).write_text("max", "ascii")

    monkeypatch.setattr(Path, "mkdir", as_the_kernel)

    group = made(tmp_path, {"memory.max": 2**30, "memory.swap.max": 0, "pids.max": 264})
    (group.folder / "memory.events").write_text("low 0\nmax 7\noom_kill 0\n", "ascii")

    assert (group.folder / "memory.max").read_text("ascii") == str(2**30)
    assert (group.folder / "pids.max").read_text("ascii") == "264"
    assert not (group.folder / "memory.swap.max").exists()
    assert not group.out_of_memory()
    (group.folder / "memory.events").write_text("low 0\nmax 9\noom_kill 1\n", "ascii")
    assert group.out_of_memory()


class Counted(Group):
    """A group that is none, of which the kernel says how it ended."""

    def add(self, pid: int) -> None:
        """Nothing is moved."""
        assert Path(f"/proc/{pid}").exists()

    def out_of_memory(self) -> bool:
        """Its folder says so."""
        return self.folder.name == "full"

    def remove(self) -> None:
        """Nothing is there."""


@pytest.mark.parametrize("name", HERE or ["none"])
@pytest.mark.parametrize(
    ("counted", "verdict"), [("full", Verdict.OUT_OF_MEMORY), ("empty", Verdict.CRASHED)]
)
def test_only_the_kernel_says_that_it_was_memory(
    rnn_step: Exercise, monkeypatch: pytest.MonkeyPatch, name: str, counted: str, verdict: Verdict
) -> None:
    """An answer that ends itself by the same signal has crashed."""
    if name not in WALLS:
        return
    asked: list[tuple[int, int]] = []

    def group(memory: int, threads: int) -> Group:
        asked.append((memory, threads))
        return Counted(Path(counted))

    monkeypatch.setattr(cgroup, "group", group)
    source = "import os\ndef rnn_step(x, h_prev, U, W, a):\n    os.kill(os.getpid(), 9)\n"

    report = grade(rnn_step, Submission("rnn_step.py", source.encode()), seed=1, wall=wall(name))

    assert report.checks[0].verdict is verdict
    assert all(memory > 2**30 and threads > 256 for memory, threads in asked)
    assert asked


def test_what_is_missing_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No groups at all, or groups that count nothing."""
    cgroup.trouble.cache_clear()
    monkeypatch.setattr(cgroup, "groups_around", lambda: None)
    assert cgroup.trouble() == "no cgroup v2 is there"

    cgroup.trouble.cache_clear()
    (tmp_path / "cgroup.subtree_control").write_text("cpu pids\n", "ascii")
    monkeypatch.setattr(cgroup, "groups_around", lambda: tmp_path)
    assert cgroup.trouble() == "the cgroups around do not count: memory"
    assert cgroup.group(2**30, 256) is None
    cgroup.trouble.cache_clear()
