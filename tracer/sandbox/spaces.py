"""Namespaces of one run, made inside bubblewrap: of processes, mounts, shared memory and network.

The process that forks the others has been left one right inside its small machine: to make
namespaces. Each run is forked into a PID namespace of its own, in which there is only an idle first
process (PID 1), whose end would end all that is in there. To make one takes as long as a small
answer does: the next run uses it if no process is left in it.

The folder of the answer is a piece of memory with a limit, which no other run can see, and the one
user there is has nobody else to be: for an ordinary user, each run is also in a namespace of users.

Like `runner`, this file is copied beside the student's and imports the standard library only.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import NamedTuple, NoReturn

NEWNS, NEWIPC, NEWUSER, NEWPID, NEWNET = 0x20000, 0x8000000, 0x10000000, 0x20000000, 0x40000000

SET_PDEATHSIG = 1

RDONLY, NOSUID, NODEV, REMOUNT, RECURSIVE, PRIVATE = 1, 2, 4, 32, 16384, 1 << 18

ENTRIES = 20_000
"""Files and folders that may be there; `tracer.sandbox.place` counts as many on a disk."""


class Room(NamedTuple):
    """A namespace of processes: the number of the first one in it, and a descriptor of it all."""

    first: int
    space: int


_EMPTY: list[Room] = []
"""Those in which nothing is but the first process."""


def room() -> Room:
    """A namespace of processes for one run, with an idle first process (PID 1).

    Raises
    ------
    OSError
        If the kernel does not allow it.
    """
    if _EMPTY:
        return _EMPTY.pop()
    first = _forked("unshare", NEWPID)
    if not first:
        _keep()
    try:
        space = os.open(f"/proc/{first}/ns/pid", os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        _end(first)
        raise
    return Room(first, space)


def fork(inside: Room) -> int:
    """Fork a process into a namespace; 0 in there.

    Raises
    ------
    OSError
        If the kernel does not allow it, or has no memory; the namespace is ended then.
    """
    try:
        return _forked("setns", inside.space, NEWPID)
    except OSError:
        _end(*inside)
        raise


def _forked(call: str, *arguments: int) -> int:
    """Fork a process into the namespace that this call of the system chooses; 0 in there.

    Whatever comes of it, what is forked afterwards is in the namespace of this process again.
    """
    child = -1
    with Path("/proc/self/ns/pid").open("rb", buffering=0) as own:
        try:
            checked(call, getattr(libc(), call)(*arguments))  # for what is forked from now on
            child = os.fork()
        finally:
            if child:
                checked("setns", libc().setns(own.fileno(), NEWPID))
    return child


def leave(left: Room) -> None:
    """Keep a namespace for the next run if nothing of this one is left in it; else end it all.

    What loses its parent becomes a child of the first process there.
    """
    children = Path(f"/proc/{left.first}/task/{left.first}/children")
    with suppress(OSError):  # a kernel that does not list them
        if not children.read_bytes():
            _EMPTY.append(left)
            return
    _end(*left)


def _end(first: int, *space: int) -> None:
    """End the first process of a namespace, and close the descriptor of it, if there is one."""
    os.kill(first, signal.SIGKILL)  # the kernel ends all the others with it
    os.waitpid(first, 0)
    for file in space:
        os.close(file)


def _keep() -> NoReturn:
    """Be the first process of a namespace, until the one that made it ends."""
    os.closerange(0, 2**20)
    control(SET_PDEATHSIG, signal.SIGKILL)
    while True:
        signal.pause()


def enter() -> int:
    """Leave the namespaces of the process that forked this one, and hide /proc; a way to it.

    Raises
    ------
    OSError
        If the kernel does not allow it.
    """
    checked("unshare", libc().unshare(NEWNS | NEWIPC | NEWNET))
    _mount(None, "/", None, RECURSIVE | PRIVATE)
    proc = os.open("/proc", os.O_PATH | os.O_DIRECTORY)
    _mount("none", "/proc", "tmpfs", RDONLY | NOSUID | NODEV, "size=4k,nr_inodes=1,mode=555")
    return proc


def make_scratch(folder: str, most: int) -> None:
    """Make `folder` a piece of memory, with room for a little more than it may hold.

    Who keeps too much there is ended, as where the folder lies on a disk; the rest is refused.
    """
    limits = f"size={3 * most // 2},nr_inodes={ENTRIES},mode=755"
    _mount("none", folder, "tmpfs", NOSUID | NODEV, limits)
    os.chdir(folder)


def own_users(proc: int) -> None:
    """Be in a namespace of users in which there is but the one that this process belongs to."""
    user, group = os.getuid(), os.getgid()
    checked("unshare", libc().unshare(NEWUSER))
    for name, text in (
        ("setgroups", "deny"), ("uid_map", f"{user} {user} 1"), ("gid_map", f"{group} {group} 1"),
    ):  # fmt: skip
        file = os.open(f"self/{name}", os.O_WRONLY, dir_fd=proc)
        try:
            os.write(file, text.encode())
        finally:
            os.close(file)


def users(proc: int) -> str:
    """The users that there are, as the kernel lists them."""
    file = os.open("self/uid_map", os.O_RDONLY, dir_fd=proc)
    try:
        return os.read(file, 4096).decode("ascii")
    finally:
        os.close(file)


def _mount(what: str | None, where: str, kind: str | None, flags: int, data: str = "") -> None:
    words = [None if word is None else word.encode() for word in (what, where, kind, data)]
    flagged = ctypes.c_ulong(flags)
    checked("mount", libc().mount(*words[:3], flagged, words[3]))


@cache
def libc() -> ctypes.CDLL:
    """The calls of the system that Python has no names for."""
    return ctypes.CDLL(None, use_errno=True)


def control(option: int, value: int) -> None:
    """``prctl``.

    Raises
    ------
    OSError
        If the kernel refuses it.
    """
    checked("prctl", libc().prctl(option, value, 0, 0, 0))


def checked(name: str, result: int) -> None:
    """Raise what the kernel says of a call that did not give 0."""
    if result:
        number = ctypes.get_errno()
        raise OSError(number, f"{name}: {os.strerror(number)}")


def _probe() -> None:
    """Make all of it once, as a run does; how the process ends says whether it can be made."""
    child = fork(room())
    if child:
        sys.exit(os.waitpid(child, 0)[1] != 0)
    proc = enter()
    make_scratch(sys.argv[1], 2**20)
    if os.getuid():
        own_users(proc)


if __name__ == "__main__":
    _probe()
