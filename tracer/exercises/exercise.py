"""The one list of exercises: the folders themselves. Their numbers give the order.

In a checkout they lie beside the package, in the wheel inside it.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from tracer.equations import CELLS, CellEquations
from tracer.errors import FileError, TracerError, UnknownNameError

_PACKAGE = Path(__file__).parents[1]
_FOLDER_NAME = re.compile(r"\d\d_[a-z][a-z0-9_]*")

SIZES = ("T", "N", "D", "H")
"""Steps (only where a check runs a sequence), batch rows, inputs, units."""


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that is looked at, and with which numbers.

    Attributes
    ----------
    name, title : str
        A short name, and the line that a student sees.
    points : int
    sizes : mapping of str to int
        N, D, H, and T where the function is called for a whole sequence.
    zero : tuple of str
        Inputs that are all zero; everything else is drawn at random.
    scale : float
        How far every other row of the input x is stretched, from the first on.
    dtype : str
    calls : int
        How often the function is called, each time with other numbers.
    inputs_kept : bool
        Whether changing an input is a mistake here.
    """

    name: str
    title: str
    points: int
    sizes: Mapping[str, int]
    zero: tuple[str, ...] = ()
    scale: float = 1.0
    dtype: str = "float64"
    calls: int = 1
    inputs_kept: bool = False


@dataclass(frozen=True, slots=True)
class Exercise:
    """One exercise, as its folder describes it.

    Attributes
    ----------
    folder : Path
    title : str
    equations : CellEquations
    function : str
        What the student writes.
    inputs, returns : tuple of str
        Its arguments and what it gives back, in order: names of the equations.
    checks : tuple of Check
        From simple to hard.
    needs : tuple of str
        Exercises that come before.
    """

    folder: Path
    title: str
    equations: CellEquations
    function: str
    inputs: tuple[str, ...]
    returns: tuple[str, ...]
    checks: tuple[Check, ...]
    needs: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """``"22_lstm_step"``."""
        return self.folder.name

    @property
    def number(self) -> str:
        """``"22"``, which is enough to name it."""
        return self.name.partition("_")[0]

    @property
    def file(self) -> str:
        """The file that the student writes: ``"lstm_step.py"``."""
        return f"{self.name.partition('_')[2]}.py"

    @property
    def stub(self) -> Path:
        """What the student starts from."""
        return self.folder / self.file

    @property
    def points(self) -> int:
        """The best possible score."""
        return sum(check.points for check in self.checks)

    @property
    def signature(self) -> str:
        """``"lstm_step(x, h_prev, c_prev, U, W, a) -> h, c"``."""
        return f"{self.function}({', '.join(self.inputs)}) -> {', '.join(self.returns)}"


def home() -> Path:
    """The folder of the exercises."""
    inside = _PACKAGE / "handouts"
    return inside if inside.is_dir() else _PACKAGE.parent / "exercises"


def discover(root: Path | None = None) -> tuple[Exercise, ...]:
    """All exercises in the order of their numbers.

    Raises
    ------
    FileError
        If a folder has no readable ``exercise.toml``, or one that says something unknown.
    """
    root = home() if root is None else root
    if not root.is_dir():
        raise FileError(f"there is no folder of exercises at {root}")
    folders = [f for f in sorted(root.iterdir()) if f.is_dir() and _FOLDER_NAME.fullmatch(f.name)]
    return tuple(read(folder) for folder in folders)


def find(name: str, exercises: Sequence[Exercise]) -> Exercise:
    """The exercise of that name: whole, its number, the start of either, or its function."""
    exact = [e for e in exercises if name in (e.name, e.function, e.file)]
    near = exact or [e for e in exercises if name and e.name.startswith(name)]
    near = near or [e for e in exercises if name and e.function.startswith(name)]
    if len(near) == 1:
        return near[0]
    if near:
        listed = ", ".join(e.name for e in near)
        raise TracerError(f"'{name}' can mean {listed}; write a little more of the name")
    raise UnknownNameError("exercise", name, [e.name for e in exercises])


def read(folder: Path) -> Exercise:
    """The exercise in one folder."""
    path = folder / "exercise.toml"
    try:
        text = tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise FileError(f"cannot read {path}: {error.strerror}") from error
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise FileError(f"{path} is not a TOML file: {error}") from error
    try:
        cell = text.pop("cell")
        equations = CELLS[cell]
        checks = tuple(_check(entry, equations) for entry in text.pop("checks"))
        exercise = Exercise(
            folder=folder,
            title=text.pop("title"),
            equations=equations,
            function=text.pop("function"),
            inputs=tuple(text.pop("inputs")),
            returns=tuple(text.pop("returns")),
            checks=checks,
            needs=tuple(text.pop("needs", ())),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise FileError(f"{path}: {error} is missing or not understood") from error
    if text:
        raise FileError(f"{path} says {', '.join(text)}, which no exercise has")
    known = (*(q.name for q in equations), *(p.name for p in equations.parameters))
    for name in (*exercise.inputs, *exercise.returns):
        if name not in known:
            raise FileError(f"{path}: {UnknownNameError('quantity', name, known)}")
    return exercise


def _check(entry: Mapping[str, Any], equations: CellEquations) -> Check:
    """One ``[[checks]]`` of an ``exercise.toml``."""
    sizes = entry["sizes"]
    wanted = SIZES if "T" in sizes else SIZES[1:]
    if set(sizes) != set(wanted) or not all(type(n) is int and n > 0 for n in sizes.values()):
        raise ValueError(f"sizes of check '{entry['name']}'")
    check = Check(
        **{**entry, "sizes": MappingProxyType(dict(sizes)), "zero": tuple(entry.get("zero", ()))}
    )
    if check.dtype not in ("float32", "float64"):
        raise ValueError(f"dtype {check.dtype} of check '{check.name}'")
    names = {q.name for q in equations} | {p.name for p in equations.parameters}
    if not names.issuperset(check.zero):
        raise ValueError(f"zero of check '{check.name}'")
    return check
