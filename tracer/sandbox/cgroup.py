"""A group of processes for one run, with limits for all of them together, where there may be one.

Linux counts what a group of processes uses, pages of files in memory included, and keeps it within
limits (cgroup v2). Whoever grades may make such a group beside its own where the folder of groups
around it has been handed over to it, and counts memory and processes: as root of a machine, in a
session of systemd, in some containers. Elsewhere each process has its own limits, and no more.
"""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tracer.language import _
from tracer.sandbox import place
from tracer.sandbox.usage import processes

COUNTED = ("memory", "pids")
"""What has to be counted in the groups around."""

PATIENCE = 2.0
"""Seconds in which all processes of a group have to end."""


@dataclass(frozen=True, slots=True)
class Group:
    """A group, by its folder in the kernel's list of groups; `held` says that it is ours."""

    folder: Path
    held: int | None = None

    def add(self, pid: int) -> None:
        """Move a process into it, and all that it has started; what these start is in it too."""
        for process in processes(pid):
            with suppress(ProcessLookupError):  # it has ended
                (self.folder / "cgroup.procs").write_text(process.name, "ascii")

    def out_of_memory(self) -> bool:
        """Whether the kernel has ended a process of it because it used too much."""
        return bool(_counts(self.folder / "memory.events").get("oom_kill"))

    def remove(self) -> None:
        """End all that is left in it, and remove it."""
        with suppress(OSError):  # kernels before 5.14 cannot; whoever stands around it ends all
            (self.folder / "cgroup.kill").write_text("1", "ascii")
        try:
            self._wait_for_its_end()
        finally:
            if self.held is not None:
                os.close(self.held)

    def _wait_for_its_end(self) -> None:
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            try:
                self.folder.rmdir()
            except FileNotFoundError:
                return
            except OSError:  # somebody in it has not ended yet
                time.sleep(0.002)


def group(memory: int, threads: int) -> Group | None:
    """Make a group that may use so many bytes and threads in all; None where there can be none."""
    if trouble():
        return None
    around = groups_around()
    assert around is not None
    return made(around, {"memory.max": memory, "memory.swap.max": 0, "pids.max": threads})


def made(around: Path, limits: Mapping[str, int]) -> Group:
    """A new group in this folder of groups, with these limits as far as the kernel knows them."""
    folder = around / place.name()
    folder.mkdir()
    new = Group(folder, place.claimed(folder))
    try:
        for name, most in limits.items():
            file = new.folder / name
            if file.exists():  # without swap there is no limit of it
                file.write_text(str(most), "ascii")
    except OSError:
        new.remove()
        raise
    return new


@cache
def trouble() -> str:
    """Why no group can be made here; empty if one can. It is tried, once."""
    around = groups_around()
    if around is None:
        return _("no cgroup v2 is there")
    try:
        counted = (around / "cgroup.subtree_control").read_text("ascii").split()
        if missing := [name for name in COUNTED if name not in counted]:
            said = _("the cgroups around do not count: {what}")
            return said.format(what=", ".join(missing))
        tried = made(around, {"pids.max": 1})
        tried.remove()
    except OSError as error:
        return f"{error.filename or around}: {error.strerror}"
    if os.access(around / "cgroup.procs", os.W_OK):
        return ""
    return _("no right to write {file}").format(file=around / "cgroup.procs")


def groups_around() -> Path | None:
    """The folder of groups in which the one of this process lies; at the top, that one itself."""
    with suppress(OSError, ValueError, StopIteration):
        mounts = [line.split() for line in Path("/proc/self/mountinfo").read_text().splitlines()]
        top = next(Path(words[4]) for words in mounts if words[words.index("-") + 1] == "cgroup2")
        lines = Path("/proc/self/cgroup").read_text("utf-8").splitlines()
        own = next(line[3:] for line in lines if line.startswith("0::/"))
        place = top / own.lstrip("/")
        return place if place == top else place.parent
    return None


def _counts(file: Path) -> dict[str, int]:
    """A file of the kernel's with a name and a number in each line."""
    with suppress(OSError, ValueError):
        pairs = (line.split() for line in file.read_text("ascii").splitlines())
        return {name: int(number) for name, number in pairs}
    return {}
