"""Landlock: what a child can still reach of files, and whom it can signal."""

from __future__ import annotations

import os
from pathlib import Path

from tests.walls.tried import tried
from tracer.sandbox.landlock import RIGHTS, ruleset, version


def wall(**rights: object) -> str:
    """The wall with these paths, by the name of their right; and the standard library."""
    rules = [(str(path), right) for right, path in rights.items()]
    return (
        f"landlock = load('landlock'); rules = {rules} + [(os.path.dirname(os.__file__), 'read')]\n"
        "landlock.restrict(landlock.ruleset(rules))\n"
    )


def test_only_what_a_rule_gives(tmp_path: Path) -> None:
    """A folder is read, another one written, a third one listed; nothing else is opened."""
    if not version():
        return
    for name in ("read", "scratch", "list", "other"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "file").write_text("1", "utf-8")
    attempts = {
        "read": "open('read/file').read()",
        "list": "os.listdir('list')",
        "write": "open('scratch/new', 'w').write('1'); os.remove('scratch/new')",
        "folders": "os.makedirs('scratch/a/b'); os.rename('scratch/a/b', 'scratch/b')",
        "cut short": "open('scratch/file', 'r+').truncate(0)",
        "null": "open('/dev/null', 'w').write('1')",
    }
    refused = {
        "read what is listed": "open('list/file')",
        "write what is read": "open('read/file', 'a')",
        "new file": "open('read/new', 'w')",
        "remove": "os.remove('read/file')",
        "other": "open('other/file')",
        "list other": "os.listdir('other')",
        "round a corner": "open('read/../other/file')",
        "through a link": "open('read/link')",
        "a program": "os.execv('/bin/true', ['true'])",
        "itself": "open('/proc/self/status')",
        "its parent": "open(f'/proc/{os.getppid()}/environ')",
        "a local socket with a name": "import socket; socket.socket(1).bind('scratch/socket')",
        "a pipe with a name": "os.mkfifo('scratch/pipe')",
        "a link": "os.symlink('/etc', 'scratch/link')",
    }
    (tmp_path / "read/link").symlink_to(tmp_path / "other/file")
    rules = wall(
        read=tmp_path / "read", scratch=tmp_path / "scratch", list=tmp_path / "list",
        device="/dev/null",
    )  # fmt: skip

    found = tried(rules, attempts | refused, begin=f"import socket; os.chdir({str(tmp_path)!r})")

    assert {name: found[name] for name in attempts} == dict.fromkeys(attempts, "done")
    assert {name: found[name] for name in refused} == dict.fromkeys(refused, "EACCES")


def test_two_lists(tmp_path: Path) -> None:
    """With a list that is made once, a run has what its rules give, and its own folder: no other.

    The folders of all runs lie beneath one, and that lies beside something that may be read.
    """
    if not version():
        return
    for name in ("runs/own", "runs/other", "listed", "beside/read", "beside/other"):
        (tmp_path / name).mkdir(parents=True)
        (tmp_path / name / "file").write_text("1", "utf-8")
    held = [("beside/read", "read"), ("listed", "list"), ("not there", "read")]
    attempts = {
        "read": "open('beside/read/file').read()",
        "list": "os.listdir('listed')",
        "own": "open('runs/own/file', 'w').write('1'); os.remove('runs/own/file')",
    }
    refused = {
        "read what is listed": "open('listed/file')",
        "what lies beside it": "open('beside/other/file')",
        "list what lies around": "os.listdir('beside')",
        "another run": "open('runs/other/file')",
        "list another run": "os.listdir('runs/other')",
        "list all runs": "os.listdir('runs')",
        "write in another run": "open('runs/other/new', 'w')",
        "write what is read": "open('beside/read/new', 'w')",
    }
    move = {"move to another run": "os.rename('runs/own', 'runs/other/own')"}
    rules = (
        f"landlock = load('landlock'); held = {held} + [(os.path.dirname(os.__file__), 'read')]\n"
        "landlock.hold(held, 'runs')\n"
        "for made in landlock.lists([('runs/own', 'scratch')]): landlock.restrict(made)\n"
    )

    everything = attempts | refused | move
    found = tried(rules, everything, begin=f"import os; os.chdir({str(tmp_path)!r})")

    assert {name: found[name] for name in attempts} == dict.fromkeys(attempts, "done")
    assert {name: found[name] for name in refused} == dict.fromkeys(refused, "EACCES")
    assert {found[name] for name in move} <= {"EACCES", "EXDEV"}  # the latter as to another disk


def test_nobody_else_is_reached() -> None:
    """No TCP where the kernel can guard it, and no signal to whoever stands outside."""
    if not version():
        return
    attempts = {
        "wait for calls": "import socket; socket.create_server(('127.0.0.1', 0))",
        "call": "import socket; socket.create_connection(('127.0.0.1', 1), 1)",
        "signal": "os.kill(os.getppid(), 0)",
    }
    expected = {
        "wait for calls": "EACCES" if version() >= 4 else "done",
        "call": "EACCES" if version() >= 4 else "ECONNREFUSED",
        "signal": "EPERM" if version() >= 6 else "done",
    }

    assert tried(wall(), attempts, begin="import socket") == expected


def test_a_list_of_rules_binds_nobody_yet(tmp_path: Path) -> None:
    """It is made once, before whoever is to be held to it; what is not there is left out."""
    if not version():
        return
    made = ruleset([(str(tmp_path / "missing"), "read"), (str(tmp_path), "scratch")])
    os.close(made)

    assert list(tmp_path.iterdir()) == []


def test_no_right_makes_anything_special() -> None:
    """Devices, sockets, pipes and links can be made nowhere, and no program is started."""
    special = 1 << 0 | 1 << 6 | 1 << 9 | 1 << 10 | 1 << 11 | 1 << 12

    assert {name: right & special for name, right in RIGHTS.items()} == dict.fromkeys(RIGHTS, 0)
