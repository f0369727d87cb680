"""What a process does to itself before a student's code runs in it; there is no way back.

The order matters: rules are made while everything can still be reached, another user is become
before the rights to do so are given up, and the filter of system calls comes last, for it refuses
most of what the steps before it do. Whatever fails here is raised: no code of a student's runs
behind half a wall.

Like `runner`, this file is copied beside the student's and imports the standard library only.
"""

from __future__ import annotations

import os
import platform
import signal
import struct
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

FIRST_USER, USERS = 0x70000000, 2**31
"""So many users from there on belong to nobody; they are ours, one for each process."""

FILES = 64
"""Descriptors that may be open at once: what pipes hold is no memory of the process's own."""

THREADS = 256
"""Threads that a submission may have."""

READ_ALL = 1 << 2
"""CAP_DAC_READ_SEARCH: the rights of files do not bind who reads; Landlock still does."""

SET_DUMPABLE, SET_KEEPCAPS, SET_NO_NEW_PRIVS = 4, 8, 38


def confine(
    plan: dict[str, Any], results: int, landlock: Any, seccomp: Any, spaces: Any, parent: int
) -> None:
    """Raise the wall around this process, which has one thread and is to run a student's code.

    Parameters
    ----------
    plan : dict
        ``rules`` for Landlock beside those that are held, None where there is no Landlock and the
        files outside are not there anyway; ``scratch``, the folder that may be written; ``user``, a
        number that no other process has now; ``reads_all``, whether another user could not even
        read Python; ``proc``, a descriptor of /proc in a run with namespaces of its own, else None.
    results : int
        The descriptor that stays open beside 0, 1 and 2.
    landlock, seccomp, spaces : module
        The files beside this one.
    parent : int
        The process at whose end this one ends: its number, taken before it forked this one, for
        it may have ended by now.

    Raises
    ------
    OSError
        If any part of it cannot be had.
    """
    root, proc, users = os.geteuid() == 0, plan["proc"], ""
    if root:
        users = _users() if proc is None else spaces.users(proc)
    elif proc is not None:
        spaces.own_users(proc)
    rules = [] if plan["rules"] is None else landlock.lists(map(tuple, plan["rules"]))
    _close_all_but(results, *rules)
    counted_alone = root or proc is not None
    _limit(THREADS if counted_alone else THREADS + _threads(os.getuid()))
    spaces.control(SET_NO_NEW_PRIVS, 1)
    if root:
        user = fresh_user(plan["user"], users)
        _another_user(user, plan["scratch"], spaces, keep_reading=plan["reads_all"])
    else:
        _capabilities(0, spaces)
    spaces.control(SET_DUMPABLE, 0)  # nobody looks into its memory
    # Once more: the kernel forgets it of a process that becomes another user's.
    spaces.control(spaces.SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        raise OSError("the process that watches this one has ended")
    for made in rules:
        landlock.restrict(made)
        os.close(made)
    seccomp.install()


def confined(plan: dict[str, Any], results: int, beside: Callable[[str], Any]) -> Any:
    """What raises the wall, with all that it needs loaded."""
    landlock, seccomp, spaces = beside("landlock"), beside("seccomp"), beside("spaces")

    def raised(parent: int) -> None:
        try:
            confine(plan, results, landlock, seccomp, spaces, parent)
        except OSError as error:
            os.write(2, f"the wall does not stand: {error}".encode())
            os._exit(1)

    return raised


def prepared(landlock: Any, seccomp: Any, spaces: Any) -> None:
    """Have ready what every process needs that is forked from this one."""
    import resource  # noqa: F401 - loaded once for all

    landlock.version()
    spaces.libc()
    with suppress(KeyError):  # a processor without a list of system calls
        seccomp.program(platform.machine(), os.getpid())


def _close_all_but(*kept: int) -> None:
    """Close every descriptor from 3 on but these."""
    first = 3
    for file in sorted(kept):
        os.closerange(first, file)
        first = file + 1
    os.closerange(first, 2**20)


def fresh_user(number: int, ranges: str) -> int:
    """A user for this number, out of those that there are (``/proc/self/uid_map``)."""
    for line in reversed(ranges.splitlines()):
        first, _outside, count = map(int, line.split())
        if first <= FIRST_USER and first + count >= FIRST_USER + USERS:
            return FIRST_USER + number % USERS
        if count > 2**12:  # a container of a user's own: there are some ten thousand
            return first + count // 2 + number % (count // 2)
    raise OSError("there is no other user to become in this container")


def _users() -> str:
    file = os.open("/proc/self/uid_map", os.O_RDONLY)
    try:
        return os.read(file, 4096).decode("ascii")
    finally:
        os.close(file)


def _another_user(user: int, scratch: str, spaces: Any, *, keep_reading: bool) -> None:
    for path in (scratch, *(entry.path for entry in os.scandir(scratch))):
        os.chown(path, user, user, follow_symlinks=False)
    if keep_reading:
        spaces.control(SET_KEEPCAPS, 1)
    os.setgroups([])
    os.setresgid(user, user, user)
    os.setresuid(user, user, user)
    _capabilities(READ_ALL if keep_reading else 0, spaces)


def _limit(threads: int) -> None:
    """Bound what else there is to be used up."""
    import resource

    for name, most in (
        ("RLIMIT_NOFILE", FILES), ("RLIMIT_NPROC", threads), ("RLIMIT_MEMLOCK", 0),
        ("RLIMIT_MSGQUEUE", 0), ("RLIMIT_SIGPENDING", FILES),
    ):  # fmt: skip
        number = getattr(resource, name, None)
        if number is not None:
            _soft, hard = resource.getrlimit(number)
            lower = most if hard == resource.RLIM_INFINITY else min(most, hard)
            resource.setrlimit(number, (lower, lower))


def _threads(user: int) -> int:
    """How many threads this user has by now: the limit counts them all together."""
    found = 0
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if process.stat().st_uid == user:
                found += sum(1 for _thread in (process / "task").iterdir())
    return found


def _capabilities(kept: int, spaces: Any) -> None:
    """Give up all capabilities but these, whoever this process belongs to."""
    version = 0x20080522
    header = struct.pack("=Ii", version, 0)
    data = struct.pack("=6I", kept, kept, 0, 0, 0, 0)
    spaces.checked("capset", spaces.libc().capset(header, data))
