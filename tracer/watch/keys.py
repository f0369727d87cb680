"""One key at a time from a terminal, without waiting for Enter; the terminal is left as it was.

Ctrl-C, Ctrl-Z and the like stay what they are: signals, which the system sends.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator
from importlib import import_module
from typing import Any, Protocol

UP, DOWN, PAGE_UP, PAGE_DOWN, ESCAPE = "up", "down", "page up", "page down", "escape"
CLOSED = "closed"
"""The terminal is gone."""

_SEQUENCES = {
    "[A": UP, "[B": DOWN, "OA": UP, "OB": DOWN, "[5~": PAGE_UP, "[6~": PAGE_DOWN,
}  # fmt: skip
_WINDOWS = {"H": UP, "P": DOWN, "I": PAGE_UP, "Q": PAGE_DOWN}
_OFTEN = 0.02
"""Seconds between two looks at the keyboard, where nobody can wait for it."""


class Keyboard(Protocol):
    """A keyboard; `enter` before the first `read`, and `leave` before anything else is typed."""

    def enter(self) -> None:
        """Let keys come one by one, and not be shown."""

    def leave(self) -> None:
        """Put the terminal back as it was; a second time does nothing."""

    def read(self) -> Iterator[str]:
        """Wait for keys: what was typed, each by its character or its name."""


class Posix:
    """A terminal of Unix."""

    def __init__(self, file: int) -> None:
        self._file = file
        self._before: list[Any] | None = None

    def enter(self) -> None:
        """Let keys come one by one; again, after a shell has had the terminal meanwhile."""
        import termios
        import tty

        if self._before is None:
            self._before = termios.tcgetattr(self._file)
        tty.setcbreak(self._file, termios.TCSADRAIN)

    def leave(self) -> None:
        """Put the terminal back as it was."""
        import termios

        if self._before is not None:
            termios.tcsetattr(self._file, termios.TCSADRAIN, self._before)
            self._before = None

    def read(self) -> Iterator[str]:
        """Whatever has come."""
        try:
            came = os.read(self._file, 1024)
        except OSError:
            came = b""
        if not came:
            yield CLOSED
            return
        yield from named(came.decode("utf-8", "ignore"))


class Windows:
    """A console of Windows; `msvcrt` is its module, and `pause` waits so many seconds."""

    def __init__(self, msvcrt: Any, pause: Callable[[float], None] = time.sleep) -> None:
        self._msvcrt = msvcrt
        self._pause = pause

    def enter(self) -> None:
        """Nothing is to be changed; but a console only obeys what is drawn once it is asked to."""
        os.system("")  # noqa: S605, S607 - the known way to have it understand control codes

    def leave(self) -> None:
        """Nothing was changed."""

    def read(self) -> Iterator[str]:
        """The next key."""
        while not self._msvcrt.kbhit():
            self._pause(_OFTEN)
        key = self._msvcrt.getwch()
        if key in ("\0", "\xe0"):  # a second character says which key without one it was
            special = _WINDOWS.get(self._msvcrt.getwch())
            yield from [special] if special else []
        elif key == "\x1b":
            yield ESCAPE
        else:
            yield key


def keyboard() -> Keyboard:
    """That of standard input."""
    if sys.platform == "win32":
        return Windows(import_module("msvcrt"))
    return Posix(sys.stdin.fileno())


def named(came: str) -> Iterator[str]:
    r"""The keys in what a terminal sent; a sequence that is not known is none.

    Examples
    --------
    >>> list(named("n\x1b[Bq"))
    ['n', 'down', 'q']
    """
    at = 0
    while at < len(came):
        if came[at] != "\x1b":
            yield came[at]
            at += 1
            continue
        end = at + 2
        if came[at + 1 : at + 2] in ("[", "O"):
            while end < len(came) and not (came[end].isalpha() or came[end] == "~"):
                end += 1
            known = _SEQUENCES.get(came[at + 1 : end + 1])
            yield from [known] if known else []
            at = end + 1
        else:
            yield ESCAPE
            at += 1
