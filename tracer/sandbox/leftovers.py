"""What a tracer has left that was killed with all its processes: folders, and groups of processes.

Whoever makes one holds a lock on it, which the system takes back when its owner ends, in whatever
way. So what has such a name and no lock, and is not just being made, is nobody's any more.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from tracer.sandbox import cgroup, place

JUST_MADE = 10.0
"""Seconds in which its owner may not have its lock yet."""


def removed() -> tuple[str, ...]:
    """Remove them; the paths of those that are gone."""
    found = []
    for folder in _nobodys(Path(place.temporary())):
        place.remove(folder)
        found.append(folder)
    around = cgroup.groups_around()
    for folder in _nobodys(around) if around is not None else ():
        cgroup.Group(folder).remove()
        found.append(folder)
    return tuple(str(folder) for folder in found if not folder.exists())


def _nobodys(around: Path) -> Iterator[Path]:
    """The folders in this one that we have made, and that nobody holds."""
    with suppress(OSError), os.scandir(around) as entries:
        for entry in entries:
            if place.NAME.fullmatch(entry.name) and entry.is_dir(follow_symlinks=False):
                with suppress(OSError):
                    if _is_nobodys(Path(entry.path)):
                        yield Path(entry.path)


def _is_nobodys(folder: Path) -> bool:
    there = folder.lstat()
    if there.st_uid != os.geteuid() or time.time() - there.st_ctime < JUST_MADE:
        return False
    held = place.claimed(folder)
    if held is None:
        return False
    os.close(held)
    return True
