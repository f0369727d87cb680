"""From a saved file to the verdict on the screen of ``tracer watch``.

Needs nothing beside tracer, a checkout with its ``solutions/``, and a system with pseudo-terminals
(Linux, macOS)::

    python -m benchmarks.watch [--saves 200] [--exercise 22_lstm_step]

``tracer watch`` runs in a terminal of its own, and an answer is saved in its folder again and
again, right and wrong in turn, each time with another comment, as an editor does it: under another
name, which then takes the place of the file. Timed is from there to the moment at which the
terminal has got the verdict, and of a wrong answer also to the report that says what is wrong.
Printed are the median, the 95th percentile and the longest of each, and what the machine is and how
busy it was. The first of each is not counted. Another mistake than the first one in ``solutions/``
is saved with ``--mistake NAME``.
"""

from __future__ import annotations

import argparse
import fcntl
import math
import os
import pty
import re
import select
import statistics
import struct
import subprocess
import sys
import tempfile
import termios
import time
from pathlib import Path

from benchmarks.machine import about

SOLUTIONS = Path(__file__).parents[1] / "solutions"
MARKS = {"right": ("✓ passed ·",), "wrong": ("✗ ", "yours ")}
"""What stands in a verdict, and of a wrong answer in the report with its first wrong number."""

CODES = re.compile(r"\x1b\[[?\d;]*[a-zA-Z]")
PATIENCE = 60.0
"""Seconds that anything may take."""


class Terminal:
    """A terminal of 80 columns and 24 lines with ``tracer watch`` in it."""

    def __init__(self, folder: Path) -> None:
        ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
        self._ours = ours
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tracer", "watch"], cwd=folder, stdin=theirs, stdout=theirs,
            stderr=theirs, start_new_session=True, env={**os.environ, "TERM": "xterm-256color"},
        )  # fmt: skip
        os.close(theirs)

    def wait_for(self, *marks: str) -> list[float]:
        """The moments at which each has come that was not there before; they come in this order."""
        came, found, end = b"", list[float](), time.perf_counter() + PATIENCE
        while time.perf_counter() < end:
            if select.select([self._ours], [], [], 0.1)[0]:
                came += os.read(self._ours, 2**16)
                text = CODES.sub("", came.decode("utf-8", "ignore"))
                while marks[len(found)] in text:
                    found.append(time.perf_counter())
                    if len(found) == len(marks):
                        return found
        raise SystemExit(f"nothing came within {PATIENCE:g} s; the last was {came[-300:]!r}")

    def rest(self, seconds: float) -> None:
        """Read what still comes."""
        end = time.perf_counter() + seconds
        while (left := end - time.perf_counter()) > 0:
            if select.select([self._ours], [], [], left)[0]:
                os.read(self._ours, 2**16)

    def close(self) -> None:
        """Quit, as a person does."""
        os.write(self._ours, b"q")
        self._process.wait(PATIENCE)
        os.close(self._ours)


def save(path: Path, text: str) -> float:
    """Save a file as many editors do; the moment just before it is there."""
    other = path.with_name(f".{path.name}.swp")
    other.write_text(text, encoding="utf-8")
    now = time.perf_counter()
    other.replace(path)
    return now


def percentile(values: list[float], share: float) -> float:
    """The smallest of them that so many are not above."""
    return sorted(values)[math.ceil(share * len(values)) - 1]


def main() -> None:
    """Save, wait, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--saves", type=int, default=200)
    parser.add_argument("--exercise", default="22_lstm_step")
    parser.add_argument("--mistake", help="a file in the solution's mistakes/, without .py")
    asked = parser.parse_args()
    solution = next((SOLUTIONS / asked.exercise).glob("*.py"))
    mistakes = (SOLUTIONS / asked.exercise / "mistakes").glob(f"{asked.mistake or '*'}.py")
    mistake = min(mistakes)
    texts = {"right": solution.read_text("utf-8"), "wrong": mistake.read_text("utf-8")}
    took: dict[str, list[float]] = {"right": [], "wrong": [], "its report": []}
    with tempfile.TemporaryDirectory() as room:
        folder = Path(room, "course")
        init = [sys.executable, "-m", "tracer", "init", str(folder)]
        subprocess.run(init, check=True, capture_output=True)  # noqa: S603 - our own command
        answer = folder / asked.exercise / solution.name
        terminal = Terminal(folder)
        terminal.wait_for("quit")
        terminal.rest(1.0)
        for number in range(asked.saves + 2):
            kind = ("wrong", "right")[number % 2]
            began = save(answer, f"# {number}\n{texts[kind]}")
            verdict, *report = (came - began for came in terminal.wait_for(*MARKS[kind]))
            if number > 1:
                took[kind].append(verdict)
                took["its report"] += report
            terminal.rest(0.3)
        terminal.close()
    facts = about()
    print(f"{facts['processor']}, {facts['cores']} cores, load {os.getloadavg()[0]:.1f}")
    print(f"{asked.exercise}, {mistake.stem}: ms from save to verdict")
    for kind, values in took.items():
        shown = [statistics.median(values), percentile(values, 0.95), max(values)]
        words = "  ".join(
            f"{name} {1000 * value:.0f}"
            for name, value in zip(("median", "p95", "longest"), shown, strict=True)
        )
        print(f"{kind:>10}  n {len(values)}  {words}")


if __name__ == "__main__":
    main()
