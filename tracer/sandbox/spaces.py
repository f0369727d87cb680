"""Namespaces of one run, made inside bubblewrap: of processes, mounts, shared memory and network.

The process that forks the others has been left one right inside its small machine: to make
namespaces. It forks each run as the first process of its own, whose end ends all that is in there.
The folder of the answer is a piece of memory with a limit, which no other run can see, and the one
user there is has nobody else to be: for an ordinary user, each run is also in a namespace of users.

Like `runner`, this file is copied beside the student's and imports the standard library only.
"""

from __future__ import annotations

import ctypes
import os
import sys
from functools import cache

NEWNS, NEWIPC, NEWUSER, NEWPID, NEWNET = 0x20000, 0x8000000, 0x10000000, 0x20000000, 0x40000000

RDONLY, NOSUID, NODEV, REMOUNT, RECURSIVE, PRIVATE = 1, 2, 4, 32, 16384, 1 << 18

ENTRIES = 20_000
"""Files and folders that may be there; `tracer.sandbox.place` counts as many on a disk."""


def fork() -> int:
    """Fork a process that is the first one of a namespace of its own; 0 in there.

    Raises
    ------
    OSError
        If the kernel does not allow it.
    """
    own = os.open("/proc/self/ns/pid", os.O_RDONLY)
    try:
        _checked("unshare", _libc().unshare(NEWPID))  # for what is forked from now on
        child = os.fork()
        if child:
            _checked("setns", _libc().setns(own, NEWPID))
    finally:
        os.close(own)
    return child


def enter() -> int:
    """Leave the namespaces of the process that forked this one, and hide /proc; a way to it.

    Raises
    ------
    OSError
        If the kernel does not allow it.
    """
    _checked("unshare", _libc().unshare(NEWNS | NEWIPC | NEWNET))
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
    _checked("unshare", _libc().unshare(NEWUSER))
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
    _checked("mount", _libc().mount(*words[:3], flagged, words[3]))


@cache
def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def _checked(name: str, result: int) -> None:
    if result:
        number = ctypes.get_errno()
        raise OSError(number, f"{name}: {os.strerror(number)}")


def _probe() -> None:
    """Make all of it once, as a run does; how the process ends says whether it can be made."""
    child = fork()
    if child:
        sys.exit(os.waitpid(child, 0)[1] != 0)
    proc = enter()
    make_scratch(sys.argv[1], 2**20)
    if os.getuid():
        own_users(proc)


if __name__ == "__main__":
    _probe()
