"""The wall of namespaces: the child lives in a small machine of its own, made by bubblewrap.

It sees no other process, no network, and no files but Python's library, the allowed packages and
its own folder, all of them read-only but the last. Inside it, the child confines itself as behind
the wall ``landlock``, with Landlock where the kernel has it.

An ordinary user needs a kernel that lets everybody make namespaces of users. Root makes none of
these: the child becomes a user of its own, and what root could do it cannot.
"""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import ClassVar

from tracer.language import _
from tracer.sandbox import landlock
from tracer.sandbox.confined import let_in, plan
from tracer.sandbox.process import How, Limits, PlainProcess, Run
from tracer.sandbox.reach import mounted, real_packages, rules, ways
from tracer.sandbox.seccomp import AUDITED
from tracer.sandbox.waiting import Around, Waiting, start

FAULTLESS = (0, 12)
"""The first version of bubblewrap without the faults that are known by now."""

SIGNALLED = 128
"""``bwrap`` ends with this and the number of the signal that ended what it ran."""

PATIENCE = 10.0
"""Seconds in which bubblewrap has to run the smallest program."""


@dataclass(slots=True)
class Namespaces(PlainProcess):
    """A child process in namespaces of its own: of processes, files, network and what is shared."""

    name: ClassVar[str] = "namespaces"

    def _start(self) -> Waiting:
        return start(self.environment, _around)

    def run(self, source: bytes, file: str, request: bytes, limits: Limits, longest: float) -> Run:
        """See `PlainProcess.run`."""
        run = PlainProcess.run(self, source, file, request, limits, longest)
        if run.how is How.EXITED and run.status > SIGNALLED:
            return replace(run, how=How.KILLED, status=run.status - SIGNALLED)
        return run


def trouble() -> str:
    """Why there can be no such wall here; empty if there can. It is tried, once."""
    if sys.platform != "linux":
        return _("only Linux has it")
    if platform.machine() not in AUDITED:
        return _("no list of system calls for {processor}").format(processor=platform.machine())
    if _bwrap() is None:
        return _("bubblewrap is not installed")
    return _tried()


def advice() -> str:
    """What is to be said of the bubblewrap that is there; empty if nothing."""
    bwrap = _bwrap()
    assert bwrap is not None
    done = subprocess.run(  # noqa: S603 - found on the path, as whoever grades has set it
        [bwrap, "--version"], capture_output=True, text=True, check=False
    )
    version = done.stdout.split()[-1:] or ["?"]
    numbers = tuple(int(part) for part in version[0].split(".") if part.isdecimal())
    if numbers < FAULTLESS:
        said = _("bubblewrap {version} has known faults; they are mended from {first} on")
        return said.format(version=version[0], first=".".join(map(str, FAULTLESS)))
    return ""


def _bwrap() -> str | None:
    return shutil.which("bwrap")


@cache
def _tried() -> str:
    bwrap = _bwrap()
    assert bwrap is not None
    python = os.path.realpath(sys.executable)
    try:
        done = subprocess.run(  # noqa: S603 - our own command
            [bwrap, *_own(), *mounted(), "--ro-bind", python, python, python, "-I", "-S", "-c", ""],
            capture_output=True, text=True, check=False, timeout=PATIENCE, env={},
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired) as error:
        return str(error)
    return done.stderr.strip() or ("" if not done.returncode else f"bwrap: {done.returncode}")


def _own() -> tuple[str, ...]:
    """Namespaces of its own, and no capabilities; root keeps those to become somebody else."""
    spaces = ("pid", "net", "ipc", "uts")
    apart = [f"--unshare-{space}" for space in spaces] + ["--unshare-cgroup-try"]
    if os.geteuid() == 0:
        kept = ("CAP_SETUID", "CAP_SETGID", "CAP_CHOWN", "CAP_KILL")
        capabilities = [word for name in kept for word in ("--cap-add", name)]
        return (*apart, "--cap-drop", "ALL", *capabilities, "--proc", "/proc")
    return ("--unshare-user", *apart, "--cap-drop", "ALL", "--proc", "/proc")


def _around(root: Path, folder: Path, packages: Path) -> Around:
    bwrap = _bwrap()
    assert bwrap is not None
    if os.geteuid() == 0:  # the child is another user
        let_in(root, packages)
    python = os.path.realpath(sys.executable)
    inside = [python, *map(str, real_packages(packages))]
    command = (
        *(bwrap, *_own(), *mounted(), *ways([*inside, str(root)])),
        *(word for path in inside for word in ("--ro-bind", path, path)),
        *("--bind", str(root), str(root), "--remount-ro", "/", "--chdir", str(folder), "--"),
    )
    allowed = rules(packages, folder) if landlock.version() else None
    return Around(command, plan(allowed, folder, reads_all=False), python)
