"""Reads what a process writes, without ever waiting for it."""

from __future__ import annotations

import os
import select
import threading
import time
from contextlib import suppress
from typing import IO

PAUSE = 50
"""Milliseconds between two looks at whether anybody still wants to know."""

GATHERING = 0.002
"""Seconds from one piece to the next: who writes many small ones is not held up for each."""

PIECE = 2**16
"""Bytes that are read at once, as many as a pipe holds."""

POLLED = hasattr(select, "poll")
"""Whether a pipe can be asked if there is something to read; not on Windows."""

HELD = 2**20
"""Bytes that a pipe can hold at most; who goes on writing is not read for ever."""


class Collector:
    """Reads a pipe in a thread of its own and keeps the first `most` bytes.

    A daemon, and none of an executor's: Python waits for those at its end, and a process that
    escaped may hold the pipe open for ever.
    """

    def __init__(self, pipe: IO[bytes], most: int) -> None:
        self.data = bytearray()
        self.last = time.monotonic()
        self._pipe, self._most = pipe, most
        self._stop, self._ended = threading.Event(), threading.Event()
        self._failed: Exception | None = None
        self._thread = threading.Thread(target=self._collect, daemon=True)
        self._thread.start()

    @property
    def full(self) -> bool:
        """Whether it has all that it keeps."""
        return len(self.data) >= self._most

    def _collect(self) -> None:
        try:
            self._read()
        except Exception as error:  # noqa: BLE001 - raised by `finish`, where somebody sees it
            self._failed = error

    def _read(self) -> None:
        file = self._pipe.fileno()
        with suppress(OSError, ValueError):
            while not self._stop.is_set():
                if not _readable(file, PAUSE):
                    continue
                chunk = os.read(file, PIECE)
                if not chunk:
                    return
                self.data += chunk[: self._most - len(self.data)]
                self.last = time.monotonic()
                if len(chunk) < PIECE:
                    self._ended.wait(GATHERING)
            left = HELD if POLLED else 0
            while left > 0 and _readable(file, 0) and (chunk := os.read(file, min(PIECE, left))):
                self.data += chunk[: self._most - len(self.data)]
                left -= len(chunk)

    def finish(self) -> None:
        """Take what is left, and raise what went wrong while it was read.

        Nothing that lies in the pipe is lost, however late the thread comes to read it: on a busy
        machine it may have read nothing yet of a process that has already ended.
        """
        self._ended.set()
        self._thread.join(0.5)
        self._stop.set()
        self._thread.join(None if POLLED else 1.0)  # with nothing to read, it ends by itself
        if not self._thread.is_alive():
            self._pipe.close()
        if self._failed is not None:
            raise self._failed


def _readable(file: int, milliseconds: int) -> bool:
    """Whether there is something to read, or the end; true at once where only reading tells."""
    if not POLLED:
        return True
    waiting = select.poll()
    waiting.register(file, select.POLLIN)
    return bool(waiting.poll(milliseconds))
