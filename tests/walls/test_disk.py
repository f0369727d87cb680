"""How much an answer may keep in its folder, behind every wall that can stand here."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tracer.exercises.exercise import Exercise
from tracer.exercises.submission import Submission
from tracer.grading.report import Kind, Verdict
from tracer.grading.session import grade
from tracer.sandbox.place import MOST_ENTRIES, remove, size
from tracer.sandbox.process import Limits
from tracer.sandbox.walls import WALLS, wall
from tracer.view.terminal.console import Abilities
from tracer.view.terminal.report import screen

HERE = [name for name, kind in WALLS.items() if not kind.trouble()]

FILLING = {
    "many files": (
        "for n in range(40):\n"
        "    with open(f'{n}', 'wb') as file: file.write(b'z' * 2**16)\n"
    ),
    "a folder that nobody reads": (
        "os.mkdir('hidden', 0o300)\n"
        "with open('hidden/file', 'wb') as file: file.write(b'z' * (2**21 + 2**19))\n"
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", HERE)
@pytest.mark.parametrize("filling", FILLING)
def test_a_full_folder_ends_it(rnn_step: Exercise, name: str, filling: str) -> None:
    """It is stopped, earns nothing, and is told why."""
    source = (
        f"import os, time\n{FILLING[filling]}time.sleep(60)\n"
        "def rnn_step(x, h_prev, U, W, a): pass\n"
    )
    submission = Submission("rnn_step.py", source.encode())

    report = grade(rnn_step, submission, seed=1, limits=Limits(disk=2**21), wall=wall(name))

    lines = [line.plain.strip() for line in screen(report, Abilities(width=200))]
    trouble = report.checks[0].trouble
    assert trouble is not None
    assert (report.verdict, trouble.kind) == (Verdict.FORBIDDEN, Kind.DISK)
    assert report.points == 0
    assert "Your code was stopped: it kept more than 2 MB in its folder." in " ".join(lines)


def test_the_size_of_a_folder(tmp_path: Path) -> None:
    """All files count, what a link leads to does not, and the count ends where it is too much."""
    assert size(tmp_path, 100) == 0
    (tmp_path / "a/b").mkdir(parents=True)
    (tmp_path / "a/b/file").write_bytes(b"z" * 10_000)
    if hasattr(os, "symlink") and os.name == "posix":
        (tmp_path / "a/link").symlink_to("/")
    folders = size(tmp_path, 10**6) - 10_000

    assert 0 < folders < 100_000
    assert size(tmp_path, 5_000) > 5_000
    assert MOST_ENTRIES > 1000


@pytest.mark.skipif(os.name != "posix", reason="elsewhere no path is that long")
def test_a_folder_deeper_than_a_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It counts as what it is, down to the last file, and no descriptor stays open."""
    inside = tmp_path / "inside"
    inside.mkdir()
    monkeypatch.chdir(inside)
    for level in range(60):
        Path("beside").mkdir(0 if level == 50 else 0o700)
        Path("deep" * 50).mkdir()
        os.chdir("deep" * 50)
    empty = size(inside, 2**30)
    with Path("file").open("wb") as file:
        file.write(b"z" * 10_000)
    monkeypatch.undo()
    with Path(os.devnull).open("rb") as file:
        free = file.fileno()

    found = size(inside, 2**30)

    with Path(os.devnull).open("rb") as file:
        assert file.fileno() == free
    assert empty < found < 2**30
    assert 10_000 <= found - empty < 20_000
    assert size(inside, empty // 2) == empty // 2 + 1
    remove(inside)
    assert not inside.exists()
