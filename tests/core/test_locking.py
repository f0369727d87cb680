"""Two commands at work on one file: the second waits, then says who is there."""

from __future__ import annotations

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tracer.errors import FileError
from tracer.storage.locking import locked

HOLD = """
import sys
from tracer.storage.locking import locked
with locked(sys.argv[1], "the notes"):
    print("holding", flush=True)
    sys.stdin.read()
"""


def holding(path: Path) -> subprocess.Popen[str]:
    """Another process that has the lock and keeps it."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(path)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdout is not None
    assert process.stdout.readline() == "holding\n"
    return process


def test_another_process_is_named(tmp_path: Path) -> None:
    """A second command does not write as well: it says which process is at work, on what."""
    with holding(tmp_path / "notes") as other:
        with pytest.raises(FileError) as caught, locked(tmp_path / "notes", "the notes", wait=0):
            pass
        other.kill()

    assert str(caught.value) == (
        f"another tracer command (process {other.pid}) is working on the notes; "
        "wait until it has ended"
    )


def test_a_kill_leaves_no_lock(tmp_path: Path) -> None:
    """The lock ends with its process; the file that carried it is taken over and removed."""
    with holding(tmp_path / "notes") as other:
        other.kill()
    left = [path.name for path in tmp_path.iterdir()]
    with locked(tmp_path / "notes", "the notes", wait=0):
        pass

    assert [len(left), list(tmp_path.iterdir())] == [1, []]


def test_no_two_are_inside_at_once(tmp_path: Path) -> None:
    """Eight threads count one up, each from what the file says: none is lost."""
    count = tmp_path / "count"
    count.write_text("0")

    def one_up(_time: int) -> None:
        with locked(count, "the count", wait=600):
            count.write_text(str(int(count.read_text()) + 1))

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(one_up, range(8)))

    assert count.read_text() == "8"
    assert [path.name for path in tmp_path.iterdir()] == ["count"]


COUNT = """
import sys
from pathlib import Path
from tracer.storage.locking import locked
count = Path(sys.argv[1])
for _ in range(40):
    with locked(count, "the count", wait=600):
        count.write_text(str(int(count.read_text()) + 1))
"""


def test_no_two_processes_are_inside_at_once(tmp_path: Path) -> None:
    """Four processes count to 160; a lock whose file is removed twice loses some of it.

    Older versions of filelock remove it at the release, when it may be the next one's already.
    """
    count = tmp_path / "count"
    count.write_text("0")

    counting = [subprocess.Popen([sys.executable, "-c", COUNT, str(count)]) for _ in range(4)]

    assert [process.wait() for process in counting] == [0] * 4
    assert count.read_text() == "160"
    assert [path.name for path in tmp_path.iterdir()] == ["count"]


def test_a_link_means_its_target(tmp_path: Path) -> None:
    """Two names of one file are one file."""
    (tmp_path / "link").symlink_to(tmp_path / "notes")

    with (
        locked(tmp_path / "link", "the notes"),
        pytest.raises(FileError, match="working on the notes"),
        locked(tmp_path / "notes", "the notes", wait=0),
    ):
        pass


@pytest.mark.parametrize("name", ["missing/notes", "plain/notes"])
def test_where_nothing_can_be_written_no_lock_is_needed(tmp_path: Path, name: str) -> None:
    """No folder, or a file where the folder should be: the work goes on, and its write will say."""
    (tmp_path / "plain").touch()

    with locked(tmp_path / name, "the notes"):
        pass

    assert [path.name for path in tmp_path.iterdir()] == ["plain"]


def test_a_read_only_folder_is_no_obstacle(tmp_path: Path) -> None:
    """Reading in a folder that may not be written goes on (root may write anywhere)."""
    tmp_path.chmod(0o500)
    try:
        with locked(tmp_path / "notes", "the notes"):
            inside = len(list(tmp_path.iterdir()))
    finally:
        tmp_path.chmod(0o700)

    assert inside == (os.geteuid() == 0)
