"""One file, whole or not at all, whatever its name, and nothing left beside it."""

from __future__ import annotations

import fcntl
import os
import signal
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tracer.errors import FileError
from tracer.storage import arrayfile
from tracer.storage.whole import remove_abandoned, replacing

KIND = "tracer test"


def write(path: Any, value: float = 1.0) -> None:
    """A file with one number."""
    arrayfile.write(path, KIND, 1, {"x": np.array([value])}, {})


def value(path: Path) -> float:
    """The number in a file."""
    arrays, _header = arrayfile.read(path, KIND, 1)
    return float(arrays["x"][0])


def test_the_longest_name_there_is(tmp_path: Path) -> None:
    """255 bytes are a name; the temporary one beside it is not longer."""
    path = tmp_path / ("é" * 127 + "x")
    write(path)

    assert value(path) == 1
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("name", ["x" * 256, "a\0b", "", ".", "loop", "fifo", "missing/x"])
def test_a_name_that_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """Too long, with a byte 0, empty, a folder, links in a circle: one kind of error."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "loop").symlink_to("loop")
    os.mkfifo(tmp_path / "fifo")

    with pytest.raises(FileError, match="cannot write"):
        write(name)
    with pytest.raises(FileError, match="cannot open"):
        arrayfile.read(name, KIND, 1)

    assert sorted(path.name for path in tmp_path.iterdir()) == ["fifo", "loop"]


def test_a_symbolic_link_stays_one(tmp_path: Path) -> None:
    """The file that it points to is replaced, in its own folder."""
    (tmp_path / "far").mkdir()
    write(tmp_path / "far" / "real")
    (tmp_path / "link").symlink_to("far/real")

    write(tmp_path / "link", 2.0)

    assert (tmp_path / "link").is_symlink()
    assert value(tmp_path / "far" / "real") == 2
    assert [path.name for path in (tmp_path / "far").iterdir()] == ["real"]


def test_only_what_can_be_written_to_is_flushed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Windows flushes no file that was opened only for reading; a folder has no other way."""
    flushed = []

    def fsync(number: int) -> None:
        way = fcntl.fcntl(number, fcntl.F_GETFL) & os.O_ACCMODE
        flushed.append((stat.S_ISDIR(os.fstat(number).st_mode), way == os.O_RDWR))

    monkeypatch.setattr(os, "fsync", fsync)
    write(tmp_path / "x")

    assert flushed == [(False, True), (True, False)]
    assert value(tmp_path / "x") == 1


def test_a_file_that_is_replaced_while_it_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its header and its arrays are of one file: of the old one or of the new one."""
    path = tmp_path / "x"
    write(path, 1.0)
    memmap = np.memmap

    def replaced(file: Any, **settings: Any) -> Any:
        arrayfile.write(path, KIND, 1, {"longer": np.zeros(9), "x": np.array([2.0])}, {"more": 1})
        return memmap(file, **settings)

    monkeypatch.setattr(np, "memmap", replaced)

    assert value(path) == 1


def killed_while_writing(path: Path) -> list[str]:
    """A writer of `path` that is killed in the middle; the names that lie there afterwards."""
    code = (
        "import os, signal, sys\n"
        "from tracer.storage.whole import replacing\n"
        "with replacing(sys.argv[1]):\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    killed = subprocess.run([sys.executable, "-c", code, str(path)], check=False)
    assert killed.returncode == -signal.SIGKILL
    return sorted(each.name for each in path.parent.iterdir())


def test_what_a_killed_writer_left_is_removed(tmp_path: Path) -> None:
    """Its own temporary file, and no other: not one of another file, nor of a living writer."""
    (left,) = killed_while_writing(tmp_path / "x")
    both = killed_while_writing(tmp_path / "y")

    with replacing(tmp_path / "x") as living:
        remove_abandoned(tmp_path / "x")
        assert living.exists()
        living.write_bytes(b"whole")

    assert left.startswith(".tracer-")
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted({*both, "x"} - {left})


def test_a_folder_that_is_not_there_has_nothing_to_remove(tmp_path: Path) -> None:
    """The first write will say so."""
    remove_abandoned(tmp_path / "none" / "x")
