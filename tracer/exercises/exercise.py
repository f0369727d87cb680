"""An exercise, as its folder describes it: what is asked for, and what is looked at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal, TypeAlias

from tracer.exercises.axes import Axes, axes_of
from tracer.exercises.layout import Layout
from tracer.program import Program

Size: TypeAlias = int | tuple[int, int] | str
"""A number, the least and the most, or the letter of the size that it is as large as."""

Over: TypeAlias = Literal["step", "sequence"]


@dataclass(frozen=True, slots=True)
class Function:
    """What the student writes.

    Attributes
    ----------
    name : str
        ``"lstm_step"``; of a method with its class, ``"LSTMCell.step"``.
    signature : str
        As students read it: ``"lstm_step(x, h_prev, c_prev, U, W, a) -> h, c"``.
    made_with : mapping of str to Layout, or None
        The arguments with which the object is made; None where none is made.
    arguments, returns : mapping of str to Layout or None
        In their order; None is what one function returns and a later one takes, as it is.
    over : str
        ``"step"``, called for one step at a time, or ``"sequence"``.
    shown : mapping of str to Axes
        The axes of results of which a reference says what is right, where ``where`` has them; in
        the order in which they are computed.
    """

    name: str
    signature: str
    made_with: Mapping[str, Layout] | None
    arguments: Mapping[str, Layout | None]
    returns: Mapping[str, Layout | None]
    over: Over = "step"
    shown: Mapping[str, Axes] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def taken(self) -> Mapping[str, Layout | None]:
        """Everything that goes in: what makes the object, and the arguments."""
        return {**(self.made_with or {}), **self.arguments}


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that is looked at, and with which numbers.

    Attributes
    ----------
    name, title : str
        A short name, and the line that a student sees.
    points : int
    sizes : mapping of str to Size
        The sizes that its arrays have; T where there is more than one step.
    zero : tuple of str
        Arguments that are all zero; everything else is drawn at random.
    large : mapping of str to float
        Arguments of which every other row is stretched, from the first on, and how far.
    dtype : str
    calls : int
        How often the functions are called, each time with other numbers.
    functions : tuple of str
        Which are called, in this order.
    expect : tuple of str
        What is looked at of what they return.
    inputs_kept : bool
        Whether changing an input is a mistake here.
    lengths : str
        ``"full"``, or ``"ragged"``: sentences of different lengths.
    tolerance : float or None
        How far a number may be off, as a share of the largest; None for what the dtype allows.
    seconds : float or None
        How long each call may take; None for what the command says.
    nopython : bool
        Whether the functions are compiled with ``numba.njit`` before they are called.
    launched : bool
        Whether the kernel that was launched is launched once more, with other numbers.
    accepts : bool
        Whether the right numbers are handed over, and True must come back.
    refuses : tuple of mapping
        Edits of the equations, one for each call: wrong numbers, and False must come back.
    at_least, at_most : float or None
        What the returned number must reach, and not exceed.
    accuracy : float or None
        Which share of the words of held-back sentences the returned weights must label right.
    """

    name: str
    title: str
    points: int
    sizes: Mapping[str, Size]
    functions: tuple[str, ...]
    expect: tuple[str, ...]
    zero: tuple[str, ...] = ()
    large: Mapping[str, float] = field(default_factory=dict)
    dtype: str = "float64"
    calls: int = 1
    inputs_kept: bool = False
    lengths: str = "full"
    tolerance: float | None = None
    seconds: float | None = None
    nopython: bool = False
    launched: bool = False
    accepts: bool = False
    refuses: tuple[Mapping[str, Any], ...] = ()
    at_least: float | None = None
    at_most: float | None = None
    accuracy: float | None = None


@dataclass(frozen=True, slots=True)
class Folder:
    """The folder of an exercise: what its name alone says, before anything in it is read."""

    folder: Path

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
        return f"{self.module}.py"

    @property
    def module(self) -> str:
        """What a later answer imports: ``"lstm_step"``."""
        return self.name.partition("_")[2]

    @property
    def stub(self) -> Path:
        """What the student starts from."""
        return self.folder / self.file


@dataclass(frozen=True, slots=True)
class Exercise(Folder):
    """One exercise, as its folder describes it.

    Attributes
    ----------
    folder : Path
    title : str
    equations : str
        The name of the program that says what is right; empty where a reference does.
    program : Program or None
    reference : Path or None
        A file with right functions of the same signatures.
    functions : tuple of Function
        What the student writes.
    checks : tuple of Check
        From simple to hard.
    needs : tuple of str
        Exercises that come before.
    uses : tuple of str
        Exercises before it whose answers, the student's own, an answer may import.
    credit : str
        ``"follow"`` where an error is carried forward, ``"exact"`` where it is not.
    convention_share : float
        Which share of the points a right answer in another system's convention earns.
    device : str
        ``"cuda-simulator"`` where an answer has kernels for a card, which the processor plays.
    """

    title: str
    equations: str
    program: Program | None
    reference: Path | None
    functions: tuple[Function, ...]
    checks: tuple[Check, ...]
    needs: tuple[str, ...] = ()
    uses: tuple[str, ...] = ()
    credit: str = "follow"
    convention_share: float = 0.0
    device: str = ""

    @property
    def points(self) -> int:
        """The best possible score."""
        return sum(check.points for check in self.checks)

    @property
    def asks_for_quantities(self) -> bool:
        """Whether equations say what is right of something that comes back.

        Not so where it must be compiled besides: then not every Python that computes it is right.
        """
        if self.device or any(check.nopython for check in self.checks):
            return False
        layouts = (layout for f in self.functions for layout in f.returns.values() if layout)
        return self.program is not None and any(layout.names for layout in layouts)

    @property
    def signatures(self) -> tuple[str, ...]:
        """What the student writes, a line for each function."""
        return tuple(function.signature for function in self.functions)

    @property
    def called_names(self) -> tuple[str, ...]:
        """The functions and classes that an answer has, by the names at its margin."""
        return tuple(dict.fromkeys(f.name.partition(".")[0] for f in self.functions))

    def called(self, check: Check) -> tuple[Function, ...]:
        """The functions that a check calls, in its order."""
        by_name = {function.name: function for function in self.functions}
        return tuple(by_name[name] for name in check.functions)

    def axes(self, over: Over = "sequence") -> Mapping[str, Axes]:
        """The axes of every quantity; for one step without T."""
        return {} if self.program is None else known_axes(self.program, over)


@cache
def known_axes(program: Program, over: Over) -> Mapping[str, Axes]:
    """The axes of every quantity of a program, as a function of one step, or of all, knows them."""
    return MappingProxyType(
        {
            name: axes_of([a for a in axes if a != "T" or over == "sequence"])
            for name, axes in program.names.items()
        }
    )
