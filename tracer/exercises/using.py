"""Which earlier answers an exercise may use: what its file says, and those of the others in turn.

Of the others only this one key is read, so that it is known of an exercise that is broken as well.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from functools import lru_cache
from keyword import iskeyword
from pathlib import Path

from tracer.errors import FileError
from tracer.exercises.exercise import Folder
from tracer.exercises.wanted import Folders
from tracer.storage import tomlfile
from tracer.storage.tomlfile import written

FILE = "exercise.toml"

PACKAGES = ("numpy", "scipy", "numba", "llvmlite", "tracer")


def all_uses(root: Path, uses: Sequence[str]) -> tuple[str, ...]:
    """The exercises in `uses`, and those that these use in turn, each once.

    Parameters
    ----------
    root : Path
        The folder of the exercises.
    uses : sequence of str
        Names of exercises.
    """
    found: list[str] = []
    waiting = list(uses)
    while waiting:
        name = waiting.pop(0)
        if name not in found:
            found.append(name)
            waiting += _uses(root / name / FILE)
    return tuple(found)


def refuse_unusable(path: Path, uses: Sequence[str]) -> None:
    """See that an answer can import all of these by the names of their modules.

    Raises
    ------
    FileError
        If one does not come before the exercise, or if its module's name means something else.
    """
    where = f"{path}: uses = {written(list(uses))}"
    own = Folder(path.parent)
    for one in (Folder(own.folder.parent / name) for name in uses):
        if one.name == own.name:
            raise FileError(
                f"{where}: {one.name} is the exercise itself; expected exercises before it"
            )
        if one.number >= own.number:
            raise FileError(
                f"{where}: {one.name} does not come before {own.name}; expected exercises with a "
                f"number below {own.number}, so that no two need each other"
            )
        if other := _meant(one.module):
            raise FileError(
                f"{where}: an answer would import {one.name} as {one.module}, which is {other}; "
                "expected an exercise with another name after its number"
            )
    known = {own.module: own.name}
    for name in all_uses(own.folder.parent, uses):
        module = Folder(own.folder.parent / name).module
        if module in known:
            raise FileError(
                f"{where}: {known[module]} and {name} are both the module {module}; expected "
                "exercises with different names after their numbers"
            )
        known[module] = name


def _meant(module: str) -> str:
    """What Python takes a module's name for."""
    if iskeyword(module):
        return "a keyword of Python"
    if module in sys.stdlib_module_names:
        return "a module of Python's standard library"
    return "the name of a package" if module in PACKAGES else ""


def _uses(path: Path) -> Sequence[str]:
    try:
        status = path.stat()
    except OSError:
        return ()
    return _read(path, status.st_mtime_ns, status.st_size)


@lru_cache(maxsize=256)
def _read(path: Path, _changed: int, _size: int) -> tuple[str, ...]:
    """What a file says that it uses, once for each time that it has changed."""
    try:
        uses = tomlfile.read(path).get("uses", [])
    except FileError:
        return ()
    return tuple(uses) if Folders().fits(uses) else ()
