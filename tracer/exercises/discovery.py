"""The one list of exercises: the folders themselves. Their numbers give the order.

In a checkout they lie beside the package, in the wheel inside it.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple, TypeVar

from tracer.errors import FileError, TracerError, UnknownNameError
from tracer.exercises.exercise import Exercise, Folder
from tracer.exercises.reading import read
from tracer.exercises.using import FILE
from tracer.exercises.wanted import FOLDER_NAME

_PACKAGE = Path(__file__).parents[1]

E = TypeVar("E", bound=Folder)


class Broken(NamedTuple):
    """A folder whose exercise cannot be used, and why."""

    folder: Path
    why: str


class Found(NamedTuple):
    """All exercises of a folder, in the order of their numbers: those that can be used, and not."""

    good: tuple[Exercise, ...]
    broken: tuple[Broken, ...]

    @property
    def left_out(self) -> tuple[str, ...]:
        """The names of those that cannot be used."""
        return tuple(folder.name for folder, _why in self.broken)


def home() -> Path:
    """The folder of the exercises."""
    inside = _PACKAGE / "handouts"
    return inside if inside.is_dir() else _PACKAGE.parent / "exercises"


def folders(root: Path | None = None) -> tuple[Folder, ...]:
    """The folder of every exercise, in the order of their numbers; nothing in them is read.

    Raises
    ------
    FileError
        If there is no such folder, or it cannot be listed.
    """
    root = home() if root is None else root
    if (root / FILE).exists():
        raise FileError(f"{root} is a single exercise; give the folder around it: {root.parent}")
    try:
        found = [f for f in sorted(root.iterdir()) if f.is_dir()]
    except OSError as error:
        raise FileError(
            f"there is no folder of exercises at {root}: {error.strerror or error}"
        ) from error
    return tuple(Folder(f) for f in found if FOLDER_NAME.fullmatch(f.name) or (f / FILE).exists())


def discover(root: Path | None = None) -> Found:
    """Read every exercise; one that is broken stops no other. Raises as `folders`."""
    good, broken = [], []
    for one in folders(root):
        try:
            good.append(read(one.folder))
        except TracerError as error:
            broken.append(Broken(one.folder, str(error)))
    return Found(tuple(good), tuple(broken))


def find(name: str, exercises: Sequence[E]) -> E:
    """The exercise of that name: whole, its number, the start of either, or its function.

    The functions are known of what is read, and not of a mere folder.
    """
    exact = [e for e in exercises if name in (e.name, e.file, *_functions(e))]
    near = exact or [e for e in exercises if name and e.name.startswith(name)]
    near = near or [
        e
        for e in exercises
        if name and any(function.startswith(name) for function in _functions(e))
    ]
    if len(near) == 1:
        return near[0]
    if near:
        listed = ", ".join(e.name for e in near)
        raise TracerError(f"'{name}' is ambiguous ({listed}); give more of the name")
    names = [e.name for e in exercises]
    if not all(e.folder.parent == home() for e in exercises):
        raise UnknownNameError("exercise", name, names)
    raise _unknown_here(UnknownNameError("exercise", name, names))


def _unknown_here(error: UnknownNameError) -> UnknownNameError:
    """The same error, where only the exercises of tracer were looked through."""
    said = f"{error}. For one of another course, add: --exercises DIR (in Python: exercises=DIR)"
    error.args = (said,)
    return error


def _functions(exercise: Folder) -> list[str]:
    return [f.name for f in exercise.functions] if isinstance(exercise, Exercise) else []
