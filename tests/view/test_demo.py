"""``tracer demo``: the tour runs without anybody, and leaves nothing behind."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path


def _tour(here: Path, rooms: Path, columns: int) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "tracer", "demo"],
        cwd=here,
        env=os.environ | {"TMPDIR": str(rooms), "PYTHONUTF8": "1", "COLUMNS": str(columns)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
        text=True,
        encoding="utf-8",
    )


def test_the_tour_in_an_empty_folder(tmp_path: Path) -> None:
    """Into a pipe, with nothing to read: all three stations, and the next command at the end."""
    here, rooms = tmp_path / "here", tmp_path / "rooms"
    here.mkdir()
    rooms.mkdir()

    done = _tour(here, rooms, columns=80)

    assert done.returncode == 0, done.stderr
    assert '$ tracer show "you are a really bad man" --steps 5:6' in done.stdout
    assert done.stdout.count("$ tracer check 10_rnn_step") == 2
    yours, expected = (
        float(done.stdout.split(word, 1)[1].split()[0]) for word in ("    yours", "    expected")
    )
    assert abs(yours - expected) > 0.3, "the tour shows a difference that is hard to see"
    assert "without the bias a." in " ".join(done.stdout.split())
    assert "\x1b" not in done.stdout
    assert "tracer init my-course" in done.stdout.splitlines()[-2]
    assert list(here.iterdir()) == []
    assert list(rooms.iterdir()) == []


def test_the_tour_on_a_narrow_terminal(tmp_path: Path) -> None:
    """No line is wider than the narrowest screen, the commands among them."""
    done = _tour(tmp_path, tmp_path, columns=20)

    assert '$ tracer show "you are a really bad\n    man" --steps 5:6\n' in done.stdout
    assert max(map(len, done.stdout.splitlines())) <= 40
