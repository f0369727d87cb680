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
from collections.abc import Callable, Mapping, Sequence
from types import FrameType
from typing import Any


def when_stopped(
    files: Mapping[str, tuple[str, bytes]], tell: Callable[[dict[str, Any]], None]
) -> None:
    """From now on, `tell` where the student's code stands when this process is to end.

    `files` has the module and the source of each of the student's files; of the answer itself the
    module is empty. What the student's code forks ends at the signal without a word.
    """
    if not hasattr(signal, "SIGTERM"):
        return
    here = os.getpid()

    def stopped(number: int, frame: FrameType | None) -> None:
        try:
            place = standing(frame, files) if os.getpid() == here else {}
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


def standing(frame: FrameType | None, files: Mapping[str, tuple[str, bytes]]) -> dict[str, Any]:
    """The line of a student's file, and whether a loop begins there; empty if it is nowhere.

    In ``others`` stand the same of each other file that is on the way: which of two loops, of
    which one calls the other, does not end, nobody can tell here.
    """
    places: list[tuple[str, int]] = []
    while frame is not None:
        if frame.f_code.co_filename in files:
            places.insert(0, (frame.f_code.co_filename, frame.f_lineno))
        frame = frame.f_back
    if not places:
        return {}
    told = _place(places, files)
    others = [
        _place([place for place in places if place[0] == file], files)
        for file in dict.fromkeys(file for file, _line in places)
        if files[file][0] != told["inside"]
    ]
    return {**told, "others": others}


def _place(
    places: Sequence[tuple[str, int]], files: Mapping[str, tuple[str, bytes]]
) -> dict[str, Any]:
    """The outermost loop around some lines, of which each calls the next; else the first line."""
    around = [
        (file, loop)
        for file, line in places
        for loop in ast.walk(ast.parse(files[file][1]))  # the outer before the inner
        if isinstance(loop, (ast.While, ast.For))
        and loop.lineno <= line <= (loop.body[-1].end_lineno or line)
    ]
    whiles = [(file, loop) for file, loop in around if isinstance(loop, ast.While)]
    for file, loop in (*whiles, *around):
        return {"line": loop.lineno, "loop": True, "inside": files[file][0]}
    file, line = places[0]
    return {"line": line, "loop": False, "inside": files[file][0]}
