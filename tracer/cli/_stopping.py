"""Ends in order when the system asks for an end, so that nothing started is left behind."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import NoReturn


@contextmanager
def in_order() -> Iterator[None]:
    """Turn SIGTERM and SIGHUP into an exception, on whose way out everything is cleaned up.

    The exit code is the one a shell gives to a process that such a signal ended: 128 + its number.
    A second signal does not interrupt the cleaning up. What the caller ignores (``nohup``) stays
    ignored, and who has handlers already (``tracer train``, or this very function) keeps them.
    """
    names = ("SIGTERM", "SIGHUP")  # Windows has only one of them
    numbers = [getattr(signal, name) for name in names if hasattr(signal, name)]
    ours = [number for number in numbers if signal.getsignal(number) is signal.SIG_DFL]

    def leave(number: int, _frame: FrameType | None) -> NoReturn:
        for each in ours:
            signal.signal(each, signal.SIG_IGN)
        sys.exit(128 + number)

    for number in ours:
        signal.signal(number, leave)
    try:
        yield
    finally:
        for number in ours:
            signal.signal(number, signal.SIG_DFL)
