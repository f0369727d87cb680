"""The parts of what a child does to itself, and of what it may then read."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import numpy as np
import pytest

from tracer.sandbox.confining import FIRST_USER, USERS, fresh_user
from tracer.sandbox.reach import INSTALLED, for_others, mounted, rules, standard_library


def test_a_user_of_its_own() -> None:
    """Far from all users of the system, or in the upper half of the few that a container has."""
    whole = "         0          0 4294967295\n"
    few = "         0     100000      65536\n"

    assert fresh_user(5, whole) == FIRST_USER + 5
    assert fresh_user(USERS + 5, whole) == FIRST_USER + 5
    assert fresh_user(2**32 - 1, whole) < 2**32 - 2  # the last numbers mean nobody
    assert fresh_user(5, few) == 32768 + 5
    assert fresh_user(2**31, few) < 65536
    with pytest.raises(OSError, match="no other user"):
        fresh_user(5, "         0       1000          1\n")


def test_what_is_installed_is_no_library() -> None:
    """Each package that is allowed has a rule of its own; the folder that it lies in has none."""
    if sys.platform != "linux":
        return
    read = {path for path, right in rules("/packages", "/answer") if right == "read"}
    installed = os.path.realpath(Path(np.__file__).parents[1])
    above = {str(folder) for folder in Path(installed, "any").parents}

    assert f"{installed}/numpy" in read
    assert read.isdisjoint(above)
    assert not any(path.endswith(INSTALLED) for path in read)


def test_what_is_installed_is_not_mounted() -> None:
    """The library is mounted as it is, and what is installed in it is hidden."""
    words = mounted()
    hidden = {words[n + 1] for n, word in enumerate(words) if word == "--tmpfs"}

    for folder in standard_library():
        assert str(folder) in words
        assert {str(folder / name) for name in INSTALLED if (folder / name).is_dir()} <= hidden


def test_whom_a_folder_is_open_to(tmp_path: Path) -> None:
    """Every folder on the way counts."""
    if os.name != "posix":
        return
    inner = tmp_path / "outer" / "inner"
    inner.mkdir(parents=True)
    inner.chmod(0o755)
    inner.parent.chmod(0o700)

    assert not for_others(inner)
    assert for_others(Path("/"))
