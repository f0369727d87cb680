"""An exercise, as its folder describes it: what is asked for, and what is looked at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tracer.equations import CellEquations


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
