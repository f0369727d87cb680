"""The wall for a place without namespaces, as a course's container: the child confines itself.

It needs a kernel with Landlock and with filters of system calls, and no rights at all. Files
outside the child's own folder are not read (but Python's library and the allowed packages) or
written; no process is started or signalled; no socket is opened. Where the grader is root, the
child is a user of its own.

What it does not cover: that other processes and files are there, and what the system tells of them
to everybody (names, sizes, times); how much is written into its own folder in all, for only each
file has a limit; and mistakes in the kernel.
"""

from __future__ import annotations

import os
import platform
import sys
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any, ClassVar

from tracer.language import _
from tracer.sandbox import landlock, place
from tracer.sandbox.confining import READ_ALL
from tracer.sandbox.landlock import Rule
from tracer.sandbox.process import PlainProcess
from tracer.sandbox.reach import for_others, lasting, own, real_packages, standard_library
from tracer.sandbox.seccomp import AUDITED
from tracer.sandbox.waiting import Waiting
from tracer.sandbox.warm import Nest, Place, Zygote, in_folder, start_warm

AT_ONCE = 512
"""Processes of one grader that can be there at the same time, each as a user of its own."""

_COUNT = count()


@dataclass(slots=True)
class Confined(PlainProcess):
    """A child process that gives up every right that an answer does not need."""

    name: ClassVar[str] = "landlock"
    grouped: ClassVar[bool] = True

    def _start(self) -> Waiting:
        return start_warm(self.environment, NEST)


def trouble() -> str:
    """Why there can be no such wall here; empty if there can."""
    if sys.platform != "linux":
        return _("only Linux has it")
    if platform.machine() not in AUDITED:
        return _("no list of system calls for {processor}").format(processor=platform.machine())
    if not landlock.version():
        return _("this kernel has no Landlock, or it is switched off")
    if os.geteuid() == 0 and not _open(Path(place.temporary())) and not _may_read_all():
        return _("only root can read Python: put it where every user can")
    return ""


def _zygote() -> Zygote:
    opened = let_in if os.geteuid() == 0 else lambda _root: None
    return in_folder(opened, lasting, walled=True)


def _place(zygote: Zygote, left: ExitStack) -> Place:
    folder, root = left.enter_context(zygote.folder()), zygote.root
    assert root is not None
    reads_all = False
    if os.geteuid() == 0:  # the child is another user
        reads_all = not (_open(root) and all(map(for_others, real_packages())))
    return Place(str(folder), folder, plan([own(str(folder))], str(folder), reads_all=reads_all))


NEST = Nest("landlock", _zygote, _place)


def let_in(root: Path) -> None:
    """Let another user reach the packages in the folder of a process."""
    root.chmod(0o711)
    (root / "packages").chmod(0o755)


def plan(rules: list[Rule] | None, folder: str, *, reads_all: bool) -> dict[str, Any]:
    """What `tracer.sandbox.confining` is to do."""
    user = os.getpid() * AT_ONCE + next(_COUNT) % AT_ONCE
    return {"rules": rules, "scratch": folder, "user": user, "reads_all": reads_all, "proc": None}


def _open(folder: Path) -> bool:
    """Whether any user gets into this folder and can read Python."""
    ways = (folder, *folder.parents)
    return all(way.stat().st_mode & 0o001 for way in ways) and all(
        map(for_others, standard_library())
    )


def _may_read_all() -> bool:
    """Whether this process may read everything, and so may leave this right to a child."""
    status = Path("/proc/self/status").read_text("ascii")
    (permitted,) = (int(line.split()[1], 16) for line in status.splitlines() if "CapPrm" in line)
    return bool(permitted & READ_ALL)
