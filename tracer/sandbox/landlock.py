"""Landlock: which files a process may still read and write, and that it reaches nobody else.

Three system calls of Linux, which any process may use to take rights from itself and from all that
it starts: a list of rules is made, each rule gives rights on a file or a folder with all that lies
in it, and what no rule gives is refused from then on. What a version of it cannot guard is told by
`version`: moving between folders from 2 on, cutting files short from 3, TCP from 4, commands to
devices from 5, signals and abstract sockets of other processes from 6.

Like `runner`, this file is copied beside the student's and imports the standard library only.
"""

from __future__ import annotations

import ctypes
import os
import stat
import struct
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import cache

CREATE, ADD, RESTRICT = 444, 445, 446
"""The numbers of the three calls, the same on all processors."""

EXECUTE, WRITE_FILE, READ_FILE, READ_DIR, REMOVE_DIR, REMOVE_FILE = (1 << n for n in range(6))
MAKE_DIR, MAKE_REG = 1 << 7, 1 << 8
REFER, TRUNCATE, IOCTL_DEV = 1 << 13, 1 << 14, 1 << 15
OF_FILES = EXECUTE | WRITE_FILE | READ_FILE | TRUNCATE | IOCTL_DEV
"""The rights that a rule may give on what is no folder."""

RIGHTS = {
    "list": READ_DIR,
    "read": READ_FILE | READ_DIR,
    "device": READ_FILE | WRITE_FILE,
    "scratch": READ_FILE | READ_DIR | WRITE_FILE | TRUNCATE | MAKE_REG | MAKE_DIR
    | REMOVE_FILE | REMOVE_DIR | REFER,
}  # fmt: skip
"""What a rule may give; files that are neither plain nor folders can be made nowhere."""

_SINCE = {1: 1 << 12, 2: REFER, 3: TRUNCATE, 5: IOCTL_DEV}
"""The highest right on files that a version brought."""

TCP, OTHERS = 0b11, 0b11
"""Binding and connecting; abstract sockets and signals."""

Rule = tuple[str, str]
"""A path, and one of `RIGHTS`."""


def version() -> int:
    """The version of Landlock that this kernel has; 0 if none, or if it is switched off."""
    if not hasattr(os, "uname") or os.uname().sysname != "Linux":
        return 0
    with suppress(OSError, AttributeError):
        return _call(CREATE, None, ctypes.c_size_t(0), ctypes.c_uint32(1))
    return 0


def ruleset(rules: Iterable[Rule]) -> int:
    """A descriptor of a list of rules, which binds nobody yet. What is not there gets no rule.

    Those that this process holds (`hold`) are in it as well.

    Raises
    ------
    OSError
        If this kernel has no Landlock.
    """
    known = version()
    handled = max((2 * right - 1 for since, right in _SINCE.items() if since <= known), default=0)
    wanted = struct.pack("=QQQ", handled, TCP if known >= 4 else 0, OTHERS if known >= 6 else 0)
    wanted = wanted[: 8 if known < 4 else 16 if known < 6 else 24]
    made = _call(CREATE, wanted, ctypes.c_size_t(len(wanted)), ctypes.c_uint32(0))
    for file, rights in _HELD:
        _add(made, file, rights & handled)
    for path, right in rules:
        with suppress(FileNotFoundError, NotADirectoryError):
            file, rights = _opened(path, RIGHTS[right])
            try:
                _add(made, file, rights & handled)
            finally:
                os.close(file)
    return made


def hold(rules: Iterable[Rule]) -> None:
    """Open what these rules are about; they go into every list that is made from now on.

    Who forks often does so once: to open some hundred files takes longer than a small answer does.
    """
    for path, right in rules:
        with suppress(FileNotFoundError, NotADirectoryError):
            _HELD.append(_opened(path, RIGHTS[right]))


def restrict(made: int) -> None:
    """Hold this process to a list of rules; it has given up new privileges before."""
    _call(RESTRICT, ctypes.c_int(made), ctypes.c_uint32(0))


_HELD: list[tuple[int, int]] = []
"""Descriptors of files and folders, and the rights on each."""


def _opened(path: str, rights: int) -> tuple[int, int]:
    """A descriptor of a path, and which of these rights there are on it."""
    file = os.open(path, os.O_PATH | os.O_CLOEXEC)
    folder = stat.S_ISDIR(os.fstat(file).st_mode)
    return file, rights if folder else rights & OF_FILES


def _add(made: int, file: int, rights: int) -> None:
    if rights:
        rule = struct.pack("=Qi", rights, file)
        _call(ADD, ctypes.c_int(made), ctypes.c_int(1), rule, ctypes.c_uint32(0))


@cache
def _system() -> Callable[..., int]:
    """``syscall``, looked up once: there are some hundred rules."""
    found: Callable[..., int] = ctypes.CDLL(None, use_errno=True).syscall
    return found


def _call(number: int, *arguments: object) -> int:
    result = _system()(ctypes.c_long(number), *arguments)
    if result < 0:
        why = ctypes.get_errno()
        raise OSError(why, f"Landlock: {os.strerror(why)}")
    return result
