"""tracer watch in a real terminal, under a shell with job control, as a student has it."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.grading.typed import tracer
from tracer.course.workbook import Workbook

CODES = re.compile(r"\x1b\[[?\d;]*[a-zA-Z]")
PATIENCE = 120.0
"""Seconds that anything may take on a machine that has much else to do."""

SOLUTION = Path(__file__).parents[2] / "solutions" / "10_rnn_step"
WATCH = f"{sys.executable} -m tracer watch"
ENDLESS = "def rnn_step(x, h_prev, U, W, a):\n    while True: pass\n"


class Shell:
    """A shell in a terminal of 80 columns and 24 lines."""

    def __init__(self, folder: Path) -> None:
        self.child, self.ours = pty.fork()
        if not self.child:
            os.chdir(folder)
            os.environ |= {"PS1": "prompt> ", "TERM": "xterm-256color"}
            for name in ("COLUMNS", "LINES", "ENV"):
                os.environ.pop(name, None)
            os.execv("/bin/sh", ["sh", "-i"])  # noqa: S606 - it is the shell itself
        self.resize(80, 24)
        self.came = ""

    def resize(self, columns: int, lines: int) -> None:
        """Give the terminal another size; who is in it is told."""
        size = struct.pack("HHHH", lines, columns, 0, 0)
        fcntl.ioctl(self.ours, termios.TIOCSWINSZ, size)

    def type(self, keys: str) -> None:
        """Press keys; what came before is forgotten."""
        self.came = ""
        os.write(self.ours, keys.encode())

    def wait_for(self, *marks: str) -> str:
        """Wait until something is on the screen; everything that came since, without codes."""
        end = time.monotonic() + PATIENCE
        while not all(mark in self.came for mark in marks):
            assert time.monotonic() < end, (marks, self.came[-2000:])
            if select.select([self.ours], [], [], 0.2)[0]:
                text = os.read(self.ours, 2**16).decode("utf-8", "ignore")
                self.came = CODES.sub("", self.came + text)
        return self.came

    def modes(self) -> tuple[bool, bool]:
        """Whether lines are typed as a whole, and whether what is typed is shown."""
        local = termios.tcgetattr(self.ours)[3]
        return bool(local & termios.ICANON), bool(local & termios.ECHO)

    def close(self) -> None:
        """End the shell and all in it."""
        os.kill(self.child, signal.SIGHUP)
        os.close(self.ours)
        os.waitpid(self.child, 0)


@pytest.fixture
def shell(course: Path, heard: None) -> Iterator[Shell]:
    """A shell in a fresh workbook."""
    del heard
    one = Shell(course)
    one.wait_for("prompt>")
    yield one
    one.close()


@pytest.mark.long
def test_an_evening_in_a_terminal(shell: Shell, course: Path) -> None:
    """Saves, an endless loop, another size, Ctrl-Z and fg: it goes on; Ctrl-C leaves in order."""
    answer = course / "10_rnn_step" / "rnn_step.py"
    rooms = course.parent / "rooms"
    rooms.mkdir()
    before = shell.modes()
    shell.type(f"TMPDIR={rooms} {WATCH}\n")
    shell.wait_for("10_rnn_step/rnn_step.py in your editor", "q quit")
    assert shell.modes() == (False, False)

    answer.write_text(ENDLESS, "utf-8")
    shell.wait_for("for 4 s; save again to begin anew")
    shell.type("l")
    shell.wait_for("One whole step of the LSTM", "n goes on; l goes back")
    answer.write_text((SOLUTION / "rnn_step.py").read_text("utf-8"), "utf-8")
    shell.wait_for("✓ passed · 13 of 13 points", "1 of 3 passed")
    assert Workbook.open(course).results["10_rnn_step"].points == 13

    shell.came = ""
    shell.resize(60, 20)
    shell.wait_for("─" * 60, "✓ passed")
    shell.type("\x1a")
    shell.wait_for("prompt>")
    assert shell.modes() == before
    shell.type("fg\n")
    shell.wait_for("✓ passed", "q quit")
    assert shell.modes() == (False, False)

    shell.type("\x03")
    shell.wait_for("prompt>")
    shell.type("echo ended with $?\n")
    shell.wait_for("ended with 130")
    assert shell.modes() == before
    assert [path.name for path in rooms.iterdir()] == []


@pytest.mark.long
def test_it_is_killed(shell: Shell, course: Path) -> None:
    r"""kill leaves the terminal as it was, and the exit code says so; so does Ctrl-\."""
    before = shell.modes()
    shell.type(f"sh -c 'echo number $$.; exec {WATCH}'\n")
    came = shell.wait_for("q quit")
    found = re.search(r"number (\d+)\.", came)
    assert found is not None

    os.kill(int(found[1]), signal.SIGTERM)
    shell.wait_for("prompt>")
    shell.type("echo ended with $?\n")
    shell.wait_for("ended with 143")
    assert shell.modes() == before

    shell.type(f"{WATCH}\n")
    shell.wait_for("q quit")
    shell.type("\x1c")
    shell.wait_for("prompt>")
    shell.type("echo ended with $?\n")
    shell.wait_for("ended with 131")
    assert shell.modes() == before
    assert course.is_dir()


def test_without_watchfiles(course: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A sentence with what to install, before anything is drawn."""
    monkeypatch.chdir(course)
    monkeypatch.setitem(sys.modules, "watchfiles", None)

    said = tracer("watch")

    assert said.exit_code == 2
    assert "needs the package watchfiles: pip install watchfiles" in said.stderr


def test_without_a_terminal(course: Path) -> None:
    """Into a pipe, and where there is no workbook: one line that says what to do."""
    said = tracer("watch").stderr
    piped = subprocess.run(
        [*WATCH.split()], cwd=course, stdin=subprocess.DEVNULL, capture_output=True, check=False
    )

    assert said == (
        "error: tracer watch needs a terminal, for its keys; into a pipe: tracer check --all\n"
    )
    assert (piped.returncode, piped.stderr.decode()) == (2, said)
