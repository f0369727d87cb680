"""Keys and changes: what a terminal sends, what a console of Windows gives, what a folder tells."""

from __future__ import annotations

import threading
from pathlib import Path
from queue import SimpleQueue

import pytest

from tracer.watch.changes import Watcher, silent
from tracer.watch.keys import Windows, named


@pytest.mark.parametrize(
    ("came", "keys"),
    [
        ("nq", ["n", "q"]),
        ("\x1b[A\x1b[B\x1bOA", ["up", "down", "up"]),
        ("\x1b[5~ \x1b[6~", ["page up", " ", "page down"]),
        ("\x1b", ["escape"]),
        ("\x1b[1;5Cx\x1b[", ["x"]),
        ("ü", ["ü"]),
    ],
)
def test_what_a_terminal_sends(came: str, keys: list[str]) -> None:
    """Single characters, and the sequences of the keys that have none; others say nothing."""
    assert list(named(came)) == keys


class Console:
    """Stands for Windows' module msvcrt: what was typed, each after two looks in vain."""

    def __init__(self, typed: str) -> None:
        self.typed, self.looks = list(typed), 0

    def kbhit(self) -> bool:
        """Every third look finds something."""
        self.looks += 1
        return self.looks % 3 == 0

    def getwch(self) -> str:
        """The next character."""
        return self.typed.pop(0)


def test_a_console_of_windows() -> None:
    """Keys without a character come as two; nobody waits inside a call that Ctrl-C cannot end."""
    pauses: list[float] = []
    board = Windows(Console("n\xe0H\0Q\xe0K\x1bq"), pauses.append)

    keys = [key for _ in range(6) for key in board.read()]

    assert keys == ["n", "up", "page down", "escape", "q"]
    assert len(pauses) == 12


@pytest.mark.parametrize(
    ("place", "poll"),
    [("/home/me/course", False), ("/mnt/c/course", True), ("/home/me/a b/course", True)],
)
def test_where_no_events_come_from(tmp_path: Path, place: str, poll: bool) -> None:
    """The deepest mount counts; a name may have blanks; another system has no such table."""
    table = tmp_path / "mounts"
    table.write_text(
        "/dev/sda / ext4 rw 0 0\n"
        "C:\\134 /mnt/c 9p rw 0 0\n"
        "server:/a /home/me/a\\040b nfs4 rw 0 0\n"
        "/dev/sdb /mnt/d ext4 rw 0 0\nbroken\n",
        "utf-8",
    )

    assert silent(Path(place), table) is poll
    assert not silent(Path(place), tmp_path / "there is none")


@pytest.mark.parametrize("poll", [False, True])
def test_a_save_is_heard(tmp_path: Path, poll: bool) -> None:
    """A file under another name that takes the place of the answer; by events and by looking."""
    heard = threading.Event()
    texts: list[str] = []
    answer = tmp_path / "answer.py"

    def fail(error: Exception) -> None:
        raise error

    def changed() -> None:
        if answer.exists():
            texts.append(answer.read_text("utf-8"))
        heard.set()

    watcher = Watcher(tmp_path, changed, fail, poll=poll)
    watcher.start()
    for text in ("one", "two"):
        other = tmp_path / ".answer.py.swp"
        other.write_text(text, "utf-8")
        other.replace(answer)
        while not texts or texts[-1] != text:
            assert heard.wait(60)
            heard.clear()
    watcher.close()

    assert list(dict.fromkeys(texts)) == ["one", "two"]


def test_what_ends_the_watching_is_handed_on(tmp_path: Path) -> None:
    """Whoever waits for a save hears that none will be heard any more."""
    came: SimpleQueue[Exception] = SimpleQueue()

    def changed() -> None:
        raise ModuleNotFoundError("no watchfiles")  # as where the package is not installed

    Watcher(tmp_path, changed, came.put, poll=True).start()

    assert str(came.get(timeout=60)) == "no watchfiles"
