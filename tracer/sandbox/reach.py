"""What a walled process may read: Python's own library, the allowed packages, shared libraries.

Rules give rights on whole folders, so a folder that holds more than that gets a rule for each entry
that is meant: the standard library lies around ``site-packages``, where tracer itself may lie.
"""

from __future__ import annotations

import os
import sysconfig
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

from tracer.sandbox.landlock import Rule
from tracer.sandbox.packages import parts

INSTALLED = ("site-packages", "dist-packages")
"""Folders within the standard library's that are none of it."""

SYSTEM = ("/lib", "/usr/lib", "/usr/local/lib", "/lib64", "/usr/lib64")
"""Where shared libraries lie: in a folder named for the processor, or together with all else."""

DEVICES = {
    "/dev/null": "device", "/dev/zero": "read", "/dev/random": "read", "/dev/urandom": "read",
}  # fmt: skip

LINKER = "/etc/ld.so.cache"
"""Where the system has noted in which folder each shared library lies."""


def rules(packages: str, scratch: str, *, hidden: bool = False) -> list[Rule]:
    """What may be read and written, each path with the right on it.

    Parameters
    ----------
    packages : str
        The folder with links to the packages that are allowed.
    scratch : str
        The folder of the student's file, the only one that can be written.
    hidden : bool
        Whether what is installed beside the standard library is not there (`mounted`).
    """
    return [*lasting(packages, hidden=hidden), own(scratch)]


def lasting(packages: str, *, hidden: bool = False) -> list[Rule]:
    """Those of them that are the same for every run; see `rules`."""
    there = [(str(real), "read") for real in real_packages()]
    listed = (packages, "list")
    return [*_python(hidden), *DEVICES.items(), (LINKER, "read"), *there, listed]


def own(scratch: str) -> Rule:
    """The one that a run has for itself."""
    return scratch, "scratch"


@cache
def real_packages() -> tuple[Path, ...]:
    """Where the packages that are allowed lie."""
    return tuple(sorted(Path(os.path.realpath(part)) for part in parts()))


def for_others(path: Path) -> bool:
    """Whether any user of this machine may read this folder, as far as its rights say."""
    inside = path.stat().st_mode & 0o005 == 0o005
    return inside and all(folder.stat().st_mode & 0o001 for folder in path.parents)


@cache
def standard_library() -> tuple[Path, ...]:
    """The folders of Python's own library."""
    paths = (sysconfig.get_path("stdlib"), sysconfig.get_path("platstdlib"))
    return tuple(dict.fromkeys(Path(os.path.realpath(path)) for path in paths))


@cache
def mounted() -> tuple[str, ...]:
    """The same for ``bwrap``, but the packages: folders as they are, and what is none of it hidden.

    What is hidden is a folder with nothing in it, in which the packages can be mounted.
    """
    folders = [Path(system, _triplet()) for system in SYSTEM]
    folders = [own if own.is_dir() else own.parent for own in folders]
    folders = [*filter(Path.is_dir, folders), *standard_library()]
    shared = [path for folder in standard_library() for path, _right in _shared(folder.parent)]
    shown = dict.fromkeys([*map(str, folders), *shared])
    hidden = {
        str(there)
        for folder in folders
        for place in (folder, *folder.glob("python3*"))
        for there in (place / name for name in INSTALLED)
        if there.is_dir()
    }
    return (
        *ways([*shown, LINKER, *DEVICES]),
        *(word for path in shown for word in ("--ro-bind", path, path)),
        *("--ro-bind-try", LINKER, LINKER),
        *(word for path in sorted(hidden) for word in ("--tmpfs", path)),
        *(word for path in DEVICES for word in ("--dev-bind", path, path)),
    )


def ways(paths: Iterable[str]) -> Iterator[str]:
    """For ``bwrap``, the folders on the way to these paths: any user gets through them."""
    for way in dict.fromkeys(way for path in paths for way in reversed(Path(path).parents)):
        yield from ("--perms", "0755", "--dir", str(way))


def _triplet() -> str:
    """How the system's folders of shared libraries for this processor are called, if at all."""
    return sysconfig.get_config_var("MULTIARCH") or "-"


@cache
def _python(hidden: bool) -> list[Rule]:  # noqa: FBT001 - asked by `rules` only
    """The standard library, without what is installed beside it, and what it is linked with."""
    found = []
    for folder in standard_library():
        found.append((str(folder), "read" if hidden else "list"))
        if not hidden:
            found += [(e.path, "read") for e in os.scandir(folder) if e.name not in INSTALLED]
        found += _shared(folder.parent)
    for system in SYSTEM:
        own = Path(system, _triplet())
        found += [(str(own), "read")] if own.is_dir() else _shared(Path(system))
    return list(dict.fromkeys(found))


def _shared(folder: Path) -> Iterator[Rule]:
    """The shared libraries in a folder, each for itself."""
    if folder.is_dir():
        for entry in os.scandir(folder):
            if ".so" in entry.name and entry.is_file():
                yield entry.path, "read"
