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
from pathlib import Path

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
    for path, right in rules:
        _add(made, path, RIGHTS[right] & handled)
    for path, rights in _AROUND.items():
        _add(made, path, rights & handled)
    return made


def hold(rules: Iterable[Rule], beneath: str) -> None:
    """Make a list of these rules, and of one that gives everything beneath a folder to be written.

    Who forks often does so once: some hundred rules take longer than a small answer does, and a
    list of them cannot be copied. A process then obeys two lists, and may do what both allow: this
    one, and one of its own with a folder beneath, and with the few folders around what the rules
    are about. None of these is around the folders of other processes.
    """
    rules = list(rules)
    _HELD.append(ruleset([*rules, (beneath, "scratch")]))
    for path, right in rules:
        with suppress(FileNotFoundError, NotADirectoryError):
            around = _around(Path(path).resolve(strict=True), Path(beneath).resolve())
            _AROUND[around] = _AROUND.get(around, 0) | RIGHTS[right]


def lists(rules: Iterable[Rule]) -> list[int]:
    """Descriptors of all lists that a process is to obey: those held, and one of its own."""
    return [*_HELD, ruleset(rules)]


def restrict(made: int) -> None:
    """Hold this process to a list of rules; it has given up new privileges before."""
    _call(RESTRICT, ctypes.c_int(made), ctypes.c_uint32(0))


_HELD: list[int] = []
"""Descriptors of the lists that are made."""

_AROUND: dict[str, int] = {}
"""Folders around what these are about, and the rights on each."""


def _around(path: Path, beneath: Path) -> str:
    """The folder in which this one lies, if `beneath` does not lie in that too; else itself."""
    return str(path if beneath.is_relative_to(path.parent) else path.parent)


def _add(made: int, path: str, rights: int) -> None:
    with suppress(FileNotFoundError, NotADirectoryError):
        file = os.open(path, os.O_PATH | os.O_CLOEXEC)
        try:
            if not stat.S_ISDIR(os.fstat(file).st_mode):
                rights &= OF_FILES
            if rights:
                rule = struct.pack("=Qi", rights, file)
                _call(ADD, ctypes.c_int(made), ctypes.c_int(1), rule, ctypes.c_uint32(0))
        finally:
            os.close(file)


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
