"""The wall of namespaces: the child lives in a small machine of its own, made by bubblewrap.

It sees no other process, no network, and no files but Python's library, the allowed packages and
its own folder, all of them read-only but the last. Inside it, the child confines itself as behind
the wall ``landlock``, with Landlock where the kernel has it.

bubblewrap is started once, around a zygote that may make namespaces, and every run is forked there
with some of its own (`spaces`). Where the kernel allows bubblewrap and not that, it is started anew
around each run.

An ordinary user needs a kernel that lets everybody make namespaces of users. Root makes none of
these: the child becomes a user of its own, and what root could do it cannot.
"""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import ClassVar

from tracer.language import _
from tracer.sandbox import landlock
from tracer.sandbox.confined import let_in, plan
from tracer.sandbox.process import How, Limits, PlainProcess, Run
from tracer.sandbox.reach import lasting, mounted, own, real_packages, rules, ways
from tracer.sandbox.seccomp import AUDITED
from tracer.sandbox.waiting import COPIED, Around, Waiting, start
from tracer.sandbox.warm import PYTHON, Nest, Place, Zygote, start_warm, started

FAULTLESS = (0, 12)
"""The first version of bubblewrap without the faults that are known by now."""

SIGNALLED = 128
"""``bwrap`` ends with this and the number of the signal that ended what it ran."""

PATIENCE = 10.0
"""Seconds in which bubblewrap has to run the smallest program."""

RUNNER, PACKAGES, ANSWER = "/runner", "/packages", "/answers/own"
"""Where, inside, our own files lie, the links to the packages, and the folder of the answer."""


@dataclass(slots=True)
class Namespaces(PlainProcess):
    """A child process in namespaces of its own: of processes, files, network and what is shared."""

    name: ClassVar[str] = "namespaces"
    grouped: ClassVar[bool] = True

    def _start(self) -> Waiting:
        if within():  # it was tried, and did not work
            return start(self.environment, _around)
        return start_warm(self.environment, NEST)

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
    found = []
    if numbers < FAULTLESS:
        said = _("bubblewrap {version} has known faults; they are mended from {first} on")
        found.append(said.format(version=version[0], first=".".join(map(str, FAULTLESS))))
    if why := within():
        said = _("no namespaces can be made inside it ({why}), so each run starts it anew")
        found.append(said.format(why=why))
    return "; ".join(found)


def _bwrap() -> str | None:
    return shutil.which("bwrap")


@cache
def _tried() -> str:
    """Why bubblewrap runs nothing here; empty if it does."""
    python = os.path.realpath(sys.executable)
    inside = ("--ro-bind", python, python, python, "-I", "-S", "-c", "")
    return _ended(*_own(), *mounted(), *inside)


@cache
def within() -> str:
    """Why no namespaces can be made inside it; empty if they can."""
    return _ended(*_nest(), f"{RUNNER}/spaces.py", ANSWER)


def _ended(*words: str) -> str:
    bwrap = _bwrap()
    assert bwrap is not None
    try:
        done = subprocess.run(  # noqa: S603 - our own command
            [bwrap, *words],
            capture_output=True, text=True, check=False, timeout=PATIENCE, env={},
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired) as error:
        return str(error)
    said = done.stderr.strip().splitlines()[-1:]
    return said[0] if said else "" if not done.returncode else f"bwrap: {done.returncode}"


def _own(*more: str) -> tuple[str, ...]:
    """Namespaces of its own, and no capabilities but these; root becomes somebody else by some."""
    spaces = ("pid", "net", "ipc", "uts")
    apart = [f"--unshare-{space}" for space in spaces] + ["--unshare-cgroup-try"]
    root = os.geteuid() == 0
    kept = (*more, *(("CAP_SETUID", "CAP_SETGID", "CAP_CHOWN", "CAP_KILL") if root else ()))
    capabilities = [word for name in kept for word in ("--cap-add", name)]
    own = () if root else ("--unshare-user",)
    return (*own, *apart, "--cap-drop", "ALL", *capabilities, "--proc", "/proc")


def _nest() -> Iterator[str]:
    """For ``bwrap``: Python, which may make namespaces, and our own files in `RUNNER`."""
    python = os.path.realpath(sys.executable)
    inside = [python, *map(str, real_packages())]
    ours = [(str(Path(__file__).with_name(name)), f"{RUNNER}/{name}") for name in _FILES]
    yield from (*_own("CAP_SYS_ADMIN"), *mounted())
    yield from ways([*inside, *(f"{place}/-" for place in (RUNNER, PACKAGES, ANSWER))])
    for here, there in (*zip(inside, inside, strict=True), *ours):
        yield from ("--ro-bind", here, there)
    for real in real_packages():
        yield from ("--symlink", str(real), f"{PACKAGES}/{real.name}")
    yield from ("--remount-ro", "/", "--chdir", ANSWER, "--", python, *PYTHON)


_FILES = (*COPIED, "zygote.py")


def _zygote() -> Zygote:
    bwrap = _bwrap()
    assert bwrap is not None
    command = (bwrap, *_nest(), f"{RUNNER}/zygote.py")
    allowed = lasting(PACKAGES, hidden=True) if landlock.version() else []
    beneath = str(Path(ANSWER).parent)
    return started(command, PACKAGES, None, ANSWER, rules=allowed, beneath=beneath, apart=True)


def _place(_zygote: Zygote, _left: ExitStack) -> Place:
    allowed = [own(ANSWER)] if landlock.version() else None
    return Place(ANSWER, None, plan(allowed, ANSWER, reads_all=False))


NEST = Nest("namespaces", _zygote, _place)


def _around(root: Path, folder: Path) -> Around:
    """For a run around which bubblewrap is started."""
    bwrap = _bwrap()
    assert bwrap is not None
    if os.geteuid() == 0:  # the child is another user
        let_in(root)
    python = os.path.realpath(sys.executable)
    inside = [python, *map(str, real_packages())]
    command = (
        *(bwrap, *_own(), *mounted(), *ways([*inside, str(root)])),
        *(word for path in inside for word in ("--ro-bind", path, path)),
        *("--bind", str(root), str(root), "--remount-ro", "/", "--chdir", str(folder), "--"),
    )
    allowed = None
    if landlock.version():
        allowed = rules(str(root / "packages"), str(folder), hidden=True)
    return Around(command, plan(allowed, str(folder), reads_all=False), python)
