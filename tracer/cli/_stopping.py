"""Ends in order when the system asks for an end, so that nothing started is left behind."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NoReturn


@contextmanager
def in_order() -> Iterator[None]:
    """Turn SIGTERM and SIGHUP into an exception, on whose way out everything is cleaned up.

    The exit code is the one a shell gives to a process that such a signal ended: 128 + its number.
    """
    names = [name for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]  # Windows: only one
    before = {name: signal.signal(getattr(signal, name), _leave) for name in names}
    try:
        yield
    finally:
        for name, handler in before.items():
            signal.signal(getattr(signal, name), handler)


def _leave(number: int, frame: Any) -> NoReturn:
    del frame
    sys.exit(128 + number)
