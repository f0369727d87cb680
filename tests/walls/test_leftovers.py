"""What a killed tracer has left is removed; what somebody still uses is not."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from tracer.sandbox import cgroup, leftovers, place, ready
from tracer.sandbox.cgroup import Group, made

HOLDING = """\
import sys, time
from pathlib import Path
from tracer.sandbox import cgroup, place
group = cgroup.made(Path(sys.argv[1]), {})
with place.folder() as folder:
    (folder / "answer").mkdir()
    print(folder, group.folder, sep="\\n", flush=True)
    time.sleep(600)
"""


def test_what_nobody_holds_any_more(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """After SIGKILL the folder and the group are there, until the next command removes them."""
    if os.name != "posix":  # no system without locks on folders has a wall
        return
    groups = tmp_path / "groups"
    groups.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(cgroup, "groups_around", lambda: groups)
    monkeypatch.setattr(Group, "remove", lambda group: group.folder.rmdir())  # no kernel's folder
    strangers = [tmp_path / "tracer-demo-0123456789abcdef", tmp_path / "tracer-run-mine"]
    for stranger in strangers:
        stranger.mkdir()
    (tmp_path / place.name()).symlink_to(strangers[0])

    with subprocess.Popen(
        [sys.executable, "-c", HOLDING, str(groups)], stdout=subprocess.PIPE, text=True,
        env={**os.environ, "TMPDIR": str(tmp_path)}, start_new_session=True,
    ) as killed, place.folder() as ours:  # fmt: skip
        assert killed.stdout
        left = [killed.stdout.readline().strip() for _one in range(2)]
        own = made(groups, {})
        just_made = leftovers.removed()
        monkeypatch.setattr(leftovers, "JUST_MADE", 0.0)
        while_it_lives = leftovers.removed()
        os.killpg(killed.pid, signal.SIGKILL)
        killed.wait()
        afterwards = leftovers.removed()
        ours_is_there = ours.is_dir() and own.folder.is_dir()
    own.remove()

    assert (just_made, while_it_lives) == ((), ())
    assert sorted(afterwards) == sorted(left)
    assert ours_is_there
    assert all(stranger.is_dir() for stranger in strangers)


def test_a_zygote_that_has_not_begun(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its folder is held before Python has started in it, however long that takes."""
    if not ready.FORKED:
        return
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(leftovers, "JUST_MADE", 0.0)

    zygote = ready.NEST.start()
    zygote.child.send_signal(signal.SIGSTOP)  # long before it has read a line of ours
    removed = leftovers.removed()
    zygote.child.send_signal(signal.SIGCONT)
    zygote.close()

    assert removed == ()
    assert zygote.child.wait(60) == 0
