"""Ctrl-C between two batches, never inside one."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType


@contextmanager
def stop_asked(heard: Callable[[], None] = lambda: None) -> Iterator[Callable[[], bool]]:
    """While this lasts, Ctrl-C and a polite kill only ask; the function given tells if they did.

    So does the end of the terminal. A second Ctrl-C ends the program at once, for whoever cannot
    wait for the batch; at the first one `heard` is called, out of the signal's handler. What the
    caller ignores (``nohup``, a shell's background) stays ignored.
    """
    names = ("SIGINT", "SIGTERM", "SIGHUP")  # Windows has no SIGHUP
    numbers = [getattr(signal, name) for name in names if hasattr(signal, name)]
    minded = [number for number in numbers if signal.getsignal(number) is not signal.SIG_IGN]
    asked: list[int] = []

    def ask(number: int, _frame: FrameType | None) -> None:
        if asked:
            raise KeyboardInterrupt
        asked.append(number)
        heard()

    before = {number: signal.signal(number, ask) for number in minded}
    try:
        yield lambda: bool(asked)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
