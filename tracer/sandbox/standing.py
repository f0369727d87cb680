"""Where the student's code stands when its time is over; runs in the child.

Of a loop that does not end, every run stands at some line inside; the loop is the same each time.
So the outermost ``while`` around that place is told, or else the outermost ``for``. Like `runner`,
this file is copied beside the student's and imports the standard library only.
"""

from __future__ import annotations

import ast
import os
import signal
import threading
from collections.abc import Callable
from types import FrameType
from typing import Any


def when_stopped(file: str, source: bytes, tell: Callable[[dict[str, Any]], None]) -> None:
    """From now on, `tell` where the student's code stands when this process is to end.

    What the student's code forks ends at the signal without a word.
    """
    if not hasattr(signal, "SIGTERM"):
        return
    here = os.getpid()

    def stopped(number: int, frame: FrameType | None) -> None:
        try:
            place = standing(frame, file, source) if os.getpid() == here else {}
            if place:  # else the runner itself is at work, and may be writing
                tell(place)
        finally:  # also where nobody listens any more: end by the signal, as without a handler
            signal.signal(number, signal.SIG_DFL)
            os.kill(os.getpid(), number)

    signal.signal(signal.SIGTERM, stopped)
    if hasattr(os, "register_at_fork"):
        _forked_without(stopped)


def _forked_without(handler: Any) -> None:
    """From now on, what is forked has no such handler.

    Python forgets what a handler was called for before it is done with a fork: a process that is
    ended as soon as it begins would go on. So meanwhile the signal has to wait.
    """
    before = threading.local()

    def wait() -> None:
        before.mask = signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTERM])

    def go_on() -> None:
        signal.pthread_sigmask(signal.SIG_SETMASK, before.mask)

    def begin() -> None:
        if signal.getsignal(signal.SIGTERM) is handler:
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
        go_on()

    os.register_at_fork(before=wait, after_in_parent=go_on, after_in_child=begin)


def standing(frame: FrameType | None, file: str, source: bytes) -> dict[str, Any]:
    """The line of the student's file, and whether a loop begins there; empty if it is nowhere."""
    lines: list[int] = []
    while frame is not None:
        if frame.f_code.co_filename == file:
            lines.insert(0, frame.f_lineno)
        frame = frame.f_back
    if not lines:
        return {}
    loops = [n for n in ast.walk(ast.parse(source)) if isinstance(n, (ast.While, ast.For))]
    around = [
        loop
        for line in lines
        for loop in loops  # the outer before the inner
        if loop.lineno <= line <= (loop.body[-1].end_lineno or line)
    ]
    whiles = [loop for loop in around if isinstance(loop, ast.While)]
    for loop in (*whiles, *around):
        return {"line": loop.lineno, "loop": True}
    return {"line": lines[0], "loop": False}
