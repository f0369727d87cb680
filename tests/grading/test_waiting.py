"""Who waits for an endless loop is told so within a second."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.parametrize(("term", "erased"), [("xterm", True), ("dumb", False)])
def test_a_line_on_the_terminal(course: Path, term: str, erased: bool) -> None:
    """What runs and its limit stand there before the verdict does, and are taken back after it."""
    if os.name != "posix":
        return
    import pty

    (course / "10_rnn_step" / "rnn_step.py").write_text("while True: pass\n", "utf-8")
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-m", "tracer", "check", "10", "--time-limit", "1.5"],
        cwd=course, stdout=theirs, stderr=theirs, stdin=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2]), "TERM": term},
    ):  # fmt: skip
        os.close(theirs)
        shown = b""
        while chunk := _read(ours):
            shown += chunk
    os.close(ours)

    line, _, rest = shown.partition(b"each call may take 1.5 s")
    assert line.startswith(b"Running rnn_step ")
    assert rest.startswith(b"\r\x1b[K") is erased
    assert b"timed out" in rest


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 4096)
    except OSError:  # nobody writes to it any more
        return b""
