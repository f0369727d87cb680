"""Write docs/evening.md: a student's first evening, as its screens are on 80 columns, 24 lines.

It needs a system with pseudo-terminals, and takes a minute: ``python docs/evening.py``. Each
screen is what the commands draw in a terminal while answers are saved beside it; the numbers are
drawn anew each time.
"""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import sys
import tempfile
import termios
import time
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "evening.md"
COLUMNS, LINES = 80, 24
PATIENCE = 120.0
"""Seconds that anything may take."""

FRAME = re.compile(r"\x1b\[\?2026h(.*?)\x1b\[\?2026l", re.DOTALL)
ROW = re.compile(r"\x1b\[(\d+);1H\x1b\[2K")
CODES = re.compile(r"\x1b\[[?\d;]*[a-zA-Z]")

ABOUT = """\
# A first evening

What you see in a terminal of 80 columns and 24 lines, from the first command to the second evening.
`docs/evening.py` plays it and writes this page; the answers are those of `solutions/`."""


class Watching:
    """``tracer watch`` in a terminal; its last frame can be read."""

    def __init__(self, folder: Path) -> None:
        self._ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", LINES, COLUMNS, 0, 0))
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tracer", "watch"], cwd=folder, stdin=theirs, stdout=theirs,
            stderr=theirs, start_new_session=True, env={**os.environ, "TERM": "xterm-256color"},
        )  # fmt: skip
        os.close(theirs)
        self._came = ""

    def screen(self, *marks: str) -> list[str]:
        """The lines of the first frame that has all of these in it, once nothing more comes."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            quiet = not select.select([self._ours], [], [], 0.8)[0]
            if not quiet:
                self._came += os.read(self._ours, 2**16).decode("utf-8", "ignore")
            rows = self._rows()
            if quiet and all(any(mark in row for row in rows) for mark in marks):
                return rows
        raise SystemExit(f"no screen with {marks} came; the last was\n" + "\n".join(self._rows()))

    def shown(self, *marks: str) -> str:
        """The same screen, as it stands on the page."""
        return block("\n".join(self.screen(*marks)))

    def press(self, key: str) -> None:
        """Press a key."""
        os.write(self._ours, key.encode())

    def quit(self) -> None:
        """Press q, and wait for the end."""
        self.press("q")
        self._process.wait(PATIENCE)
        os.close(self._ours)

    def _rows(self) -> list[str]:
        frames = FRAME.findall(self._came)
        if not frames:
            return []
        _before, *parts = ROW.split(frames[-1])
        texts = parts[1::2]
        return [CODES.sub("", text).rstrip() for text in texts]


def typed(folder: Path, *words: str) -> str:
    """A command and what it says, as lines of a terminal."""
    done = subprocess.run(  # noqa: S603 - our own command
        [sys.executable, "-m", "tracer", *words], cwd=folder, capture_output=True, check=False,
        encoding="utf-8", env={**os.environ, "COLUMNS": str(COLUMNS), "PYTHONUTF8": "1"},
    )  # fmt: skip
    return "\n".join([f"$ tracer {' '.join(words)}", *done.stdout.rstrip("\n").splitlines(), ""])


def block(text: str) -> str:
    """A screen."""
    return f"```\n{text.rstrip()}\n```"


def evening(room: Path) -> Iterator[str]:
    """The page, piece by piece."""
    yield ABOUT
    yield "First, a folder with the exercises:"
    yield block(typed(room, "init", "my-course"))
    course = room / "my-course"
    first, second, third = sorted(p.name for p in course.glob("[0-9]*"))[:3]
    watching = Watching(course)
    yield "In it, type `tracer watch`, and open the file that it names in your editor:"
    yield watching.shown("in your editor", first)
    answer, right = answers(course, first)

    answer.write_text(mistake(first, "two_is_one"), "utf-8")
    yield "Write, and save. Here every digit that is not 0 became 1:"
    yield watching.shown("✗", " points", first)
    watching.press("h")
    yield "`h` gives a hint, and a stronger one each time:"
    yield watching.shown("hint 1 of")
    answer.write_text(right.rstrip() + "\n    return (\n", "utf-8")
    yield "An editor may save half a line. The last result stays, and one line says why:"
    yield block("\n".join(watching.screen("Shown is the last result.")[-5:]))
    answer.write_text(right, "utf-8")
    yield "And then it is right:"
    yield watching.shown("✓ passed", first)

    watching.press("n")
    yield "`n` goes on, and shows what is asked for; space scrolls:"
    yield watching.shown("in your editor", second)
    answer, right = answers(course, second)
    answer.write_text(mistake(second, "w_not_transposed"), "utf-8")
    yield "Here a matrix is not transposed. The report names that, and shows where it is seen:"
    yield watching.shown("✗", " points", second)
    answer.write_text(right, "utf-8")
    yield "Mended:"
    yield watching.shown("✓ passed", second)
    watching.press("l")
    yield "`l` shows the list:"
    yield watching.shown(f"→ {third}", "more lines: space")
    watching.press(" ")
    yield "It is longer than the screen; space shows the rest:"
    yield watching.shown("l goes back")
    watching.quit()
    yield "`q` ends it. What has been done so far:"
    yield block(typed(course, "progress"))
    watching = Watching(course)
    yield "On the next evening, `tracer watch` begins where you stopped:"
    yield watching.shown("in your editor", third, "2 of")
    watching.quit()


def answers(course: Path, name: str) -> tuple[Path, str]:
    """The file of an exercise, and a right answer."""
    solution = next((ROOT / "solutions" / name).glob("*.py"))
    return course / name / solution.name, solution.read_text("utf-8")


def mistake(name: str, which: str) -> str:
    """A wrong answer, without its first line, which is for authors."""
    text = (ROOT / "solutions" / name / "mistakes" / f"{which}.py").read_text("utf-8")
    return text.split("\n", 1)[1]


def main() -> None:
    """Play the evening, and write the page."""
    with tempfile.TemporaryDirectory() as room:
        PAGE.write_text("\n\n".join(evening(Path(room))) + "\n", "utf-8")


if __name__ == "__main__":
    main()
