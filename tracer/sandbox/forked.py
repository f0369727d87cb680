"""A process that somebody else has forked for us: waited for and ended as one of our own."""

from __future__ import annotations

import os
import select
import signal
import struct
import subprocess
from contextlib import suppress
from dataclasses import dataclass
from typing import IO


@dataclass(slots=True)
class Forked:
    """A process that is no child of ours, with what `subprocess.Popen` has of one that is.

    Attributes
    ----------
    pid : int
    stdin, stdout, stderr : file
        Our ends of its pipes.
    process : int
        A descriptor of it, which means no other process even when it has ended.
    status : int
        The end of a pipe that tells how it ended, in the four bytes of ``waitpid``.
    returncode : int or None
    lost : bool
        Whether nobody is left who could tell how it ended; it was ended then, and not by itself.
    """

    pid: int
    stdin: IO[bytes]
    stdout: IO[bytes]
    stderr: IO[bytes]
    process: int
    status: int
    returncode: int | None = None
    lost: bool = False

    def poll(self) -> int | None:
        """How it ended, or None."""
        return self._ended(0)

    def wait(self, timeout: float | None = None) -> int:
        """Wait until it has ended; `subprocess.TimeoutExpired` if that takes longer."""
        code = self._ended(timeout)
        if code is None:
            raise subprocess.TimeoutExpired("runner.py", timeout or 0.0)
        return code

    def kill(self) -> None:
        """End it."""
        if self.returncode is None:
            with suppress(ProcessLookupError):
                signal.pidfd_send_signal(self.process, signal.SIGKILL)

    def _ended(self, timeout: float | None) -> int | None:
        if self.returncode is None:
            waiting = select.poll()
            waiting.register(self.status, select.POLLIN)
            if not waiting.poll(None if timeout is None else 1000 * timeout):
                return None
            told = os.read(self.status, 4)  # nothing, if the zygote has ended before it
            self.lost = not told
            ended = struct.unpack("i", told)[0] if told else signal.SIGKILL
            self.returncode = os.waitstatus_to_exitcode(ended)
        return self.returncode
